"""Statements about who somebody is, rather than what they do: easily a stereotype."""

from __future__ import annotations

import re

_WORDS = frozenset(
    {
        *(
            "age",
            "aged",
            "born",
            "gender",
            "sex",
            "income",
            "salary",
            "earns",
            "wealth",
            "education",
        ),
        *("degree", "school", "family", "children", "kids", "married", "marital", "household"),
        *("nationality", "origin", "ethnicity", "race", "religion", "faith", "politics", "health"),
        *("disability", "language", "lives", "home", "residence", "occupation", "profession"),
    }
)


def is_demographic(label: str) -> bool:
    """Whether a statement called *label* tells who somebody is, such as “Age” or “Lives in”."""
    return any(word in _WORDS for word in re.findall(r"\w+", label.casefold()))
