"""Whether a tree of nodes is what a shape describes; every fault, not the first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.faults import MOST_FAULTS, Fault
from cxm.kernel.cxmap.own_keys import BEGINNING, MOST, own_fault
from cxm.kernel.cxmap.shapes import (
    NAMED_PATTERN,
    Choice,
    Date,
    Flag,
    Free,
    Item,
    Many,
    Named,
    Number,
    Shape,
    Text,
)

if TYPE_CHECKING:
    from cxm.kernel.cxmap.nodes import Node

LONGEST_NAME = 200
_KINDS = {str: "text", bool: "true or false", int: "a number", float: "a number"}


@dataclass(slots=True)
class Checker:
    """Turns nodes into plain values, and collects what is wrong with them.

    *faults* hold at most 200; *notices* what a newer file holds that is passed over.
    *places* are line and column of every value, by its path.
    """

    is_newer: bool = False
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def value(self, node: Node, shape: Shape, path: str = "") -> Any:
        """Give what *node* says as *shape* has it; None where it is wrong or says nothing.

        Items come as a mapping, also those that are written as their key alone; what stands in
        no file is absent.
        """
        self.places[path] = (node.line, node.column)
        if node.value is None:
            return None
        if isinstance(shape, Item):
            return self._item(node, shape, path)
        if isinstance(shape, Many):
            return self._many(node, shape, path)
        if isinstance(shape, Named | Free):
            return self._mapping(node, shape, path)
        return self._scalar(node, shape, path)

    def complain(self, node: Node, path: str, message: str) -> None:
        """Note a fault."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(node.line, node.column, path, message))

    def _item(self, node: Node, shape: Item, path: str) -> dict[str, Any] | None:
        short = shape.field(shape.short)
        if short is not None and not isinstance(node.value, list | dict):
            value = self.value(node, short.shape, path)
            told = {} if value is None else {short.name: value}
            there = {short.name}
        elif isinstance(node.value, dict):
            told = self._fields(node.value, shape, path)
            there = {name for name, part in node.value.items() if part.value is not None}
        else:
            self.complain(node, path, f"Here a mapping is expected, with {_names(shape)}.")
            return None
        for one in shape.fields:
            if one.is_needed and one.name not in there:
                self.complain(node, path, f"“{one.name}” is missing.")
        return told

    def _fields(self, held: dict[str, Node], shape: Item, path: str) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name, part in held.items():
            inner = f"{path}.{name}" if path else name
            known = shape.field(name)
            if known is not None:
                value = self.value(part, known.shape, inner)
                if value is not None:
                    told[name] = value
            elif name.startswith(BEGINNING):
                told[name] = self._own_part(part, name, inner)
            else:
                self._unknown(part, name, shape, path)
        own = [name for name in told if name.startswith(BEGINNING)]
        for name in own[MOST:]:
            words = f"There are up to {MOST} keys of your own in one place; “{name[:60]}” is more."
            self.complain(held[name], f"{path}.{name}" if path else name, words)
        return told

    def _own_part(self, part: Node, name: str, path: str) -> Any:
        value = self._own(part, path)
        if fault := own_fault(name, value):
            self.complain(part, path, fault)
        return value

    def _unknown(self, part: Node, name: str, shape: Item, path: str) -> None:
        where = f"{path}.{name[:60]}" if path else name[:60]
        message = f"There is no key “{name[:60]}” here. Known: {_names(shape)}."
        if self.is_newer:
            self.notices.append(Fault(part.line, part.column, where, f"{message} It is left out."))
        else:
            self.complain(part, where, message)

    def _own(self, node: Node, path: str) -> Any:
        """Give a part that is the writer's own, as it is."""
        if isinstance(node.value, list):
            return [self._own(part, path) for part in node.value]
        if isinstance(node.value, dict):
            if any(len(name) > LONGEST_NAME for name in node.value):
                self.complain(node, path, f"A key has at most {LONGEST_NAME} characters.")
            return {name: self._own(part, path) for name, part in node.value.items()}
        return node.value

    def _mapping(self, node: Node, shape: Named | Free, path: str) -> dict[str, Any] | None:
        if not isinstance(node.value, dict):
            self.complain(node, path, "Here a mapping is expected.")
            return None
        if isinstance(shape, Free):
            return self._own(node, path)  # type: ignore[no-any-return]  # of a mapping, one
        if len(node.value) > shape.most:
            words = f"This mapping holds up to {shape.most:,} entries, not {len(node.value):,}."
            self.complain(node, path, words)
            return None
        told: dict[str, Any] = {}
        for name, part in node.value.items():
            inner = f"{path}.{name[:63]}"
            if not re.fullmatch(NAMED_PATTERN, name):
                words = f"“{name[:60]}” is no key: use small letters, digits and hyphens."
                self.complain(part, inner, words)
            elif (value := self.value(part, shape.of, inner)) is not None:
                told[name] = value
        return told

    def _many(self, node: Node, shape: Many, path: str) -> list[Any] | None:
        if not isinstance(node.value, list):
            self.complain(node, path, "Here a list is expected.")
            return None
        if not shape.least <= len(node.value) <= shape.most:
            most = f"{shape.least} to {shape.most:,}" if shape.least else f"up to {shape.most:,}"
            self.complain(node, path, f"This list holds {most} entries, not {len(node.value):,}.")
            return None
        told: list[Any] = []
        seen: dict[Any, int] = {}
        for number, part in enumerate(node.value):
            value = self.value(part, shape.of, f"{path}[{number}]")
            if value is None:
                self._empty(part, f"{path}[{number}]")
            elif name := shape.distinct:
                self._distinct(part, value.get(name), seen, f"{path}[{number}].{name}")
            told.append(value)
        return told

    def _empty(self, part: Node, path: str) -> None:
        if part.value is None:
            self.complain(part, path, "This entry is empty: take it away or fill it in.")

    def _distinct(self, part: Node, name: Any, seen: dict[Any, int], path: str) -> None:
        if name is not None and name in seen:
            self.complain(part, path, f"“{name}” stands here twice, first on line {seen[name]}.")
        seen.setdefault(name, part.line)

    def _scalar(self, node: Node, shape: Shape, path: str) -> Any:
        message = _fault(node, shape)
        if not message:
            return node.value
        self.complain(node, path, message)
        return None


