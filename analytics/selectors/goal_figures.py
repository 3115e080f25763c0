"""How far goals are: the figure before, the figure now, and a verdict in its fixed words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from analytics.rules.promise_wording import difference_words, tone, verdict_words
from analytics.selectors.bound_figures import bound_item, sought_of
from analytics.selectors.figures import Viewer
from analytics.selectors.lane_figures import Numbers, counted_in
from analytics.selectors.map_outline import Column
from analytics.selectors.metric_provider import places_named, value_of
from analytics.selectors.names import measures
from analytics.selectors.verdicts import Spans, assessed
from cxm.kernel.goal_progress import Progress
from cxm.metrics.rules.promises import MET
from cxm.metrics.rules.windows import Window, running_window, window_until
from journeys.models import Target
from journeys.rules.promises import Direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from analytics.selectors.lane_cells import Item
    from analytics.selectors.names import Measure
    from cxm.kernel.goal_progress import Measured
    from cxm.metrics.rules.promises import Assessment
    from cxm.tenants.models import Tenant
    from journeys.models import Goal


@dataclass(frozen=True, slots=True)
class _Way:
    """A goal with where its answers count and which days are compared."""

    goal: Goal
    column: Column
    spans: Spans


class GoalFigures:
    """Tells how far goals are (GoalProvider)."""

    def progress(
        self,
        *,
        tenant: Tenant,
        goals: Sequence[Goal],
        measured: Mapping[UUID, Measured],
        sees_answers: bool,
        now: datetime,
    ) -> dict[UUID, Progress]:
        """Tell how far each goal is that *measured* names. Three queries."""
        viewer = Viewer(tenant, sees_answers, now)
        names = places_named(tenant, {pk for one in measured.values() for pk in one.touchpoints})
        ways = []
        for goal in goals:
            told = measured.get(goal.pk)
            if told is not None and goal.binding is not None:
                at = tuple(names[pk] for pk in sorted(told.touchpoints) if pk in names)
                ways.append(_Way(goal, Column(goal.pk, "", at), _spans(goal, told, viewer.today)))
        numbers = _numbers(viewer, ways)
        return {way.goal.pk: _progress(numbers, way) for way in ways}


def _spans(goal: Goal, told: Measured, today: date) -> Spans:
    """Give the days before the goal was set, and since; once it is due, the last until then."""
    days = goal.binding.window_days if goal.binding else 1
    since = Window(told.since, max(told.since, today) + timedelta(days=1))
    if goal.due and told.since <= goal.due < today:
        last = window_until(goal.due + timedelta(days=1), days)
        since = Window(max(last.start_on, told.since), last.end_on)
    return Spans(window_until(told.since, days), since)


def _numbers(viewer: Viewer, ways: Sequence[_Way]) -> Numbers:
    live = {one.metric.key: one for one in measures(viewer.tenant)}
    windows: set[Window] = set()
    every = []
    for way in ways:
        binding = way.goal.binding
        if binding is not None:
            windows |= {way.spans.before, way.spans.since}
            windows.add(running_window(viewer.today, binding.window_days))
            every.append(sought_of(binding, way.column))
    return counted_in(viewer, live, every, windows)


def _progress(numbers: Numbers, way: _Way) -> Progress:
    goal, binding = way.goal, way.goal.binding
    assert binding is not None  # noqa: S101 - ways are made of goals with a figure
    item = bound_item(numbers, binding, way.column)
    shown = value_of(item, binding.metric.title)
    measure = numbers.measure(binding.metric.key)
    if item.reading is None or measure is None:
        return Progress(shown, words=item.why)
    before = value_of(_before(numbers, way), binding.metric.title)
    told = Progress(shown, before if before.n else None)
    is_past = goal.due is not None and goal.due < numbers.viewer.today
    if goal.target is None:
        return told
    told = replace(told, share=_share(told, goal.target), is_overdue=is_past)
    if not numbers.viewer.sees_rows:
        return told
    promise = Target(
        binding=binding,
        direction=_direction(told, goal.target, measure),
        value=goal.target,
        margin=None,
    )
    found = assessed(numbers, promise, way.column, way.spans, measure, is_due=is_past, tests=1)
    return _judged(told, found, measure)


def _judged(told: Progress, found: Assessment, measure: Measure) -> Progress:
    look: dict[str, Any] = {"decimals": measure.version.decimals, "unit": measure.version.unit}
    sides = (found.before.value, found.before.n), (found.since.value, found.since.n)
    return replace(
        told,
        words=verdict_words(found.word, needed=found.needed, visible=found.visible, **look),
        evidence=difference_words(*sides, (found.low, found.high), **look),
        tone=tone(found.word),
        is_interim=found.is_interim,
        is_overdue=told.is_overdue and found.word not in MET,
    )


def _before(numbers: Numbers, way: _Way) -> Item:
    """Read the figure as it was on the last day before the goal was set."""
    assert way.goal.binding is not None  # noqa: S101 - ways are made of goals with a figure
    zone = ZoneInfo(numbers.viewer.tenant.time_zone)
    noon = datetime.combine(way.spans.before.last_on, time(12), tzinfo=zone)
    then = replace(numbers, viewer=replace(numbers.viewer, now=noon))
    return bound_item(then, way.goal.binding, way.column)


def _direction(told: Progress, target: float, measure: Measure) -> Direction:
    """Say which way the goal leads: from the figure before, else the way that is better."""
    if told.before is None or told.before.value is None or told.before.value == target:
        return Direction.UP if measure.is_more_better else Direction.DOWN
    return Direction.UP if target > told.before.value else Direction.DOWN


def _share(told: Progress, target: float) -> float | None:
    if told.before is None or told.before.value is None or told.now.value is None:
        return None
    way = target - told.before.value
    return (told.now.value - told.before.value) / way if way else None
