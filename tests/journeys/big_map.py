"""A map too big to be drawn at once: many lanes, of which the first ones fill a screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.kernel.ids import new_id
from tests.journeys import charting

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

STEPS, LANES = 51, 60


@dataclass
class BigMap:
    """The map with the lineages of its steps and of its lanes, "Lane 0" to "Lane 59", in order."""

    member: Membership
    map_id: UUID
    steps: list[UUID] = field(default_factory=list)
    lanes: list[UUID] = field(default_factory=list)

    def card(self, lane: int, step: int, text: str) -> UUID:
        """Add a card to a lane at a step, by their numbers from 0."""
        place = self.lanes[lane], self.steps[step]
        return charting.card(self.member, self.map_id, *place, text=text)


def big_map(member: Membership) -> BigMap:
    """Draw the map, with one card: in "Lane 59" at the last step."""
    on = charting.blank_map(member, charting.journey(member, "A long way"))
    made = BigMap(member, on, charting.stage(member, on, "All of it", STEPS)[1:])
    made.lanes = [new_id() for _ in range(LANES)]
    todo = [
        charting.create(lane, "lane", {"kind": "text", "title": f"Lane {number}"}, on)
        for number, lane in enumerate(made.lanes)
    ]
    charting.do(member, on, *todo)
    made.card(LANES - 1, STEPS - 1, "The end of the way")
    return made
