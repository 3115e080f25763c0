"""The demo's journeys: drawn from files, promised, partly real, talked about and backed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cxm.collaboration.models import CommentThread, Evidence, SavedView, ShareLink
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.touchpoints.models import Touchpoint
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.brightline_journeys import JOURNEYS
from cxm.web.demo.brightline_library import LIBRARY
from cxm.web.demo.brightline_personas import PERSONAS
from cxm.web.demo.brightline_stakeholders import MAPS
from cxm.web.demo.company import Company
from cxm.web.demo.harbour import HARBOUR
from cxm.web.demo.journeys import draw_journeys
from cxm.web.demo.library import fill_library
from cxm.web.demo.members import add_people, members_by_key
from cxm.web.demo.seeding import register_places
from cxm.web.demo.stakeholders import draw_maps
from cxm.work.models import Outbox
from journeys.models import (
    Card,
    Goal,
    Insight,
    Journey,
    JourneyMap,
    MapThread,
    Opportunity,
    ReviewVote,
    ScoreModel,
    Solution,
    StepJourney,
    StepRealisation,
    StepTouchpoint,
    Target,
)
from journeys.rules.look import map_scope
from journeys.selectors.scores import scores_of
from personas.services.personas import create_persona
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def company(told: Company) -> Tenant:
    """Give a tenant with the people, channels and touchpoints of a made-up company."""
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        add_people(tenant, told)
        register_places(tenant, told)
    return tenant


@pytest.fixture
def tenant(db: None) -> Tenant:
    """Give Brightline with its journeys drawn, and no answers."""
    made = company(BRIGHTLINE)
    with tenant_bound(made.pk):
        manager = members_by_key(made)["manager"]
        draw_maps(made, MAPS, now=make.NOW)
        for plan in PERSONAS:
            told = plan.template
            create_persona(tenant=made, name=told.title, by=manager, now=make.NOW, template=told)
        draw_journeys(made, JOURNEYS, now=make.NOW)
    return made


def test_the_journeys_come_out_as_they_were_planned(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        maps = JourneyMap.objects.for_tenant(tenant).order_by("created_at")
        assert list(maps.values_list("journey__key", "state", "status", "baseline__number")) == [
            ("pay-my-bill", "current", "published", None),
            ("get-fibre", "current", "published", None),
            ("get-fibre", "future", "published", 1),
            ("line-is-down", "current", "draft", None),
            ("pay-my-bill", "future", "in_review", 1),
        ]
        real = StepRealisation.objects.for_tenant(tenant).values_list("step__key", "state")
        assert ("choose-visit", "live") in real
        shipped = Solution.objects.for_tenant(tenant).get(key="more-visit-times")
        assert shipped.shipped_on == make.NOW.date() - timedelta(days=40)
        due = Target.objects.for_tenant(tenant).order_by("due").values_list("due", flat=True)
        assert due[0] == make.NOW.date() + timedelta(days=90)
        known = set(Touchpoint.objects.for_tenant(tenant).values_list("key", flat=True))
        used = StepTouchpoint.objects.for_tenant(tenant).values_list("touchpoint__key", flat=True)
        assert {"invoice", "time-slot", "outage-information"} <= set(used) <= known
        assert known == {point.key for point in BRIGHTLINE.touchpoints}


def test_journeys_lie_in_each_other_and_goals_have_a_figure(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        inside = StepJourney.objects.for_tenant(tenant).values_list("journey__key", "map__number")
        assert sorted(inside) == [("pay-my-bill", 1), ("pay-my-bill", 2)]
        homes = Journey.objects.for_tenant(tenant).exclude(parent=None)
        assert list(homes.values_list("key", "parent__key")) == [("pay-my-bill", "get-fibre")]
        goal = Goal.objects.for_tenant(tenant).select_related("binding", "parent").get(target=80)
        assert goal.binding
        assert goal.parent
        assert (goal.binding.key, goal.parent.key) == ("csat-choose-visit", "online-on-the-day")


def test_people_talk_review_share_and_keep_a_view(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        threads = MapThread.objects.for_tenant(tenant).order_by("thread__created_at")
        assert list(threads.values_list("map__number", "lineage__key")) == [
            (2, "see-the-way"),
            (1, "choose-visit"),
            (1, "first-bill"),
        ]
        open_ones = CommentThread.objects.for_tenant(tenant).filter(resolved_at=None)
        assert open_ones.count() == 2
        vote = ReviewVote.objects.for_tenant(tenant).get()
        assert vote.reviewer == members_by_key(tenant)["admin"]
        assert not vote.verdict
        link = ShareLink.objects.for_tenant(tenant).get()
        assert link.expires_at > make.NOW
        view = SavedView.objects.for_tenant(tenant).get(is_shared=True)
        fibre = Journey.objects.for_tenant(tenant).get(key="get-fibre")
        assert view.scope == map_scope(fibre.pk)
        assert not Outbox.objects.for_tenant(tenant).filter(task="collaboration.mail").exists()


def test_insights_rest_on_answers_and_opportunities_are_scored(tenant: Tenant) -> None:
    records = [
        make.record(1, survey="home-visit", comment="Nobody came, and nobody called.")
        for _ in range(5)
    ]
    make.load(*records, of=tenant)

    with tenant_bound(tenant.pk):
        fill_library(tenant, LIBRARY, now=make.NOW)

        quoted = Evidence.objects.for_tenant(tenant).filter(kind="survey_answer")
        assert (
            list(quoted.values_list("excerpt", flat=True))
            == ["Nobody came, and nobody called."] * 3
        )
        model = ScoreModel.objects.for_tenant(tenant).get(key="opportunity-rice")
        items = dict(Opportunity.objects.for_tenant(tenant).values_list("key", "pk"))
        scored = scores_of(model, list(items.values()))
        said = scored[items["know-when-they-come"]].held
        values = [said[key].span for key in ("confidence", "effort")]
        assert [span and span.value for span in values] == [80, 14]
        keys = set(Insight.objects.for_tenant(tenant).values_list("key", flat=True))
        assert {one.statement for one in LIBRARY.observed} <= keys
        assert {one.insight for one in LIBRARY.quoted} <= keys
        assert {one.opportunity for one in LIBRARY.scores} <= set(items)


def test_the_hotel_has_a_journey_in_german(db: None) -> None:
    hotel = company(HARBOUR)
    assert HARBOUR.timeline

    with tenant_bound(hotel.pk):
        draw_journeys(hotel, HARBOUR.timeline.journeys, now=make.NOW)

        drawn = JourneyMap.objects.for_tenant(hotel).get()
        assert (drawn.name, drawn.status) == ("So ist es heute", "published")
        felt = Card.objects.for_tenant(hotel).filter(map=drawn, persona=None)
        assert felt.exclude(value=None).count() == 7
