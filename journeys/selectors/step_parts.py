"""What lies at a step, each with what it is called: asked about when a step is split or joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from journeys.rules.kinds import LaneKind, StepRoleKind
from journeys.rules.lane_kinds import RULES
from journeys.rules.splitting import Goes, lying_at, usually, values_left_out
from journeys.selectors.grid_names import names_of
from journeys.selectors.lane_curves import signed
from journeys.selectors.lane_items import ITEM_KINDS, NOT_OPEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.kernel.operations.state import Element, State
    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap

LONGEST = 80
_KINDS = {
    "contact": ("touchpoint", "Touchpoint"),
    "role": ("stakeholder", "Stakeholder"),
    "nested": ("journey", "Journey inside"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Something that lies at a step: what it is called, its lane, and where it goes unasked."""

    id: UUID
    words: str
    within: str
    goes: Goes


def parts_at(row: JourneyMap, state: State, step: UUID, reader: Membership | None) -> list[Part]:
    """List what can go to either part of a step that is split, in order. One or two queries."""
    names = _titles(row, reader)
    return [_part(state, one, step, names) for one in lying_at(state, step)]


def parts_left_out(
    row: JourneyMap, state: State, kept: UUID, gone: UUID, reader: Membership | None
) -> list[Part]:
    """List the values that go where *gone* is joined to *kept*. One or two queries."""
    names = _titles(row, reader)
    return [_part(state, one, gone, names) for one in values_left_out(state, kept, gone)]


def _titles(row: JourneyMap, reader: Membership | None) -> dict[str, str]:
    return {str(name.id): name.title for name in names_of(row, reader)}


def _part(state: State, one: Element, step: UUID, names: Mapping[str, str]) -> Part:
    if one.kind == "card":
        lane = state[UUID(str(one.parent))].values
        within = str(lane["title"] or RULES[LaneKind(str(lane["kind"]))].words)
        return Part(
            one.id,
            _cut(_card_words(one, names, lane["kind"]) or "Empty"),
            within,
            usually(one, step),
        )
    refers, within = _KINDS[one.kind]
    words = names.get(str(one.values[refers]), NOT_OPEN)
    if one.kind == "role":
        words = f"{words}, {StepRoleKind(str(one.values['role'])).words.lower()}"
    return Part(one.id, _cut(words), within, usually(one, step))


def _card_words(card: Element, names: Mapping[str, str], kind: object) -> str:
    shown = [names.get(str(card.values[name]), "") for name in (*ITEM_KINDS, "channel", "asset")]
    value = card.values["value"]
    persona = names.get(str(card.values["persona"]), "")
    number = ""
    if isinstance(value, int | float):
        number = signed(float(value)) if kind == LaneKind.EMOTION else f"{value:g}"
    told = [persona, number, str(card.values["text"]), *shown]
    return " ".join(filter(None, told))


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
