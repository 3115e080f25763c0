"""Verdicts on what a map promises: interim ones, and those that were written when they were due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from analytics.models import TargetAssessment
from analytics.rules.promise_wording import difference_words, tone, verdict_words
from analytics.selectors.bound_figures import bound_item, column_of, sought_of
from analytics.selectors.lane_figures import Numbers, counted_in
from analytics.selectors.map_outline import Column
from analytics.selectors.names import measures
from cxm.metrics.figures import definition_of
from cxm.metrics.rules.days import local_date
from cxm.metrics.rules.promises import (
    MET,
    Assessment,
    Promise,
    PromiseWord,
    Wish,
    fixed_verdict,
    interim_verdict,
)
from cxm.metrics.rules.windows import Window, running_window, window_until
from journeys.models import StepRealisation, Target
from journeys.rules.promises import Realisation
from journeys.selectors.successions import follow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from analytics.selectors.figures import Viewer
    from analytics.selectors.lane_cells import Item
    from analytics.selectors.map_outline import Outline
    from analytics.selectors.names import Measure

NOT_BEGUN = "Not begun: nothing has gone live yet"


@dataclass(frozen=True, slots=True)
class Spans:
    """The days before a change and since, half-open."""

    before: Window
    since: Window


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise stands.

    *item* is the figure as it is now. *words* is the verdict, *evidence* what it stands on, *tone*
    "good", "bad" or "". *is_interim* before it is due. *found* and *spans* are what the words say,
    None where there is no verdict to give.
    """

    target: Target
    item: Item
    words: str
    evidence: str = ""
    tone: str = ""
    is_interim: bool = False
    is_overdue: bool = False
    decided_on: date | None = None
    is_reached: bool | None = None
    found: Assessment | None = None
    spans: Spans | None = None


def standings(viewer: Viewer, outline: Outline) -> list[Standing]:
    """Say how every promise of a map stands, the first due first. Four queries."""
    targets = _targets(outline)
    written = _written(targets)
    numbers = _numbers(viewer, outline, targets)
    return [
        _standing(numbers, one, _column(outline, one), written, tests=len(targets))
        for one in targets
    ]


def spans_of(target: Target, today: date) -> Spans | None:
    """Give the days before the change and since; None while nothing has changed.

    Before: the binding's window that ends when the step went live, else when the map was
    published. Since: all days since then; once it is due, the window that ends with that day.
    """
    changed_on = _changed_on(target)
    if changed_on is None or changed_on > today:
        return None
    days = target.binding.window_days
    since = Window(changed_on, max(changed_on, today + timedelta(days=1)))
    if target.due < today:
        last = window_until(target.due + timedelta(days=1), days)
        since = Window(max(last.start_on, changed_on), max(last.end_on, changed_on))
    return Spans(window_until(changed_on, days), since)


def _targets(outline: Outline) -> list[Target]:
    tenant_id = outline.map.tenant_id
    live = StepRealisation.objects.for_tenant(tenant_id).filter(
        map=OuterRef("map_id"), step=OuterRef("step_id")
    )
    rows = Target.objects.for_tenant(tenant_id).filter(map=outline.map, removed_at=None)
    named = rows.select_related(
        "tenant",
        "map__tenant",
        "step",
        "binding__metric",
        "binding__touchpoint",
        "binding__persona__segment",
    )
    told = named.annotate(
        went_live_on=Subquery(live.filter(state=Realisation.LIVE).values("live_on")[:1]),
        realised=Subquery(live.values("state")[:1]),
    )
    found: list[Target] = list(told.order_by("due", "pk"))
    there = {column.step for column in outline.columns}
    follow(outline.map, there, [*found, *(target.binding for target in found)])
    return found


def _written(targets: Sequence[Target]) -> dict[tuple[UUID, date], TargetAssessment]:
    if not targets:
        return {}
    rows = TargetAssessment.objects.for_tenant(targets[0].tenant_id).filter(target__in=targets)
    return {(one.target_id, one.due_on): one for one in rows}


