"""Companies: the list, and all that is known of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Count, Max, Q

from cxm.customers.models import Company, CompanyMember, Customer, Interaction
from cxm.customers.rules.event_words import readable_name
from cxm.customers.selectors.attributes import ShownAttribute, shown_attributes
from cxm.customers.selectors.contracts import contracts_of_company
from cxm.customers.selectors.customer_rows import CustomerRow, customer_rows
from cxm.customers.selectors.persons import Person, Reader, read_persons
from cxm.customers.selectors.timeline import ICONS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.customers.models import Contract
    from cxm.tenants.models import Tenant

MOST_PEOPLE = 20
MOST_INTERACTIONS = 15
# What happened last happened to somebody who was seen lately.
MOST_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class People:
    """How many people belong to a company, and when one of them was last seen."""

    number: int = 0
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened with somebody of a company, as the reader may know it."""

    pk: UUID
    title: str
    icon: str
    at: datetime
    person: Person
    touchpoint: str
    channel: str


@dataclass(frozen=True, slots=True)
class CompanyDetail:
    """One company; *members* are those seen last, of *people* in all."""

    company: Company
    people: People
    members: list[CustomerRow]
    attributes: list[ShownAttribute]
    hidden_attributes: int
    happenings: list[Happening]
    contracts: list[Contract]


def companies_listed(tenant: Tenant, *, q: str = "") -> QuerySet[Company]:
    """List companies by name; *q* is a part of a name or of a number."""
    rows = Company.objects.for_tenant(tenant)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(external_id__icontains=q))
    return rows.defer("attributes").order_by("name", "pk").fetch_mode(FETCH_RAISE)


def companies_named(tenant: Tenant, ids: Iterable[UUID | None]) -> dict[UUID | None, Company]:
    """Load the companies that *ids* name, those that are None left out. One query."""
    rows = Company.objects.for_tenant(tenant).filter(pk__in={pk for pk in ids if pk})
    return {one.pk: one for one in rows.defer("attributes")}


def company_people(tenant: Tenant, companies: Iterable[Company]) -> dict[UUID, People]:
    """Count the people of each company, merged ones once and erased ones not. One query."""
    wanted = [company.pk for company in companies]
    rows = CompanyMember.objects.for_tenant(tenant).filter(
        company__in=wanted, customer__root__erased_at__isnull=True
    )
    counted = rows.values_list("company").annotate(
        n=Count("customer__root", distinct=True), at=Max("customer__root__last_seen_at")
    )
    found = {pk: People(n, at) for pk, n, at in counted}
    return {pk: found.get(pk, People()) for pk in wanted}


def company_detail(reader: Reader, company: Company) -> CompanyDetail:
    """Read all that its page shows. Twelve queries at most, whatever the company."""
    roots = _members(reader, company)
    attributes, hidden = shown_attributes(reader, company.attributes, scope="company")
    return CompanyDetail(
        company=company,
        people=company_people(reader.tenant, [company])[company.pk],
        members=customer_rows(reader, roots[:MOST_PEOPLE]),
        attributes=attributes,
        hidden_attributes=hidden,
        happenings=_happenings(reader, roots),
        contracts=contracts_of_company(company),
    )


def _members(reader: Reader, company: Company) -> list[Customer]:
    inside = CompanyMember.objects.for_tenant(reader.tenant).filter(company=company)
    rows = Customer.objects.for_tenant(reader.tenant).filter(
        pk__in=inside.values("customer__root"), erased_at__isnull=True
    )
    newest = rows.defer("words", "attributes").order_by("-last_seen_at", "-pk")
    return list(newest.fetch_mode(FETCH_RAISE)[:MOST_LOOKED_AT])


def _happenings(reader: Reader, roots: list[Customer]) -> list[Happening]:
    rows = Customer.objects.for_tenant(reader.tenant).filter(root__in=[root.pk for root in roots])
    happened = (
        Interaction.objects.for_tenant(reader.tenant)
        .filter(customer__in=list(rows.values_list("pk", flat=True)), deleted_at__isnull=True)
        .select_related("touchpoint", "channel")
        .defer("props", "text")
        .order_by("-occurred_at", "-pk")
        .fetch_mode(FETCH_RAISE)
    )
    newest = list(happened[:MOST_INTERACTIONS])
    persons = read_persons(reader, [one.customer_id for one in newest])
    return [_happening(one, persons.of(one.customer_id)) for one in newest]


def _happening(row: Interaction, person: Person) -> Happening:
    return Happening(
        pk=row.pk,
        title=person.shown(row.title) or readable_name(row.name),
        icon=ICONS[Interaction.Kind(row.kind)],
        at=row.occurred_at,
        person=person,
        touchpoint=row.touchpoint.title if row.touchpoint else "",
        channel=row.channel.title if row.channel else "",
    )
