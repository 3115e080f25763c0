"""The contracts of a made-up company: what its customers pay, and why some stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from cxm.customers.services.contracts import take_in_contracts
from cxm.web.demo.brightline_leaving import reason_of
from cxm.web.demo.company import NUMBERING
from cxm.web.demo.organisations import organisations_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from cxm.web.demo.company import Company, ContractPlan
    from cxm.web.demo.people import Person

SOURCE = "billing"
_LINE_PRICE = Decimal("24.50")
_FRANC_EVERY = 10
_CHANGED_SHARE, _DOWN_SHARE, _BACK_SHARE, _UNKNOWN_SHARE = 0.9, 0.09, 0.12, 0.2


@dataclass(frozen=True, slots=True)
class _Span:
    plan: str
    price: Decimal
    start: date
    end: date | None = None
    reason: str = ""


def sign_contracts(
    tenant: Tenant,
    company: Company,
    everybody: list[Person],
    *,
    scale: float,
    seed: int,
    now: datetime,
    today: date,
) -> None:
    """Take in the contracts of *everybody* whose product is sold by contract, and of companies."""
    plan = company.timeline.contracts if company.timeline else None
    if plan is None:
        return
    dice = Random(f"{company.slug} contracts {seed}")  # noqa: S311 - no secret
    rows: list[dict[str, Any]] = []
    for person in everybody:
        if person.group.product in plan.prices and person.joined_on <= today:
            reason = reason_of(plan, person, today=today, seed=seed)
            spans = _spans(plan, person, reason, dice, today)
            number = person.reference.value
            rows += _rows(number, spans, {"customer": number, "currency": "EUR"})
    organisations = organisations_of(company, everybody, scale=scale, seed=seed)
    rows += _business({one.number: one.traits for one in organisations.values()}, dice, today)
    take_in_contracts(tenant=tenant, source=SOURCE, rows=rows, by=None, now=now)


def _spans(
    plan: ContractPlan, person: Person, reason: str, dice: Random, today: date
) -> list[_Span]:
    """Tell one customer's contracts: a rise of prices, who went smaller, who left and came back."""
    product, price = person.group.product, plan.prices[person.group.product]
    left = person.left_on if person.left_on and person.left_on <= today else None
    risen = today - timedelta(weeks=plan.rise_weeks)
    spans: list[_Span] = []
    start = person.joined_on
    if start < risen and (left is None or risen < left) and dice.random() < _CHANGED_SHARE:
        spans.append(_Span(product, price, start, risen - timedelta(days=1)))
        start = risen
        goes_down = dice.random() < _DOWN_SHARE
        product, price = (
            (plan.smallest, plan.prices[plan.smallest])
            if goes_down
            else (
                product,
                price + plan.rise,
            )
        )
    if left is None or left <= start:
        return [*spans, _Span(product, price, start)]
    spans.append(_Span(product, price, start, left - timedelta(days=1), reason))
    back = left + timedelta(days=dice.randrange(45, 200))
    if back <= today and dice.random() < _BACK_SHARE:
        spans.append(_Span(product, price, back))
    return spans


def _business(
    companies: dict[str, dict[str, str]], dice: Random, today: date
) -> Iterator[dict[str, Any]]:
    """Tell the contracts that companies hold; a few, across the border, pay in francs."""
    for place, (number, traits) in enumerate(sorted(companies.items())):
        start = today - timedelta(days=dice.randrange(100, 1_500))
        price = _LINE_PRICE * int(traits["lines"])
        currency = "CHF" if place % _FRANC_EVERY == 0 else "EUR"
        spans = [_Span("Fibre Business lines", price, start)]
        if dice.random() < _UNKNOWN_SHARE:
            grown = start + timedelta(days=dice.randrange(60, 100))
            spans = [
                _Span(spans[0].plan, price, start, grown - timedelta(days=1)),
                _Span(spans[0].plan, 2 * price, grown),
            ]
        yield from _rows(
            number, spans, {"company": number, "namespace": NUMBERING, "currency": currency}
        )


def _rows(number: str, spans: Sequence[_Span], holder: dict[str, str]) -> Iterator[dict[str, Any]]:
    named = {"namespace": NUMBERING, **holder}
    for place, one in enumerate(spans, 1):
        yield {
            **named,
            "external_id": f"{number}-{place}",
            "plan": one.plan,
            "started_on": one.start.isoformat(),
            "ended_on": one.end.isoformat() if one.end else "",
            "amount_per_month": str(one.price),
            "end_reason": one.reason,
        }
