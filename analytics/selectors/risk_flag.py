"""The risk of one customer, for the agent's page, the panel and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics.models import RiskScore
from analytics.rules.risk_scoring import read_reason
from analytics.rules.risk_wording import percent_words, reason_words, reasons_words
from analytics.selectors.risk import CountedRisk, counted_risks, risk_is_hidden
from cxm.kernel.context_parts import Line
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.rounding import round_half_away
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.selectors.subjects import Subject
    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class RiskFlag:
    """One customer's risk by one definition, as of the last count."""

    row: RiskScore
    counted: CountedRisk
    as_of: datetime
    url: str

    @property
    def words(self) -> str:
        """Say in a line how likely they leave, why, from how much, and how right that was."""
        row, title = self.row, self.counted.definition.title
        reasons = reasons_words([read_reason(one) for one in row.reasons])
        return (
            f"Risk to leave within 90 days, by “{title}”: {percent_words(row.within_90)}"
            f"{f' ({reasons})' if reasons else ''}. "
            f"{round_half_away(100 * row.coverage)}% of the inputs are known, as of "
            f"{day_words(self.as_of)}. {self.counted.trial_words}"
        )


def risk_flag(subject: Subject) -> RiskFlag | None:
    """Read the risk of *subject* by the leading definition that offers one; None without any.

    Hidden where the workspace hides risks. Four queries at most.
    """
    looking = subject.looking
    if not looking.may(Right.SEE_FIGURES) or risk_is_hidden(subject.tenant, looking.may):
        return None
    found = risks_of(subject.tenant, subject.ids)
    if not found:
        return None
    counted, row = found[0]
    url = reverse("analytics:risk", args=[subject.tenant.slug])
    address = f"{url}?{urlencode({'definition': counted.definition.key})}"
    assert counted.run  # noqa: S101 - a score has a run
    return RiskFlag(row, counted, counted.run.at.astimezone(looking.zone), address)


def risks_of(tenant: Tenant, ids: Iterable[UUID]) -> list[tuple[CountedRisk, RiskScore]]:
    """Give the risks of one person, all whose rows are *ids*, by the definitions that offer any."""
    rows = RiskScore.objects.for_tenant(tenant).filter(customer__in=list(ids))
    scores: dict[UUID, RiskScore] = {}
    for row in rows.order_by("within_90", "pk"):
        scores[row.definition_id] = row
    if not scores:
        return []
    return [
        (one, scores[one.definition.pk])
        for one in counted_risks(tenant)
        if one.is_offered and one.definition.pk in scores
    ]


def risk_flag_line(flag: RiskFlag | None) -> Line | None:
    """Tell it in one line of the summary."""
    return Line(flag.words, flag.url) if flag else None


def risk_flag_json(flag: RiskFlag | None) -> dict[str, Any]:
    """Write it as JSON has it; empty where no risk is told."""
    return risk_json(flag.counted, flag.row) if flag else {}


def risk_json(counted: CountedRisk, row: RiskScore) -> dict[str, Any]:
    """Write the risk of one customer; chances run from 0 to 1, null where no contract runs."""
    return {
        "definition": counted.definition.key,
        "definition_version": counted.run.version if counted.run else None,
        "run_id": str(row.run_id),
        "as_of": counted.run.at.isoformat() if counted.run else None,
        "within_30": row.within_30,
        "within_60": row.within_60,
        "within_90": row.within_90,
        "coverage": row.coverage,
        "amount_per_month": None if row.amount is None else str(row.amount),
        "currency": row.currency,
        "at_stake": row.at_stake,
        "reasons": [{**one, "words": reason_words(read_reason(one))} for one in row.reasons],
        "trial": counted.trial_words,
    }
