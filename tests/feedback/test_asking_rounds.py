"""A round over distributions goes on though one of them is paused or moved meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.rules.records import Ref
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Distribution, Invitation
from feedback.rules.distribution.words import DistributionState
from feedback.services.distribution import finding
from feedback.services.distribution.running import ask, start
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.kernel.effects import Again
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)


def _keys(member: Membership) -> set[str]:
    rows = Invitation.objects.for_tenant(member.tenant)
    return set(rows.values_list("natural_key", flat=True))


def _to_the_end(member: Membership, again: Again | None) -> None:
    while again:
        again = ask(tenant_id=member.tenant_id, now=NOW, **again.arguments)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"state": DistributionState.PAUSED}, id="paused"),
        pytest.param({"priority": 99}, id="moved behind"),
        pytest.param({"priority": 1}, id="moved to the front"),
    ],
)
def test_a_change_of_where_a_round_stands_drops_nobody(
    member: Membership, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    monkeypatch.setattr(finding, "MOST_AT_ONCE", 1)
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
        first = distribution(survey, by=member, title="First", priority=10)
        returns = {"kind": "event", "name": "returned", "conditions": []}
        distribution(survey, by=member, title="Second", priority=20, trigger=returns)
        for number in (1, 2):
            delivered(member.tenant, f"ana{number}@example.com", order=f"A-{number}")
        refs = (Ref("email", "", "bo@example.com"),)
        make.events("returned", of=member.tenant, refs=refs, thread_key="B-1")

        begun = ask(tenant_id=member.tenant_id, now=NOW)
        Distribution.objects.for_tenant(member.tenant).filter(pk=first.pk).update(**change)
        _to_the_end(member, begun)
        in_the_round = _keys(member)
        first.refresh_from_db()
        start(distribution=first, by=member, now=NOW)
        _to_the_end(member, ask(tenant_id=member.tenant_id, now=NOW))

        assert begun is not None
        assert "B-1" in in_the_round
        assert _keys(member) == {"A-1", "A-2", "B-1"}


def test_a_place_that_an_older_sender_kept_begins_the_round_anew(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        first = distribution(asked_survey(member), by=member)
        event = delivered(member.tenant, "ana@example.com", order="A-1")
        before = [event.received_at.replace(year=2020).isoformat(), str(event.pk)]

        ask(
            tenant_id=member.tenant_id,
            now=NOW,
            after={"distribution": str(first.pk), "place": before},
        )

        assert _keys(member) == {"A-1"}
