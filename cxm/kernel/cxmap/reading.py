"""Bytes of a cxmap file to a tree of nodes: YAML without its traps, or JSON."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import Any

import yaml

from cxm.kernel.cxmap.faults import MOST_FAULTS, Fault, UnreadableError
from cxm.kernel.cxmap.nodes import DEEPEST, LARGEST_BYTES, Budget, Node, Scalar, number_of
from cxm.kernel.cxmap.reading_json import read_json

_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
# The parser in C where it was built in: twenty times as fast on a large file.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(content: bytes) -> Node:
    """Read a file in UTF-8; one that begins with a brace is JSON, all others YAML.

    YAML is read as its version 1.2 means it, with decimal numbers only; anchors, aliases, tags,
    merge keys and second documents are refused, as are keys given twice, more than 20 levels and
    10 MB. Raises UnreadableError with every fault up to the first that ends the reading, 200 at
    most.
    """
    if len(content) > LARGEST_BYTES:
        message = f"The file is larger than {LARGEST_BYTES // 1_000_000} MB: split it."
        raise UnreadableError([Fault(1, 1, "", message)])
    text = _decoded(content)
    return read_json(text) if text.lstrip(" \t\r\n").startswith("{") else _read_yaml(text)


def _decoded(content: bytes) -> str:
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        message = "This is not UTF-8. Save the file in UTF-8."
        raise UnreadableError([Fault(line, column, "", message)]) from error


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end was not read yet; *key* waits for its value."""

    node: Node
    key: Node | None = None
    is_ignored: bool = False


@dataclass(slots=True)
class _Builder:
    """Makes the tree of what the parser tells, event by event, without recursion."""

    faults: list[Fault] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    root: Node | None = None

    def take(self, event: Any) -> None:
        """Add what one event tells; raises UnreadableError where going on makes no sense."""
        match event:
            case yaml.AliasEvent():
                self._complain(event, "Aliases (*) are not read: write the content again.")
                self._add(self._node(event, None), is_container=False)
            case yaml.ScalarEvent():
                self._check_marks(event)
                self._add(self._scalar(event), is_container=False)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_marks(event)
                is_list = isinstance(event, yaml.SequenceStartEvent)
                self._add(self._node(event, [] if is_list else {}), is_container=True)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.stack.pop()
            case yaml.DocumentStartEvent() if self.root is not None:
                self._stop(event, "A file holds one document: take away what follows “---”.")

    def _node(self, event: Any, value: Any) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if fault := self.budget.spend(line, column):
            raise UnreadableError([*self.faults, fault])
        return Node(value, line, column)

    def _scalar(self, event: Any) -> Node:
        node = self._node(event, event.value)
        node.raw = event.value
        if event.style is None or event.style == "":
            number = number_of(event.value)
            node.value = _WORDS.get(event.value, event.value if number is None else number)
        return node

    def _add(self, node: Node, *, is_container: bool) -> None:
        if is_container and len(self.stack) >= DEEPEST:
            message = f"This is nested deeper than {DEEPEST} levels."
            raise UnreadableError([*self.faults, Fault(node.line, node.column, "", message)])
        opened = _Open(node)
        if not self.stack:
            self.root = node
        else:
            self._put(self.stack[-1], node)
        if is_container:
            self.stack.append(opened)

    def _put(self, within: _Open, node: Node) -> None:
        held = within.node.value
        if isinstance(held, list):
            held.append(node)
        elif within.key is None:
            self._check_key(within, node)
        else:
            name, within.key = within.key.raw, None
            if within.is_ignored:
                within.is_ignored = False
            elif isinstance(held, dict):
                held[name] = node

    def _check_key(self, within: _Open, key: Node) -> None:
        """Take the key of a mapping; the value of one that is refused is read and let go."""
        within.key = key
        held: Any = within.node.value
        if isinstance(key.value, list | dict):
            self._fault(key, "A key is a word, not a list or a mapping.")
        elif key.raw == "<<":
            self._fault(key, "Merge keys (<<) are not read: write the keys out.")
        elif key.raw in held:
            first = held[key.raw].line
            self._fault(key, f"The key “{key.raw[:60]}” stands here twice, first on line {first}.")
        else:
            return
        within.is_ignored = True

    def _check_marks(self, event: Any) -> None:
        if event.anchor is not None:
            self._complain(event, "Anchors (&) are not read: take this one away.")
        if event.tag is not None:
            self._complain(event, "Tags (!) are not read: take this one away.")

    def _complain(self, event: Any, message: str) -> None:
        mark = event.start_mark
        self._note(Fault(mark.line + 1, mark.column + 1, "", message))

    def _fault(self, node: Node, message: str) -> None:
        self._note(Fault(node.line, node.column, "", message))

    def _note(self, fault: Fault) -> None:
        self.faults.append(fault)
        if len(self.faults) >= MOST_FAULTS:
            raise UnreadableError(self.faults)

    def _stop(self, event: Any, message: str) -> None:
        self._complain(event, message)
        raise UnreadableError(self.faults)


def _read_yaml(text: str) -> Node:
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.faults.append(_of_syntax(error))
    except yaml.reader.ReaderError as error:
        builder.faults.append(_of_sign(text, error))
    if not builder.faults and builder.root is None:
        builder.faults.append(Fault(1, 1, "", "The file is empty."))
    if builder.faults or builder.root is None:
        raise UnreadableError(builder.faults)
    return builder.root


def _of_syntax(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = error.problem or error.context or "it ends too early"
    return Fault(line, column, "", f"This is not YAML: {said}.")


def _of_sign(text: str, error: yaml.reader.ReaderError) -> Fault:
    sign = error.character if isinstance(error.character, int) else 0
    place = max(text.find(chr(sign)), 0)
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return Fault(line, column, "", f"The sign U+{sign:04X} cannot stand here: write it as \\u….")
