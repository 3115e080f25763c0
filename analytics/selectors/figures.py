"""Figures of a metric by group, the same for pages, the API and commands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from analytics.rules.periods import CUSTOM, Period
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By, Slice, histograms
from analytics.selectors.names import FILTERED, NAMED, WITHOUT, Measure, Names
from cxm.metrics.figures import UNDER_K, Figure, Scope, empty_histogram, figure_of
from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from uuid import UUID

    from analytics.selectors.small_cells import Veil
    from cxm.metrics.rules.histogram import Histogram
    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads figures of which tenant, and when; small groups are hidden from some."""

    tenant: Tenant
    sees_rows: bool
    now: datetime

    @property
    def today(self) -> date:
        """The business day of the tenant."""
        return local_date(self.now, ZoneInfo(self.tenant.time_zone))


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """The figure of one group of answers.

    *key* is that of a touchpoint, channel or survey, the first date of a day, week or month, or
    None for all answers and for answers without a touchpoint, channel or survey. *histogram*
    counts the answers behind the figure; it is empty when the figure is hidden.
    """

    group: Hashable
    key: str | None
    title: str
    figure: Figure
    histogram: Histogram


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be read: one metric, within one filter, for one viewer.

    *beside* is what else selects the rows, as pairs of the list of responses, where the filter
    has no word for it.
    """

    viewer: Viewer
    measure: Measure
    filter: Filter
    names: Names
    beside: tuple[tuple[str, str], ...] = ()

    def figure(
        self, group: Hashable, by: By, histogram: Histogram | None, *, hidden: str | None = None
    ) -> GroupFigure:
        """Make the figure of one group from its answers; *hidden* says why it may not be shown."""
        counted = self.counted(None if hidden else histogram)
        return GroupFigure(
            group=group,
            key=self._key(group, by),
            title=self._title(group, by),
            figure=figure_of(
                self.measure.metric,
                self.measure.version,
                counted,
                self._scope(self.narrowed(group, by)),
                hidden=hidden,
            ),
            histogram=counted,
        )

    def counted(self, histogram: Histogram | None) -> Histogram:
        """Give the answers that can be counted: none where a weighted figure finds no weights."""
        nothing = empty_histogram(self.measure.metric)
        if histogram is None or (self.filter.is_weighted and histogram.weights is None):
            return nothing
        return histogram

    def narrowed(self, group: Hashable, by: By) -> Question:
        """Ask about the answers of one group alone."""
        if isinstance(group, date):
            first, end = self.filter.period.clipped(group, group_end(group, by))
            return replace(self, filter=replace(self.filter, period=Period(CUSTOM, first, end)))
        named = self.names.named(by, group)
        if named:
            return replace(self, filter=self.filter.with_keys(by, [named.key]))
        is_without = group is None and by in NAMED
        return self.with_rows("without", by.value) if is_without else self

    def with_rows(self, name: str, value: str) -> Question:
        """Ask about fewer answers, selected by one more pair of the list of responses."""
        return replace(self, beside=(*self.beside, (name, value)))

    def _scope(self, of: Question) -> Scope:
        chosen = of.filter
        query = chosen.rows_query(self.measure.metric.key)
        if of.beside:
            query = f"{query}&{urlencode(of.beside)}"
        return Scope(
            filter=query,
            start_on=chosen.period.start_on,
            end_on=chosen.period.end_on,
            time_zone=self.viewer.tenant.time_zone,
            as_of=self.viewer.now,
            rows_url=self._rows_url(query),
            is_weighted=chosen.is_weighted,
        )

    def _rows_url(self, query: str) -> str:
        slug = self.viewer.tenant.slug
        if self.viewer.sees_rows:
            return f"{reverse('feedback:response-list', args=[slug])}?{query}"
        page = reverse("analytics:metric-page", args=[slug, self.measure.metric.key])
        own = self.filter.query()
        return f"{page}?{own}" if own else page

    def _key(self, group: Hashable, by: By) -> str | None:
        if isinstance(group, date):
            return group.isoformat()
        named = self.names.named(by, group)
        return named.key if named else None

    def _title(self, group: Hashable, by: By) -> str:
        if isinstance(group, date):
            return f"{group:%b %Y}" if by is By.MONTH else f"{group.day} {group:%b}"
        named = self.names.named(by, group)
        return named.title if named else WITHOUT.get(by, self.measure.metric.title)


def group_figures(
    question: Question,
    found: Mapping[Hashable, Histogram],
    *,
    by: By,
    veil: Veil,
) -> list[GroupFigure]:
    """Turn the histograms of one metric into figures, those hidden from the viewer marked.

    Periods come in order of time; touchpoints, channels and surveys by title, answers without
    one last. For `By.ALL` there is always exactly one figure.
    """
    groups = found if by is not By.ALL else {None: found.get(None)}
    figures = [
        question.figure(group, by, histogram, hidden=UNDER_K if veil.hides(group) else None)
        for group, histogram in groups.items()
    ]
    if by in FILTERED:
        return sorted(figures, key=lambda f: (f.key is None, f.title.casefold(), f.key or ""))
    return sorted(figures, key=lambda f: f.key or "")


def read_histograms(question: Question, within: Slice, *, by: By) -> dict[Hashable, Histogram]:
    """Count the answers that a question is about, by group. One query."""
    metric = question.measure.metric
    pk: UUID = metric.pk
    return histograms(tenant=question.viewer.tenant, metrics=[metric], by=by, within=within)[pk]


def added(parts: Iterable[Histogram]) -> Histogram | None:
    """Add up the groups of one metric as the database would; None for no group.

    Answers without a weight stay in the counts and out of the weights.
    """
    found = list(parts)
    if not found:
        return None
    counts = _column_sums([one.counts for one in found])
    whole = replace(found[0].without_weights(), counts=counts)
    weighted = [one for one in found if one.weights is not None]
    if not weighted:
        return whole
    return replace(
        whole,
        weights=_column_sums([one.weights or () for one in weighted]),
        weight_count=sum(one.weight_count or 0 for one in weighted),
        weight_squares=sum((one.weight_squares or Decimal(0) for one in weighted), Decimal(0)),
    )


def taken_off(whole: Histogram, part: Histogram) -> Histogram:
    """Give the answers of *whole* that are not in *part*, as the database would.

    Raises ValueError where *part* is no part of *whole*.
    """
    counts = tuple(mine - its for mine, its in zip(whole.counts, part.counts, strict=True))
    count = (whole.weight_count or 0) - (part.weight_count or 0)
    if whole.weights is None or not count:
        return replace(whole.without_weights(), counts=counts)
    nothing = (Decimal(0),) * len(counts)
    masses = zip(whole.weights, part.weights or nothing, strict=True)
    return replace(
        whole,
        counts=counts,
        weights=tuple(mine - its for mine, its in masses),
        weight_count=count,
        weight_squares=(whole.weight_squares or Decimal(0)) - (part.weight_squares or Decimal(0)),
    )


def _column_sums[N: (int, Decimal)](rows: Sequence[Sequence[N]]) -> tuple[N, ...]:
    return tuple(sum(column[1:], column[0]) for column in zip(*rows, strict=True))


def group_end(first: date, by: By) -> date:
    """Give the day after the day, week or month that begins on *first*."""
    if by is By.WEEK:
        return first + timedelta(days=7)
    if by is By.MONTH:
        return (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first + timedelta(days=1)
