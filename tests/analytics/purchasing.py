"""What tests of repeat purchases stand on: people who buy on days, and settings that count them."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from analytics.rules.purchase_shapes import PurchaseResult, read_purchase_result
from analytics.selectors.purchase_rule import purchase_definition
from analytics.services.purchase_definitions import set_purchases
from analytics.services.purchase_runs import fit_repeat_purchases
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from analytics.models import PurchaseDefinition
    from cxm.tenants.models import Tenant

BOUGHT = "bought"
_AT_ONCE = 2_000


def bought(
    days: Mapping[str, Iterable[tuple[int, Decimal | str | None]]],
    *,
    of: Tenant,
    **fields: Any,
) -> None:
    """Let each of *days* have bought so many days before make.NOW, for those amounts."""
    told = [
        EventRecord(
            Call.TRACK,
            position=0,
            key=f"{who}-{place}",
            occurred_at=make.NOW - timedelta(days=day),
            name=BOUGHT,
            refs=(Ref("external", "", who),),
            amount=None if amount is None else Decimal(amount),
            **{"currency": "EUR", **fields},
        )
        for who, purchases in days.items()
        for place, (day, amount) in enumerate(purchases)
    ]
    loaded(told, of=of, now=make.NOW)


def loaded(records: list[EventRecord], *, of: Tenant, now: datetime) -> None:
    """Take in records as the loaders do, some thousands at once."""
    for start in range(0, len(records), _AT_ONCE):
        part = records[start : start + _AT_ONCE]
        with tenant_bound(of.pk):
            load_events(tenant=of, source="events:shop", records=part, now=now)


def cohort(
    size: int, *, seed: int = 1, days: int = 400, begun_within: int = 120, leaving: float = 0.2
) -> dict[str, list[tuple[int, str]]]:
    """Draw people who buy about every month and leave for good after a purchase, some of them."""
    dice = random.Random(seed)  # noqa: S311 - people for a test
    found = {}
    for number in range(size):
        at, ago = days - dice.random() * begun_within, []
        rate, stays = dice.gammavariate(1.0, 1 / 40), 1 - dice.betavariate(1.2, 1.2 / leaving)
        spend = 10 + 40 * dice.random()
        while at >= 0:
            ago.append((int(at), f"{spend * (0.6 + 0.8 * dice.random()):.2f}"))
            if dice.random() > stays:
                break
            at -= dice.expovariate(max(rate, 1e-4))
        found[f"buyer-{number}"] = ago
    return found


def defined(of: Tenant, now: datetime = make.NOW, **config: Any) -> PurchaseDefinition:
    """Say what a purchase is, *bought* unless said otherwise; nothing has counted it yet."""
    with tenant_bound(of.pk):
        return set_purchases(tenant=of, config={"names": [BOUGHT], **config}, by=None, now=now)


def fitted(of: Tenant, now: datetime = make.NOW) -> PurchaseResult:
    """Count and fit as the worker does, and give what was kept."""
    with tenant_bound(of.pk):
        definition = purchase_definition(of)
        assert definition is not None
        return read_purchase_result(fit_repeat_purchases(definition=definition, now=now).result)
