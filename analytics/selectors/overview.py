"""The first page: how every metric stands, and where it hurts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import SafeString

from analytics.rules.periods import compared_period
from analytics.selectors.changes import Family, Pair, judged
from analytics.selectors.figures import GroupFigure, Question, Viewer, added, group_figures
from analytics.selectors.filters import Asked, Filter, resolved
from analytics.selectors.freshness import AnswerMark, last_check, mark_of
from analytics.selectors.histograms import By, Slice, histograms
from analytics.selectors.names import Measure, Names, measures, read_names
from analytics.selectors.small_cells import Veil, trend_veil, veils
from analytics.selectors.trend import TrendLine, trend_line
from analytics.selectors.why import why_url
from cxm.kernel.charts import Axis, axis, whisker
from cxm.kernel.figures import Standing, standing
from cxm.metrics.figures import UNDER_K
from feedback.models import Import

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from analytics.models import RollupCheck
    from analytics.rules.wording import Change
    from cxm.metrics.figures import Figure
    from cxm.metrics.rules.histogram import Histogram

    type Groups = Mapping[Hashable, Histogram]

MOST_LISTED = 6
MOST_IMPORTS = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """One metric: its figure, its change, its way there, and the page that tells more.

    *why_url* explains the change; empty where none is told.
    """

    measure: Measure
    figure: Figure
    change: Change | None
    line: TrendLine
    url: str
    why_url: str


@dataclass(frozen=True, slots=True)
class TouchpointLine:
    """One touchpoint in a list: its figure as a number and as a bar on the scale of the list."""

    title: str
    url: str
    figure: Figure
    change: Change | None
    picture: SafeString


@dataclass(frozen=True, slots=True)
class Pains:
    """The touchpoints of one metric: the worst ones, those that moved, and how many there are."""

    measure: Measure
    worst: list[TouchpointLine]
    moved: list[TouchpointLine]
    touchpoints: int
    url: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page shows; without tiles nobody has answered in the period."""

    filter: Filter
    within: Slice
    names: Names
    ignored: tuple[str, ...]
    tiles: list[Tile]
    pains: Pains | None
    choices: list[Measure]
    family: Family
    imports: list[Import]
    check: RollupCheck | None
    mark: AnswerMark
    as_of: datetime
    has_answers_at_all: bool


@dataclass(frozen=True, slots=True)
class _Readings:
    """What the database gave: answers by metric and touchpoint, now and before, and by week."""

    now: Mapping[UUID, Groups]
    before: Mapping[UUID, Groups]
    weeks: Mapping[UUID, Groups]


def overview(viewer: Viewer, asked: Asked, *, metric_key: str = "") -> Overview:
    """Read the first page for *viewer*; *metric_key* chooses whose touchpoints are listed.

    Where no period was asked for and nobody answered in the usual one, it is about all time.
    Seven queries whatever the number of metrics and touchpoints; for those who may not read
    answers five more, and five for each metric.
    """
    names = read_names(viewer.tenant)
    chosen, within, ignored = resolved(asked, names)
    chosen = replace(chosen, is_weighted=False)
    every = measures(viewer.tenant)
    readings = _read(viewer, every, chosen, within)
    answered = [one for one in every if readings.now.get(one.metric.pk)]
    if not answered and not asked.has_period:
        return overview(viewer, asked.for_all_time(), metric_key=metric_key)
    questions = {one.metric.pk: Question(viewer, one, chosen, names) for one in answered}
    hidden = veils(viewer, answered, chosen, by=By.TOUCHPOINT) if answered else {}
    focus = _focus(answered, readings, metric_key)
    pairs = _pairs(questions, readings, hidden, focus, is_compared=bool(readings.before))
    changes, family = judged(list(pairs.values()))
    change_by = dict(zip(pairs, changes, strict=True))
    return Overview(
        filter=chosen,
        within=within,
        names=names,
        ignored=ignored,
        tiles=[
            _tile(questions[one.metric.pk], readings, hidden[one.metric.pk], change_by)
            for one in answered
        ],
        pains=_pains(questions[focus.metric.pk], readings, hidden[focus.metric.pk], change_by)
        if focus
        else None,
        choices=[one for one in answered if _has_touchpoints(readings.now[one.metric.pk])],
        family=family,
        imports=_recent_imports(viewer),
        check=last_check(viewer.tenant),
        mark=mark_of({pk: added(groups.values()) for pk, groups in readings.now.items()}),
        as_of=viewer.now,
        has_answers_at_all=bool(answered) or _has_answers(viewer, every),
    )


def _read(viewer: Viewer, every: Sequence[Measure], chosen: Filter, within: Slice) -> _Readings:
    metrics = [one.metric for one in every]
    tenant, earlier = viewer.tenant, compared_period(chosen.period, chosen.compare)
    before = {}
    if earlier:
        past = replace(within, start_on=earlier.start_on, end_on=earlier.end_on)
        before = histograms(tenant=tenant, metrics=metrics, by=By.TOUCHPOINT, within=past)
    return _Readings(
        now=histograms(tenant=tenant, metrics=metrics, by=By.TOUCHPOINT, within=within),
        before=before,
        weeks=histograms(tenant=tenant, metrics=metrics, by=By.WEEK, within=within),
    )


