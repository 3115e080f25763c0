"""The pages of the product as parts of a report, read by the selectors of the pages themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from django.urls import reverse

from analytics.rules.alert_states import AlertState
from analytics.rules.periods import CUSTOM, Period, compared_period
from analytics.rules.tile_wording import alerts_said, days_told, interval_told, number_told
from analytics.selectors.alerts import alerts_of, state_counts
from analytics.selectors.churn import (
    counted_definitions,
    month_points,
    month_rows,
    rate_figure,
)
from analytics.selectors.filters import for_guest, read_filter
from analytics.selectors.goals import GOAL_HEADS, goal_cells, goals_of, goals_said, goals_shown
from analytics.selectors.histograms import By
from analytics.selectors.metric_page import View, metric_page, metric_url
from analytics.selectors.names import NAMED, measures
from analytics.selectors.overview import overview
from analytics.selectors.report_shapes import (
    FIGURE_HEADS,
    ReportSection,
    SectionTable,
    figure_cells,
    figure_said,
    line_drawn,
)
from analytics.selectors.why import why, why_url
from analytics.selectors.why_pictures import bridge, group_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.rules.reports import ReportPage
    from analytics.selectors.figures import Viewer
    from analytics.selectors.filters import Asked, Filter
    from analytics.selectors.metric_page import MetricPage
    from analytics.selectors.names import Measure
    from analytics.selectors.overview import Overview
    from analytics.selectors.why import Why

GONE = "What this part is about is not there any more: change the report, or take the part out."
MOST_ALERTS = 20
MOST_GOALS = 50
# What pages read beside the filter.
_OTHERS = frozenset({"by", "sort", "order", "step", "metric", "table"})


@dataclass(frozen=True, slots=True)
class Asking:
    """Who reads a part, and which; *may_open* says whether customers may be listed."""

    viewer: Viewer
    page: ReportPage
    may_open: bool

    @property
    def query(self) -> dict[str, list[str]]:
        """Give the query of the page."""
        return parse_qs(self.page.query)

    def one(self, name: str) -> str:
        """Give the last value of a parameter, empty when it is absent."""
        values = self.query.get(name, [])
        return values[-1] if values else ""

    def asked(self) -> Asked:
        """Read the filter, narrowed to what the reader may choose."""
        today = self.viewer.today
        asked = read_filter(self.query, today=today, others=_OTHERS)
        return asked if self.viewer.sees_rows else for_guest(asked, today=today)


def overview_section(asking: Asking) -> ReportSection:
    """Say how every metric stands, and where it hurts."""
    viewer = asking.viewer
    shown = overview(viewer, asking.asked(), metric_key=asking.one("metric"))
    chosen = pinned(viewer, shown.filter)
    query = chosen.query()
    page = reverse("analytics:overview", args=[viewer.tenant.slug])
    return ReportSection(
        title="Overview",
        sentences=(*shown.ignored, *(() if shown.tiles else ("Nobody answered.",))),
        figures=tuple(figure_said(one.figure, one.change) for one in shown.tiles),
        tables=_overview_tables(shown),
        url=f"{page}?{query}" if query else page,
        about=about_of(viewer, shown.filter),
    )


def _overview_tables(shown: Overview) -> tuple[SectionTable, ...]:
    tables = []
    if shown.tiles:
        rows = tuple(
            (one.measure.metric.title, *figure_cells(one.figure, one.change)) for one in shown.tiles
        )
        tables.append(SectionTable("Metrics", ("Metric", *FIGURE_HEADS), rows))
    if shown.pains and shown.pains.worst:
        worst = tuple(
            (one.title, *figure_cells(one.figure, one.change)) for one in shown.pains.worst
        )
        title = f"{shown.pains.measure.metric.title}: where it hurts most"
        tables.append(SectionTable(title, ("Touchpoint", *FIGURE_HEADS), worst))
    return tuple(tables)


def metric_section(asking: Asking) -> ReportSection:
    """Say a metric, its change, its line over time and its breakdown."""
    viewer, measure = asking.viewer, _measure(asking)
    if measure is None:
        return ReportSection(title=asking.page.of, sentences=(GONE,))
    by = asking.one("by")
    view = View(by=By(by) if by in set(NAMED) else None, step=asking.one("step"))
    shown = metric_page(viewer, measure, asking.asked(), view)
    return ReportSection(
        title=measure.metric.title,
        sentences=shown.ignored,
        figures=(figure_said(shown.total.figure, shown.change),),
        tables=_metric_tables(shown),
        picture=line_drawn(
            measure.metric.title,
            shown.line.points,
            decimals=measure.version.decimals,
            bounds=measure.bounds,
        ),
        url=metric_url(viewer, measure.metric.key, pinned(viewer, shown.filter)),
        about=about_of(viewer, shown.filter),
    )


def _metric_tables(shown: MetricPage) -> tuple[SectionTable, ...]:
    step = shown.line.step.value.capitalize()
    line = tuple((one.title, *figure_cells(one.figure, None)[:3]) for one in shown.line.figures)
    groups = tuple((row.title, *figure_cells(row.figure, row.change)) for row in shown.rows)
    found = (
        SectionTable("Over time", (step, *FIGURE_HEADS[:3]), line),
        SectionTable(f"By {shown.by.value}", (shown.by.value.capitalize(), *FIGURE_HEADS), groups),
    )
    return tuple(one for one in found if one.rows)


def why_section(asking: Asking) -> ReportSection:
    """Say why a metric changed between two periods."""
    viewer, measure = asking.viewer, _measure(asking)
    if measure is None:
        return ReportSection(title=f"Why {asking.page.of} changed", sentences=(GONE,))
    shown = why(viewer, measure, asking.asked(), asking.one("by"))
    figures = [figure_said(shown.after.figure, shown.change)]
    if shown.before:
        figures.insert(0, figure_said(shown.before.figure))
    said = shown.explained.sentences if shown.explained else [shown.reason]
    return ReportSection(
        title=f"Why {measure.metric.title} changed",
        sentences=(*said, *shown.ignored),
        figures=tuple(figures),
        tables=_why_tables(shown),
        url=why_url(viewer, measure.metric.key, pinned(viewer, shown.filter)),
        about=about_of(viewer, shown.filter),
    )


def _why_tables(shown: Why) -> tuple[SectionTable, ...]:
    if shown.explained is None:
        return ()
    way = shown.explained.chosen.dimension.way
    steps = tuple((one.title, one.words, one.interval, one.verdict) for one in bridge(shown))
    groups = tuple(
        (
            f"{one.title} ({one.note})" if one.note else one.title,
            f"{one.share_before} to {one.share_after}",
            one.mix,
            one.rate,
            one.total,
        )
        for one in group_lines(shown)
    )
    heads = (way.noun.capitalize(), "Share", "By who answered", "By what they answered", "In all")
    return (
        SectionTable("From before to now", ("Step", "Amount", "95% interval", "Test"), steps),
        SectionTable(f"What the {way.nouns} gave to the change", heads, groups),
    )


def churn_section(asking: Asking) -> ReportSection:
    """Say who left in the last whole month, and in the months before."""
    viewer = asking.viewer
    every = counted_definitions(viewer.tenant)
    key = asking.page.of
    one = next((one for one in every if one.definition.key == key), None)
    one = one or (every[0] if every and not key else None)
    if one is None:
        said = GONE if key else "Nobody has said yet what churn is."
        return ReportSection(title="Churn", sentences=(said,))
    page = reverse("analytics:churn", args=[viewer.tenant.slug])
    url = f"{page}?{urlencode({'definition': one.definition.key})}"
    title = f"Churn: {one.definition.title}"
    month = one.last_month
    if month is None:
        return ReportSection(title=title, sentences=("No month is over yet.",), url=url)
    figure = rate_figure(viewer, one, month, may_open=asking.may_open)
    points = month_points(month_rows(viewer, one), may_open=False)
    rows = tuple(
        (
            point.label,
            number_told(point.value, 1, "%" if point.value is not None else ""),
            interval_told(point.low, point.high, 1),
            f"{point.n:,}",
        )
        for point in reversed(points)
    )
    heads = ("Month", "Churn", "95% interval", "Customers at the start")
    return ReportSection(
        title=title,
        figures=(figure_said(figure, noun="customer"),),
        tables=(SectionTable("By month", heads, rows),),
        picture=line_drawn(
            "Churn", points, decimals=1, noun="customer", unit="%", bounds=(0.0, 100.0)
        ),
        url=url,
        about=(("Definition", one.rule.words), *_moment(viewer)),
    )


def alerts_section(asking: Asking) -> ReportSection:
    """Say what rang and nobody has taken note of."""
    tenant = asking.viewer.tenant
    counts = state_counts(tenant)
    alerts = alerts_of(tenant, state=AlertState.OPEN)[:MOST_ALERTS]
    rows = tuple(
        (one.title, one.figure["condition"], f"{one.figure['n']:,}", one.rang_on.isoformat())
        for one in alerts
    )
    heads = ("Alert", "Condition", "Answers", "Rang on")
    still, snoozed = counts[AlertState.OPEN], counts[AlertState.SNOOZED]
    said = alerts_said(still, snoozed) if still or snoozed else "Nothing is open."
    return ReportSection(
        title="Open alerts",
        sentences=(said,),
        tables=(SectionTable("The newest", heads, rows),) if rows else (),
        url=reverse("analytics:alert-list", args=[tenant.slug]),
        about=_moment(asking.viewer),
    )


def goals_section(asking: Asking) -> ReportSection:
    """Say how far the goals are, the first due first."""
    viewer = asking.viewer
    shown = goals_shown(viewer, list(goals_of(viewer.tenant)[:MOST_GOALS]))
    rows = tuple(goal_cells(one) for one in shown)
    return ReportSection(
        title="Strategy",
        sentences=(goals_said(shown),),
        tables=(SectionTable("Goals", GOAL_HEADS, rows),) if rows else (),
        url=reverse("analytics:metric-goal-list", args=[viewer.tenant.slug]),
        about=_moment(viewer),
    )


def pinned(viewer: Viewer, chosen: Filter) -> Filter:
    """Give a filter whose link shows the same days whenever it is opened.

    A period stays named where dates alone would be compared with other days, and for those who
    may choose named periods only.
    """
    period = chosen.period
    if not viewer.sees_rows or period.start_on is None or period.end_on is None:
        return chosen
    dated = Period(CUSTOM, period.start_on, period.end_on)
    if compared_period(dated, chosen.compare) != compared_period(period, chosen.compare):
        return chosen
    return replace(chosen, period=dated)


def _measure(asking: Asking) -> Measure | None:
    found: Sequence[Measure] = measures(asking.viewer.tenant, only=asking.page.of)
    return found[0] if found else None


def pinned_url(viewer: Viewer, url: str) -> str:
    """Give the address of a page that takes filters with its days fixed, as `pinned` does."""
    path, _, query = url.partition("?")
    told = parse_qs(query)
    kept = [(name, value) for name in _OTHERS & set(told) for value in told[name]]
    chosen = pinned(viewer, read_filter(told, today=viewer.today, others=_OTHERS).filter)
    parts = [part for part in (chosen.query(), urlencode(sorted(kept))) if part]
    return f"{path}?{'&'.join(parts)}" if parts else path


def about_of(viewer: Viewer, chosen: Filter) -> tuple[tuple[str, str], ...]:
    """Say what a part is made of, as pairs of a label and words."""
    days = days_told(chosen.period.start_on, chosen.period.end_on)
    return (("Days", days), ("Filter", chosen.query() or "none"), *_moment(viewer))


def _moment(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    return (("Time zone", viewer.tenant.time_zone),)
