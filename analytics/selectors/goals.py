"""How far the goals of metrics are: before, now, target, and a verdict in its fixed words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analytics.models import MetricGoal, MetricGoalMove, MetricGoalVerdict
from analytics.rules.goals import GoalDays, goal_days, way_share
from analytics.rules.periods import CUSTOM, Period
from analytics.rules.promise_wording import difference_words, tone, verdict_words
from analytics.rules.tile_wording import counted, interval_told, number_told
from analytics.selectors.figures import Question, group_figures, read_histograms
from analytics.selectors.filters import Asked, Filter, resolved
from analytics.selectors.histograms import By
from analytics.selectors.names import FILTERED, measures, read_names
from analytics.selectors.small_cells import Veil
from analytics.selectors.trend import TrendLine, best_step, trend_line
from cxm.collaboration.selectors.sights import pages_of_folder
from cxm.kernel.numbers import MINUS, written
from cxm.metrics.figures import definition_of
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.promises import (
    MET,
    Assessment,
    Promise,
    PromiseWord,
    Wish,
    fixed_verdict,
    interim_verdict,
)
from cxm.metrics.rules.rounding import round_half_away
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from analytics.selectors.figures import GroupFigure, Viewer
    from analytics.selectors.names import Measure, Names
    from cxm.metrics.figures import Figure
    from cxm.tenants.models import Membership, Tenant

_FURTHEST_WAY = 300
FOLDER = "strategy/"
"""What goals are called in the addresses of their pages."""
CHANGED_METRIC = "The metric means something else since the target was set: set a new goal."


@dataclass(frozen=True, slots=True)
class GoalShown:
    """A goal with its figures before and now.

    *share* is the part of the way that is behind, 1 at the target. *words* is the verdict,
    *evidence* what it stands on; *is_written* once it is the one for good. *notes* are what else
    to know; *places* where its answers come from, "" for everywhere.
    """

    goal: MetricGoal
    measure: Measure
    days: GoalDays
    before: Figure
    now: Figure
    found: Assessment
    share: float | None
    words: str
    evidence: str
    tone: str
    is_over: bool
    is_written: bool
    places: str
    notes: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The part of the way that is behind, from 0 to 100, for the bar."""
        return round(100 * min(max(self.share or 0.0, 0.0), 1.0))

    @property
    def way(self) -> str:
        """Say how much of the way is behind."""
        if self.share is None:
            return "No way to measure yet"
        between = self._way_between
        if self.share < 0:
            return f"Went the other way{between}"
        return f"{round(100 * self.share)}% of the way{between}"

    @property
    def _way_between(self) -> str:
        """Write the limits of the way, from those of the difference: " (41% to 80%)"."""
        before = self.found.before.value
        if before is None or self.found.low is None or self.found.high is None:
            return ""
        whole = self.goal.target - before
        low, high = sorted(round(100 * one / whole) for one in (self.found.low, self.found.high))
        if max(abs(low), abs(high)) > _FURTHEST_WAY:  # the way is shorter than chance is wide
            return ""
        return f" ({low}% to {high}%)".replace("-", MINUS)

    @property
    def is_met(self) -> bool:
        """Whether it was reached."""
        return self.found.word in MET


def goals_of(tenant: Tenant) -> QuerySet[MetricGoal]:
    """Select the goals that are not archived, the first due first."""
    rows: QuerySet[MetricGoal] = MetricGoal.objects.for_tenant(tenant).filter(archived_at=None)
    named = rows.select_related("tenant", "metric", "owner__user")
    return named.order_by("due_on", "pk")


def moves_of(goal: MetricGoal) -> list[MetricGoalMove]:
    """List the changes of a goal's target and day, the newest first."""
    rows = MetricGoalMove.objects.for_tenant(goal.tenant_id).filter(goal=goal)
    return list(rows.select_related("by__user").order_by("-at", "-pk"))


