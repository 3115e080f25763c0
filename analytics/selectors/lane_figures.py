"""The numbers of one lane of a map: figures of its steps, and which of them changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from analytics.rules.mark_wording import NOT_CLOSED, mark_words
from analytics.rules.periods import custom_period
from analytics.rules.wording import Change
from analytics.selectors.figures import Question
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By, window_histograms
from analytics.selectors.metric_page import metric_url
from analytics.selectors.names import Measure, Names, measures
from cxm.metrics.figures import UNDER_K, definition_of, empty_histogram
from cxm.metrics.rules.changes import ChangeMark, WindowPair, change_marks
from cxm.metrics.rules.days import local_date
from cxm.metrics.rules.small_cells import is_too_small
from cxm.metrics.rules.statistic import estimate
from cxm.metrics.rules.windows import Window, closed_window, running_window, window_until

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from analytics.selectors.figures import Viewer
    from analytics.selectors.histograms import Spot
    from analytics.selectors.names import Named
    from cxm.metrics.figures import Figure
    from cxm.metrics.rules.histogram import Histogram

NO_ROWS = "Your role does not read single answers: the figures you may see stand under Metrics."


class Members(NamedTuple):
    """The segment whose members' answers a figure counts."""

    id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class Sought:
    """A figure that a lane shows: a metric at some touchpoints over the last *days*.

    *compare* is none, previous or baseline. Equal ones are one test, wherever they are shown.
    Of *members* the answers of those who are in that segment now count; None is of everybody.
    """

    metric_key: str
    touchpoints: frozenset[UUID]
    days: int
    compare: str
    members: Members | None = None

    @property
    def of_everybody(self) -> Sought:
        """Give the same figure without regard to who answered."""
        return replace(self, members=None)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as a cell shows it.

    *histogram* counts what the figure counts, empty when it is hidden. *change* is None where
    nothing is compared; *asked* is what its address leads to. *course* is the figure in each of
    the last closed windows, where it was asked for.
    """

    figure: Figure
    histogram: Histogram
    change: Change | None
    is_hollow: bool
    asked: Question
    course: tuple[float | None, ...] = ()

    @property
    def url(self) -> str:
        """Lead to the definition and the course of the metric; a heat map needs hundreds not."""
        question = self.asked
        return metric_url(question.viewer, question.measure.metric.key, question.filter)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything that the lanes of one map read: answers by window, and the marks of all lanes.

    *of_members* holds the answers of segments alone, by the segment.
    """

    viewer: Viewer
    measures: Mapping[str, Measure]
    found: Mapping[Spot, Histogram]
    marks: Mapping[Sought, ChangeMark] = field(default_factory=dict)
    of_members: Mapping[UUID, Mapping[Spot, Histogram]] = field(default_factory=dict)

    @property
    def tests(self) -> int:
        """How many changes of the map were tested together."""
        return next((mark.verdict.family_size for mark in self.marks.values()), 0)

    def measure(self, metric_key: str) -> Measure | None:
        """Give a live metric by its key."""
        return self.measures.get(metric_key)

    def reading(self, sought: Sought, at: Collection[Named], *, min_n: int) -> Reading:
        """Give one figure of a live metric; *at* names its touchpoints."""
        measure = self.measures[sought.metric_key]
        window = running_window(self.viewer.today, sought.days)
        counted = self.pooled(sought, window)
        period = custom_period(window.start_on, window.last_on)
        chosen = Filter(period).with_keys(By.TOUCHPOINT, [one.key for one in at])
        if sought.members:
            chosen = chosen.with_keys(By.SEGMENT, [sought.members.key])
        question = Question(self.viewer, measure, chosen, Names())
        one = question.figure(None, By.ALL, counted, hidden=self._hidden(sought, window))
        return Reading(
            figure=one.figure,
            histogram=one.histogram,
            change=None if one.figure.suppressed else self._change(sought, measure),
            is_hollow=counted.n < min_n,
            asked=question,
        )

    def course(self, sought: Sought, windows: int) -> tuple[float | None, ...]:
        """Give a figure in each of the last closed *windows*, the earliest first.

        None where nobody answered, or too few to be told. The windows must have been read.
        """
        definition = definition_of(self.measures[sought.metric_key].version)
        return tuple(
            None
            if self._hidden(sought, window)
            else estimate(self.pooled(sought, window), definition).value
            for window in past_windows(self.viewer.today, sought, windows)
        )

    def pooled(self, sought: Sought, window: Window) -> Histogram:
        """Add up the answers at all touchpoints of a figure within *window*."""
        metric = self.measures[sought.metric_key].metric
        spots = ((metric.pk, touchpoint, window) for touchpoint in sought.touchpoints)
        found = self.of_members.get(sought.members.id, {}) if sought.members else self.found
        counted = (found[spot].without_weights() for spot in spots if spot in found)
        return sum(counted, empty_histogram(metric))

    def _hidden(self, sought: Sought, window: Window) -> str | None:
        """Say why a figure is not told: of few people, or telling of few by subtraction."""
        if not self.viewer.sees_rows:
            return NO_ROWS
        n = self.pooled(sought, window).n
        others = self.pooled(sought.of_everybody, window).n - n if sought.members else 0
        return UNDER_K if is_too_small(n) or is_too_small(others) else None

    def _change(self, sought: Sought, measure: Measure) -> Change | None:
        if sought.compare == "none":
            return None
        mark = self.marks.get(sought)
        if mark is None:
            return Change(NOT_CLOSED, "", None, None)
        version = measure.version
        return mark_words(
            mark,
            decimals=version.decimals,
            unit=version.unit,
            is_more_better=measure.is_more_better,
        )


