"""Goals of metrics: which are refused, how far they are, and the one verdict when they are due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analytics.errors import GoalArchivedError, GoalOverError
from analytics.rules.goals import GoalError, goal_days, way_share
from analytics.selectors.goals import moves_of
from analytics.services.goals import archive_goal, change_goal
from cxm.metrics.rules.promises import PromiseWord
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.aiming import AFTER, DUE, TODAY, answers, goal, judge, shown

if TYPE_CHECKING:
    from analytics.models import MetricGoal
    from cxm.tenants.models import Membership

BAD, GOOD = {9: 20, 0: 20}, {9: 36, 0: 4}
"""NPS 0 and NPS 80 of 40 answers each."""


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant(), role=Role.ANALYST)


def change(one: MetricGoal, by: Membership, **fields: Any) -> MetricGoal:
    with tenant_bound(by.tenant_id):
        return change_goal(goal=one, by=by, **{"now": make.NOW, **fields})


def test_before_the_day_all_days_since_the_beginning_count() -> None:
    days = goal_days(date(2026, 4, 1), date(2026, 9, 30), date(2026, 6, 10))

    assert (days.before.start_on, days.before.last_on) == (date(2025, 12, 31), date(2026, 3, 31))
    assert (days.since.start_on, days.since.last_on) == (date(2026, 4, 1), date(2026, 6, 10))


def test_after_the_day_its_last_13_weeks_count() -> None:
    days = goal_days(date(2026, 4, 1), date(2026, 9, 30), date(2027, 1, 1))

    assert (days.since.start_on, days.since.last_on) == (date(2026, 7, 2), date(2026, 9, 30))


def test_after_the_day_none_before_the_beginning_counts() -> None:
    days = goal_days(date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1))

    assert (days.since.start_on, days.since.last_on) == (date(2026, 9, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("before", "now", "target", "share"),
    [(20, 30, 40, 0.5), (40, 30, 20, 0.5), (20, 10, 40, -0.5), (40, 40, 40, None)],
)
def test_the_way_is_counted_from_the_figure_before(
    before: float, now: float, target: float, share: float | None
) -> None:
    assert way_share(before, now, target) == share


def test_a_goal_shows_the_figures_before_and_since(ann: Membership) -> None:
    answers(BAD, of=ann.tenant, days_ago=40)
    answers(GOOD, of=ann.tenant, days_ago=3)
    goal(ann, target=100.0)

    found = shown(ann.tenant)

    assert (found.before.value, found.before.n) == (0, 40)
    assert (found.now.value, found.now.n) == (80, 40)
    assert found.way == "80% of the way (6% to 134%)"
    assert found.found.is_interim
    assert not found.is_written


def test_only_answers_of_its_places_count(ann: Membership) -> None:
    answers(GOOD, of=ann.tenant, days_ago=3, touchpoint="checkout")
    answers(BAD, of=ann.tenant, days_ago=3, touchpoint="visit")
    goal(ann, places={"touchpoint": ["checkout"]})

    assert shown(ann.tenant).now.n == 40


def test_few_answers_have_no_verdict(ann: Membership) -> None:
    answers({9: 2}, of=ann.tenant, days_ago=3)
    goal(ann)

    assert shown(ann.tenant).words.startswith("Too few answers")


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("target", {"target": 101.0}),
        ("target", {"target": float("nan")}),
        ("due_on", {"due_on": TODAY - timedelta(days=1)}),
        ("due_on", {"from_on": DUE}),
        ("due_on", {"due_on": TODAY + timedelta(days=2_000)}),
        ("from_on", {"from_on": TODAY - timedelta(days=367)}),
        ("title", {"title": "  "}),
        ("touchpoint", {"places": {"touchpoint": ["nowhere"]}}),
        ("places", {"places": {"planet": ["mars"]}}),
    ],
)
def test_a_goal_that_cannot_be_kept_is_refused(
    ann: Membership, field: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(GoalError) as refused:
        goal(ann, **asked)

    assert refused.value.field == field


def test_a_move_is_kept_with_its_reason(ann: Membership) -> None:
    one = goal(ann)

    change(one, ann, target=30.0, reason="The shop closes in May.")

    with tenant_bound(ann.tenant_id):
        [move] = moves_of(one)
    assert (move.old_target, move.new_target, move.by) == (40, 30, ann)
    assert move.reason == "The shop closes in May."


def test_a_move_without_a_reason_is_refused(ann: Membership) -> None:
    one = goal(ann)

    with pytest.raises(GoalError, match="Say why"):
        change(one, ann, target=30.0)


def test_another_title_or_nobody_as_owner_needs_no_reason(ann: Membership) -> None:
    one = goal(ann)

    changed = change(one, ann, title="Loved", owner=None, keeps_owner=False)

    assert (changed.title, changed.owner) == ("Loved", None)


def test_a_goal_that_was_due_moves_no_more(ann: Membership) -> None:
    one = goal(ann)

    with pytest.raises(GoalOverError):
        change(one, ann, target=30.0, reason="Too late", now=AFTER)


def test_an_archived_goal_changes_no_more(ann: Membership) -> None:
    one = goal(ann)
    with tenant_bound(ann.tenant_id):
        archive_goal(goal=one, by=ann, now=make.NOW)

    with pytest.raises(GoalArchivedError):
        change(one, ann, title="Loved")


def test_no_verdict_is_written_before_the_day_is_over(ann: Membership) -> None:
    goal(ann, due_on=TODAY)

    assert judge(ann.tenant, make.NOW) == []


def test_the_verdict_is_written_once_and_stays(ann: Membership) -> None:
    answers(BAD, of=ann.tenant, days_ago=40)
    answers(GOOD, of=ann.tenant, days_ago=3)
    goal(ann)
    [first] = judge(ann.tenant)
    answers(BAD, of=ann.tenant, days_ago=2)

    [again] = judge(ann.tenant)

    assert again.pk == first.pk
    found = shown(ann.tenant, AFTER)
    assert found.found.word is PromiseWord.REACHED
    assert found.is_written
    assert found.found.since.n == 40
    assert any("80 answers now, 40 when" in note for note in found.notes)


def test_a_figure_that_fell_is_worse(ann: Membership) -> None:
    answers(GOOD, of=ann.tenant, days_ago=40)
    answers(BAD, of=ann.tenant, days_ago=3)
    goal(ann)

    [written] = judge(ann.tenant)

    assert written.verdict == PromiseWord.WORSE
