"""How values of fields are made fit to be kept: for the `clean` of a FieldShape.

Each one gives what is kept, or raises ValueError with words for people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

if TYPE_CHECKING:
    from collections.abc import Callable

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def one_line(text: str) -> str:
    """Make one line of *text*, with single blanks."""
    return " ".join(text.split())


def named(text: str) -> str:
    """Make one line of *text* that says something."""
    kept = one_line(text)
    if not kept:
        message = "write something; it cannot be empty."
        raise ValueError(message)
    return kept


def paragraphs(text: str) -> str:
    """Keep the lines of *text*, however they end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def slug(text: str) -> str:
    """Keep *text* if it can be a key: 1 to 63 small letters, digits and hyphens."""
    if not _SLUG.fullmatch(text):
        message = "use 1 to 63 small letters, digits and hyphens."
        raise ValueError(message)
    return text


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """Keep a text that is one of *words*."""

    def chosen(text: str) -> str:
        if text not in words:
            message = f"choose one of {', '.join(word for word in words if word)}."
            raise ValueError(message)
        return text

    return chosen


def each_of(words: tuple[str, ...]) -> Callable[[list[str]], list[str]]:
    """Keep a list of texts that are each one of *words*."""
    chosen = one_of(words)
    return lambda texts: [chosen(text) for text in texts]


def text_of(most: int) -> Any:
    """Give the type of a text of up to *most* signs."""
    return Annotated[str, Meta(max_length=most)]
