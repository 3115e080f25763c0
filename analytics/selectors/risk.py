"""What the pages of risk show: the models side by side, their trial, and customers by risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.safestring import SafeString

from analytics.models import ChurnDefinition, RiskRun, RiskScore, RiskSetting
from analytics.rules.risk_inputs import input_of
from analytics.rules.risk_scoring import read_reason
from analytics.rules.risk_shapes import RiskResult, read_risk_result
from analytics.rules.risk_wording import reason_words, trial_words, value_words
from cxm.customers.models import SegmentMember
from cxm.kernel.charts import axis
from cxm.kernel.drawing.bridge import bridge_bar
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

    from analytics.rules.risk_shapes import Tenth, Weight
    from cxm.customers.models import Segment
    from cxm.tenants.models import Tenant

SORTS = ("at_stake", "within_90", "within_60", "within_30", "amount", "coverage")


@dataclass(frozen=True, slots=True)
class CountedRisk:
    """A definition, and what the newest count of its risks by its rule in force found, if any."""

    definition: ChurnDefinition
    run: RiskRun | None
    result: RiskResult | None

    @property
    def is_offered(self) -> bool:
        """Say whether risks are told."""
        return bool(self.result and self.result.is_offered)

    @property
    def trial_words(self) -> str:
        """Say how right the model was; empty where it was not tried."""
        result = self.result
        if result is None or result.trial is None:
            return ""
        return trial_words(result.trial, result.cut_on)


@dataclass(frozen=True, slots=True)
class TenthRow:
    """A tenth of the customers as the page shows it: its number, its numbers, its picture."""

    number: int
    tenth: Tenth
    picture: SafeString


@dataclass(frozen=True, slots=True)
class WeightRow:
    """An input as the page shows it."""

    title: str
    weight: Weight
    usual: str


def risk_is_hidden(tenant: Tenant, may: Callable[[Right], bool]) -> bool:
    """Say whether the workspace hides risks from somebody: from those who make no segments."""
    if may(Right.EDIT_SEGMENTS):
        return False
    return is_hidden_from_agents(tenant)


def is_hidden_from_agents(tenant: Tenant) -> bool:
    """Say whether the workspace hides risks from those who serve customers. One query."""
    return RiskSetting.objects.for_tenant(tenant).filter(is_hidden_from_agents=True).exists()


def counted_risks(tenant: Tenant) -> list[CountedRisk]:
    """Load the definitions that are not archived, the leading one first. Two queries."""
    rows = ChurnDefinition.objects.for_tenant(tenant).filter(archived_at=None)
    ordered = list(rows.select_related("tenant").order_by("-is_headline", "title", "pk"))
    runs = RiskRun.objects.for_tenant(tenant).filter(
        definition__in=ordered, version=F("definition__version")
    )
    newest = {
        one.definition_id: one
        for one in runs.order_by("definition", "-at", "-pk").distinct("definition")
    }
    return [
        CountedRisk(one, run, read_risk_result(run.result) if run else None)
        for one in ordered
        for run in [newest.get(one.pk)]
    ]


def tenth_rows(result: RiskResult) -> list[TenthRow]:
    """Draw the tenths of the deciding trial: a bar of what was expected, the interval of what came.

    Empty where nothing was tried.
    """
    trial = result.trial
    if trial is None:
        return []
    scale = axis([0.0, *(max(one.high, one.expected) for one in trial.tenths)])
    return [
        TenthRow(
            number,
            one,
            # The writer of SVG escapes every value.
            SafeString(bridge_bar(0.0, one.expected, scale=scale, low=one.low, high=one.high)),
        )
        for number, one in enumerate(trial.tenths, 1)
    ]


def weight_rows(result: RiskResult) -> list[WeightRow]:
    """Tell the inputs of the model, those that weigh most first."""
    ordered = sorted(result.weights, key=lambda one: -max(one.odds, 1 / one.odds))
    return [
        WeightRow(input_of(one.key).title, one, value_words(one.key, one.usual)) for one in ordered
    ]


def left_out_rows(result: RiskResult) -> list[tuple[str, str]]:
    """Give title and reason of the inputs that were not used."""
    return [(input_of(one.key).title, one.reason) for one in result.left_out]


def risk_scores(
    definition: ChurnDefinition, *, sort: str, is_up: bool, segment: Segment | None = None
) -> QuerySet[RiskScore]:
    """Give customers in a total order by one of SORTS; those without the number come last.

    Amounts of several currencies are not compared: one currency after the other.
    """
    # Whoever was erased or joined to somebody since the last count is on no list.
    rows = RiskScore.objects.for_tenant(definition.tenant_id).filter(
        definition=definition, customer__erased_at=None, customer__root=F("customer")
    )
    if segment is not None:
        members = SegmentMember.objects.for_tenant(definition.tenant_id)
        inside = members.filter(segment=segment, to_at=None).values("customer__root")
        rows = rows.filter(customer__in=inside)
    order = F(sort).asc(nulls_last=True) if is_up else F(sort).desc(nulls_last=True)
    first = [F("currency").desc()] if sort in {"at_stake", "amount"} else []
    return rows.order_by(*first, order, "-within_90", "pk")


def reasons_of(row: RiskScore) -> list[str]:
    """Give the reasons of one customer in words, the largest first."""
    return [reason_words(read_reason(one)) for one in row.reasons]


def chosen_risk_sort(query: Mapping[str, str]) -> tuple[str, bool]:
    """Read `sort` and `order` of an address; the most at stake first where nothing is asked."""
    sort = query.get("sort", "")
    return (sort if sort in SORTS else SORTS[0]), query.get("order") == "up"
