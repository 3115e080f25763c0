"""How far goals are: before, now, the verdict, and on their pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxm.kernel.goal_progress import GoalPort, Measured, Progress
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from journeys.models import Goal, Journey
from journeys.selectors.goals import journeys_serving, progress_of
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys import promising, shelving

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SET_DAYS_AGO = 60


@pytest.fixture
def made() -> World:
    return world("shop", "parcel")


def answers(of: World, good: int, bad: int, *, day: int) -> None:
    """Let people rate the shop so many days before now."""
    told: dict[str, Any] = {"touchpoint": "shop", "metric": "csat_5", "day": day}
    scores = {score: n for score, n in ((5, good), (1, bad)) if n}
    load_scores(scores, of=of.member.tenant, **told)


def goal(of: World, target: float | None = 82.0, due: date | None = None, **more: Any) -> Goal:
    """Make a goal that was set sixty days ago, measured at the shop."""
    with tenant_bound(of.member.tenant_id):
        binding = more.pop("binding", None) or promising.bound(of, **more)
    row = shelving.made(of.member, "goal", "Happier at the shop", binding=str(binding.pk))
    with tenant_bound(of.member.tenant_id):
        rows = Goal.objects.for_tenant(of.member.tenant).filter(pk=row.pk)
        set_at = make.NOW - timedelta(days=SET_DAYS_AGO)
        rows.update(target=target, due=due, created_at=set_at)
        return rows.select_related("tenant").get()


def told(of: World, *goals: Goal, reader: Membership | None = None) -> dict[Any, Progress]:
    with tenant_bound(of.member.tenant_id):
        reader = reader or of.member
        tenant = of.member.tenant
        return progress_of(tenant, goals, reader, sees_answers=True, now=make.NOW)


def test_before_is_the_window_until_the_goal_was_set_and_now_the_last_one(made: World) -> None:
    one = goal(made)
    answers(made, 600, 400, day=61)
    answers(made, 710, 290, day=3)

    found = told(made, one)[one.pk]

    assert found.before is not None
    assert (found.before.value, found.before.n) == (60.0, 1000)
    assert (found.now.value, found.now.n) == (71.0, 1000)
    assert found.now.low is not None
    # Eleven of the 22 points between 60 and 82.
    assert found.share == pytest.approx(0.5)
    assert (found.words, found.tone, found.is_interim) == ("On the way", "good", True)


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        pytest.param(900, 100, "Reached", id="reached"),
        pytest.param(500, 500, "Worse", id="worse"),
        pytest.param(5, 1, "Too few answers (needs about 24 more)", id="too few"),
    ],
)
def test_the_words_are_those_of_promises(made: World, good: int, bad: int, words: str) -> None:
    one = goal(made)
    answers(made, 600, 400, day=61)
    answers(made, good, bad, day=3)

    assert told(made, one)[one.pk].words == words


def test_a_goal_below_the_figure_leads_down(made: World) -> None:
    one = goal(made, target=40.0)
    answers(made, 600, 400, day=61)
    answers(made, 300, 700, day=3)

    found = told(made, one)[one.pk]

    assert found.words == "Reached"
    assert found.share == pytest.approx(1.5)


def test_what_is_due_and_not_reached_is_overdue_and_judged_for_good(made: World) -> None:
    one = goal(made, due=make.NOW.date() - timedelta(days=10))
    answers(made, 600, 400, day=61)
    answers(made, 690, 310, day=11)
    answers(made, 0, 500, day=3)

    found = told(made, one)[one.pk]

    assert (found.words, found.is_overdue, found.is_interim) == ("On the way", True, False)
    assert "69.0% since" in found.evidence


def test_without_answers_before_there_is_no_way_to_tell(made: World) -> None:
    one = goal(made)
    answers(made, 700, 300, day=3)

    found = told(made, one)[one.pk]

    assert (found.before, found.share) == (None, None)
    assert found.words.startswith("Too few answers")


def test_without_a_target_there_is_a_figure_and_no_verdict(made: World) -> None:
    one = goal(made, target=None)
    answers(made, 700, 300, day=3)

    found = told(made, one)[one.pk]

    assert (found.now.value, found.words, found.share) == (70.0, "", None)


def test_a_goal_is_measured_since_it_has_its_figure(made: World) -> None:
    one = goal(made)
    answers(made, 600, 400, day=61)
    answers(made, 900, 100, day=3)
    with tenant_bound(made.member.tenant_id):
        other = promising.bound(made, metric="nps")
    shelving.do(made.member, one, shelving.put(one, "binding", str(other.pk)))
    answers(made, 1, 0, day=0)

    found = told(made, one)[one.pk]

    assert (found.now.title, found.before) == ("Net Promoter Score", None)


def test_figures_of_journeys_that_one_may_not_open_are_not_told(made: World) -> None:
    one = goal(made)
    answers(made, 700, 300, day=3)
    other = make.member(of=made.member.tenant)
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(other.tenant).update(visibility="listed")

    assert told(made, one, reader=other) == {}
    assert one.pk in told(made, one)


def test_the_number_of_queries_does_not_grow_with_goals(made: World) -> None:
    answers(made, 700, 300, day=3)
    goals = [goal(made)]
    with tenant_bound(made.member.tenant_id), CaptureQueriesContext(connection) as first:
        progress_of(goals[0].tenant, goals, made.member, sees_answers=True, now=make.NOW)
    goals += [goal(made, name="parcel"), goal(made, metric="nps")]
    with tenant_bound(made.member.tenant_id), CaptureQueriesContext(connection) as second:
        found = progress_of(goals[0].tenant, goals, made.member, sees_answers=True, now=make.NOW)

    assert len(found) == 3
    assert len(first) == len(second) <= 7


def test_journeys_serve_a_goal_by_the_opportunities_at_their_steps(made: World) -> None:
    one = goal(made)
    links = [("serves", one.pk), ("lies-at", made.steps["shop"]), ("lies-at", made.steps["parcel"])]
    shelving.made(made.member, "opportunity", "Faster", links=links)
    shelving.made(made.member, "opportunity", "Elsewhere", links=[("serves", one.pk)])

    with tenant_bound(made.member.tenant_id):
        [found] = journeys_serving(one, made.member)

    assert (found.journey.pk, found.opportunities) == (made.journey_id, 1)


def test_the_pages_say_how_far_a_goal_is(made: World) -> None:
    one = goal(made)
    answers(made, 600, 400, day=61)
    client = Client()
    client.force_login(made.member.user)
    start = f"/t/{made.member.tenant.slug}/goals/"

    page = client.get(f"{start}{one.pk}/").content.decode()
    tree = client.get(start).content.decode()

    assert "60.0%" in page
    assert "How it stands" in tree
    assert "Nothing was measured before" not in page
    assert 'id="progress-title"' in page


def test_nobody_tells_where_nobody_measures() -> None:
    port = GoalPort()

    measured = {new_id(): Measured(set(), make.NOW.date())}
    asked: dict[str, Any] = {"tenant": None, "goals": [], "measured": measured}

    assert port.progress(**asked, sees_answers=True, now=make.NOW) == {}


def test_one_app_tells_how_far_goals_are() -> None:
    port, provider = GoalPort(), object()
    port.register(provider)  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="told already"):
        port.register(provider)  # type: ignore[arg-type]