def _changed_on(target: Target) -> date | None:
    went_live: date | None = getattr(target, "went_live_on", None)
    if went_live:
        return went_live
    published = target.map.published_at
    return local_date(published, ZoneInfo(target.map.tenant.time_zone)) if published else None


def _numbers(viewer: Viewer, outline: Outline, targets: Sequence[Target]) -> Numbers:
    """Read the answers now, before and since, for all promises at once. Two queries."""
    live = {one.metric.key: one for one in measures(viewer.tenant)}
    windows: set[Window] = set()
    every = []
    for target in targets:
        binding, column = target.binding, _column(outline, target)
        windows.add(running_window(viewer.today, binding.window_days))
        spans = spans_of(target, viewer.today)
        windows |= {spans.before, spans.since} if spans else set()
        every.append(sought_of(binding, column))
    return counted_in(viewer, live, every, windows)


def _column(outline: Outline, target: Target) -> Column:
    found = column_of(outline, target.binding.step_id)
    return found or Column(target.pk, "", ())


def _standing(
    numbers: Numbers,
    target: Target,
    column: Column,
    written: dict[tuple[UUID, date], TargetAssessment],
    *,
    tests: int,
) -> Standing:
    today = numbers.viewer.today
    item = bound_item(numbers, target.binding, column)
    is_past = target.due < today
    kept = written.get((target.pk, target.due))
    measure = numbers.measure(target.binding.metric.key)
    if item.reading is None or measure is None:
        return Standing(target, item, item.why, is_overdue=is_past)
    if kept is not None and numbers.viewer.sees_rows:
        return _as_written(target, item, kept, measure)
    spans = spans_of(target, today)
    if spans is None or not numbers.viewer.sees_rows:
        words = NOT_BEGUN if spans is None else item.reading.figure.suppressed or ""
        return Standing(target, item, words, is_overdue=is_past)
    found = assessed(numbers, target, column, spans, measure, is_due=is_past, tests=tests)
    look: dict[str, Any] = {"decimals": measure.version.decimals, "unit": measure.version.unit}
    return Standing(
        target=target,
        item=item,
        words=verdict_words(found.word, needed=found.needed, visible=found.visible, **look),
        evidence=difference_words(*_sides(found), (found.low, found.high), **look),
        tone=tone(found.word),
        is_interim=found.is_interim,
        is_overdue=is_past and found.word not in MET,
        is_reached=found.word in MET,
        found=found,
        spans=spans,
    )


def assessed(
    numbers: Numbers,
    target: Target,
    column: Column,
    spans: Spans,
    measure: Measure,
    *,
    is_due: bool,
    tests: int,
) -> Assessment:
    """Judge one promise: finally when *is_due*, else for now. No query."""
    sought = sought_of(target.binding, column)
    before, since = numbers.pooled(sought, spans.before), numbers.pooled(sought, spans.since)
    promise = Promise(
        Wish(target.direction),
        target.value,
        target.margin,
        target.binding.min_n,
        measure.is_more_better,
    )
    definition = definition_of(measure.version)
    if is_due:
        return fixed_verdict(promise, before, since, definition, tests=tests)
    return interim_verdict(promise, before, since, definition, measure.bounds, tests=tests)


def _sides(found: Assessment) -> tuple[tuple[float | None, int], tuple[float | None, int]]:
    return (found.before.value, found.before.n), (found.since.value, found.since.n)


def _as_written(target: Target, item: Item, kept: TargetAssessment, measure: Measure) -> Standing:
    word = PromiseWord(kept.verdict)
    look: dict[str, Any] = {"decimals": measure.version.decimals, "unit": measure.version.unit}
    sides = (kept.value_before, kept.n_before), (kept.value_now, kept.n_now)
    return Standing(
        target=target,
        item=item,
        words=verdict_words(word, needed=kept.needed, visible=kept.visible, **look),
        evidence=difference_words(*sides, (kept.low, kept.high), **look),
        tone=tone(word),
        is_overdue=word not in MET,
        is_reached=word in MET,
        decided_on=kept.due_on,
    )
