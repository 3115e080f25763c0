"""JSON to a tree of nodes, with the line of everything, which the usual reader does not tell."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NoReturn

from cxm.kernel.cxmap.faults import MOST_FAULTS, Fault, UnreadableError
from cxm.kernel.cxmap.nodes import DEEPEST, LONGEST_NUMBER, Budget, Node

_BLANKS = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,:\[\]{}\"]+")


def read_json(text: str) -> Node:
    """Read JSON; raises UnreadableError."""
    reader = _Reader(text, [0, *(at.end() for at in re.finditer("\n", text))])
    node = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        reader.stop("After the end there is more.")
    if reader.faults:
        raise UnreadableError(reader.faults)
    return node


@dataclass(slots=True)
class _Reader:
    text: str
    line_starts: list[int]
    at: int = 0
    faults: list[Fault] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    decoder: json.JSONDecoder = field(default_factory=json.JSONDecoder)

    def value(self, depth: int) -> Node:
        """Read one value; *depth* lists and mappings are open around it."""
        self.skip()
        sign = self.text[self.at : self.at + 1]
        if sign in {"{", "["}:
            if depth >= DEEPEST:
                self.stop(f"This is nested deeper than {DEEPEST} levels.")
            return self._mapping(depth + 1) if sign == "{" else self._list(depth + 1)
        return self._string() if sign == '"' else self._word()

    def skip(self) -> None:
        """Go on to what is no blank."""
        found = _BLANKS.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def stop(self, message: str) -> NoReturn:
        """End with the fault *message* where the reader stands."""
        raise UnreadableError([*self.faults, Fault(*self._place(), "", message)])

    def _place(self) -> tuple[int, int]:
        line = bisect_right(self.line_starts, self.at)
        return line, self.at - self.line_starts[line - 1] + 1

    def _node(self, value: Any, raw: str = "") -> Node:
        line, column = self._place()
        if fault := self.budget.spend(line, column):
            raise UnreadableError([*self.faults, fault])
        return Node(value, line, column, raw)

    def _mapping(self, depth: int) -> Node:
        held: dict[str, Node] = {}
        node = self._node(held)
        while self._goes_on(first=node, end="}"):
            key = self._key()
            if key.raw in held:
                first = held[key.raw].line
                message = f"The key “{key.raw[:60]}” stands here twice, first on line {first}."
                self.faults.append(Fault(key.line, key.column, "", message))
                if len(self.faults) >= MOST_FAULTS:
                    raise UnreadableError(self.faults)
            value = self.value(depth)
            held.setdefault(key.raw, value)
        return node

    def _list(self, depth: int) -> Node:
        held: list[Node] = []
        node = self._node(held)
        while self._goes_on(first=node, end="]"):
            held.append(self.value(depth))
        return node

    def _goes_on(self, *, first: Node, end: str) -> bool:
        """Step over what opens, parts or ends a list or mapping; whether another entry comes."""
        is_beginning = self._place() == (first.line, first.column)
        self.at += is_beginning
        self.skip()
        sign = self.text[self.at : self.at + 1]
        if sign == end:
            self.at += 1
            return False
        if not is_beginning:
            if sign != ",":
                self.stop(f"Here a comma or “{end}” is missing.")
            self.at += 1
            self.skip()
        return True

    def _key(self) -> Node:
        if self.text[self.at : self.at + 1] != '"':
            self.stop("Here a key in double quotes is missing.")
        key = self._string()
        self.skip()
        if self.text[self.at : self.at + 1] != ":":
            self.stop("Here a colon is missing.")
        self.at += 1
        return key

    def _string(self) -> Node:
        try:
            value, end = self.decoder.raw_decode(self.text, self.at)
            value.encode()
        except json.JSONDecodeError as error:
            self.at = error.pos
            self.stop(f"This is not JSON: {error.msg}.")
        except UnicodeEncodeError:
            self.stop("This text holds half a sign: \\ud800 to \\udfff come in pairs.")
        node = self._node(value, value)
        self.at = end
        return node

    def _word(self) -> Node:
        found = _SCALAR.match(self.text, self.at)
        word = found.group() if found else ""
        try:
            # The usual reader would take NaN, and numbers of any length.
            value = json.loads(word, parse_constant=_refuse) if len(word) <= LONGEST_NUMBER else ""
        except ValueError:
            value = ""
        if isinstance(value, str) or value in {float("inf"), float("-inf")}:
            self.stop("Here a value is missing, or it is none of JSON.")
        node = self._node(value, word)
        self.at += len(word)
        return node


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
