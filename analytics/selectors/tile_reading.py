"""What the tiles of one board read together: names, metrics, filters and answers, each once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from analytics.rules.periods import compared_period
from analytics.rules.tile_wording import days_told
from analytics.selectors.changes import Pair
from analytics.selectors.figures import Question, group_figures
from analytics.selectors.filters import for_guest, read_filter, resolved
from analytics.selectors.histograms import By, Slice, histograms
from analytics.selectors.names import measures, read_names
from analytics.selectors.small_cells import trend_veil, veils
from cxm.metrics.figures import UNDER_K

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from analytics.rules.tiles import TileQuery
    from analytics.selectors.figures import GroupFigure, Viewer
    from analytics.selectors.filters import Asked, Filter
    from analytics.selectors.histograms import Histograms
    from analytics.selectors.names import Measure
    from analytics.selectors.small_cells import Veil
    from cxm.metrics.rules.histogram import Histogram


@dataclass(frozen=True, slots=True)
class Cut:
    """One metric within one filter: the same question as the metric's own page asks.

    *past* is what it is compared with, None for nothing; *ignored* are sentences about the filter
    that the tile itself has to say.
    """

    question: Question
    within: Slice
    past: Slice | None
    ignored: tuple[str, ...]

    @property
    def days(self) -> str:
        """Say which days count."""
        period = self.question.filter.period
        return days_told(period.start_on, period.end_on)


class Board:
    """The readings of one showing of a board; equal questions are read from the database once."""

    def __init__(self, viewer: Viewer, asked: Asked, queries: Sequence[TileQuery]) -> None:
        """Read the names and metrics of *viewer*'s tenant. Two queries."""
        self.viewer = viewer
        self.asked = asked
        self.names = read_names(viewer.tenant)
        self.measures = {one.metric.key: one for one in measures(viewer.tenant)}
        keys = {query.metric for query in queries if query.metric in self.measures}
        self._metrics = [self.measures[key].metric for key in sorted(keys)]
        self._answers: dict[tuple[Slice, By], Histograms] = {}
        self._veils: dict[tuple[object, ...], Veil] = {}

    def filter_of(self, query: TileQuery) -> tuple[Filter, Slice, tuple[str, ...]]:
        """Resolve the filter of a tile: its own, else the board's."""
        return resolved(self.asked_of(query), self.names)

    def cut(self, query: TileQuery, measure: Measure) -> Cut:
        """Ask what the page of *measure* asks for the same filter.

        Where no period was asked for and nobody answered in the usual one, it is about all time.
        """
        asked = self.asked_of(query)
        if not asked.has_period:
            _, within, _ = resolved(asked, self.names)
            if not self._read(measure, within, By.ALL):
                asked = asked.for_all_time()
        chosen, within, ignored = resolved(asked, self.names)
        earlier = compared_period(chosen.period, chosen.compare)
        past = None
        if earlier:
            past = replace(within, start_on=earlier.start_on, end_on=earlier.end_on)
        # What is wrong with the board's own filter is said once, above all tiles.
        known = () if query.filter is not None else self.asked.ignored
        return Cut(
            question=Question(self.viewer, measure, chosen, self.names),
            within=within,
            past=past,
            ignored=tuple(one for one in ignored if one not in known),
        )

    def total(self, cut: Cut) -> GroupFigure:
        """Give the figure of all answers."""
        veil = self.veil(cut, By.TOUCHPOINT)
        found = self._read(cut.question.measure, cut.within, By.ALL)
        hidden = UNDER_K if veil.is_all_hidden else None
        return cut.question.figure(None, By.ALL, found.get(None), hidden=hidden)

    def total_pair(self, cut: Cut) -> list[Pair]:
        """Compare all answers with those of the time before; empty for nothing to compare with."""
        if cut.past is None:
            return []
        veil = self.veil(cut, By.TOUCHPOINT)
        measure = cut.question.measure
        before = self._read(measure, cut.past, By.ALL).get(None)
        after = self._read(measure, cut.within, By.ALL).get(None)
        is_hidden = veil.is_all_hidden or veil.is_earlier_hidden
        return [Pair(cut.question, before, after, is_hidden)]

    def groups(self, cut: Cut, by: By) -> list[GroupFigure]:
        """Give the figures of a breakdown."""
        found = self._read(cut.question.measure, cut.within, by)
        return group_figures(cut.question, found, by=by, veil=self.veil(cut, by))

    def group_pairs(self, cut: Cut, by: By, found: Sequence[GroupFigure]) -> list[Pair]:
        """Compare each group of *found*, in that order; empty for nothing to compare with."""
        if cut.past is None:
            return []
        veil = self.veil(cut, by)
        measure = cut.question.measure
        before, after = (self._read(measure, one, by) for one in (cut.past, cut.within))
        is_hidden = veil.is_all_hidden or veil.is_earlier_hidden
        return [
            Pair(
                cut.question,
                before.get(one.group),
                after.get(one.group),
                is_hidden or veil.hides(one.group),
            )
            for one in found
        ]

    def line(self, cut: Cut, step: By) -> list[GroupFigure]:
        """Give the figures of days, weeks or months that have answers."""
        measure = cut.question.measure
        found = self._read(measure, cut.within, step)
        veil = trend_veil(self.viewer, measure, cut.question.filter, found)
        return group_figures(cut.question, found, by=step, veil=veil)

    def veil(self, cut: Cut, by: By) -> Veil:
        """Give what is hidden of a breakdown from those who may not read answers."""
        measure, chosen = cut.question.measure, cut.question.filter
        key = (measure.metric.pk, chosen, by)
        if key not in self._veils:
            self._veils[key] = veils(self.viewer, [measure], chosen, by=by)[measure.metric.pk]
        return self._veils[key]

    def asked_of(self, query: TileQuery) -> Asked:
        """Give what a tile asks: its own filter, else the board's."""
        if query.filter is None:
            return self.asked
        own = read_filter(parse_qs(query.filter), today=self.viewer.today)
        return own if self.viewer.sees_rows else for_guest(own, today=self.viewer.today)

    def _read(self, measure: Measure, within: Slice, by: By) -> Mapping[Hashable, Histogram]:
        """Count the answers to every metric of the board at once, the first time."""
        key = (within, by)
        if key not in self._answers:
            self._answers[key] = histograms(
                tenant=self.viewer.tenant, metrics=self._metrics, by=by, within=within
            )
        return self._answers[key][measure.metric.pk]