def goals_shown(viewer: Viewer, goals: Sequence[MetricGoal]) -> list[GoalShown]:
    """Read how far goals are. Three queries, and two more a goal."""
    names = read_names(viewer.tenant)
    written = _verdicts(viewer.tenant, goals)
    live: dict[str, Measure] = {}
    for key in {goal.metric.key for goal in goals}:
        [live[key]] = measures(viewer.tenant, only=key)
    return [
        _shown(viewer, goal, live[goal.metric.key], names, written.get(goal.pk)) for goal in goals
    ]


GOAL_HEADS = (
    "Goal",
    "Before",
    "Now",
    "95% interval",
    "Answers",
    "Target",
    "Way",
    "Due",
    "Verdict",
)


def goal_cells(one: GoalShown) -> tuple[str, ...]:
    """Write a goal as the cells of a table, below GOAL_HEADS."""
    decimals, unit = one.measure.version.decimals, one.measure.version.unit
    return (
        one.goal.title,
        number_told(one.before.value, decimals, unit),
        number_told(one.now.value, decimals, unit),
        interval_told(one.now.ci_low, one.now.ci_high, decimals),
        f"{one.now.n:,}",
        number_told(one.goal.target, decimals, unit),
        one.way,
        day_words(one.goal.due_on),
        one.words if one.is_written else f"{one.words}, for now",
    )


def goals_said(shown: Sequence[GoalShown]) -> str:
    """Say how many goals there are, and how many are not reached."""
    if not shown:
        return "No goal is set."
    behind = sum(not one.is_met for one in shown)
    return f"{counted(len(shown), 'goal')}, {behind:,} not reached yet."


def goal_line(viewer: Viewer, shown: GoalShown) -> TrendLine:
    """Draw the figure from the first day that is compared to the last. Two queries."""
    start_on = shown.days.before.start_on
    names = read_names(viewer.tenant)
    period = Period(CUSTOM, start_on, shown.days.since.end_on)
    question, within = _question(viewer, shown.goal, shown.measure, names, period)
    step = best_step(start_on, shown.days.since.last_on)
    found = read_histograms(question, within, by=step)
    return trend_line(question, group_figures(question, found, by=step, veil=Veil()), by=step)


@dataclass(frozen=True, slots=True)
class GoalLevel:
    """The target of a goal as a line over a figure of the same answers; *words* say of it when."""

    goal_id: UUID
    target: float
    words: str


def goal_beside(viewer: Viewer, measure: Measure, chosen: Filter) -> GoalLevel | None:
    """Find the goal that is about the same answers as *chosen*; the one that is due next, if any.

    None for those who may not see goals, and where a goal is over or of another meaning. One query.
    """
    if not viewer.sees_rows or chosen.is_weighted:
        return None
    version = measure.version
    rows = goals_of(viewer.tenant).filter(
        metric=measure.metric, due_on__gte=viewer.today, definition_version=version.number
    )
    for goal in rows:
        if all(tuple(goal.places.get(by.value, ())) == chosen.keys(by) for by in FILTERED):
            value = written(round_half_away(goal.target, version.decimals))
            words = f"“{goal.title}”, {value}{version.unit} by {day_words(goal.due_on)}"
            return GoalLevel(goal.pk, goal.target, words)
    return None


def pages_in_sight(member: Membership, pages: Sequence[str]) -> set[str]:
    """Tell which of *pages*, addresses below the tenant's, are of goals one may read now."""
    named = pages_of_folder(FOLDER, pages)
    if not named or not may(member.role, Right.SEE_RESPONSES):
        return set()
    there = MetricGoal.objects.for_tenant(member.tenant_id).filter(pk__in=set(named.values()))
    known = set(there.values_list("pk", flat=True))
    return {page for page, pk in named.items() if pk in known}


def _verdicts(tenant: Tenant, goals: Sequence[MetricGoal]) -> dict[UUID, MetricGoalVerdict]:
    rows = MetricGoalVerdict.objects.for_tenant(tenant)
    return {one.goal_id: one for one in rows.filter(goal__in=[goal.pk for goal in goals])}