def read_numbers(
    viewer: Viewer,
    every: Iterable[Sought],
    *,
    published_at: datetime | None = None,
    past: int = 0,
) -> Numbers:
    """Read the answers behind figures, and judge the changes of all of them together.

    *every* holds the figures of all lanes of the map, not only of the one that is shown: all of
    its tests are one family. *published_at* is when the map was published; the last *past*
    closed windows are read as well. Figures of metrics that are not live are left out. Two
    queries, and one for each segment whose answers alone are asked for.
    """
    live = {one.metric.key: one for one in measures(viewer.tenant)}
    known = [one for one in dict.fromkeys(every) if one.metric_key in live and one.touchpoints]
    zone = ZoneInfo(viewer.tenant.time_zone)
    published_on = local_date(published_at, zone) if published_at else None
    pairs = {one: windows_compared(one, viewer.today, published_on) for one in known}
    windows = {running_window(viewer.today, one.days) for one in known}
    windows |= {window for pair in pairs.values() if pair for window in pair}
    windows |= {window for one in known for window in past_windows(viewer.today, one, past)}
    bare = counted_in(viewer, live, known, windows)
    return replace(bare, marks=_marks(bare, pairs))


def counted_in(
    viewer: Viewer,
    live: Mapping[str, Measure],
    every: Collection[Sought],
    windows: Collection[Window],
) -> Numbers:
    """Count the answers behind *every* figure in all of *windows*, without judging changes.

    *live* are the metrics in use by their keys. One query, and one for each segment whose answers
    alone are asked for.
    """
    asked: dict[str, Any] = {
        "tenant": viewer.tenant,
        "metrics": [
            live[key].metric for key in sorted({one.metric_key for one in every} & live.keys())
        ],
        "windows": sorted(windows),
        "touchpoints": {pk for one in every for pk in one.touchpoints},
    }
    segments = sorted({one.members.id for one in every if one.members})
    of_members = {pk: window_histograms(**asked, segments=[pk]) for pk in segments}
    return Numbers(viewer, live, window_histograms(**asked), of_members=of_members)


def past_windows(today: date, sought: Sought, many: int) -> list[Window]:
    """List the last *many* closed windows of a figure, the earliest first."""
    found: list[Window] = []
    latest = closed_window(today, sought.days)
    for _ in range(many):
        found.append(latest)
        latest = latest.before
    return found[::-1]


def windows_compared(
    sought: Sought, today: date, published_on: date | None
) -> tuple[Window, Window] | None:
    """Give the two closed windows that tell whether a figure changed; None for nothing to compare.

    The earlier is the window before, or the last one before the map was published.
    """
    closed = closed_window(today, sought.days)
    if sought.compare == "previous":
        return closed.before, closed
    if sought.compare == "baseline" and published_on:
        since = window_until(published_on, sought.days)
        return (since, closed) if since.end_on <= closed.start_on else None
    return None


def _marks(
    numbers: Numbers, pairs: Mapping[Sought, tuple[Window, Window] | None]
) -> dict[Sought, ChangeMark]:
    compared = [(one, pair) for one, pair in pairs.items() if pair]
    found = change_marks(
        [
            WindowPair(
                numbers.pooled(one, pair[0]),
                numbers.pooled(one, pair[1]),
                definition_of(numbers.measures[one.metric_key].version),
            )
            for one, pair in compared
        ]
    )
    return {one: mark for (one, _), mark in zip(compared, found, strict=True)}