def _fault(node: Node, shape: Shape) -> str:
    """Say what is wrong with a single value; nothing where it fits."""
    value: Any = node.value
    match shape:
        case Text():
            return _text_fault(node, shape)
        case Choice():
            is_one = isinstance(value, str) and value in shape.of
            return "" if is_one else f"Choose one of {', '.join(one for one in shape.of if one)}."
        case Number():
            return _number_fault(value, shape)
        case Flag():
            return "" if isinstance(value, bool) else "Write true or false."
        case Date():
            return "" if _is_day(value) else "Write a day as “2027-09-30”."
        case _:
            return "This cannot stand here."


def _text_fault(node: Node, shape: Text) -> str:
    if not isinstance(node.value, str):
        kind = _KINDS.get(type(node.value), "a list or a mapping")
        is_scalar = not isinstance(node.value, list | dict)
        hint = f": write “{node.raw[:40]}” in double quotes" if is_scalar else ""
        return f"Here text is expected, not {kind}{hint}."
    if "\0" in node.value:
        return "This text holds a sign that cannot be stored: U+0000."
    if not shape.least <= len(node.value) <= shape.most:
        return f"Write {shape.least} to {shape.most:,} characters, not {len(node.value):,}."
    if shape.pattern and not re.fullmatch(shape.pattern, node.value):
        return f"Use {shape.words}."
    return ""


def _number_fault(value: Any, shape: Number) -> str:
    kind = "a whole number" if shape.is_whole else "a number"
    is_right = isinstance(value, int if shape.is_whole else int | float)
    if not is_right or isinstance(value, bool) or not shape.low <= value <= shape.high:
        return f"Write {kind} from {shape.low:g} to {shape.high:g}."
    return ""


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _names(shape: Item) -> str:
    return ", ".join(one.name for one in shape.fields)
