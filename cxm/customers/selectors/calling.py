"""What the command palette finds of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.urls import reverse

from cxm.customers.models import Customer
from cxm.customers.selectors.customer_rows import label_of, shown_identifiers
from cxm.customers.selectors.persons import Reader
from cxm.customers.selectors.searching import search_customers
from cxm.kernel.palette import MOST_FROM_ONE_SOURCE, Hit
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from cxm.tenants.access import TenantRequest

SHORTEST = 2


def people_called(request: HttpRequest, query: str) -> Sequence[Hit]:
    """Find customers by whatever is typed, as far as the member at hand may find them.

    *request* has passed the door. Two queries, and one more for those who have but numbers; none
    for a single letter.
    """
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST or not inside.may(Right.SEE_CUSTOMERS):
        return []
    reader = Reader(inside.tenant, sees_persons=inside.may(Right.SEE_PERSONS))
    ranked = [found.root_id for found in search_customers(reader, query, most=MOST_FROM_ONE_SOURCE)]
    rows = Customer.objects.for_tenant(inside.tenant).defer("words", "attributes")
    by_id = rows.in_bulk(ranked)
    numbered = [pk for pk, row in by_id.items() if not (row.display_name or row.email)]
    numbers = shown_identifiers(reader, numbered, most=1) if numbered else {}
    return [
        Hit(
            label_of(reader, by_id[pk], numbers.get(pk, ())),
            reverse("customers:customer-page", args=[inside.tenant.slug, pk]),
            "Customers",
            "circle-user",
            by_id[pk].email if reader.sees_persons else "",
        )
        for pk in ranked
    ]
