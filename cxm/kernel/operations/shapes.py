"""What an editor's documents are made of: kinds of elements and their fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.kernel.operations.records import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

type JSON = bool | int | float | str | list[JSON] | dict[str, JSON] | None

# In records of what changed, the place in a list and whether an element is there are fields, too.
PLACE, LIFE = "place", "life"
# The deepest that is edited: values, a field, a list in it, its items, their parts.
DEEPEST = 12
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field of an element: its *type* as msgspec reads it, with its limits.

    Two people who change the same *is_text* field are shown both versions; of other fields the
    last one holds; what *is_fixed* stays as it was made. *refers_to* names what the value is the
    id of, where it is one. *clean* makes of a value that fits the one that is kept; it may raise
    ValueError with words for people. Where *type* leaves open what an object holds, *parts* says by
    name what is meant by the texts of a plain form.
    """

    name: str
    type: Any
    label: str
    is_text: bool = False
    refers_to: str = ""
    default: JSON = None
    clean: Callable[[Any], Any] | None = None
    is_fixed: bool = False
    parts: Mapping[str, Any] = field(default_factory=dict)

    def kept(self, value: JSON) -> JSON:
        """Give *value* as it is kept. Raises RefusedError, which names the field."""
        try:
            fitting = msgspec.convert(value, self.type)
            cleaned = self.clean(fitting) if self.clean else fitting
            _check_moment(cleaned)
        except msgspec.ValidationError as error:
            raise RefusedError(_words(self.label, str(error)), field=self.name) from error
        except ValueError as error:
            raise RefusedError(f"{self.label}: {error}", field=self.name) from error
        plain: JSON = msgspec.to_builtins(cleaned)
        if not _can_be_stored(plain):
            message = f"{self.label}: this holds a sign that cannot be stored."
            raise RefusedError(message, field=self.name)
        return plain

    def told(self, value: JSON) -> JSON:
        """Give a kept *value* as people read it: the words of a choice, where it has some."""
        if value is None or not (isinstance(self.type, type) and issubclass(self.type, Enum)):
            return value
        words: str = getattr(self.type(value), "words", str(value))
        return words


@dataclass(frozen=True, slots=True)
class ElementShape:
    """A kind of element: its *fields*, the kinds it may lie in, and what it is called.

    *title* names the field that tells one from another in the history. *most* counts elements of
    this kind in one parent. An element without *parents* is the document itself.
    """

    kind: str
    label: str
    fields: tuple[FieldShape, ...]
    parents: tuple[str, ...] = ()
    title: str = ""
    most: int = 1_000
    by_name: Mapping[str, FieldShape] = field(init=False)

    def __post_init__(self) -> None:
        # The dataclass is frozen; this is derived from its own fields.
        object.__setattr__(self, "by_name", {shape.name: shape for shape in self.fields})

    def field(self, name: str) -> FieldShape:
        """Give the field called *name*. Raises RefusedError."""
        shape = self.by_name.get(name)
        if shape is None:
            message = f"A {self.label} has no field “{name[:60]}”."
            raise RefusedError(message, field=name[:60])
        return shape


@dataclass(frozen=True, slots=True)
class DocumentShape:
    """A kind of document: the kind that stands for the whole, and all kinds by name."""

    root: str
    elements: Mapping[str, ElementShape]

    def element(self, kind: str) -> ElementShape:
        """Give the shape of *kind*. Raises RefusedError."""
        shape = self.elements.get(kind)
        if shape is None:
            message = f"There is no kind of element called “{kind[:60]}” here."
            raise RefusedError(message, field="kind")
        return shape


def is_shallow(value: Any) -> bool:
    """Whether *value* is nested no deeper than anything that is edited; recursion ends there."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _parts(outer)]
        if not level:
            return True
    return False


def _parts(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _check_moment(value: Any) -> None:
    """Refuse a moment that no database gives back; raises ValueError."""
    if not isinstance(value, datetime):
        return
    if value.tzinfo is None or not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        message = f"give a moment from {_FIRST_YEAR} to {_LAST_YEAR} with its offset, such as Z."
        raise ValueError(message)


def _can_be_stored(value: JSON) -> bool:
    try:
        # A backslash that somebody typed is written as two.
        return b"\\u0000" not in msgspec.json.encode(value).replace(b"\\\\", b"")
    except UnicodeEncodeError:
        return False


def _words(label: str, fault: str) -> str:
    """Say what msgspec found, as “Name: Expected `str` of length <= 120”, for people."""
    reason, _, path = fault.partition(" - at `$")
    place = path.removesuffix("`")
    said = reason.replace("`str`", "text").replace("`int`", "a whole number")
    said = said.replace("`float`", "a number").replace("`null`", "nothing").replace("`", "")
    where = f" (at {place.lstrip('.')})" if place.lstrip(".") else ""
    return f"{label}{where}: {said[0].lower()}{said[1:]}."
