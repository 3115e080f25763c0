"""Drawing about so many a day: the chance follows what comes, group by group, and is kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from cxm.customers.rules.records import Ref
from feedback.models import Distribution, Invitation
from feedback.rules.distribution.policy import drawn
from feedback.services.distribution.history import wishes_of
from feedback.services.distribution.running import ask
from feedback.services.distribution.sampling import share_of
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import distribution
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def met(member: Membership, count: int, *, days_ago: int = 0, place: str = "") -> None:
    """Have *count* different people meet something, at the touchpoint *place*."""
    for number in range(count):
        email = f"{place}{days_ago}-{number}@example.com"
        make.events(
            "delivered",
            of=member.tenant,
            refs=(Ref("email", "", email),),
            day=days_ago,
            touchpoint=place,
        )


@pytest.mark.parametrize(
    ("a_day", "share", "count", "days", "wanted"),
    [
        (5, "1", 100, 10, "0.5"),  # ten came a day, five are wanted
        (5, "1", 40, 10, "1"),  # four came a day
        (5, "0.2", 100, 10, "0.2"),  # the share holds, too
        (1, "1", 3, 1, "0.3333"),
        (1, "1", 10_000_000, 1, "0.0001"),
    ],
)
def test_the_chance_is_the_wish_over_what_comes(
    a_day: int, share: str, count: int, days: int, wanted: str
) -> None:
    row = Distribution(a_day=a_day, share=Decimal(share))

    assert share_of(row, {"": count}, days) == {"": Decimal(wanted)}


def test_of_an_old_distribution_its_own_people_count(member: Membership) -> None:
    row = distribution(asked_survey(member), by=member, a_day=2)
    Distribution.objects.for_tenant(member.tenant).filter(pk=row.pk).update(
        starts_at=NOW - 10 * DAY, read_until=NOW - 10 * DAY, a_day=None
    )
    met(member, 40, days_ago=5)
    ask(tenant_id=member.tenant_id, now=NOW)
    Distribution.objects.for_tenant(member.tenant).filter(pk=row.pk).update(a_day=2)
    met(member, 30)

    ask(tenant_id=member.tenant_id, now=NOW + timedelta(minutes=1))

    rows = Invitation.objects.for_tenant(member.tenant).select_related("customer", "distribution")
    chances = set(rows.filter(due_at__gt=NOW - DAY).values_list("propensity", flat=True))
    assert chances == {Decimal("0.5000")}  # 40 in ten days; two a day are wanted
    for one in rows.filter(due_at__gt=NOW - DAY):
        is_drawn = drawn(one.distribution.seed, str(one.customer.root_id)) < 0.5
        assert (one.reason == "") == is_drawn
        assert one.reason in ("", "not_sampled")


def test_of_a_new_one_the_events_before_it_count_each_group_by_itself(member: Membership) -> None:
    for place in ("till", "web"):
        make.touchpoint(of=member.tenant, key=place)
    met(member, 56, days_ago=3, place="till")
    met(member, 7, days_ago=4, place="web")
    row = distribution(asked_survey(member), by=member, a_day=1, stratum="touchpoint")
    assert row.stratum == "touchpoint"
    met(member, 3, place="till")
    met(member, 2, place="web")

    ask(tenant_id=member.tenant_id, now=NOW)

    rows = Invitation.objects.for_tenant(member.tenant)
    by_place = dict(rows.values_list("interaction__touchpoint__key", "propensity"))
    # 59 in 28 days at the till, of whom 28 are wanted; fewer than one a day on the web.
    assert by_place == {"till": Decimal("0.4746"), "web": Decimal(1)}


def test_a_trial_draws_about_as_many_of_the_past(member: Membership) -> None:
    met(member, 50, days_ago=2)
    row = distribution(asked_survey(member), by=member, a_day=1)

    wishes = wishes_of(row, (NOW - 10 * DAY, NOW))

    assert {one.share for one in wishes} == {0.2}


def test_who_is_drawn_stays_drawn_when_the_share_is_changed(member: Membership) -> None:
    row = distribution(asked_survey(member), by=member, share=Decimal("0.5"))
    met(member, 20)
    ask(tenant_id=member.tenant_id, now=NOW)
    rows = Invitation.objects.for_tenant(member.tenant)
    before = set(rows.filter(state="queued").values_list("pk", flat=True))
    Distribution.objects.for_tenant(member.tenant).filter(pk=row.pk).update(share="0.0001")

    ask(tenant_id=member.tenant_id, now=NOW + timedelta(minutes=5))

    assert before
    assert set(rows.filter(reason="").values_list("pk", flat=True)) == before


def test_the_page_says_how_many_a_day_and_only_events_are_drawn_so(member: Membership) -> None:
    survey = asked_survey(member)
    row = distribution(survey, by=member, a_day=20, stratum="channel")
    client = Client()
    client.force_login(member.user)
    home = f"/t/{member.tenant.slug}"

    shown = client.get(f"{home}/sending/{row.pk}/").content.decode()
    told = {
        "title": "By list",
        "medium": "email",
        "audience": "list",
        "a_day": "20",
        "share": "100",
        "expires_hours": "72",
        "open_days": "30",
        "conditions-TOTAL_FORMS": "0",
        "conditions-INITIAL_FORMS": "0",
    }
    refused = client.post(f"{home}/surveys/{survey.pk}/sending/new/", told)

    assert "about 20 a day of each channel" in shown
    assert refused.status_code == 422
    assert "Only after events" in refused.content.decode()
