"""Which fields of the elements of a map hold words that can be taken out of its history."""

from __future__ import annotations

from journeys.rules.shapes import MAP

# Of a map as a whole nothing is: its name is told everywhere.
_ALSO = frozenset({"tags", "url"})
_NOT = frozenset({"icon"})


def fields_of(kind: str) -> dict[str, str]:
    """Give the fields of a kind of element that hold words, with their labels, in order."""
    if kind == MAP.root:
        return {}
    return {
        one.name: one.label
        for one in MAP.element(kind).fields
        if (one.is_text or one.name in _ALSO) and one.name not in _NOT
    }
