"""A rule as it stands in the builder: complete or not, nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.segment_fields import kinds_offered, said_of, values_of
from cxm.customers.rules.segment_rule import MOST_TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import QueryDict

ALL, ANY, NONE, COMPANY = "all", "any", "none", "company"
MODES = {
    ALL: "All of these are true",
    ANY: "At least one of these is true",
    NONE: "None of these is true",
}
ROOT = "0"
LONGEST_TYPED = 20_000
_PATH = re.compile(r"0(\.[0-9]{1,3}){0,8}")
_NAME = re.compile(r"[a-z0-9_]{1,30}")
_MOST_NODES = 4 * MOST_TESTS
_COMPARISONS = frozenset({"op", "value", "n"})


@dataclass
class Draft:
    """One node: a group with a *mode* and *parts*, or a test with a *kind* and typed *values*.

    *path* names it among the fields (`0`, `0.1`).
    """

    path: str = ROOT
    mode: str = ""
    kind: str = ""
    values: dict[str, str] = field(default_factory=dict)
    parts: list[Draft] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        """Whether it holds parts."""
        return bool(self.mode)

    def every(self) -> Iterator[Draft]:
        """Walk the node and all inside it."""
        yield self
        for part in self.parts:
            yield from part.every()

    def found(self, path: str) -> Draft | None:
        """Find a node by its path."""
        return next((node for node in self.every() if node.path == path), None)

    def said(self, at: str = "") -> tuple[dict[str, Any], dict[str, str]]:
        """Write the rule as JSON has it, right or wrong, and give the path of each place in it."""
        places = {at: self.path}
        if not self.is_group:
            return said_of(self.kind, self.values), places
        if self.mode in {ALL, ANY}:
            return {self.mode: self._parts_said(self.mode, at, places)}, places
        word, inner = ("not", ANY) if self.mode == NONE else ("company", ALL)
        here = _inside(at, word)
        places[here] = self.path
        if len(self.parts) == 1:
            said, more = self.parts[0].said(here)
            return {word: said}, places | more
        return {word: {inner: self._parts_said(inner, here, places)}}, places

    def without(self, paths: set[str]) -> Draft | None:
        """Give the rule without some tests, and without groups that are empty then."""
        if self.path in paths:
            return None
        if not self.is_group:
            return self
        parts = [kept for part in self.parts if (kept := part.without(paths))]
        return Draft(self.path, self.mode, parts=parts) if parts else None

    def add(self, part: Draft) -> Draft:
        """Add a part to a group and give it with its path."""
        self.parts.append(part)
        self.renumber()
        return part

    def remove(self, path: str) -> None:
        """Take out what stands at *path*, wherever it is; the outermost group stays."""
        self.parts = [part for part in self.parts if part.path != path]
        for part in self.parts:
            part.remove(path)

    def renumber(self) -> None:
        """Name the nodes by where they stand now."""
        for number, part in enumerate(self.parts):
            part.path = f"{self.path}.{number}"
            part.renumber()

    def _parts_said(self, word: str, at: str, places: dict[str, str]) -> list[dict[str, Any]]:
        found = []
        for number, part in enumerate(self.parts):
            said, more = part.said(_inside(at, f"{word}[{number}]"))
            places |= more
            found.append(said)
        return found


def new_draft() -> Draft:
    """Begin a rule: known customers, to be narrowed down."""
    known = {"key": "$kind", "op": "=", "value": "known"}
    draft = Draft(mode=ALL)
    draft.add(Draft(kind="attr", values=known))
    return draft


def new_test() -> Draft:
    """Begin a test."""
    return Draft(kind="attr", values={"op": "="})


def draft_of(rule: Mapping[str, Any]) -> Draft:
    """Turn a rule that is right into what the builder shows."""
    found = _node(rule)
    root = found if found.is_group and found.mode != COMPANY else Draft(mode=ALL, parts=[found])
    root.path = ROOT
    root.renumber()
    return root


def read_draft(posted: QueryDict) -> Draft:
    """Read what the builder sent; fields that it cannot have are left out.

    `g.0` is the mode of the group at `0`, `k.0.1` the kind of the test at `0.1`, `f.0.1.key` a
    field of it, `w.0.1` the kind it was when the page was made: a comparison that was chosen for
    another kind is dropped. A part without its group is left out too.
    """
    nodes: dict[str, Draft] = {}
    for name in sorted((n for n in posted if _path_of(n)), key=_place):
        path, word = _path_of(name), posted.get(name, "")
        if name.startswith("g.") and word in {*MODES, COMPANY}:
            nodes[path] = Draft(path, mode=word)
        elif name.startswith("k.") and word in kinds_offered():
            nodes[path] = Draft(path, kind=word)
    for name in posted:
        head, _, rest = name.partition(".")
        path, _, field_name = rest.rpartition(".")
        if head == "f" and path in nodes and _NAME.fullmatch(field_name):
            if field_name in _COMPARISONS and _is_another(nodes[path], posted):
                continue
            typed = posted.get(name, "").replace("\0", "")[:LONGEST_TYPED]
            nodes[path].values[field_name] = typed.replace("\r\n", "\n")
    return _planted(nodes)


def _is_another(test: Draft, posted: QueryDict) -> bool:
    """Whether the kind of a test was changed since the page was made."""
    return posted.get(f"w.{test.path}", test.kind) != test.kind


def _planted(nodes: dict[str, Draft]) -> Draft:
    root = nodes.get(ROOT) or Draft(mode=ALL)
    for path, node in list(nodes.items())[:_MOST_NODES]:
        above = nodes.get(path.rpartition(".")[0])
        if above is not None and above.is_group and node is not root:
            above.parts.append(node)
    root.renumber()
    return root


def _path_of(name: str) -> str:
    head, _, path = name.partition(".")
    return path if head in {"g", "k"} and _PATH.fullmatch(path) else ""


def _place(name: str) -> tuple[int, ...]:
    return tuple(int(step) for step in _path_of(name).split("."))


def _node(rule: Mapping[str, Any]) -> Draft:
    for mode in (ALL, ANY):
        if mode in rule:
            return Draft(mode=mode, parts=[_node(part) for part in rule[mode]])
    for word, mode, inner in (("not", NONE, ANY), ("company", COMPANY, ALL)):
        if word in rule:
            inside = rule[word]
            parts = inside.get(inner, [inside])
            return Draft(mode=mode, parts=[_node(part) for part in parts])
    kind, values = values_of(rule)
    return Draft(kind=kind, values=values)


def _inside(at: str, step: str) -> str:
    return f"{at}.{step}" if at else step
