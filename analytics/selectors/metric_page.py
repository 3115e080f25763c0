"""Everything about one metric: the figure, its trend, its distribution, its breakdowns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from analytics.rules.periods import compared_period
from analytics.selectors.changes import Family, Pair, judged
from analytics.selectors.figures import (
    GroupFigure,
    Question,
    Viewer,
    added,
    group_figures,
    read_histograms,
)
from analytics.selectors.filters import Asked, Filter, resolved
from analytics.selectors.freshness import AnswerMark, last_check, mark_of
from analytics.selectors.histograms import By, Slice
from analytics.selectors.names import NAMED, Measure, Names, read_names
from analytics.selectors.small_cells import trend_veil, veils
from analytics.selectors.trend import TrendLine, best_step, trend_line
from cxm.kernel.charts import Segment, Tone, axis, whisker
from cxm.kernel.figures import Standing, standing
from cxm.metrics.figures import UNDER_K, Figure

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import date

    from analytics.models import RollupCheck
    from analytics.rules.wording import Change
    from analytics.selectors.small_cells import Veil
    from cxm.metrics.rules.histogram import Histogram

SORTS = ("value", "n", "change", "name")


@dataclass(frozen=True, slots=True)
class View:
    """How the page is looked at: the breakdown, its order, and the step of the trend.

    *by* is None where nobody chose: then the breakdown is the first that tells groups apart.
    """

    by: By | None = None
    sort: str = "value"
    is_reversed: bool = False
    step: str = ""


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """One row of a breakdown; *share* is the percent of all answers, None where hidden."""

    title: str
    key: str | None
    url: str
    figure: Figure
    histogram: Histogram
    share: float | None
    change: Change | None
    picture: SafeString | None


@dataclass(frozen=True, slots=True)
class MetricPage:
    """All that the page of a metric shows, broken down *by* what was chosen or found telling.

    *classes* and *scores* are empty when hidden.
    """

    measure: Measure
    filter: Filter
    within: Slice
    names: Names
    ignored: tuple[str, ...]
    view: View
    by: By
    total: GroupFigure
    change: Change | None
    compared: Filter | None
    has_weights: bool
    line: TrendLine
    classes: list[Segment]
    scores: list[Segment]
    rows: list[BreakdownRow]
    family: Family
    check: RollupCheck | None
    mark: AnswerMark


@dataclass(frozen=True, slots=True)
class _Readings:
    """What the database gave: answers now and before, in all, by group and over time."""

    by: By
    total: Histogram | None
    earlier_total: Histogram | None
    groups: Mapping[Hashable, Histogram]
    earlier_groups: Mapping[Hashable, Histogram]
    line: Mapping[Hashable, Histogram]
    step: By


def metric_page(viewer: Viewer, measure: Measure, asked: Asked, view: View) -> MetricPage:
    """Read the page of a metric for *viewer*.

    Where no period was asked for and nobody answered in the usual one, it is about all time.
    Five queries whatever the number of groups, one more for a period with an open end and for
    each breakdown that was looked at in vain; for those who may not read answers ten more.
    """
    names = read_names(viewer.tenant)
    chosen, within, ignored = resolved(asked, names)
    question = Question(viewer, measure, chosen, names)
    earlier = compared_period(chosen.period, chosen.compare)
    past = replace(within, start_on=earlier.start_on, end_on=earlier.end_on) if earlier else None
    readings = _read(question, within, past, view)
    if readings.total is None and not asked.has_period:
        return metric_page(viewer, measure, asked.for_all_time(), view)
    by = readings.by
    veil = veils(viewer, [measure], chosen, by=by)[measure.metric.pk]
    cover = trend_veil(viewer, measure, chosen, readings.line)
    hidden = UNDER_K if veil.is_all_hidden else None
    total = question.figure(None, By.ALL, readings.total, hidden=hidden)
    found = group_figures(question, readings.groups, by=by, veil=veil)
    changes, family = judged(_pairs(question, readings, found, veil)) if past else ([], Family(0))
    change, *row_changes = changes or [None] * (len(found) + 1)
    line = group_figures(question, readings.line, by=readings.step, veil=cover)
    return MetricPage(
        measure=measure,
        filter=chosen,
        within=within,
        names=names,
        ignored=ignored,
        view=view,
        by=by,
        total=total,
        change=change,
        compared=replace(chosen, period=earlier) if earlier else None,
        has_weights=readings.total is not None and readings.total.weights is not None,
        line=trend_line(question, line, by=readings.step),
        classes=classes_of(question, total),
        scores=scores_of(question, total),
        rows=sorted_rows(breakdown_rows(question, found, row_changes, total, by), measure, view),
        family=family,
        check=last_check(viewer.tenant),
        mark=mark_of({measure.metric.pk: readings.total}),
    )


def _read(question: Question, within: Slice, past: Slice | None, view: View) -> _Readings:
    by, groups = _groups(question, within, view)
    earlier = read_histograms(question, past, by=by) if past else {}
    step = trend_step(question, within, view.step)
    return _Readings(
        by=by,
        total=added(groups.values()),
        earlier_total=added(earlier.values()),
        groups=groups,
        earlier_groups=earlier,
        line=read_histograms(question, within, by=step),
        step=step,
    )


def _groups(
    question: Question, within: Slice, view: View
) -> tuple[By, Mapping[Hashable, Histogram]]:
    """Read the breakdown that was chosen, else the first of more than one group.

    Where none has more, the first that names its one group; the first of all as a last resort.
    """
    found: dict[By, Mapping[Hashable, Histogram]] = {}
    for by in [view.by] if view.by else NAMED:
        found[by] = read_histograms(question, within, by=by)
        if view.by or not found[by] or len(found[by]) > 1:
            return by, found[by]
    telling = next((by for by, groups in found.items() if None not in groups), NAMED[0])
    return telling, found[telling]


def trend_step(question: Question, within: Slice, asked: str) -> By:
    """Choose the step of the trend; guests always see weeks, the steps of their periods."""
    if not question.viewer.sees_rows:
        return By.WEEK
    first, last = within.start_on, question.filter.period.last_on
    if first is None or last is None:
        months = sorted(_dates(read_histograms(question, within, by=By.MONTH)))
        if not months:
            return By.MONTH
        first, last = first or months[0], last or max(months[-1], question.viewer.today)
    return best_step(first, min(last, max(first, question.viewer.today)), asked=asked)


def _dates(groups: Mapping[Hashable, Histogram]) -> list[date]:
    return [group for group in groups if group is not None]  # type: ignore[misc]


def _pairs(
    question: Question, readings: _Readings, found: Sequence[GroupFigure], veil: Veil
) -> list[Pair]:
    """Collect every comparison of the page: the metric itself, then each group."""
    is_hidden = veil.is_all_hidden or veil.is_earlier_hidden
    pairs = [Pair(question, readings.earlier_total, readings.total, is_hidden)]
    for one in found:
        past, now = readings.earlier_groups.get(one.group), readings.groups.get(one.group)
        pairs.append(Pair(question, past, now, is_hidden or veil.hides(one.group)))
    return pairs


def breakdown_rows(
    question: Question,
    found: Sequence[GroupFigure],
    changes: Sequence[Change | None],
    total: GroupFigure,
    by: By,
) -> list[BreakdownRow]:
    """Give the rows of a breakdown in the order of *found*, on one common scale."""
    figures = [one.figure for one in found]
    scale = axis([0.0, *(end for one in figures for end in (one.value, one.ci_low, one.ci_high))])
    return [
        BreakdownRow(
            title=one.title,
            key=one.key,
            url=_narrowed_url(question, one, by),
            figure=one.figure,
            histogram=one.histogram,
            share=_share(one, total),
            change=change,
            picture=None
            if one.figure.suppressed
            else SafeString(
                whisker(one.figure.value, one.figure.ci_low, one.figure.ci_high, scale=scale)
            ),
        )
        for one, change in zip(found, changes, strict=True)
    ]


def _share(one: GroupFigure, total: GroupFigure) -> float | None:
    if one.figure.suppressed or total.figure.suppressed or not total.figure.n:
        return None
    return 100 * one.figure.n / total.figure.n


def _narrowed_url(question: Question, one: GroupFigure, by: By) -> str:
    """Give the page of the same metric for one group alone; nothing where filters are closed."""
    if one.key is None or not question.viewer.sees_rows:
        return ""
    return metric_url(
        question.viewer, one.figure.metric_key, question.filter.with_keys(by, [one.key])
    )


def metric_url(viewer: Viewer, key: str, chosen: Filter) -> str:
    """Give the address of a metric's page with a filter."""
    page = reverse("analytics:metric-page", args=[viewer.tenant.slug, key])
    query = chosen.query()
    return f"{page}?{query}" if query else page


