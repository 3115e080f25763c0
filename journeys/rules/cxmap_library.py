"""Insights, opportunities, solutions and goals as items of a file, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.cxmap.own_keys import own_of, own_parts
from cxm.kernel.cxmap.planning import Match, Plan, Wanted
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.state import children
from journeys.rules.fields import OWN
from journeys.rules.library_shapes import GOAL, INSIGHT, OPPORTUNITY, SOLUTION

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from uuid import UUID

    from cxm.kernel.cxmap.documents import Document
    from cxm.kernel.cxmap.planning import Values
    from cxm.kernel.operations.shapes import DocumentShape
    from cxm.kernel.operations.state import State
    from journeys.rules.cxmap_writing import Keys

# What is referred to from another item comes from outside of files, too: left out where unknown.
LENIENT = frozenset({"binding", "step"})


@dataclass(frozen=True, slots=True)
class LinkPart:
    """A list of keys in a file, and the elements that it stands for: of *kind*, with *field*."""

    key: str
    kind: str
    field: str
    what: str


@dataclass(frozen=True, slots=True)
class ItemKind:
    """One kind of library item: what its keys in a file are called in its document."""

    folder: str
    shape: DocumentShape
    fields: Mapping[str, str]
    references: Mapping[str, str]
    links: tuple[LinkPart, ...]

    @property
    def name(self) -> str:
        """Give what one of them is called."""
        return self.shape.root

    @property
    def plan(self) -> Plan:
        """Give how a document is compared with one that is wanted."""
        matches = {one.kind: Match((_by(one.field),), comes_back=True) for one in self.links}
        return Plan(self.shape, matches)


def _by(name: str) -> Callable[[Values], Hashable]:
    return lambda values: str(values[name])


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


INSIGHTS = ItemKind(
    "insights",
    INSIGHT,
    {"type": "kind", **_same("title", "body", "impact", "weight", "status")},
    {},
    (
        LinkPart("personas", "about", "persona", "persona"),
        LinkPart("rests_on", "basis", "fact", "insight"),
    ),
)
GOALS = ItemKind(
    "goals",
    GOAL,
    _same("title", "body", "status", "target", "due"),
    {"parent": "goal", "binding": "binding"},
    (),
)
OPPORTUNITIES = ItemKind(
    "opportunities",
    OPPORTUNITY,
    _same("title", "problem", "status", "due", "team"),
    {},
    (
        LinkPart("insights", "answers", "insight", "insight"),
        LinkPart("goals", "serves", "goal", "goal"),
        LinkPart("steps", "lies-at", "step", "step"),
        LinkPart("personas", "helps", "persona", "persona"),
    ),
)
SOLUTIONS = ItemKind(
    "solutions",
    SOLUTION,
    _same(
        "title",
        "body",
        "kind",
        "status",
        "planned_on",
        "shipped_on",
        "expected_delta",
        "cost",
        "currency",
        "url",
    ),
    {},
    (
        LinkPart("opportunities", "solves", "opportunity", "opportunity"),
        LinkPart("steps", "makes", "step", "step"),
    ),
)
# In the order in which they may refer to each other.
ITEM_KINDS = (INSIGHTS, GOALS, OPPORTUNITIES, SOLUTIONS)


def item_of(kind: ItemKind, state: State, pk: UUID, keys: Keys) -> dict[str, Any]:
    """Give a library item as a file has it; what has no key in *keys* is left out."""
    root = state[pk]
    own: Any = root.values[OWN]
    told: dict[str, Any] = {"key": root.values["key"], **own_of(own)}
    for key, name in kind.fields.items():
        told[key] = None if root.values[name] == "" else root.values[name]
    for name, what in kind.references.items():
        told[name] = keys.get(what, {}).get(str(root.values[name]))
    for link in kind.links:
        there = [str(e.values[link.field]) for e in children(state, pk, link.kind)]
        known = keys.get(link.what, {})
        told[link.key] = sorted(known[one] for one in there if one in known)
    return told


def item_wanted(
    kind: ItemKind,
    item: Mapping[str, Any],
    path: str,
    document: Document,
    ids: Mapping[str, Mapping[str, str]],
) -> Wanted:
    """Give what a library item shall be; complain to *document* of what cannot be.

    *ids* by key, of what it may refer to.
    """
    wanted = Wanted(kind.name, {OWN: own_parts(item)})
    shape = kind.shape.element(kind.name)
    for key, name in kind.fields.items():
        known, value = shape.field(name), item.get(key)
        try:
            wanted.values[name] = known.kept(known.default if value is None else value)
        except RefusedError as error:
            document.complain(f"{path}.{key}", str(error))
    for name, what in kind.references.items():
        named = item.get(name)
        where = f"{path}.{name}"
        wanted.values[name] = _found(what, named, where, document, ids) if named else None
    for link in kind.links:
        for number, one in enumerate(dict.fromkeys(item.get(link.key, ()))):
            found = _found(link.what, one, f"{path}.{link.key}[{number}]", document, ids)
            if found is not None:
                wanted.parts.append(Wanted(link.kind, {link.field: found}))
    return wanted


def _found(
    what: str, key: str, path: str, document: Document, ids: Mapping[str, Mapping[str, str]]
) -> str | None:
    found = ids.get(what, {}).get(key)
    if found is not None:
        return found
    words = f"There is no {what} “{key}”, neither in this file nor here"
    if what in LENIENT:
        document.remark(path, f"{words}: left out.")
    else:
        document.complain(path, f"{words}.")
    return None
