"""The list of customers: which, in which order, and about how many."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Exists, F, Func, OuterRef, Q, TextField, Value

from cxm.customers.models import (
    AttributeValue,
    CompanyMember,
    Customer,
    CustomerMerge,
    SegmentMember,
)
from cxm.customers.selectors.customer_rows import customer_rows
from cxm.customers.selectors.listing import Listing, Place
from cxm.customers.selectors.searching import MOST_FOUND, search_customers

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.customers.selectors.customer_filter import CustomerFilter
    from cxm.customers.selectors.customer_rows import CustomerRow
    from cxm.customers.selectors.persons import Reader

PAGE_SIZE = 50
MOST_COUNTED = 10_000
# A search within a filter looks at more of what was found than is shown.
MOST_SIFTED = 1_000
_SHOWN_DIGITS = 2

type Customers = QuerySet[Customer]


@dataclass(frozen=True, slots=True)
class Count:
    """How many customers there are; one that is not *is_exact* is a guess, or a floor."""

    number: int
    is_exact: bool = True
    is_floor: bool = False


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Some customers, and where the pages before and after begin.

    *count* is None for a search: then the best are shown, and *has_more* says whether others
    were found too.
    """

    rows: list[CustomerRow]
    newer: Place | None = None
    older: Place | None = None
    count: Count | None = None
    has_more: bool = False


def customers_kept(reader: Reader, asked: CustomerFilter) -> Customers:
    """Select the customers (roots, not erased) that a filter keeps, its search aside; unordered.

    Companies and attributes count that lie on any row of a merged customer.
    """
    tenant = reader.tenant
    rows = _of_kind(reader, asked).filter(root_id=F("pk"))
    if asked.company:
        members = CompanyMember.objects.for_tenant(tenant).filter(company=asked.company)
        rows = rows.filter(pk__in=members.values("customer__root"))
    if asked.segment:
        inside = SegmentMember.objects.for_tenant(tenant).filter(
            segment=asked.segment, to_at__isnull=True
        )
        rows = rows.filter(pk__in=inside.values("customer"))
    if asked.attribute:
        rows = rows.filter(_has_attribute(reader, *asked.attribute))
    return rows.defer("words").fetch_mode(FETCH_RAISE)


def customer_page(
    reader: Reader,
    asked: CustomerFilter,
    *,
    after: Place | None = None,
    before: Place | None = None,
) -> CustomerPage:
    """Read one page: what a search found, best first, or a list, newest seen first.

    Visitors, who come by the thousand, are listed as they came. At most eight queries.
    """
    kept = customers_kept(reader, asked)
    if asked.q:
        found, has_more = found_customers(reader, asked, kept)
        return CustomerPage(rows=customer_rows(reader, found), has_more=has_more)
    listing = Listing(kept, is_by_arrival=asked.kind == Customer.Kind.VISITOR)
    cut = listing.slice(size=PAGE_SIZE, after=after, before=before)
    return CustomerPage(
        rows=customer_rows(reader, cut.rows),
        newer=cut.newer,
        older=cut.older,
        count=_count(reader, asked, kept),
    )


def found_customers(
    reader: Reader, asked: CustomerFilter, kept: Customers
) -> tuple[list[Customer], bool]:
    """Give the best 50 of *kept* that the search of *asked* finds, and whether there are more.

    Two queries.
    """
    is_sifted = asked.is_narrow or bool(asked.kind)
    most = MOST_SIFTED if is_sifted else MOST_FOUND + 1
    ranked = [found.root_id for found in search_customers(reader, asked.q, most=most)]
    by_id = kept.in_bulk(ranked)
    found = [by_id[pk] for pk in ranked if pk in by_id]
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def updated_since(rows: Customers, reader: Reader, moment: datetime) -> Customers:
    """Keep the customers (roots) that came, were seen, told of, merged or parted since *moment*."""
    tenant = reader.tenant
    told = AttributeValue.objects.for_tenant(tenant).filter(recorded_at__gte=moment)
    merged = CustomerMerge.objects.for_tenant(tenant).filter(
        Q(at__gte=moment) | Q(undone_at__gte=moment)
    )
    return rows.filter(
        Q(created_at__gte=moment)
        | Q(last_seen_at__gte=moment)
        | Q(pk__in=told.values("customer"))
        | Q(pk__in=merged.values("survivor__root"))
        | Q(pk__in=merged.values("absorbed"))
    )


def _of_kind(reader: Reader, asked: CustomerFilter) -> Customers:
    rows = Customer.objects.for_tenant(reader.tenant).filter(erased_at__isnull=True)
    is_any = asked.q and not asked.kind
    return rows if is_any else rows.filter(kind=asked.kind or Customer.Kind.KNOWN)


def _has_attribute(reader: Reader, key: str, value: str) -> Q:
    text = Func(
        F("attributes"), Value(key), function="jsonb_extract_path_text", output_field=TextField()
    )
    rows = Customer.objects.for_tenant(reader.tenant).filter(root_id=OuterRef("pk"))
    return Q(Exists(rows.alias(told=text).filter(told=value)))


def _count(reader: Reader, asked: CustomerFilter, kept: Customers) -> Count:
    """Count some thousand; beyond, ask the planner, whose statistics know a whole table well."""
    number = kept.order_by()[: MOST_COUNTED + 1].count()
    if number <= MOST_COUNTED:
        return Count(number)
    if asked.is_narrow:
        return Count(MOST_COUNTED, is_exact=False, is_floor=True)
    # Nearly every row is a root of its own, which the planner would not guess.
    [plan] = json.loads(_of_kind(reader, asked).explain(format="json"))
    guess = max(int(plan["Plan"]["Plan Rows"]), MOST_COUNTED)
    unit = 10 ** (len(str(guess)) - _SHOWN_DIGITS)
    return Count(round(guess / unit) * unit, is_exact=False)
