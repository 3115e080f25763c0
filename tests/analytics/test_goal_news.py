"""Goals beside figures, and what their owners are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from analytics.services.goals import change_goal
from cxm.collaboration.models import Notice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.aiming import AFTER, DUE, answers, goal, judge
from tests.analytics.page_reading import metric_url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(), role=Role.ANALYST)
    answers({9: 30, 0: 10}, of=member.tenant, days_ago=40, touchpoint="checkout")
    answers({9: 36, 0: 4}, of=member.tenant, days_ago=3, touchpoint="checkout")
    return member


@pytest.fixture
def ben(ann: Membership) -> Membership:
    return make.member(of=ann.tenant, role=Role.VIEWER)


def page_of(member: Membership, query: str = "") -> str:
    client = Client()
    client.force_login(member.user)
    return client.get(metric_url(member.tenant, query)).content.decode()


def told(member: Membership, kind: str) -> list[str]:
    with tenant_bound(member.tenant_id):
        rows = Notice.objects.for_tenant(member.tenant_id).filter(member=member, kind=kind)
        return list(rows.values_list("about", flat=True))


def test_a_goal_is_a_line_over_its_metric(ann: Membership) -> None:
    made = goal(ann, target=65.0)

    page = page_of(ann)

    assert 'class="goal-line"' in page
    assert f"/strategy/{made.pk}/" in page
    assert "“NPS of 40”, 65 by 30 Nov 2026" in page


def test_a_goal_of_some_places_is_a_line_over_their_answers_alone(ann: Membership) -> None:
    goal(ann, places={"touchpoint": ["checkout"]})

    assert "goal-line" not in page_of(ann)
    assert "goal-line" in page_of(ann, "?touchpoint=checkout")
    assert "goal-line" not in page_of(ann, "?touchpoint=checkout&channel=web&weighted=1")


def test_the_goal_that_is_due_first_is_drawn(ann: Membership) -> None:
    goal(ann, title="Later", due_on=DUE.replace(month=12, day=31))
    goal(ann, title="Sooner")

    page = page_of(ann)

    assert "“Sooner”" in page
    assert "“Later”" not in page


def test_a_new_goal_is_on_a_page_that_was_kept(ann: Membership) -> None:
    assert "goal-line" not in page_of(ann)

    goal(ann)

    assert "goal-line" in page_of(ann)


def test_who_is_given_a_goal_is_told(ann: Membership, ben: Membership) -> None:
    made = goal(ann, owner=ben)
    mine = goal(ann, title="Mine")

    assert told(ben, "assigned") == ["NPS of 40"]
    assert told(ann, "assigned") == []

    with tenant_bound(ann.tenant_id):
        change_goal(goal=mine, owner=ben, keeps_owner=False, by=ann, now=make.NOW)
        change_goal(goal=made, title="Another title", by=ann, now=make.NOW)
        change_goal(goal=made, owner=ben, keeps_owner=False, by=ann, now=make.NOW)
    assert sorted(told(ben, "assigned")) == ["Mine", "NPS of 40"]


def test_the_owner_is_told_the_verdict_once(ann: Membership) -> None:
    goal(ann)

    judge(ann.tenant, AFTER)
    judge(ann.tenant, AFTER)

    [words] = told(ann, "judged")
    assert words.startswith("NPS of 40: ")
    assert len(words) > len("NPS of 40: ")
