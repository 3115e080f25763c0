"""What attributes there are, what their values look like, and what of them may be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_RAISE, Case, Q, Value, When

from cxm.customers.models import AttributeDef, Company, Customer
from cxm.customers.rules.attribute_values import BUILT_IN, fits, likely_type, value_words
from cxm.customers.rules.event_words import readable_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.customers.rules.records import JSON
    from cxm.customers.selectors.persons import Reader
    from cxm.tenants.models import Tenant

# Enough to see what an attribute is; who wants to know how often uses a segment.
MOST_SAMPLED = 500
MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ShownAttribute:
    """An attribute, its value as it was told and in words; one not of its type says so."""

    key: str
    title: str
    told: JSON
    value: str
    is_fitting: bool = True


@dataclass(slots=True)
class AttributeUse:
    """What a sample of customers or companies says of an attribute.

    *examples* are different values in words, *strays* such as do not fit the type, of which
    *stray_count* were found; *likely_type* is a guess from the values. *sampled* is how many were
    looked at, *carried* how many of them have it.
    """

    sampled: int = 0
    carried: int = 0
    likely_type: str = AttributeDef.Type.TEXT
    examples: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    stray_count: int = 0


def attributes_listed(
    tenant: Tenant, *, scope: str = "", q: str = "", is_unmapped: bool | None = None
) -> QuerySet[AttributeDef]:
    """List attributes by title, save those that are columns of the customer.

    *scope* is customer or company, *q* a part of a title or key.
    """
    rows = AttributeDef.objects.for_tenant(tenant).exclude(scope="customer", key__in=BUILT_IN)
    if scope:
        rows = rows.filter(scope=scope)
    if q:
        rows = rows.filter(Q(title__icontains=q) | Q(key__icontains=q))
    if is_unmapped is not None:
        unmapped = rows.filter(type=AttributeDef.Type.UNMAPPED)
        rows = unmapped if is_unmapped else rows.exclude(type=AttributeDef.Type.UNMAPPED)
    return rows.order_by("title", "pk").fetch_mode(FETCH_RAISE)


def attribute_uses(reader: Reader, attributes: list[AttributeDef]) -> dict[UUID, AttributeUse]:
    """Look through the customers seen last, and companies changed last, for *attributes*.

    Values are kept from those who may not see persons, unless the attribute is not personal.
    Two queries, whatever the number of attributes.
    """
    tenant = reader.tenant
    people = Customer.objects.for_tenant(tenant).filter(
        kind=Customer.Kind.KNOWN, erased_at__isnull=True, last_seen_at__isnull=False
    )
    samples = {
        AttributeDef.Scope.CUSTOMER: _sample(people, "-last_seen_at"),
        AttributeDef.Scope.COMPANY: _sample(Company.objects.for_tenant(tenant), "-changed_at"),
    }
    return {
        one.pk: _use(
            one,
            samples[AttributeDef.Scope(one.scope)],
            is_shown=reader.sees_persons or is_open(one),
        )
        for one in attributes
    }


def unmapped_first(rows: QuerySet[AttributeDef]) -> QuerySet[AttributeDef]:
    """Put those that nobody has described before the others."""
    is_described = Case(When(type=AttributeDef.Type.UNMAPPED, then=Value(0)), default=Value(1))
    return rows.order_by(is_described, "title", "pk")


def shown_attributes(
    reader: Reader, values: Mapping[str, JSON], *, scope: str
) -> tuple[list[ShownAttribute], int]:
    """Give the attributes that the reader may see, by title, and how many others there are.

    Where persons are hidden, only what was described as not personal is shown. A value that does
    not fit the type of its attribute is shown as it is. One query; none without values.
    """
    if not values:
        return [], 0
    rows = AttributeDef.objects.for_tenant(reader.tenant).filter(scope=scope, key__in=list(values))
    described = {row.key: row for row in rows}
    seen = [key for key in values if reader.sees_persons or is_open(described.get(key))]
    shown = [_shown(described.get(key), key, values[key]) for key in seen]
    return sorted(shown, key=lambda one: (one.title.casefold(), one.key)), len(values) - len(seen)


def is_open(described: AttributeDef | None) -> bool:
    """Whether everybody may read an attribute: it was described, as not personal."""
    return (
        described is not None
        and described.type != AttributeDef.Type.UNMAPPED
        and described.personal == AttributeDef.Personal.NONE
    )


def open_attributes(tenant: Tenant, keys: Collection[str]) -> set[tuple[str, str]]:
    """Give scope and key of those of *keys* that everybody may read. One query, none for none."""
    if not keys:
        return set()
    rows = AttributeDef.objects.for_tenant(tenant).filter(key__in=keys)
    return {(row.scope, row.key) for row in rows if is_open(row)}


def _shown(described: AttributeDef | None, key: str, value: JSON) -> ShownAttribute:
    title = described.title if described else readable_name(key)
    kind = described.type if described else ""
    is_fitting = described is None or fits(kind, value)
    return ShownAttribute(key, title, value, value_words(value, kind), is_fitting)


def _sample(rows: QuerySet[Any], newest: str) -> list[dict[str, JSON]]:
    return list(rows.order_by(newest, "-pk").values_list("attributes", flat=True)[:MOST_SAMPLED])


def _use(attribute: AttributeDef, sample: list[dict[str, JSON]], *, is_shown: bool) -> AttributeUse:
    values = [told[attribute.key] for told in sample if attribute.key in told]
    fitting = [value for value in values if fits(attribute.type, value)]
    strays = [value for value in values if not fits(attribute.type, value)]
    return AttributeUse(
        sampled=len(sample),
        carried=len(values),
        likely_type=likely_type(values),
        examples=_different(fitting, attribute.type) if is_shown else [],
        strays=_different(strays, attribute.type) if is_shown else [],
        stray_count=len(strays),
    )


def _different(values: list[JSON], kind: str) -> list[str]:
    return list(dict.fromkeys(value_words(value, kind) for value in values))[:MOST_EXAMPLES]
