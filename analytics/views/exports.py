"""Tables of figures as files, with what makes them readable in a year's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from analytics.selectors.metric_page import BreakdownRow, MetricPage, metric_page
from analytics.selectors.why import why
from analytics.views.asking import asked_of, viewer_of
from analytics.views.metric import measure_or_404, view_of
from analytics.views.why import asked_by
from cxm.kernel.formulas import csv_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analytics.rules.wording import Change
    from analytics.selectors.changes import Family
    from analytics.selectors.figures import GroupFigure
    from analytics.selectors.filters import Filter
    from analytics.selectors.why import JudgedGroup, Why
    from cxm.metrics.figures import Figure

type Cell = str | int | float | None

FIGURE_HEADS = ("value", "ci_low", "ci_high", "n", "n_eff", "method", "hidden because")
WHY_HEADS = (
    "title",
    "part of the change",
    "by its share",
    "by its answers",
    "percent of answers before",
    "percent of answers now",
    "verdict on its share",
    *(f"{head} before" for head in FIGURE_HEADS),
    *(f"{head} now" for head in FIGURE_HEADS),
    "change inside",
    "verdict inside",
)


@require_safe
@tenant_page(Right.SEE_FIGURES)
def metric_export(request: TenantRequest, metric_key: str) -> HttpResponse:
    """Give a table of a metric's page as CSV: the breakdown, the trend or the distribution.

    `table` chooses it, the rest of the query is that of the page. Lines that begin with `#` say
    what the table is about.
    """
    viewer = viewer_of(request)
    measure = measure_or_404(viewer, metric_key)
    shown = metric_page(viewer, measure, asked_of(request, viewer), view_of(request))
    table = request.GET.get("table", "breakdown")
    tables = {"trend": _trend, "distribution": _distribution}
    name = table if table in tables else "breakdown"
    record(
        tenant=viewer.tenant,
        action="figures-exported",
        by=request.membership,
        about=measure.metric,
        changes={"table": name, "filter": shown.total.figure.filter},
    )
    about = _about(shown.total.figure, shown.filter, shown.family, name)
    lines = [*about, *tables.get(name, _breakdown)(shown)]
    return _file(lines, f"{metric_key}-{name}.csv")


@require_safe
@tenant_page(Right.SEE_FIGURES)
def why_export(request: TenantRequest, metric_key: str) -> HttpResponse:
    """Give the groups that a change is made of as CSV; the query is that of the page "why".

    Lines that begin with `#` say what is compared, and in words what is told of it, or why nothing
    can be told.
    """
    viewer = viewer_of(request)
    measure = measure_or_404(viewer, metric_key)
    shown = why(viewer, measure, asked_of(request, viewer), asked_by(request))
    figure = shown.after.figure
    record(
        tenant=viewer.tenant,
        action="figures-exported",
        by=request.membership,
        about=measure.metric,
        changes={"table": "why", "filter": figure.filter},
    )
    lines = [*_about(figure, shown.filter, shown.family, "why"), *_compared(shown)]
    return _file([*lines, *_why_groups(shown)], f"{metric_key}-why.csv")


def _file(lines: Iterable[Sequence[Cell]], name: str) -> HttpResponse:
    answer = HttpResponse(csv_text(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _about(figure: Figure, within: Filter, family: Family, table: str) -> list[tuple[Cell, ...]]:
    last = within.period.last_on
    return [
        ("# metric", figure.title),
        ("# table", table),
        ("# definition", figure.definition),
        ("# definition version", figure.definition_version),
        ("# filter", figure.filter),
        ("# from", str(figure.start_on or "the first answer")),
        ("# to (inclusive)", str(last or "the last answer")),
        ("# time zone", figure.time_zone),
        ("# as of", figure.as_of.isoformat()),
        ("# answers", None if figure.suppressed else figure.n),
        ("# weighted", "yes" if figure.is_weighted else "no"),
        ("# changes tested together", family.size, family.method),
    ]


def _breakdown(shown: MetricPage) -> list[tuple[Cell, ...]]:
    heads = (shown.by.value, "title", *FIGURE_HEADS, "percent of answers", "change", "verdict")
    return [heads, *(_breakdown_line(row) for row in shown.rows)]


def _breakdown_line(row: BreakdownRow) -> tuple[Cell, ...]:
    return (row.key, row.title, *_cells(row.figure), row.share, *_change_cells(row.change))


def _trend(shown: MetricPage) -> list[tuple[Cell, ...]]:
    heads = (f"first day of {shown.line.step.value}", *FIGURE_HEADS)
    return [heads, *(_trend_line(one) for one in shown.line.figures)]


def _trend_line(one: GroupFigure) -> tuple[Cell, ...]:
    return (one.key, *_cells(one.figure))


def _distribution(shown: MetricPage) -> list[tuple[Cell, ...]]:
    heads = ("score", "answers", "class")
    return [heads, *((bin_.label, bin_.count, bin_.tone.value) for bin_ in shown.scores)]


def _compared(shown: Why) -> list[tuple[Cell, ...]]:
    if shown.compared is None:
        return [("# reason", shown.reason)]
    period = shown.compared.period
    lines: list[tuple[Cell, ...]] = [
        ("# compared from", str(period.start_on)),
        ("# compared to (inclusive)", str(period.last_on)),
    ]
    if shown.explained is None:
        return [*lines, ("# reason", shown.reason)]
    return [*lines, *(("# in words", sentence) for sentence in shown.explained.sentences)]


def _why_groups(shown: Why) -> list[tuple[Cell, ...]]:
    if shown.explained is None:
        return []
    return [
        (shown.explained.chosen.dimension.way.key, *WHY_HEADS),
        *(_why_line(one) for one in shown.explained.groups),
    ]


def _why_line(one: JudgedGroup) -> tuple[Cell, ...]:
    group, part = one.group, one.group.part
    return (
        group.key,
        group.title,
        float(part.mix + part.rate),
        float(part.mix),
        float(part.rate),
        float(100 * part.share_before),
        float(100 * part.share_after),
        one.share.word.value,
        *_cells(group.before.figure),
        *_cells(group.after.figure),
        *_change_cells(one.change),
    )


def _cells(figure: Figure) -> tuple[Cell, ...]:
    n = None if figure.suppressed else figure.n
    limits = (figure.value, figure.ci_low, figure.ci_high)
    return (*limits, n, figure.n_eff, figure.method, figure.suppressed)


def _change_cells(change: Change | None) -> tuple[Cell, ...]:
    return (None, None) if change is None else (change.value, change.words)
