"""Reviews of maps in tests: people, a draft, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import ReviewRequest, ReviewVote
from journeys.rules.reviews import Verdict
from journeys.services.reviews import (
    ask_review,
    give_verdict,
    set_review_rules,
    withdraw_review,
)
from tests import make
from tests.journeys import charting
from tests.journeys.sharing import the_map

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership


@dataclass
class Round:
    """A draft that Ana drew, and her colleagues Bea (manager) and Vic (viewer)."""

    ana: Membership
    bea: Membership
    vic: Membership
    map_id: UUID
    card: UUID

    def ask(self, *reviewers: Membership, **more: Any) -> None:
        told = {"message": "Have a look", "by": self.ana, "now": make.NOW, **more}
        with tenant_bound(self.ana.tenant_id):
            ids = [one.pk for one in reviewers or (self.bea,)]
            ask_review(of=the_map(self.ana, self.map_id), reviewers=ids, **told)

    def say(self, verdict: Verdict, by: Membership, note: str = "") -> None:
        with tenant_bound(self.ana.tenant_id):
            of = the_map(self.ana, self.map_id)
            give_verdict(of=of, verdict=verdict, note=note, by=by, now=make.NOW)

    def withdraw(self) -> None:
        with tenant_bound(self.ana.tenant_id):
            withdraw_review(of=the_map(self.ana, self.map_id), by=self.ana, now=make.NOW)

    def change(self, text: str = "Another word") -> None:
        charting.do(self.ana, self.map_id, charting.put(self.card, "text", text))

    def demand(self, count: int, *, falls: bool = True) -> None:
        with tenant_bound(self.ana.tenant_id):
            set_review_rules(
                tenant=self.ana.tenant,
                approvals_needed=count,
                falls_when_changed=falls,
                viewers_export=False,
                by=self.ana,
            )

    def requests(self) -> list[tuple[str, int]]:
        """Give the rounds, the first one first: state, and the operation looked at."""
        with tenant_bound(self.ana.tenant_id):
            rows = ReviewRequest.objects.for_tenant(self.ana.tenant).order_by("pk")
            return list(rows.values_list("state", "at_seq"))

    def votes(self) -> list[str]:
        with tenant_bound(self.ana.tenant_id):
            rows = ReviewVote.objects.for_tenant(self.ana.tenant).order_by("pk")
            return list(rows.values_list("verdict", flat=True))


def begun() -> Round:
    """Draw a sound draft."""
    ana = make.member(of=make.tenant(), role=Role.CONTRIBUTOR)
    people = {}
    for name, role in {"Bea Boss": Role.MANAGER, "Vic View": Role.VIEWER}.items():
        one = make.member(of=ana.tenant, role=role)
        one.user.name = name
        one.user.save(update_fields=["name"])
        people[role] = one
    on = charting.blank_map(ana, charting.journey(ana))
    _, step = charting.stage(ana, on)
    lane = charting.lane(ana, on)
    card = charting.card(ana, on, lane, step, text="A word")
    return Round(ana, people[Role.MANAGER], people[Role.VIEWER], on, card)
