"""What the models tell of one customer, for the agent's page, the panel and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from analytics.models import PurchaseRun, RepeatCustomer
from analytics.selectors.purchase_rule import purchase_definition
from cxm.kernel.context_parts import Line
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.rounding import round_half_away
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.customers.selectors.subjects import Subject


@dataclass(frozen=True, slots=True)
class RepeatBuyer:
    """One customer's numbers as of the last run, by *version* of the settings."""

    row: RepeatCustomer
    version: int
    as_of: datetime
    url: str

    @property
    def words(self) -> str:
        """Say in a line whether they still buy."""
        row, times = self.row, self.row.repeats + 1
        bought = f"bought on {times:,} days" if row.repeats else "bought once"
        last = f"last on {day_words(row.last_on)}"
        if not row.repeats:
            return f"No repeat purchase yet: {bought}, {day_words(row.last_on)}."
        if row.alive is None:
            return f"Repeat customer: {bought}, {last}."
        percent = round_half_away(100 * row.alive)
        return (
            f"Probably still a customer: {percent}%, by the BG/NBD model of repeat purchases as of "
            f"{day_words(self.as_of)}; {bought}, {last}."
        )


def repeat_buyer(subject: Subject) -> RepeatBuyer | None:
    """Read what is known of *subject* as a buyer; None where they never bought.

    One query without settings, three with them.
    """
    looking = subject.looking
    definition = purchase_definition(subject.tenant) if looking.may(Right.SEE_FIGURES) else None
    if definition is None:
        return None
    runs = PurchaseRun.objects.for_tenant(subject.tenant).filter(version=definition.version)
    run = runs.order_by("-at", "-pk").defer("result").first()
    rows = RepeatCustomer.objects.for_tenant(subject.tenant).filter(customer__in=subject.ids)
    row = rows.order_by("-repeats", "pk").first() if run else None
    if run is None or row is None:
        return None
    url = reverse("analytics:repeat-customers", args=[subject.tenant.slug])
    return RepeatBuyer(row, definition.version, run.at.astimezone(looking.zone), url)


def repeat_buyer_line(buyer: RepeatBuyer | None) -> Line | None:
    """Tell it in one line of the summary."""
    return Line(buyer.words, buyer.url) if buyer else None


def repeat_buyer_json(buyer: RepeatBuyer | None) -> dict[str, Any]:
    """Write it as JSON has it; empty where they never bought."""
    if buyer is None:
        return {}
    return {
        **repeat_customer_json(buyer.row),
        "definition_version": buyer.version,
        "as_of": buyer.as_of.isoformat(),
    }


def repeat_customer_json(row: RepeatCustomer) -> dict[str, Any]:
    """Write the numbers of one customer; unrounded, null where there is none."""
    return {
        "first_on": row.first_on.isoformat(),
        "last_on": row.last_on.isoformat(),
        "repeats": row.repeats,
        "last_weeks": row.last_weeks,
        "age_weeks": row.age_weeks,
        "mean_spend": row.mean_spend,
        "alive": row.alive,
        "expected": row.expected,
        "value": row.value,
    }