def sorted_rows(rows: list[BreakdownRow], measure: Measure, view: View) -> list[BreakdownRow]:
    """Order the rows: worst value, most answers, largest change or name first; ties by name.

    Values of few answers are not ranked: they follow the others, and hidden ones come last.
    """
    sign = 1 if measure.is_more_better else -1

    def place(row: BreakdownRow) -> float:
        match view.sort:
            case "n":
                return -row.figure.n
            case "change":
                value = row.change.value if row.change and row.change.value is not None else 0.0
                return -abs(value)
            case "name":
                return 0.0
            case _:
                return sign * (row.figure.value or 0.0)

    ranked = [row for row in rows if standing(row.figure) is Standing.SHOWN]
    others = [row for row in rows if row not in ranked]
    ranked.sort(key=lambda row: (place(row), row.title.casefold(), row.key or ""))
    if view.is_reversed:
        ranked.reverse()
    others.sort(key=lambda row: (row.figure.suppressed is not None, row.title.casefold()))
    return ranked + others


def classes_of(question: Question, total: GroupFigure) -> list[Segment]:
    """Count promoters, passives and detractors, or favourable, neutral and unfavourable."""
    version, metric = question.measure.version, question.measure.metric
    if total.figure.value is None:
        return []
    names = ("Favourable", "Neutral", "Unfavourable")
    if metric.kind == "nps":
        names = ("Promoters", "Passives", "Detractors")
    counts = class_counts(question.measure, total.histogram)
    middle = [v for v in question.measure.values if _tone(question.measure, v) is Tone.NEUTRAL]
    values = (version.favourable, middle, version.unfavourable)
    tones = (Tone.FAVOURABLE, Tone.NEUTRAL, Tone.UNFAVOURABLE)
    return [
        Segment(name, counts[tone], tone, _scores_url(question, total, of))
        for name, tone, of in zip(names, tones, values, strict=True)
        if of
    ]


def class_counts(measure: Measure, histogram: Histogram) -> dict[Tone, int]:
    """Count the answers that are favourable, neutral and unfavourable."""
    counts = dict.fromkeys((Tone.FAVOURABLE, Tone.NEUTRAL, Tone.UNFAVOURABLE), 0)
    for value in measure.values:
        counts[_tone(measure, value)] += histogram.count([value])
    return counts


def scores_of(question: Question, total: GroupFigure) -> list[Segment]:
    """Count the answers of each score; empty where there is no value to show."""
    if total.figure.value is None:
        return []
    return [
        Segment(
            str(value),
            total.histogram.count([value]),
            _tone(question.measure, value),
            _scores_url(question, total, [value]),
        )
        for value in question.measure.values
    ]


def _tone(measure: Measure, value: int) -> Tone:
    if value in measure.version.favourable:
        return Tone.FAVOURABLE
    return Tone.UNFAVOURABLE if value in measure.version.unfavourable else Tone.NEUTRAL


def _scores_url(question: Question, total: GroupFigure, values: Sequence[int]) -> str:
    if not question.viewer.sees_rows:
        return ""
    return f"{total.figure.rows_url}&{urlencode([('score', value) for value in values])}"
