"""What the churn page shows: definitions side by side, months, curves, cohorts, and the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from analytics.models import ChurnDefinition, ChurnDefinitionVersion, ChurnRun, ChurnSpan
from analytics.rules.churn import read_churn_rule
from analytics.rules.churn_months import just_after, month_after
from analytics.rules.churn_moves import Move
from analytics.rules.churn_shapes import (
    ChurnBrief,
    ChurnResult,
    MonthMoves,
    read_brief,
    read_result,
)
from analytics.selectors.churn_cells import month_cells
from cxm.kernel.charts import TrendPoint
from cxm.metrics.figures import Figure
from cxm.metrics.rules.days import day_start
from cxm.metrics.rules.retention import churn_rate

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

    from analytics.rules.churn import ChurnRule
    from analytics.selectors.figures import Viewer
    from cxm.metrics.rules.statistic import Estimate
    from cxm.tenants.models import Tenant

DECIMALS = 1
RATE_WORDS = (
    "Customers who were there when the month began and are not when it ends, in percent of those "
    "who were there when it began. Who came inside the month is in neither; who left and came "
    "back inside it stayed."
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A definition with its rule in force, and what the newest count by it found, if any."""

    definition: ChurnDefinition
    rule: ChurnRule
    brief: ChurnBrief | None
    run: ChurnRun | None

    @property
    def at(self) -> datetime | None:
        """When it was counted."""
        return self.run.at if self.run else None

    @property
    def result(self) -> ChurnResult | None:
        """All the rest that was found; one query, and much to read."""
        return read_result(self.run.result) if self.run else None

    @property
    def last_month(self) -> MonthMoves | None:
        """The newest month of which it is known who left."""
        over = [one for one in self.brief.months if _is_known(one)] if self.brief else []
        return over[-1] if over else None


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One line of the table of months, its rate with its interval and its links."""

    moves: MonthMoves
    title: str
    rate: Estimate
    urls: dict[Move, str]

    @property
    def linked(self) -> SafeString:
        """Its cells, each number a link to its rows."""
        return month_cells(self.moves, self.rate, self.urls)

    @property
    def plain(self) -> SafeString:
        """Its cells for those who may not open the rows."""
        return month_cells(self.moves, self.rate, {})


def counted_definitions(tenant: Tenant) -> list[Counted]:
    """Load the definitions that are not archived, the leading one first. Two queries."""
    rows = ChurnDefinitionVersion.objects.for_tenant(tenant).filter(
        definition__archived_at=None, number=F("definition__version")
    )
    order = ("-definition__is_headline", "definition__title", "definition__pk")
    rules = {}
    for version in rows.select_related("definition").order_by(*order):
        version.definition.tenant = tenant
        rules[version.definition] = read_churn_rule(version.definition.kind, version.config)
    runs = ChurnRun.objects.for_tenant(tenant).filter(
        definition__in=list(rules), version=F("definition__version")
    )
    newest = {
        one.definition_id: one
        for one in runs.order_by("definition", "-at", "-pk").distinct("definition").defer("result")
    }
    return [
        Counted(one, rule, read_brief(run.brief) if run else None, run)
        for one, rule in rules.items()
        for run in [newest.get(one.pk)]
    ]


def rate_figure(viewer: Viewer, counted: Counted, moves: MonthMoves, *, may_open: bool) -> Figure:
    """Give the churn of a month as a figure; its rows are those who were there at its start.

    It leads to the table of months for those who may not open the rows.
    """
    rate = churn_rate(moves.start, moves.lost)
    address = rows_url(viewer, counted.definition, Move.START, moves.day)
    if not may_open:
        page = reverse("analytics:churn", args=[viewer.tenant.slug])
        address = f"{page}?{urlencode({'definition': counted.definition.key})}#months"
    return Figure(
        metric_key=f"churn-{counted.definition.key}",
        title=f"Churn in {month_title(moves)}",
        unit="%",
        decimals=DECIMALS,
        value=rate.value,
        n=rate.n,
        n_eff=None,
        ci_low=rate.ci_low,
        ci_high=rate.ci_high,
        method=rate.method,
        definition=f"{RATE_WORDS} {counted.rule.words}",
        definition_version=counted.definition.version,
        filter=address.partition("?")[2],
        start_on=date.fromisoformat(moves.day),
        end_on=month_after(date.fromisoformat(moves.day)),
        time_zone=viewer.tenant.time_zone,
        as_of=counted.at or viewer.now,
        suppressed=None,
        restated=False,
        is_weighted=False,
        rows_url=address,
    )


def month_rows(viewer: Viewer, counted: Counted) -> list[MonthRow]:
    """Lay out the months, the newest first."""
    months = counted.brief.months if counted.brief else ()
    page = _rows_page(viewer, counted.definition)
    return [
        MonthRow(
            one,
            month_title(one),
            churn_rate(one.start, one.lost),
            {
                move: _rows_of(page, move, one.day)
                for move in (Move.START, Move.LOST, Move.WON, Move.BACK, Move.END)
            },
        )
        for one in reversed(months)
    ]


def month_points(rows: list[MonthRow], *, may_open: bool) -> list[TrendPoint]:
    """Give the churn of the months that are over as a line, the oldest first."""
    return [
        TrendPoint(
            row.title,
            row.rate.value,
            row.rate.ci_low,
            row.rate.ci_high,
            row.rate.n,
            row.urls[Move.LOST] if may_open else "",
        )
        for row in reversed(rows)
        if _is_known(row.moves)
    ]


def _is_known(moves: MonthMoves) -> bool:
    return moves.is_over and moves.is_settled


def month_title(moves: MonthMoves) -> str:
    """Name a month: Mar 2026."""
    return date.fromisoformat(moves.day).strftime("%b %Y")


def rows_url(viewer: Viewer, definition: ChurnDefinition, move: Move, month: str = "") -> str:
    """Give the address that lists the customers of one number."""
    return _rows_of(_rows_page(viewer, definition), move, month)


def _rows_page(viewer: Viewer, definition: ChurnDefinition) -> str:
    return reverse("analytics:churn-customers", args=[viewer.tenant.slug, definition.pk])


def _rows_of(page: str, move: Move, month: str) -> str:
    # Words of this module and dates: nothing in them needs quoting.
    return f"{page}?what={move.value}{f'&month={month}' if month else ''}"


def spans_behind(
    definition: ChurnDefinition,
    move: Move,
    month: MonthMoves | None,
    counted_at: datetime,
) -> QuerySet[ChurnSpan]:
    """Give one span for each customer that a number counted, in a total order.

    Those who left are listed once for each time they did.

    *month* is needed for all but those who are there or gone now; a running month ends at
    *counted_at*.
    """
    spans = ChurnSpan.objects.for_tenant(definition.tenant_id)
    # Whoever was erased since the last count is on no list.
    rows = spans.filter(definition=definition, customer__erased_at=None)
    own = rows.filter(customer=OuterRef("customer"))
    if move is Move.LEFT:
        return rows.exclude(to_at=None).order_by("-to_at", "pk")
    if month is None:
        later = own.filter(number__gt=OuterRef("number"))
        here = Q(to_at__isnull=move is Move.THERE)
        return rows.filter(here).exclude(Exists(later)).order_by("-to_at", "-from_at", "pk")
    zone = ZoneInfo(definition.tenant.time_zone)
    first = date.fromisoformat(month.day)
    start = day_start(first, zone)
    end = day_start(month_after(first), zone) if month.is_over else just_after(counted_at)
    at_start, at_end = rows.filter(_at(start)), rows.filter(_at(end))
    match move:
        case Move.START:
            found = at_start
        case Move.LOST:
            found = at_start.filter(to_at__lt=end).exclude(Exists(own.filter(_at(end))))
        case Move.WON:
            before = own.filter(from_at__lt=start)
            found = at_end.filter(from_at__gte=start).exclude(Exists(before))
        case Move.BACK:
            back = at_end.filter(Exists(own.filter(from_at__lt=start)), from_at__gte=start)
            found = back.exclude(Exists(own.filter(_at(start))))
        case _:
            found = at_end
    return found.order_by("-from_at", "pk")


def _at(moment: datetime) -> Q:
    return Q(from_at__lt=moment) & (Q(to_at__isnull=True) | Q(to_at__gte=moment))
