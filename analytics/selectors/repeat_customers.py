"""What the page of repeat customers shows: the rate, the trial of the model, and the customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import F, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from analytics.models import PurchaseDefinition, PurchaseRun, RepeatCustomer
from analytics.rules.purchase_shapes import TENTHS, read_purchase_result
from analytics.selectors.purchase_rule import purchase_definition, rule_in_force
from cxm.kernel.charts import Segment, axis
from cxm.kernel.drawing.running_lines import RunningLine, running_lines
from cxm.metrics.figures import Figure
from cxm.metrics.rules.statistic import share_estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from analytics.rules.purchase_shapes import CurvePoint, Holdout, PurchaseResult
    from analytics.rules.purchases import PurchaseRule
    from analytics.selectors.figures import Viewer
    from cxm.kernel.charts import Axis
    from cxm.tenants.models import Tenant

DECIMALS = 1
RATE_WORDS = "Customers who bought on a second day, in percent of all who ever bought."
SORTS = ("value", "alive", "expected", "repeats", "last_on")


@dataclass(frozen=True, slots=True)
class CountedPurchases:
    """What counts as a purchase, and the newest run by the version in force, if there is one."""

    definition: PurchaseDefinition
    rule: PurchaseRule
    run: PurchaseRun | None
    result: PurchaseResult | None


@dataclass(frozen=True, slots=True)
class DrawnTrial:
    """Repeat purchases that came and that the model expected, drawn, with the same as a table.

    *miss_percent* is expected minus observed after the cut, in percent of the observed.
    """

    picture: SafeString
    scale: Axis
    rows: tuple[CurvePoint, ...]
    start: date
    cut: date
    end: date
    holdout: Holdout
    miss_percent: float | None


def counted_purchases(tenant: Tenant) -> CountedPurchases | None:
    """Load what counts as a purchase and what was found; None before anybody said it.

    Three queries, one without settings.
    """
    definition = purchase_definition(tenant)
    if definition is None:
        return None
    runs = PurchaseRun.objects.for_tenant(tenant).filter(
        definition=definition, version=definition.version
    )
    run = runs.order_by("-at", "-pk").first()
    result = read_purchase_result(run.result) if run else None
    return CountedPurchases(definition, rule_in_force(definition), run, result)


def repeat_rate(viewer: Viewer, counted: CountedPurchases, *, may_open: bool) -> Figure | None:
    """Give the share of buyers who bought again, with its Wilson interval; None before a run.

    It leads to the buyers, or to the page for those who may not open them.
    """
    if counted.run is None or counted.result is None:
        return None
    rate = share_estimate(counted.result.again, counted.result.buyers)
    name = "analytics:repeat-customer-list" if may_open else "analytics:repeat-customers"
    return Figure(
        metric_key="repeat-purchase-rate",
        title="Repeat purchase rate",
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
        filter="",
        start_on=None,
        end_on=None,
        time_zone=viewer.tenant.time_zone,
        as_of=counted.run.at,
        suppressed=None,
        restated=False,
        is_weighted=False,
        rows_url=reverse(name, args=[viewer.tenant.slug]),
    )


def drawn_trial(result: PurchaseResult) -> DrawnTrial | None:
    """Draw how the model did on days it had not seen; None where it was not tried."""
    trial = result.holdout
    if trial is None:
        return None
    days = [date.fromisoformat(point.day) for point in trial.curve]
    start, length = days[0], max((days[-1] - days[0]).days, 1)
    places = [(day - start).days / length for day in days]
    scale = axis([0.0, *(max(point.observed, point.expected) for point in trial.curve)])
    seen = [float(point.observed) for point in trial.curve]
    expected = [point.expected for point in trial.curve]
    cut = date.fromisoformat(trial.cut)
    picture = running_lines(
        [
            RunningLine(list(zip(places, seen, strict=True)), "persona-c1"),
            RunningLine(list(zip(places, expected, strict=True)), "persona-c2"),
        ],
        scale=scale,
        label="Repeat purchases so far, seen and expected",
        mark=(cut - start).days / length,
    )
    gap = trial.expected - trial.observed
    return DrawnTrial(
        picture=SafeString(picture),  # the writer of SVG escapes every value
        scale=scale,
        rows=trial.curve,
        start=start,
        cut=cut,
        end=date.fromisoformat(trial.end),
        holdout=trial,
        miss_percent=100 * gap / trial.observed if trial.observed else None,
    )


def alive_bins(viewer: Viewer, result: PurchaseResult, *, may_open: bool) -> list[Segment]:
    """Give how many of those who bought again are in each tenth of P(alive), with their rows."""
    address = reverse("analytics:repeat-customer-list", args=[viewer.tenant.slug])
    return [
        Segment(
            f"{100 * tenth // TENTHS}–{100 * (tenth + 1) // TENTHS}%",
            count,
            url=f"{address}?{urlencode({'tenth': tenth, 'sort': 'alive'})}" if may_open else "",
        )
        for tenth, count in enumerate(result.tenths)
    ]


def repeat_customers(
    tenant: Tenant, *, sort: str, is_up: bool, tenth: int | None = None, again: bool | None = None
) -> QuerySet[RepeatCustomer]:
    """Give the buyers in a total order by one of SORTS; those without the number come last.

    *tenth* keeps those in one tenth of P(alive), *again* those who did, or did not, buy again.
    """
    # Whoever was erased since the last count is on no list.
    rows = RepeatCustomer.objects.for_tenant(tenant).filter(customer__erased_at=None)
    if tenth is not None:
        top = Q() if tenth == TENTHS - 1 else Q(alive__lt=(tenth + 1) / TENTHS)
        rows = rows.filter(top, alive__gte=tenth / TENTHS)
    if again is not None:
        rows = rows.filter(repeats__gt=0) if again else rows.filter(repeats=0)
    order = F(sort).asc(nulls_last=True) if is_up else F(sort).desc(nulls_last=True)
    return rows.order_by(order, "pk")


def as_of_day(row: RepeatCustomer) -> date:
    """Give the last day that the numbers of *row* know of."""
    return row.first_on + timedelta(days=round(7 * row.age_weeks))


def chosen_sort(query: Mapping[str, str]) -> tuple[str, bool]:
    """Read `sort` and `order` of an address; the highest value first where nothing is asked."""
    sort = query.get("sort", "")
    return (sort if sort in SORTS else SORTS[0]), query.get("order") == "up"
