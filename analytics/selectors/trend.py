"""A figure over time: points with their intervals, gaps where nobody answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from analytics.selectors.figures import GroupFigure, Question, group_end
from analytics.selectors.histograms import By
from cxm.kernel.charts import TrendPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.selectors.happenings import Happened, Happening

MOST_POINTS = 400
_MOST_TOLD = 3
STEPS = (By.DAY, By.WEEK, By.MONTH)


@dataclass(frozen=True, slots=True)
class TrendLine:
    """The points of a trend from oldest to newest, with the figures behind them.

    *hidden* counts the points that are left out because too few people answered.
    """

    step: By
    points: list[TrendPoint]
    figures: list[GroupFigure]
    hidden: int

    @property
    def is_line(self) -> bool:
        """Whether there are two known points; one alone is no line."""
        return sum(point.value is not None for point in self.points) > 1


def trend_line(question: Question, found: Sequence[GroupFigure], *, by: By) -> TrendLine:
    """Draw the figures of days, weeks or months as one line; periods between without answers too.

    The line runs over the whole period where it is closed, else from the first answers to the
    last; it has at most MOST_POINTS points, the newest.
    """
    by_start = {one.group: one for one in found if isinstance(one.group, date)}
    starts = _starts(question, sorted(by_start), by)[-MOST_POINTS:]
    figures = [by_start.get(start) or question.figure(start, by, None) for start in starts]
    hidden = sum(one.figure.suppressed is not None for one in figures)
    has_years = bool(starts) and by is not By.MONTH and starts[0].year != starts[-1].year
    points = [
        _point(one, f"{one.title} {start.year}" if has_years else one.title)
        for start, one in zip(starts, figures, strict=True)
    ]
    return TrendLine(by, points, figures, hidden)


def with_events(line: TrendLine, happened: Happened) -> TrendLine:
    """Write at each point what happened in its days; what lasted longer stands where it began."""
    points = []
    for point, one in zip(line.points, line.figures, strict=True):
        first = one.group
        inside = [
            told
            for told in reversed(happened.shown)
            if isinstance(first, date) and first <= told.day < group_end(first, line.step)
        ]
        points.append(replace(point, event=_event_words(inside)))
    return replace(line, points=points)


def _event_words(inside: Sequence[Happening]) -> str:
    told = [f"{one.kind}: {one.title}" for one in inside[:_MOST_TOLD]]
    if len(inside) > _MOST_TOLD:
        told.append(f"and {len(inside) - _MOST_TOLD} more")
    return "; ".join(told)


def best_step(first: date, last: date, *, asked: str = "") -> By:
    """Choose days, weeks or months for a span, both ends inclusive: *asked* where it fits.

    Days for up to a month, weeks for up to two years, and never more than MOST_POINTS points.
    """
    days = (last - first).days + 1
    fits = {By.DAY: days <= MOST_POINTS, By.WEEK: days <= 7 * MOST_POINTS, By.MONTH: True}
    if asked in set(STEPS) and fits[By(asked)]:
        return By(asked)
    if days <= 31:  # noqa: PLR2004 - a month
        return By.DAY
    return By.WEEK if days <= 2 * 366 else By.MONTH


def _starts(question: Question, known: Sequence[date], by: By) -> list[date]:
    """List the first dates of all days, weeks or months between the first and the last."""
    period = question.filter.period
    first = known[0] if known else None
    last = known[-1] if known else None
    if period.start_on and period.end_on:
        first, last = _start_of(period.start_on, by), period.last_on
        # What has not happened yet leaves no gap behind the newest answers.
        newest = max(question.viewer.today, known[-1] if known else period.start_on)
        last = min(last or newest, newest)
    if first is None or last is None:
        return []
    starts = [first]
    for _ in count():
        following = group_end(starts[-1], by)
        if following > last:
            return starts
        starts.append(following)
    return starts


def _start_of(on: date, by: By) -> date:
    if by is By.WEEK:
        return date.fromordinal(on.toordinal() - on.weekday())
    return on.replace(day=1) if by is By.MONTH else on


def _point(one: GroupFigure, label: str) -> TrendPoint:
    figure = one.figure
    return TrendPoint(
        label=label,
        value=figure.value,
        low=figure.ci_low,
        high=figure.ci_high,
        n=figure.n,
        url="" if figure.suppressed else figure.rows_url,
    )
