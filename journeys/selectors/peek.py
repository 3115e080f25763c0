"""What a journey holds, in short: its stages with their steps, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.models import JourneyMap, Stage
from journeys.rules.kinds import MapStatus
from journeys.selectors.access import maps_shown_to
from journeys.selectors.portfolio import shown_map
from journeys.selectors.rollup import RollUp, rollup_of
from journeys.selectors.standing import steps_there

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from journeys.models import Journey
    from journeys.selectors.measured import Asking


@dataclass(frozen=True, slots=True)
class Peek:
    """The map that one would open of a journey, its stages with titles of steps, and the roll-up.

    *rollup* is None where no map holds now.
    """

    map: JourneyMap | None
    stages: list[tuple[Stage, list[str]]]
    rollup: RollUp | None


def peek_at(journey: Journey, reader: Membership | None, asking: Asking | None = None) -> Peek:
    """Look into a journey that *reader* may open, with the figure that is asked for.

    Eight queries at most, and five of the figure.
    """
    rows = JourneyMap.objects.for_tenant(journey.tenant_id).filter(
        journey=journey, archived_at=None, deleted_at=None
    )
    rows = maps_shown_to(reader, rows)
    shown = shown_map(list(rows.exclude(status=MapStatus.RETIRED).order_by("-number")))
    if shown is None:
        return Peek(None, [], None)
    steps: dict[object, list[str]] = {}
    for stage, title in (
        steps_there(journey.tenant, [shown.pk]).order_by("ord", "pk").values_list("stage", "title")
    ):
        steps.setdefault(stage, []).append(title)
    stages = Stage.objects.for_tenant(journey.tenant_id).filter(map=shown, deleted_at=None)
    laid = [(stage, steps.get(stage.lineage, [])) for stage in stages.order_by("ord", "pk")]
    return Peek(shown, laid, rollup_of(journey.tenant, [journey.pk], asking=asking).get(journey.pk))