def _shown(
    viewer: Viewer,
    goal: MetricGoal,
    measure: Measure,
    names: Names,
    kept: MetricGoalVerdict | None,
) -> GoalShown:
    days = goal_days(goal.from_on, goal.due_on, viewer.today)
    sides = [
        _side(viewer, goal, measure, names, Period(CUSTOM, window.start_on, window.end_on))
        for window in (days.before, days.since)
    ]
    before, since = sides
    is_over = goal.due_on < viewer.today
    found = _found(goal, measure, before, since, is_over=is_over)
    if kept is not None:
        found = _as_written(found, kept)
    look: dict[str, Any] = {"decimals": measure.version.decimals, "unit": measure.version.unit}
    figures = (found.before.value, found.before.n), (found.since.value, found.since.n)
    return GoalShown(
        goal=goal,
        measure=measure,
        days=days,
        before=before.figure,
        now=since.figure,
        found=found,
        share=way_share(found.before.value, found.since.value, goal.target),
        words=verdict_words(found.word, needed=found.needed, visible=found.visible, **look),
        evidence=difference_words(*figures, (found.low, found.high), **look),
        tone=tone(found.word),
        is_over=is_over,
        is_written=kept is not None,
        places=_places(goal, names),
        notes=_notes(goal, measure, names, kept, since),
    )


def _side(
    viewer: Viewer, goal: MetricGoal, measure: Measure, names: Names, period: Period
) -> GroupFigure:
    question, within = _question(viewer, goal, measure, names, period)
    histogram = read_histograms(question, within, by=By.ALL).get(None)
    return question.figure(None, By.ALL, histogram)


def _question(
    viewer: Viewer, goal: MetricGoal, measure: Measure, names: Names, period: Period
) -> tuple[Question, Any]:
    chosen = Filter(period)
    for by in FILTERED:
        chosen = chosen.with_keys(by, goal.places.get(by.value, ()))
    chosen, within, _ = resolved(Asked(chosen), names)
    return Question(viewer, measure, chosen, names), within


def _found(
    goal: MetricGoal, measure: Measure, before: GroupFigure, since: GroupFigure, *, is_over: bool
) -> Assessment:
    promise = Promise(
        Wish.UP if measure.is_more_better else Wish.DOWN,
        goal.target,
        is_more_better=measure.is_more_better,
    )
    definition = definition_of(measure.version)
    if is_over:
        return fixed_verdict(promise, before.histogram, since.histogram, definition)
    return interim_verdict(promise, before.histogram, since.histogram, definition, measure.bounds)


def _as_written(found: Assessment, kept: MetricGoalVerdict) -> Assessment:
    """Put what was written in the place of what the answers would say by now."""
    return replace(
        found,
        word=PromiseWord(kept.verdict),
        before=replace(found.before, value=kept.value_before, n=kept.n_before),
        since=replace(found.since, value=kept.value_now, n=kept.n_now),
        low=kept.low,
        high=kept.high,
        needed=kept.needed,
        visible=kept.visible,
        is_interim=False,
    )


def _places(goal: MetricGoal, names: Names) -> str:
    titles = []
    for by in FILTERED:
        known, unknown = names.known(by, goal.places.get(by.value, ()))
        titles += [*(one.title for one in known), *unknown]
    return ", ".join(titles)


def _notes(
    goal: MetricGoal,
    measure: Measure,
    names: Names,
    kept: MetricGoalVerdict | None,
    since: GroupFigure,
) -> tuple[str, ...]:
    notes = []
    if kept is None and measure.version.number != goal.definition_version:
        notes.append(CHANGED_METRIC)
    if kept is not None and kept.n_now != since.figure.n:
        notes.append(
            f"Answers arrived or changed later: the same days hold {since.figure.n:,} answers "
            f"now, {kept.n_now:,} when the verdict was written. It stays."
        )
    for by in FILTERED:
        _, unknown = names.known(by, goal.places.get(by.value, ()))
        notes += [f"There is no {by.value} “{key}” any more." for key in unknown]
    return tuple(notes)
