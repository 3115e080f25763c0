"""One element of a map, found by its lineage, with what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journeys.models import (
    Card,
    Flow,
    Lane,
    Lineage,
    MapOp,
    MapPersona,
    Stage,
    Step,
    StepJourney,
    StepRole,
    StepTouchpoint,
)
from journeys.rules.kinds import FlowKind, LaneKind
from journeys.rules.lane_kinds import RULES

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import JourneyMap

MODELS: dict[str, Any] = {
    "stage": Stage,
    "step": Step,
    "lane": Lane,
    "card": Card,
    "flow": Flow,
    "contact": StepTouchpoint,
    "role": StepRole,
    "nested": StepJourney,
    "cast": MapPersona,
}
_WITHOUT_KEY = ("contact", "role", "nested", "cast")
_NAMED_BY = {
    "contact": ("touchpoint", "title"),
    "role": ("stakeholder", "name"),
    "cast": ("persona", "name"),
}
# The items of the library of which a card shows one at most.
_SHOWN = ("insight", "opportunity", "solution", "goal")
LONGEST, WHOLE = 60, "map"


@dataclass(frozen=True, slots=True)
class MapElement:
    """One element: its kind, its row, what it is called, and the lane or step that it lies in."""

    kind: str
    row: Any
    title: str
    within: Any = None

    @property
    def id(self) -> UUID:
        """Give its lineage; a map has none but its id."""
        found: UUID = self.row.pk if self.kind == WHOLE else self.row.lineage
        return found

    @property
    def lane_kind(self) -> LaneKind | None:
        """Give the kind of the lane that it is, or lies in."""
        if self.kind == "lane":
            return LaneKind(self.row.kind)
        return LaneKind(self.within.kind) if self.kind == "card" else None


def element_of(row: JourneyMap, lineage: UUID) -> MapElement | None:
    """Give the element *lineage* of a map; None where it is not on the map. At most six queries.

    The id of the map gives the map as a whole.
    """
    if lineage == row.pk:
        return MapElement(WHOLE, row, row.name)
    named = Lineage.objects.for_tenant(row.tenant_id).filter(pk=lineage)
    kind = named.values_list("kind", flat=True).first()
    for one in [kind] if kind else _WITHOUT_KEY:
        rows = MODELS[one].objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
        joined = _SHOWN if one == "card" else _NAMED_BY.get(one, ())[:1]
        found = (rows.select_related(*joined) if joined else rows).filter(lineage=lineage).first()
        if found is not None:
            within = _within(row, one, found)
            return MapElement(one, found, _title(one, found, within), within)
    return None


def lineage_of(row: JourneyMap, element: MapElement) -> Lineage | None:
    """Give what stays of an element, with its keys; None of what files do not name. One query."""
    if element.kind in (*_WITHOUT_KEY, WHOLE):
        return None
    return Lineage.objects.for_tenant(row.tenant_id).filter(pk=element.id).first()


def kind_once(row: JourneyMap, lineage: UUID) -> str | None:
    """Give the kind of an element that is or was on a map; None where it never was. One query."""
    log = MapOp.objects.for_tenant(row.tenant_id).filter(map=row, lineage=lineage)
    return log.values_list("kind", flat=True).order_by("seq").first()


def _within(row: JourneyMap, kind: str, found: Any) -> Any:
    """Give the lane of a card, or the step of what a step has."""
    if kind == "card":
        return Lane.objects.for_tenant(row.tenant_id).get(map=row, lineage=found.lane)
    if kind in {"contact", "role", "nested"}:
        return Step.objects.for_tenant(row.tenant_id).get(map=row, lineage=found.step)
    return None


def _title(kind: str, found: Any, within: Any) -> str:
    if kind in {"stage", "step"}:
        return str(found.title)
    if kind == "lane":
        return found.title or RULES[LaneKind(found.kind)].words
    if kind == "card":
        shown = next((item for name in _SHOWN if (item := getattr(found, name))), None)
        lane = within.title or RULES[LaneKind(within.kind)].words
        words = found.text or (shown.title if shown else lane)
        return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    if kind == "flow":
        return found.condition or FlowKind(found.kind).words
    names = _NAMED_BY.get(kind)
    return getattr(getattr(found, names[0]), names[1]) if names else "Journey inside"
