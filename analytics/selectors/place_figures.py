"""The figures of one touchpoint or survey, for its own page, and answers by touchpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.rules.periods import ALL, DEFAULT_PERIOD, compared_period, named_period
from analytics.selectors.changes import Pair, judged
from analytics.selectors.figures import Question, Viewer, group_figures
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By, Slice, histograms
from analytics.selectors.metric_page import metric_url
from analytics.selectors.names import measures, read_names
from analytics.selectors.small_cells import NO_VEIL, veils
from analytics.selectors.trend import TrendLine, trend_line
from cxm.metrics.figures import UNDER_K

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from uuid import UUID

    from analytics.rules.periods import Period
    from analytics.rules.wording import Change
    from analytics.selectors.histograms import Histograms
    from analytics.selectors.names import Measure
    from cxm.metrics.figures import Figure
    from cxm.metrics.rules.histogram import Histogram


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """How one metric stands at a touchpoint, in a survey or segment; *line* is None for guests."""

    figure: Figure
    change: Change | None
    line: TrendLine | None
    url: str


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """All metrics answered at a touchpoint or in a survey within a period."""

    filter: Filter
    figures: list[PlaceFigure]
    tests: int


def place_figures(viewer: Viewer, by: By, place_id: UUID) -> PlaceFigures:
    """Read how every live metric stands at one touchpoint, in one survey or one segment.

    Over the last 13 weeks, or over all time when nobody answered in those. At most seven
    queries; for those who may not read answers five more.
    """
    every = measures(viewer.tenant)
    chosen, found = _latest(viewer, every, by, place_id)
    answered = [one for one in every if place_id in found.get(one.metric.pk, {})]
    names = read_names(viewer.tenant)
    questions = [Question(viewer, one, chosen, names) for one in answered]
    hidden = veils(viewer, answered, chosen, by=by) if answered else {}
    before, lines = _context(viewer, answered, chosen, by, place_id)
    pairs = []
    for question in questions:
        pk = question.measure.metric.pk
        veil = hidden[pk]
        shut = veil.hides(place_id) or veil.is_earlier_hidden
        past = before.get(pk, {}).get(place_id)
        pairs.append(Pair(question, past, found[pk][place_id], shut))
    changes, family = judged(pairs) if before else ([None] * len(pairs), None)
    return PlaceFigures(
        filter=chosen,
        figures=[
            _place_figure(
                question,
                by,
                found[question.measure.metric.pk],
                place_id,
                is_hidden=hidden[question.measure.metric.pk].hides(place_id),
                change=change,
                weeks=lines.get(question.measure.metric.pk),
            )
            for question, change in zip(questions, changes, strict=True)
        ],
        tests=family.size if family else 0,
    )


def answers_by_touchpoint(viewer: Viewer) -> dict[Hashable, int]:
    """Count the answers at each touchpoint, all live metrics and all time together. Two queries.

    Empty for those who may not read answers.
    """
    if not viewer.sees_rows:
        return {}
    metrics = [one.metric for one in measures(viewer.tenant)]
    counts: dict[Hashable, int] = {}
    for groups in histograms(tenant=viewer.tenant, metrics=metrics, by=By.TOUCHPOINT).values():
        for group, histogram in groups.items():
            counts[group] = counts.get(group, 0) + histogram.n
    return counts


def _latest(
    viewer: Viewer, every: Sequence[Measure], by: By, place_id: UUID
) -> tuple[Filter, Histograms]:
    """Count the answers by place in the last 13 weeks, or ever when there are none here."""
    metrics = [one.metric for one in every]
    found: Histograms = {}
    chosen = Filter(named_period(DEFAULT_PERIOD, viewer.today))
    for name in (DEFAULT_PERIOD, ALL):
        chosen = Filter(named_period(name, viewer.today))
        within = _every(chosen.period, by, place_id)
        found = histograms(tenant=viewer.tenant, metrics=metrics, by=by, within=within)
        if any(place_id in groups for groups in found.values()):
            break
    return chosen, found


def _context(
    viewer: Viewer, answered: Sequence[Measure], chosen: Filter, by: By, place_id: UUID
) -> tuple[Histograms, Histograms]:
    """Count the answers of the period before by place, and those of this place by week or month."""
    metrics = [one.metric for one in answered]
    before: Histograms = {}
    lines: Histograms = {}
    earlier = compared_period(chosen.period, chosen.compare)
    if answered and earlier:
        past = _every(earlier, by, place_id)
        before = histograms(tenant=viewer.tenant, metrics=metrics, by=by, within=past)
    if answered and viewer.sees_rows:
        here = _within(chosen.period, by, place_id)
        lines = histograms(tenant=viewer.tenant, metrics=metrics, by=_step(chosen), within=here)
    return before, lines


def _within(period: Period, by: By, place_id: UUID) -> Slice:
    """Give the answers of a period at one touchpoint, in one survey, or of one segment."""
    ids, whole = frozenset({place_id}), Slice(period.start_on, period.end_on)
    match by:
        case By.TOUCHPOINT:
            return replace(whole, touchpoints=ids)
        case By.SEGMENT:
            return replace(whole, segments=ids)
        case _:
            return replace(whole, surveys=ids)


def _every(period: Period, by: By, place_id: UUID) -> Slice:
    """Give the answers of a period at all places: small ones are hidden by looking at others.

    Of segments just the one: nobody looks at segments who may not read answers.
    """
    if by is By.SEGMENT:
        return _within(period, by, place_id)
    return Slice(period.start_on, period.end_on)


def _step(chosen: Filter) -> By:
    return By.WEEK if chosen.period.name == DEFAULT_PERIOD else By.MONTH


def _place_figure(
    question: Question,
    by: By,
    groups: Mapping[Hashable, Histogram],
    place_id: UUID,
    *,
    is_hidden: bool,
    change: Change | None,
    weeks: Mapping[Hashable, Histogram] | None,
) -> PlaceFigure:
    one = question.figure(place_id, by, groups[place_id], hidden=UNDER_K if is_hidden else None)
    here = question.filter.with_keys(by, [one.key]) if one.key else question.filter
    line = None
    if weeks is not None:
        step = _step(question.filter)
        narrowed = replace(question, filter=here)
        line = trend_line(narrowed, group_figures(narrowed, weeks, by=step, veil=NO_VEIL), by=step)
    chosen = here if question.viewer.sees_rows else question.filter
    return PlaceFigure(
        figure=one.figure,
        change=change,
        line=line,
        url=metric_url(question.viewer, one.figure.metric_key, chosen),
    )