def _focus(answered: Sequence[Measure], readings: _Readings, metric_key: str) -> Measure | None:
    """Choose the metric whose touchpoints are listed: the one asked for, else the most answered."""
    choices = [one for one in answered if _has_touchpoints(readings.now[one.metric.pk])]
    asked = next((one for one in choices if one.metric.key == metric_key), None)
    return asked or max(choices, key=lambda one: _at_touchpoints(readings, one), default=None)


def _at_touchpoints(readings: _Readings, measure: Measure) -> int:
    groups = readings.now[measure.metric.pk]
    return sum(one.n for group, one in groups.items() if group is not None)


def _has_touchpoints(groups: Groups) -> bool:
    return any(group is not None for group in groups)


def _pairs(
    questions: Mapping[UUID, Question],
    readings: _Readings,
    hidden: Mapping[UUID, Veil],
    focus: Measure | None,
    *,
    is_compared: bool,
) -> dict[tuple[UUID, str], Pair]:
    """Collect every comparison of the page: one a metric, and one a touchpoint of the focus."""
    pairs: dict[tuple[UUID, str], Pair] = {}
    if not is_compared:
        return pairs
    for pk, question in questions.items():
        veil = hidden[pk]
        is_hidden = veil.is_all_hidden or veil.is_earlier_hidden
        before, now = added(readings.before.get(pk, {}).values()), added(readings.now[pk].values())
        pairs[pk, "all"] = Pair(question, before, now, is_hidden)
        if focus and pk == focus.metric.pk:
            past = readings.before.get(pk, {})
            for group, histogram in readings.now[pk].items():
                if group is not None:
                    shut = is_hidden or veil.hides(group)
                    pairs[pk, str(group)] = Pair(question, past.get(group), histogram, shut)
    return pairs


def _tile(
    question: Question,
    readings: _Readings,
    veil: Veil,
    changes: Mapping[tuple[UUID, str], Change | None],
) -> Tile:
    pk, key = question.measure.metric.pk, question.measure.metric.key
    hidden = UNDER_K if veil.is_all_hidden else None
    total = question.figure(None, By.ALL, added(readings.now[pk].values()), hidden=hidden)
    weeks = readings.weeks.get(pk, {})
    cover = trend_veil(question.viewer, question.measure, question.filter, weeks)
    points = group_figures(question, weeks, by=By.WEEK, veil=cover)
    change = changes.get((pk, "all"))
    return Tile(
        measure=question.measure,
        figure=total.figure,
        change=change,
        line=trend_line(question, points, by=By.WEEK),
        url=_metric_url(question, key),
        why_url=why_url(question.viewer, key, question.filter)
        if change and change.direction
        else "",
    )


def _pains(
    question: Question,
    readings: _Readings,
    veil: Veil,
    changes: Mapping[tuple[UUID, str], Change | None],
) -> Pains:
    pk = question.measure.metric.pk
    found = group_figures(question, readings.now[pk], by=By.TOUCHPOINT, veil=veil)
    named = [one for one in found if one.key is not None]
    ranked = [one for one in named if standing(one.figure) is Standing.SHOWN]
    change_of = {one.group: changes.get((pk, str(one.group))) for one in ranked}
    sign = 1 if question.measure.is_more_better else -1
    worst = sorted(ranked, key=lambda one: sign * (one.figure.value or 0.0))
    sizes = {
        group: abs(change.value or 0.0)
        for group, change in change_of.items()
        if change and change.direction
    }
    moved = sorted((one for one in ranked if one.group in sizes), key=lambda one: -sizes[one.group])
    scale = _scale(named)
    return Pains(
        measure=question.measure,
        worst=[_line(question, one, change_of[one.group], scale) for one in worst[:MOST_LISTED]],
        moved=[_line(question, one, change_of[one.group], scale) for one in moved[:MOST_LISTED]],
        touchpoints=len(named),
        url=_metric_url(question, question.measure.metric.key),
    )


def _scale(found: Sequence[GroupFigure]) -> Axis:
    shown = [one.figure for one in found]
    return axis([0.0, *(end for one in shown for end in (one.value, one.ci_low, one.ci_high))])


def _line(
    question: Question, one: GroupFigure, change: Change | None, scale: Axis
) -> TouchpointLine:
    figure = one.figure
    chosen = question.filter.with_keys(By.TOUCHPOINT, [one.key or ""])
    sees = question.viewer.sees_rows
    return TouchpointLine(
        title=one.title,
        url=_metric_url(replace(question, filter=chosen) if sees else question, figure.metric_key),
        figure=figure,
        change=change,
        picture=SafeString(whisker(figure.value, figure.ci_low, figure.ci_high, scale=scale)),
    )


def _metric_url(question: Question, key: str) -> str:
    page = reverse("analytics:metric-page", args=[question.viewer.tenant.slug, key])
    query = question.filter.query()
    return f"{page}?{query}" if query else page


def _recent_imports(viewer: Viewer) -> list[Import]:
    """List what was loaded last; nothing for those who may not see answers. One query."""
    if not viewer.sees_rows:
        return []
    done = Import.objects.for_tenant(viewer.tenant).filter(state=Import.State.DONE)
    shown = done.only("tenant_id", "file_name", "created_at")
    return list(shown.order_by("-created_at", "-pk")[:MOST_IMPORTS])


def _has_answers(viewer: Viewer, every: Sequence[Measure]) -> bool:
    metrics = [one.metric for one in every]
    found = histograms(tenant=viewer.tenant, metrics=metrics, within=Slice())
    return any(found.values())
