"""What tests of contracts stand on: rows as they are sent, taken in for a tenant."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from cxm.customers.services.contracts import TakenIn, take_in_contracts
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

_numbers = count(1)


def row(who: str, started_on: str, ended_on: str = "", **fields: Any) -> dict[str, Any]:
    """A contract of customer *who* for 100 EUR a month, with a number of its own."""
    return {
        "external_id": f"C-{next(_numbers)}",
        "customer": who,
        "started_on": started_on,
        "ended_on": ended_on,
        "amount_per_month": "100.00",
        "currency": "EUR",
        **fields,
    }


def take_in(*rows: dict[str, Any], of: Tenant, source: str = "billing") -> TakenIn:
    """Take in *rows* for a tenant."""
    with tenant_bound(of.pk):
        return take_in_contracts(tenant=of, source=source, rows=rows, by=None, now=make.NOW)
