"""What people outside see of a journey map: only what is named here, ever.

A map of now and one of then are cut out of their elements in the same way, so that whatever else
lies on a map stays inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.state import Element, State
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES
from personas.rules.shared import veiled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cxm.kernel.operations.shapes import JSON

# Files may have telling names, and grades are what is thought of ourselves: neither goes outside.
_NEVER = frozenset({LaneKind.FILE, LaneKind.GRADE})
LANES = tuple(kind for kind in LaneKind if kind not in _NEVER)
# What names people or plans, leads elsewhere, or is measured is shown where somebody chose so.
USUAL = (
    LaneKind.TEXT,
    LaneKind.IMAGE,
    LaneKind.ICON,
    LaneKind.CHANNEL,
    LaneKind.TOUCHPOINT,
    LaneKind.EMOTION,
    LaneKind.SCALE,
    LaneKind.TIME,
    LaneKind.FLOW,
    LaneKind.INSIGHT,
    LaneKind.LINE,
)
# Beside lanes: insights that are quotes, which may be words of customers, and who owns the journey.
QUOTES, OWNER = "quotes", "owner"
MORE = ((QUOTES, "Quotes among the insights"), (OWNER, "The name of the journey's owner"))
KINDS = (*((kind.value, RULES[kind].words) for kind in LANES), *MORE)
# What lies in steps, by the lanes that show it.
_IN_STEPS = {
    "contact": {LaneKind.TOUCHPOINT, LaneKind.CHANNEL},
    "role": {LaneKind.ACTOR},
    "nested": {LaneKind.NESTED},
}
_FOLDING = frozenset({"stage", "lane"})
_FIELDS: dict[str, tuple[str, ...]] = {
    "map": ("name",),
    "stage": ("title", "colour"),
    "step": ("title", "moment_of_truth", "optional", "repeatable", "expected_duration"),
    "lane": ("kind", "title", "persona", "zone", "config"),
    "card": (
        *("step_from", "step_to", "text", "value", "icon", "colour", "url", "asset", "alt"),
        *("persona", "channel", "insight", "opportunity", "solution", "goal", "is_decorative"),
    ),
    "flow": ("from_step", "to_step", "kind", "condition", "planned_share"),
    "contact": ("touchpoint", "role"),
    "role": ("stakeholder", "role", "zone"),
    "nested": ("journey",),
    "cast": ("persona", "is_main", "colour", "dash"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a link shows: the *kinds* of lanes, and the *personas* whose lanes and curves.

    No kinds are the usual ones, no personas all of them.
    """

    kinds: frozenset[str]
    personas: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, kinds: Collection[str], personas: Iterable[UUID] = ()) -> Choice:
        """Read what a link keeps."""
        return cls(frozenset(kinds or (kind.value for kind in USUAL)), frozenset(personas))

    def has_lane(self, lane: Element) -> bool:
        """Whether a lane is shown: one that is hidden inside is hidden outside."""
        kind = LaneKind(str(lane.values["kind"]))
        is_chosen = kind not in _NEVER and kind.value in self.kinds
        return is_chosen and not lane.values.get("is_hidden") and self.has_voice(lane)

    def has_voice(self, element: Element) -> bool:
        """Whether what an element says is of nobody in particular, or of a chosen persona."""
        persona = element.values.get("persona")
        return not persona or not self.personas or UUID(str(persona)) in self.personas


def shared_state(state: State, choice: Choice, *, quotes: Collection[UUID]) -> State:
    """Cut out of a map what *choice* shows; *quotes* are the insights that are quotes.

    E-mail addresses are replaced wherever somebody typed one.
    """
    root = next(element for element in state.values() if element.kind == "map")
    stages = state.children(root.id, "stage")
    steps = state.children_in([one.id for one in stages], "step")
    ids = [one.id for one in steps]
    lanes = [lane for lane in state.children(root.id, "lane") if choice.has_lane(lane)]
    kinds = {LaneKind(str(lane.values["kind"])) for lane in lanes}
    cards = [
        card
        for card in state.children_in([lane.id for lane in lanes], "card")
        if choice.has_voice(card) and _is_told(card, choice, quotes)
    ]
    kept = [root, *stages, *steps, *lanes, *cards]
    for kind, shown_by in _IN_STEPS.items():
        kept += state.children_in(ids, kind) if shown_by & kinds else []
    kept += state.children(root.id, "flow") if LaneKind.FLOW in kinds else []
    kept += [one for one in state.children(root.id, "cast") if choice.has_voice(one)]
    return State([_cut(element) for element in kept])


def _is_told(card: Element, choice: Choice, quotes: Collection[UUID]) -> bool:
    insight = card.values.get("insight")
    return QUOTES in choice.kinds or not insight or UUID(str(insight)) not in quotes


def _cut(element: Element) -> Element:
    told = {
        name: _veiled(element.values[name])
        for name in _FIELDS[element.kind]
        if name in element.values
    }
    if element.kind in _FOLDING:
        # There is nobody to open it: a page without scripts shows all there is.
        told["is_collapsed"] = False
    return Element(element.id, element.kind, told, element.parent, element.ord)


def _veiled(value: JSON) -> JSON:
    """Give a value without the e-mail addresses in its texts, at any depth."""
    found: Any = value
    if isinstance(found, str):
        return veiled(found)
    if isinstance(found, list):
        return [_veiled(one) for one in found]
    if isinstance(found, dict):
        return {key: _veiled(one) for key, one in found.items()}
    return value
