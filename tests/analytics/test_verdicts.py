"""Verdicts on promises: before, since, interim and final; and the lane that shows them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.models import TargetAssessment
from analytics.selectors.figures import Viewer
from analytics.selectors.map_outline import read_outline
from analytics.selectors.verdicts import NOT_BEGUN, Standing, standings
from analytics.services import verdicts as verdict_services
from analytics.services.verdicts import write_due_verdicts
from analytics.tasks import decide
from cxm.integrations.models import WebhookEvent
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint
from journeys.models import StepRealisation, Target
from journeys.rules.promises import Direction
from journeys.services.targets import Promised, change_target
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.integrations.hooking import webhook
from tests.journeys.promising import ahead, bound, promise

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("_inside"),
]
TODAY = make.NOW.date()
LIVE = TODAY - timedelta(days=60)


@pytest.fixture
def made() -> World:
    return world("shop", "parcel")


@pytest.fixture
def _inside(made: World) -> Iterator[None]:
    with tenant_bound(made.member.tenant_id):
        yield


def answers(of: World, good: int, bad: int, *, day: int) -> None:
    """Let people rate the shop so many days before now."""
    told = {"of": of.member.tenant, "touchpoint": "shop", "metric": "csat_5", "day": day}
    load_scores({score: n for score, n in ((5, good), (1, bad)) if n}, **told)  # type: ignore[arg-type]


def go_live(of: World, on: date = LIVE) -> None:
    """Let the step at the shop be real since a day, on a published map."""
    ahead(of, status="published", published_at=make.NOW - timedelta(days=90))
    StepRealisation.objects.create(
        tenant=of.member.tenant,
        map_id=of.map_id,
        step_id=of.steps["shop"],
        state="live",
        live_on=on,
        updated_at=make.NOW,
    )


def told(of: World, now: datetime = make.NOW) -> list[Standing]:
    return standings(Viewer(of.member.tenant, sees_rows=True, now=now), read_outline(of.map()))


def due_on(target: Target, due: date) -> None:
    Target.objects.for_tenant(target.tenant_id).filter(pk=target.pk).update(due=due)


def test_nothing_is_judged_before_anything_has_changed(made: World) -> None:
    promise(made)
    answers(made, 90, 10, day=3)

    [one] = told(made)

    assert (one.words, one.found) == (NOT_BEGUN, None)


def test_before_is_the_window_that_ends_when_the_step_went_live(made: World) -> None:
    promise(made)
    go_live(made)
    answers(made, 0, 50, day=89)  # the day before the window
    answers(made, 600, 400, day=88)
    answers(made, 900, 100, day=60)  # the day it went live

    [one] = told(made)

    assert one.found is not None
    assert (one.found.before.value, one.found.since.value) == (60.0, 90.0)
    assert (one.words, one.is_interim, one.tone) == ("Reached", True, "good")
    assert one.evidence.startswith("60.0% before (1,000 answers), 90.0% since (1,000 answers)")


def test_without_a_live_step_it_is_when_the_map_was_published(made: World) -> None:
    promise(made)
    ahead(made, status="published", published_at=make.NOW - timedelta(days=30))
    answers(made, 60, 40, day=31)
    answers(made, 62, 38, day=30)

    [one] = told(made)

    assert one.found is not None
    assert (one.found.before.n, one.found.since.n) == (100, 100)
    assert one.words.startswith("No change shown (smallest visible change is ")


def test_promises_of_one_map_are_judged_together(made: World) -> None:
    promise(made)
    promise(made, metric="nps")
    go_live(made)

    confidences = [one.found and one.found.confidence for one in told(made)]

    assert confidences == [pytest.approx(0.975)] * 2


def test_on_the_day_it_is_due_the_verdict_is_still_interim(made: World) -> None:
    due_on(promise(made), TODAY)
    go_live(made)
    answers(made, 60, 40, day=61)
    answers(made, 90, 10, day=3)

    [one] = told(made)

    assert one.is_interim
    assert write_due_verdicts(tenant=made.member.tenant, now=make.NOW) == 0


def test_when_it_was_due_one_verdict_is_written_and_stays(made: World) -> None:
    due = TODAY - timedelta(days=1)
    due_on(promise(made), due)
    go_live(made)
    answers(made, 600, 400, day=61)
    answers(made, 0, 500, day=40)  # since it went live, but not in the last window
    answers(made, 900, 100, day=3)

    first = write_due_verdicts(tenant=made.member.tenant, now=make.NOW)
    answers(made, 0, 500, day=2)  # late
    again = write_due_verdicts(tenant=made.member.tenant, now=make.NOW)

    kept = TargetAssessment.objects.for_tenant(made.member.tenant).get()
    [one] = told(made)
    assert (first, again) == (1, 0)
    assert (kept.verdict, kept.value_before, kept.value_now) == ("reached", 60.0, 90.0)
    assert (kept.now_start_on, kept.now_end_on) == (due - timedelta(days=27), TODAY)
    assert (kept.n_now, kept.tests, kept.confidence) == (1000, 1, 0.95)
    assert (one.words, one.decided_on, one.is_overdue) == ("Reached", due, False)


def test_other_systems_are_told_the_verdict_once(made: World) -> None:
    target = promise(made)
    due_on(target, TODAY - timedelta(days=1))
    go_live(made)
    answers(made, 600, 400, day=61)
    answers(made, 900, 100, day=3)
    webhook(made.member, kinds=["target.verdict"])

    for _ in range(2):
        write_due_verdicts(tenant=made.member.tenant, now=make.NOW)

    event = WebhookEvent.objects.for_tenant(made.member.tenant).get()
    said = event.content
    assert (event.object_id, event.path) == (target.pk, f"maps/{made.map_id}/")
    assert (said["verdict"], said["metric"]) == ("reached", "csat_5")
    assert (said["before"], said["since"]) == (
        {"value": 60.0, "n": 1000},
        {"value": 90.0, "n": 1000},
    )


def test_a_verdict_that_another_worker_wrote_meanwhile_is_told_once(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_on(promise(made), TODAY - timedelta(days=1))
    go_live(made)
    answers(made, 600, 400, day=61)
    answers(made, 900, 100, day=3)
    webhook(made.member, kinds=["target.verdict"])
    seen_before_either_wrote = told(made)
    monkeypatch.setattr(verdict_services, "standings", lambda *_: seen_before_either_wrote)

    written = [write_due_verdicts(tenant=made.member.tenant, now=make.NOW) for _ in range(2)]

    assert written == [1, 0]
    assert WebhookEvent.objects.for_tenant(made.member.tenant).count() == 1


def test_a_worker_writes_what_was_due(made: World) -> None:
    due_on(promise(made), TODAY - timedelta(days=1))
    go_live(made)

    decide(tenant_id=made.member.tenant_id, now=make.NOW)

    kept = TargetAssessment.objects.for_tenant(made.member.tenant).get()
    assert (kept.verdict, kept.needed) == ("too_few", 30)


def test_what_was_not_reached_is_overdue(made: World) -> None:
    due_on(promise(made), TODAY - timedelta(days=1))
    go_live(made)
    answers(made, 60, 40, day=61)
    answers(made, 61, 39, day=3)

    before = told(made)
    write_due_verdicts(tenant=made.member.tenant, now=make.NOW)

    for [one] in (before, told(made)):
        assert one.is_overdue
        assert one.words.startswith("No change shown")


def test_a_new_day_gets_a_verdict_of_its_own(made: World) -> None:
    target = promise(made)
    due_on(target, TODAY - timedelta(days=1))
    go_live(made)
    answers(made, 60, 40, day=61)
    answers(made, 61, 39, day=3)
    write_due_verdicts(tenant=made.member.tenant, now=make.NOW)
    target.map = made.map()

    change_target(
        target=target,
        promised=Promised(Direction.UP, 82.0, TODAY + timedelta(days=7)),
        reason="A week more.",
        by=made.member,
        now=make.NOW,
    )
    later = make.NOW + timedelta(days=8)
    write_due_verdicts(tenant=made.member.tenant, now=later)

    days = TargetAssessment.objects.for_tenant(made.member.tenant).values_list("due_on", flat=True)
    assert sorted(days) == [TODAY - timedelta(days=1), TODAY + timedelta(days=7)]


def test_a_map_that_was_never_published_is_not_judged(made: World) -> None:
    due_on(promise(made), TODAY - timedelta(days=1))

    assert write_due_verdicts(tenant=made.member.tenant, now=make.NOW) == 0
    assert [one.words for one in told(made)] == [NOT_BEGUN]


def test_a_broken_figure_has_no_verdict(made: World) -> None:
    target = promise(made)
    go_live(made)
    target.binding.metric.archived_at = make.NOW
    target.binding.metric.save(update_fields=["archived_at"])

    [one] = told(made)

    assert one.words == "Broken: the metric “Satisfaction” is archived. Bind another one."


def test_who_reads_no_answers_is_told_no_verdict(made: World) -> None:
    promise(made)
    go_live(made)
    answers(made, 60, 40, day=61)

    viewer = Viewer(made.member.tenant, sees_rows=False, now=make.NOW)
    [one] = standings(viewer, read_outline(made.map()))

    assert (one.found, one.evidence) == (None, "")


def test_a_promise_lane_shows_each_promise_at_its_step(made: World) -> None:
    lane = made.lane("promise")
    promise(made)
    go_live(made)

    shown = made.numbers(lane)

    assert [len(cell.promises) for cell in shown.cells] == [1, 0]


@pytest.mark.parametrize("metrics", [("csat_5",), ("csat_5", "nps", "stars")])
def test_promises_take_four_queries_however_many(made: World, metrics: tuple[str, ...]) -> None:
    for metric in metrics:
        promise(made, metric=metric, value=4.0)
    go_live(made)
    outline = read_outline(made.map())

    with CaptureQueriesContext(connection) as queries:
        standings(Viewer(made.member.tenant, sees_rows=True, now=make.NOW), outline)

    assert len(queries) == 4


def test_a_figure_of_one_touchpoint_is_judged_there(made: World) -> None:
    parcel = Touchpoint.objects.for_tenant(made.member.tenant).get(key="parcel")
    binding = bound(made, touchpoint=parcel)
    promise(made, binding=binding)
    go_live(made)
    answers(made, 60, 40, day=61)

    [one] = told(made)

    assert one.found is not None
    assert one.found.before.n == 0
