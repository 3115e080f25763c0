"""A journey map whose steps happen at touchpoints that people rated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.selectors.figures import Viewer
from analytics.selectors.lane_numbers import lane_numbers
from analytics.selectors.map_outline import read_outline
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint
from journeys.models import JourneyMap
from tests import make
from tests.journeys import charting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from analytics.selectors.lane_cells import LaneNumbers
    from cxm.tenants.models import Membership


@dataclass(frozen=True)
class World:
    """A member's map: its journey, its steps by name of their touchpoint, in order."""

    member: Membership
    journey_id: UUID
    map_id: UUID
    steps: Mapping[str, UUID]

    def lane(self, kind: str = "experience", **config: Any) -> UUID:
        """Add a lane of that kind with these settings."""
        pk = new_id()
        values = {"kind": kind, "title": f"A lane of {kind}", "config": config}
        charting.do(self.member, self.map_id, charting.create(pk, "lane", values, self.map_id))
        return pk

    def feel(self, values: Mapping[str, float], persona_id: UUID | None = None) -> None:
        """Draw a curve."""
        lane = charting.lane(self.member, self.map_id, "emotion", "Feels")
        persona = str(persona_id) if persona_id else None
        for name, value in values.items():
            at = self.steps[name]
            charting.card(
                self.member, self.map_id, lane, at, value=value, persona=persona, text="felt"
            )

    def publish_ahead(self) -> None:
        """Let the map be a published one of what is to come."""
        rows = JourneyMap.objects.for_tenant(self.member.tenant).filter(pk=self.map_id)
        rows.update(state="future", status="published", published_at=make.NOW)

    def map(self) -> JourneyMap:
        """Load the map."""
        with tenant_bound(self.member.tenant_id):
            rows = JourneyMap.objects.for_tenant(self.member.tenant)
            return rows.select_related("tenant", "journey").get(pk=self.map_id)

    def numbers(self, lane_id: UUID, *, sees_rows: bool = True) -> LaneNumbers:
        """Read what a lane shows."""
        with tenant_bound(self.member.tenant_id):
            outline = read_outline(self.map())
            lane = outline.lane(lane_id)
            assert lane is not None
            return lane_numbers(Viewer(self.member.tenant, sees_rows, make.NOW), outline, lane)


def touchpoint_id(member: Membership, key: str) -> UUID:
    """Give the touchpoint of that key, made where there is none yet."""
    with tenant_bound(member.tenant_id):
        found = Touchpoint.objects.for_tenant(member.tenant).filter(key=key).first()
    return found.pk if found else make.touchpoint(of=member.tenant, key=key, title=key).pk


def world(*names: str, member: Membership | None = None) -> World:
    """Make a map with a step for each of *names*, which happens at the touchpoint so called."""
    member = member or make.member()
    journey_id = charting.journey(member)
    map_id = charting.blank_map(member, journey_id)
    steps = charting.stage(member, map_id, "Way", steps=len(names))[1:]
    for name, step in zip(names, steps, strict=True):
        at(member, map_id, step, name)
    return World(member, journey_id, map_id, dict(zip(names, steps, strict=True)))


def at(member: Membership, map_id: UUID, step: UUID, *names: str, role: str = "primary") -> None:
    """Let a step happen at touchpoints."""
    for name in names:
        values = {"touchpoint": str(touchpoint_id(member, name)), "role": role}
        charting.do(member, map_id, charting.create(new_id(), "contact", values, step))
