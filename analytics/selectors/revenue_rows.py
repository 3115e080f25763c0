"""Recurring revenue as the churn page shows it: bridges by month and tiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from analytics.rules.churn import ContractEnd
from analytics.rules.churn_months import month_after
from analytics.rules.revenue_moves import RevenueMove
from analytics.selectors.churn import DECIMALS
from cxm.kernel.figures import NO_INTERVAL
from cxm.metrics.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from analytics.models import ChurnDefinition
    from analytics.rules.churn_shapes import Contracts, ContractValue
    from analytics.rules.revenue_moves import RevenueMonth
    from analytics.selectors.churn import Counted
    from analytics.selectors.figures import Viewer

CHURN_WORDS = (
    "Monthly revenue of those who paid when the month began, lost because they pay nothing or "
    "less when it ends, in percent of what they paid at its start. New and reactivated revenue "
    "and expansion are left out. Limits by drawing holders of contracts anew."
)
NET_WORDS = (
    "Monthly revenue, when the month ends, of those who paid when it began, in percent of what "
    "they paid then: less what churned and contracted, and more by expansion. New and "
    "reactivated revenue is left out. Limits by drawing holders of contracts anew."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a bridge: its amount, how many holders are behind it, where they stand."""

    label: str
    amount: Decimal
    holders: int
    url: str


@dataclass(frozen=True, slots=True)
class RevenueRow:
    """One month of a bridge; `cells` in the order of the head."""

    month: RevenueMonth
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ShownRevenue:
    """Revenue in one *currency*: the newest month first; *last* is the newest that is over.

    *value* is what a new holder is worth, None where too few were watched.
    """

    currency: str
    heads: tuple[str, ...]
    rows: tuple[RevenueRow, ...]
    last: RevenueRow | None
    figures: tuple[Figure, ...]
    value: Figure | None = None


def shown_revenue(
    viewer: Viewer, counted: Counted, contracts: Contracts, currency: str, *, may_open: bool
) -> ShownRevenue:
    """Lay out the bridges of one currency."""
    months = [one for one in contracts.revenue if one.currency == currency]
    rows = tuple(_row(viewer, counted.definition, one) for one in reversed(months))
    last = next((row for row in rows if row.month.is_over), None)
    figures: tuple[Figure, ...] = ()
    # A rate without its interval is no figure: one holder alone does not vary.
    if last and last.month.gross_low is not None:
        figures = _figures(viewer, counted, last.month, may_open=may_open)
    value = next((one for one in contracts.values if one.currency == currency), None)
    return ShownRevenue(
        currency,
        tuple(one.label for one in RevenueMove),
        rows,
        last,
        figures,
        _value(viewer, counted, value, may_open=may_open) if value else None,
    )


def revenue_url(
    viewer: Viewer, definition: ChurnDefinition, month: RevenueMonth, move: RevenueMove
) -> str:
    """Give the address that lists whose amounts add up to one number of a bridge."""
    query = {"what": move.value, "month": month.day, "currency": month.currency}
    address = reverse("analytics:churn-revenue", args=[viewer.tenant.slug, definition.pk])
    return f"{address}?{urlencode(query)}"


def value_url(viewer: Viewer, definition: ChurnDefinition, currency: str) -> str:
    """Give the address that lists the holders whose times and payments a value is made of."""
    address = reverse("analytics:churn-value", args=[viewer.tenant.slug, definition.pk])
    return f"{address}?{urlencode({'currency': currency})}"


def revenue_title(month: RevenueMonth) -> str:
    """Name a month: Mar 2026."""
    return date.fromisoformat(month.day).strftime("%b %Y")


def _row(viewer: Viewer, definition: ChurnDefinition, month: RevenueMonth) -> RevenueRow:
    cells = tuple(
        Cell(
            move.label,
            month.amount(move),
            month.count(move),
            revenue_url(viewer, definition, month, move),
        )
        for move in RevenueMove
    )
    return RevenueRow(month, revenue_title(month), cells)


def _figures(
    viewer: Viewer, counted: Counted, month: RevenueMonth, *, may_open: bool
) -> tuple[Figure, ...]:
    churned: Sequence[float | None] = [
        None if one is None else 100 - one
        for one in (month.gross, month.gross_high, month.gross_low)
    ]
    net = (month.net, month.net_low, month.net_high)
    shapes = [
        ("revenue-churn", "Revenue churn", churned, CHURN_WORDS),
        ("net-revenue-retention", "Net revenue retention", net, NET_WORDS),
    ]
    address = revenue_url(viewer, counted.definition, month, RevenueMove.OPENING)
    if not may_open:
        page = reverse("analytics:churn", args=[viewer.tenant.slug])
        address = f"{page}?{urlencode({'definition': counted.definition.key})}#revenue"
    first = date.fromisoformat(month.day)
    return tuple(
        Figure(
            metric_key=f"{key}-{counted.definition.key}",
            title=f"{title} in {revenue_title(month)}, {month.currency}",
            unit="%",
            decimals=DECIMALS,
            value=value,
            n=month.count(RevenueMove.OPENING),
            n_eff=None,
            ci_low=low,
            ci_high=high,
            method="bootstrap",
            definition=f"{words} {counted.rule.words}",
            definition_version=counted.definition.version,
            filter=address.partition("?")[2],
            start_on=first,
            end_on=month_after(first),
            time_zone=viewer.tenant.time_zone,
            as_of=counted.at or viewer.now,
            suppressed=None,
            restated=False,
            is_weighted=False,
            rows_url=address,
        )
        for key, title, (value, low, high), words in shapes
    )


def _value(viewer: Viewer, counted: Counted, found: ContractValue, *, may_open: bool) -> Figure:
    """Give what a new holder is worth as a figure; its rows are all holders."""
    rule = counted.rule
    words = rule.value_words if isinstance(rule, ContractEnd) else ""
    address = value_url(viewer, counted.definition, found.currency)
    if not may_open:
        page = reverse("analytics:churn", args=[viewer.tenant.slug])
        address = f"{page}?{urlencode({'definition': counted.definition.key})}#revenue"
    months = f"{found.months} month{'' if found.months == 1 else 's'}"
    return Figure(
        metric_key=f"contract-value-{counted.definition.key}",
        title=f"Worth of a new holder in {months}",
        unit=found.currency,
        decimals=2,
        value=found.value,
        n=found.holders,
        n_eff=None,
        ci_low=found.low,
        ci_high=found.high,
        method="bootstrap" if found.low is not None else NO_INTERVAL,
        definition=f"{words} {counted.rule.words}",
        definition_version=counted.definition.version,
        filter=address.partition("?")[2],
        start_on=None,
        end_on=None,
        time_zone=viewer.tenant.time_zone,
        as_of=counted.at or viewer.now,
        suppressed=None,
        restated=False,
        is_weighted=False,
        rows_url=address,
    )
