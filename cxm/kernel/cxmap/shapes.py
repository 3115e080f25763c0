"""How trees are described: once for what is read, what is written, and the JSON Schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KEY_PATTERN = r"[a-z0-9][a-z0-9-]{0,62}"
NOBODY = "_"
NAMED_PATTERN = f"{KEY_PATTERN}|{NOBODY}"


@dataclass(frozen=True, slots=True)
class Text:
    """Words of *least* to *most* characters, all of *pattern* where there is one."""

    most: int
    least: int = 0
    pattern: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number from *low* to *high*, both included."""

    low: float
    high: float
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day, written as text."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list of up to *most*. With *by*, each has another value there, and their order is that.

    With *is_known_once* each has another key, and the order is their own.
    """

    of: Shape
    most: int
    least: int = 0
    by: str = ""
    is_known_once: bool = False

    @property
    def distinct(self) -> str:
        """Give the field in which each entry has another value; empty where none has to."""
        return "key" if self.is_known_once else self.by


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping of up to *most* from keys to *of*, in an order that counts.

    `_` stands for a key where nobody in particular is meant.
    """

    of: Shape
    most: int


@dataclass(frozen=True, slots=True)
class Free:
    """A mapping of any values, whose keys have no order of their own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an item. A value that is *default* is not written."""

    name: str
    shape: Shape
    default: Any = None
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A mapping with *fields* in their order; what begins with `x-` is anybody's own.

    An item with nothing but its *short* field is written as that value alone.
    """

    fields: tuple[Field, ...]
    short: str = ""

    def field(self, name: str) -> Field | None:
        """Give the field called *name*, None where there is none."""
        return next((one for one in self.fields if one.name == name), None)


type Shape = Text | Choice | Number | Flag | Date | Many | Named | Free | Item

KEY = Text(63, 1, KEY_PATTERN, "small letters, digits and hyphens")


def keyed(*fields: Field) -> Item:
    """Give an item that is known by its key, which may stand for it alone."""
    return Item((Field("key", KEY, is_needed=True), *fields), short="key")


def document(*library: Field) -> Item:
    """Give what a file is: the number of its format, its profile, and a library."""
    return Item(
        (
            Field("cxmap", Text(12), is_needed=True),
            Field("profile", Choice(("library",)), is_needed=True),
            Field("library", Item(library)),
        )
    )
