"""A journey whose current map is published, and a future map forked from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap
from journeys.rules.changes import flat
from journeys.rules.comparing import changes_between
from journeys.rules.kinds import MapState
from journeys.rules.laws import steps_in_order
from journeys.services.maps import fork_map, open_draft, publish_map
from journeys.services.promoting import promote_steps
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership

LATER = make.NOW + timedelta(hours=1)


class Told:
    """A journey whose current map is published, and a future map forked from it."""

    def __init__(self, member: Membership) -> None:
        self.member = member
        journey = m.journey(member)
        first = m.blank_map(member, journey)
        self.stage, self.pay, self.wait = m.stage(member, first, "Buy", 2)
        self.lane = m.lane(member, first)
        self.card = m.card(member, first, self.lane, self.pay, text="I pay")
        with tenant_bound(member.tenant_id):
            self.current = self.row(first)
            publish_map(of=self.current, by=member, now=make.NOW)
            self.current = self.row(first)
            self.future = fork_map(
                of=self.current, name="As it shall be", state=MapState.FUTURE, by=member, now=LATER
            )

    def row(self, pk: UUID) -> JourneyMap:
        rows = JourneyMap.objects.for_tenant(self.member.tenant)
        return rows.select_related("tenant", "journey", "baseline").get(pk=pk)

    def do(self, on: JourneyMap, *asked: Any) -> None:
        m.do(self.member, on.pk, *asked)

    def title(self, on: JourneyMap, step: UUID, words: str) -> None:
        self.do(on, m.put(step, "title", words))

    def add_step(self, on: JourneyMap, title: str) -> UUID:
        pk = new_id()
        self.do(on, m.create(pk, "step", {"title": title}, self.stage))
        return pk

    def promote(self, **more: Any) -> JourneyMap:
        with tenant_bound(self.member.tenant_id):
            of = self.row(self.future.pk)
            return promote_steps(of=of, by=self.member, now=LATER, **more)

    def publish(self, draft: JourneyMap) -> JourneyMap:
        with tenant_bound(self.member.tenant_id):
            publish_map(of=draft, by=self.member, now=LATER)
            return self.row(draft.pk)

    def draft(self) -> JourneyMap:
        with tenant_bound(self.member.tenant_id):
            return open_draft(of=self.row(self.current.pk), by=self.member, now=LATER)

    def state(self, of: JourneyMap) -> State:
        return m.state_of(self.member, of.pk)

    def steps(self, of: JourneyMap) -> list[Any]:
        return [step.values["title"] for step in steps_in_order(self.state(of))]

    def left(self, current: JourneyMap) -> list[Any]:
        changes = changes_between(self.state(current), self.state(self.future))
        return [c for c in flat(changes) if c.is_of_content]
