"""Counting repeat purchases: who bought when, what model fits, what to expect of each customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from analytics.models import PurchaseDefinition, PurchaseRun, RepeatCustomer
from analytics.rules.purchase_model import (
    NoModelError,
    fitted_spend,
    fitted_until,
    history_until,
    miss_of,
    tried,
)
from analytics.rules.purchase_outlook import Outlook, tenth_of
from analytics.rules.purchase_shapes import TENTHS, PurchaseResult
from analytics.selectors.purchase_days import purchase_days
from analytics.selectors.purchase_rule import rule_in_force
from analytics.services.turns import take_turns
from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from analytics.rules.purchase_model import Buyer
    from analytics.rules.purchases import PurchaseRule
    from analytics.selectors.purchase_days import PurchaseDays

KEPT_DAYS = 90
_AT_ONCE = 2_000


@transaction.atomic
def fit_repeat_purchases(*, definition: PurchaseDefinition, now: datetime) -> PurchaseRun:
    """Count purchases anew from the timeline, fit and try the models, and keep what they tell.

    One run a day is kept, for 90 days; the numbers of each customer are those of the newest. Two
    counts take turns; *definition* is read again when it is its turn.
    """
    take_turns("purchase-runs", definition.pk)
    definition.refresh_from_db(fields=["version"])
    tenant, rule = definition.tenant, rule_in_force(definition)
    found = purchase_days(tenant, rule, now)
    today = local_date(now, ZoneInfo(tenant.time_zone))
    result, outlook = _judged(found, rule, today)
    rows = [_row(tenant.pk, *one, today, outlook) for one in found.buyers.items()]
    if outlook:
        result = _summed(result, rows)
    RepeatCustomer.objects.for_tenant(tenant).delete()
    RepeatCustomer.objects.bulk_create(rows, batch_size=_AT_ONCE)
    runs = PurchaseRun.objects.for_tenant(tenant).filter(definition=definition)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    runs.filter(Q(at__lt=now - timedelta(days=KEPT_DAYS)) | Q(at__gte=midnight)).delete()
    return PurchaseRun.objects.create(
        tenant=tenant,
        definition=definition,
        version=definition.version,
        at=now,
        result=result.as_json(),
    )


def _judged(
    found: PurchaseDays, rule: PurchaseRule, today: date
) -> tuple[PurchaseResult, Outlook | None]:
    """Fit what can be fitted; without a trustworthy model, say why and look no further."""
    buyers = list(found.buyers.values())
    result = PurchaseResult(
        buyers=len(buyers),
        again=sum(len(one.days) > 1 for one in buyers),
        purchases=sum(len(one.days) for one in buyers),
        without_amount=found.without_amount,
        currency=found.currencies[0] if len(found.currencies) == 1 else "",
        reason="",
        value_reason="",
    )
    try:
        fit = fitted_until(buyers, today)
        result = replace(result, fit=fit)
        holdout = tried(buyers, today)
    except NoModelError as error:
        return replace(result, reason=str(error)), None
    result = replace(result, holdout=holdout, reason=miss_of(holdout))
    if result.reason:
        return result, None
    result = _with_spend(result, found, rule)
    trusted = result.spend if not result.value_reason else None
    return result, Outlook(fit, trusted, rule)


def _with_spend(result: PurchaseResult, found: PurchaseDays, rule: PurchaseRule) -> PurchaseResult:
    if not rule.amount:
        return replace(result, value_reason="The settings do not say where the amount stands.")
    if len(found.currencies) > 1:
        both = " and ".join(one or "none told" for one in found.currencies[:2])
        words = f"Amounts are in several currencies ({both}), and are not added up."
        return replace(result, value_reason=words)
    spends = [one.spend for one in found.buyers.values() if one.spend.repeats]
    choice = fitted_spend(spends)
    return replace(result, spend=choice.fit, value_reason=choice.reason)


def _row(
    tenant_id: UUID, customer_id: UUID, buyer: Buyer, today: date, outlook: Outlook | None
) -> RepeatCustomer:
    history = history_until(buyer.days, today)
    row = RepeatCustomer(
        tenant_id=tenant_id,
        customer_id=customer_id,
        first_on=buyer.days[0],
        last_on=buyer.days[-1],
        repeats=history.repeats,
        last_weeks=history.last,
        age_weeks=history.age,
        mean_spend=buyer.spend.mean or None,
    )
    if outlook:
        prospect = outlook.prospect(history)
        row.alive, row.expected = prospect.alive, prospect.expected
        row.value = outlook.value(history, buyer.spend)
    return row


def _summed(result: PurchaseResult, rows: Sequence[RepeatCustomer]) -> PurchaseResult:
    """Add up what is expected of all customers, and count the chances by tenths."""
    tenths = [0] * TENTHS
    for row in rows:
        if row.alive is not None:
            tenths[tenth_of(row.alive)] += 1
    values = [row.value for row in rows if row.value is not None]
    return replace(
        result,
        tenths=tuple(tenths),
        expected=sum(row.expected or 0.0 for row in rows),
        value=sum(values) if values else None,
    )
