"""People side by side: what is known of each, what agrees, and what lies on which row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_RAISE, Count, Q

from cxm.customers.models import CompanyMember, Customer, Identity, Interaction
from cxm.customers.rules.identifiers import fold, strength
from cxm.customers.rules.identity_words import labelled, masked_identifier, spelled
from cxm.customers.rules.likeness import Compared, Likeness, compared
from cxm.customers.selectors.languages import language_name
from cxm.customers.selectors.persons import mask_key
from cxm.customers.selectors.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.selectors.subjects import Looking
    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What lies on one row of customers: *responses* are among the *interactions*."""

    interactions: int = 0
    responses: int = 0

    def __add__(self, other: RowCounts) -> RowCounts:
        """Add what lies on two rows."""
        return RowCounts(self.interactions + other.interactions, self.responses + other.responses)


@dataclass(frozen=True)
class Card:
    """One person beside another. *subject* says what the reader may call them."""

    subject: Subject
    companies: tuple[str, ...] = ()
    counts: RowCounts = RowCounts()

    @property
    def root(self) -> Customer:
        """The row that stands for the person."""
        return self.subject.root

    @property
    def is_visitor(self) -> bool:
        """Whether nobody knows who it is."""
        return self.root.kind == Customer.Kind.VISITOR

    @property
    def since(self) -> datetime | None:
        """When they were first seen, in the tenant's time."""
        return _local(self.subject, [row.first_seen_at for row in self.subject.rows], min)

    @property
    def last_seen(self) -> datetime | None:
        """When they were last seen, in the tenant's time."""
        return _local(self.subject, [row.last_seen_at for row in self.subject.rows], max)

    @property
    def namespaces(self) -> set[str]:
        """Name the numberings in which they have a customer number."""
        external = Identity.Kind.EXTERNAL
        return {one.namespace for one in self.subject.identities if one.kind == external}

    def values(self, kind: str, namespace: str | None = None) -> list[str]:
        """List the values of one kind of identifier, as they are kept."""
        return [
            one.value
            for one in self.subject.identities
            if one.kind == kind and namespace in {None, one.namespace}
        ]

    def told(self, column: str) -> list[str]:
        """List what the rows say in one column, each text once, those of the root first."""
        return list(dict.fromkeys(filter(None, (getattr(r, column) for r in self.subject.rows))))


def read_cards(looking: Looking, root_ids: Iterable[UUID]) -> dict[UUID, Card]:
    """Load the people of *root_ids*, by root; those that are no roots are absent. Four queries."""
    tenant, wanted = looking.tenant, set(root_ids)
    rows = Customer.objects.for_tenant(tenant).filter(root__in=wanted).defer("words", "attributes")
    groups = defaultdict(list)
    for row in rows.fetch_mode(FETCH_RAISE):
        groups[row.root_id].append(row)
    ids = [row.pk for group in groups.values() for row in group]
    identities = _by_customer(Identity.objects.for_tenant(tenant).filter(customer__in=ids))
    members = CompanyMember.objects.for_tenant(tenant).filter(customer__in=ids)
    companies = _by_customer(members.select_related("company").defer("company__attributes"))
    counts = read_counts(tenant, ids)
    return {
        root: Card(
            _subject(looking, group, identities),
            tuple(sorted({str(one.company) for row in group for one in companies[row.pk]})),
            sum((counts[row.pk] for row in group), RowCounts()),
        )
        for root, group in groups.items()
    }


def read_counts(tenant: Tenant, customer_ids: Iterable[UUID]) -> dict[UUID, RowCounts]:
    """Count what lies on each row of customers. One query."""
    ids = list(customer_ids)
    facts = Interaction.objects.for_tenant(tenant).filter(customer__in=ids, deleted_at=None)
    counted = facts.values("customer").annotate(
        facts=Count("pk"), answers=Count("pk", filter=Q(kind=Interaction.Kind.RESPONSE))
    )
    found = {row["customer"]: RowCounts(row["facts"], row["answers"]) for row in counted}
    return {pk: found.get(pk, RowCounts()) for pk in ids}


def compared_cards(first: Card, second: Card) -> list[Compared]:
    """Compare two people thing by thing; what neither has is left out.

    Where persons are hidden from the reader, values are masked.
    """
    both = (first, second)
    spaces = sorted({space for card in both for space in card.namespaces})
    asked = [("Name", "name", [card.told("display_name") for card in both])]
    asked += [
        (label, kind, [_addresses(card, kind) for card in both])
        for label, kind in (("E-mail", "email"), ("Phone", "phone"))
    ]
    asked += [
        (
            labelled("Customer number", space),
            "external",
            [card.values("external", space) for card in both],
        )
        for space in spaces
    ]
    asked.append(("Company", "company", [list(card.companies) for card in both]))
    languages = [[language_name(code) for code in card.told("language")] for card in both]
    asked.append(("Language", "language", languages))
    lines = [compared(label, kind, *sides) for label, kind, sides in asked if any(sides)]
    return [_masked(line, first.subject) for line in lines] if first.subject.is_masked else lines


def agreeing(lines: Iterable[Compared]) -> list[str]:
    """Name what two people have in common, or nearly so."""
    return [line.label for line in lines if line.likeness in {Likeness.SAME, Likeness.ALIKE}]


def _addresses(card: Card, kind: str) -> list[str]:
    """Give addresses that identify and those that are only told, each once, as they were told."""
    told = card.told(kind)
    once: dict[str, str] = {}
    for address in (*(spelled(kind, value, told) for value in card.values(kind)), *told):
        once.setdefault(fold(kind, address), address)
    return list(once.values())


def _masked(line: Compared, subject: Subject) -> Compared:
    kind = {"E-mail": "email", "Phone": "phone"}.get(line.label, "external")
    if line.label in {"Company", "Language"}:
        return line
    key = mask_key(subject.tenant)
    hidden = [
        tuple(masked_identifier(kind, value, key=key) for value in side)
        for side in (line.first, line.second)
    ]
    return Compared(line.label, hidden[0], hidden[1], line.likeness)


def _subject(
    looking: Looking, group: list[Customer], identities: dict[UUID, list[Identity]]
) -> Subject:
    rows = sorted(group, key=lambda row: (row.pk != row.root_id, row.created_at, row.pk))
    found = [one for row in rows for one in identities[row.pk]]
    found.sort(key=lambda one: (strength(one.kind), not one.is_verified, one.pk))
    return Subject(looking, tuple(rows), tuple(found))


def _by_customer(rows: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.customer_id].append(row)
    return found


def _local(subject: Subject, moments: Iterable[datetime | None], pick: Any) -> datetime | None:
    known = [moment for moment in moments if moment]
    return pick(known).astimezone(subject.looking.zone) if known else None
