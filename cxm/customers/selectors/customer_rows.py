"""Customers as lists show them: name, companies, identifiers, the last contact."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from cxm.customers.models import CompanyMember, Customer, Identity, Interaction
from cxm.customers.rules.identifiers import strength
from cxm.customers.rules.identity_words import masked_identifier, spelled
from cxm.customers.rules.masking import customer_alias, initials, masked_email, masked_phone
from cxm.customers.selectors.persons import mask_key
from cxm.customers.selectors.timeline import NO_CONTACT
from cxm.touchpoints.models import Medium

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.selectors.persons import Reader

MOST_IDENTIFIERS = 3
MEDIUM_ICONS = {
    Medium.WEB: "globe",
    Medium.APP: "smartphone",
    Medium.EMAIL: "mail",
    Medium.PHONE: "phone",
    Medium.SMS: "message-square",
    Medium.CHAT: "message-circle",
    Medium.SOCIAL: "megaphone",
    Medium.POST: "send",
    Medium.STORE: "store",
    Medium.PERSON: "users",
    Medium.DEVICE: "monitor",
    Medium.OTHER: "radio-tower",
}


@dataclass(frozen=True, slots=True)
class ShownIdentifier:
    """An identifier as the reader may know it, spelled for people."""

    kind: str
    words: str
    namespace: str
    value: str


@dataclass(frozen=True, slots=True)
class NamedCompany:
    """A company that somebody belongs to."""

    pk: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """The last time we met: when, and over which channel (empty where none is known)."""

    at: datetime
    channel: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer as the reader may know them: by name, by initials, or as "Customer 7f3a".

    *hint* tells people apart whose names say too little; it is empty where the name does.
    """

    pk: UUID
    kind: str
    label: str
    hint: str
    is_masked: bool
    last_seen_at: datetime | None
    companies: list[NamedCompany] = field(default_factory=list)
    identifiers: list[ShownIdentifier] = field(default_factory=list)
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """The columns of a customer as the reader may know them: masked, or as they are."""

    pk: UUID
    kind: str
    label: str
    name: str
    email: str
    phone: str
    language: str
    time_zone: str
    is_masked: bool
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    created_at: datetime


def known_customer(reader: Reader, root: Customer) -> KnownCustomer:
    """Give the columns of *root* as the reader may know them."""
    is_masked = not reader.sees_persons
    return KnownCustomer(
        pk=root.pk,
        kind=root.kind,
        label=label_of(reader, root),
        name=initials(root.display_name) if is_masked else root.display_name,
        email=masked_email(root.email) if is_masked else root.email,
        phone=masked_phone(root.phone) if is_masked else root.phone,
        language=root.language,
        time_zone=root.time_zone,
        is_masked=is_masked,
        first_seen_at=root.first_seen_at,
        last_seen_at=root.last_seen_at,
        created_at=root.created_at,
    )


def customer_rows(reader: Reader, roots: Sequence[Customer]) -> list[CustomerRow]:
    """Shape *roots* into rows, in their order. Four queries, whatever their number."""
    ids = [root.pk for root in roots]
    identifiers = shown_identifiers(reader, ids)
    companies = companies_of(reader, ids)
    contacts = _contacts(reader, ids)
    return [
        CustomerRow(
            pk=root.pk,
            kind=root.kind,
            label=label_of(reader, root, identifiers[root.pk]),
            hint=customer_alias(root.pk) if not reader.sees_persons else "",
            is_masked=not reader.sees_persons,
            last_seen_at=root.last_seen_at,
            companies=companies[root.pk],
            identifiers=identifiers[root.pk],
            contact=contacts.get(root.pk),
        )
        for root in roots
    ]


def label_of(reader: Reader, root: Customer, identifiers: Sequence[ShownIdentifier] = ()) -> str:
    """Call a customer by name or address, else the best identifier, else the alias.

    Where persons are hidden: by initials, or the alias.
    """
    if not reader.sees_persons:
        return initials(root.display_name) or customer_alias(root.pk)
    best = next((one.value for one in identifiers), "")
    return root.display_name or root.email or best or customer_alias(root.pk)


def shown_identifiers(
    reader: Reader, root_ids: Sequence[UUID], *, most: int = MOST_IDENTIFIERS
) -> defaultdict[UUID, list[ShownIdentifier]]:
    """Give up to *most* identifiers of each root, the strongest first. One query."""
    ranks = [When(kind=kind, then=Value(strength(kind))) for kind in Identity.Kind.values]
    rows = (
        Identity.objects.for_tenant(reader.tenant)
        .filter(customer__root__in=root_ids)
        .annotate(rank=Case(*ranks, output_field=IntegerField()), root=F("customer__root"))
        .annotate(place=Window(RowNumber(), partition_by="root", order_by=["rank", "pk"]))
        .filter(place__lte=most)
        .order_by("root", "place")
    )
    found = defaultdict(list)
    listed = rows.values_list("root", "kind", "namespace", "value", "customer__phone")
    for root, kind, namespace, value, phone in listed:
        words = Identity.Kind(kind).label
        shown = _shown(reader, kind, value, phone)
        found[root].append(ShownIdentifier(kind, words, namespace, shown))
    return found


def _shown(reader: Reader, kind: str, value: str, phone: str) -> str:
    if reader.sees_persons:
        return spelled(kind, value, [phone])
    return masked_identifier(kind, value, key=mask_key(reader.tenant))


def companies_of(reader: Reader, root_ids: Sequence[UUID]) -> defaultdict[UUID, list[NamedCompany]]:
    """Give the companies of each root, the first joined first. One query."""
    rows = CompanyMember.objects.for_tenant(reader.tenant).filter(customer__root__in=root_ids)
    listed = rows.order_by("since", "pk").values_list(
        "customer__root", "company", "company__name", "company__external_id"
    )
    found: defaultdict[UUID, list[NamedCompany]] = defaultdict(list)
    for root, pk, name, external_id in listed:
        company = NamedCompany(pk, name or external_id)
        if company not in found[root]:
            found[root].append(company)
    return found


def _contacts(reader: Reader, root_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Find the last contact with each root, on whichever of its rows. Two queries."""
    met = Interaction.objects.for_tenant(reader.tenant).filter(
        customer=OuterRef("pk"), deleted_at__isnull=True
    )
    last = met.exclude(kind__in=NO_CONTACT).order_by("-occurred_at", "pk").values("pk")[:1]
    rows = Customer.objects.for_tenant(reader.tenant).filter(root__in=root_ids)
    roots = dict(rows.annotate(met=Subquery(last)).values_list("met", "root"))
    interactions = Interaction.objects.for_tenant(reader.tenant).filter(
        pk__in=[pk for pk in roots if pk]
    )
    found: dict[UUID, Contact] = {}
    listed = interactions.order_by("occurred_at", "pk").values_list(
        "pk", "occurred_at", "channel__title", "channel__medium"
    )
    for pk, at, channel, medium in listed:
        icon = MEDIUM_ICONS[Medium(medium)] if medium else ""
        found[roots[pk]] = Contact(at, channel or "", icon)
    return found
