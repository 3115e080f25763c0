"""What the contact policy knows: its rules, and of people how they were asked and may be."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from cxm.customers.models import (
    Company,
    CompanyMember,
    Consent,
    Customer,
    Identity,
    Suppression,
)
from cxm.customers.rules.identifiers import fold, is_usable
from cxm.customers.services.suppressing import hashes_of
from cxm.kernel.zones import is_zone
from feedback.models import ContactRule, Invitation, Response
from feedback.rules.distribution.policy import BARS, Contact, Person, PolicyRule
from feedback.rules.distribution.words import (
    ASKED,
    PURPOSE,
    InvitationState,
    Medium,
    Reason,
    RuleKind,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant

# Quiet hours of people whose zone nobody knows are those of the tenant.
COUNTED = sorted(ASKED | {InvitationState.QUEUED})

type Contacts = dict[UUID, list[Contact]]


class RootsMovedError(Exception):
    """Somebody was merged into somebody else between looking and locking."""


def read_rules(tenant: Tenant) -> list[PolicyRule]:
    """Give the rules of the contact policy that hold now, in their order. One query."""
    rows = ContactRule.objects.for_tenant(tenant).filter(is_enabled=True, ended_at__isnull=True)
    return [
        PolicyRule(str(row.pk), RuleKind(row.kind), row.params, row.medium, row.purpose)
        for row in rows.order_by("ord", "pk")
    ]


def roots_of(tenant: Tenant, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Give for every customer the one that they are shown as. One query."""
    rows = Customer.objects.for_tenant(tenant).filter(pk__in=customer_ids)
    return dict(rows.values_list("pk", "root_id"))


def lock_roots(
    tenant: Tenant, root_ids: Collection[UUID], rules: list[PolicyRule]
) -> list[Customer]:
    """Lock people, so that nobody else decides about them meanwhile, and give them.

    Their companies are locked as well where a rule looks at companies. Two queries at most. Raises
    RootsMovedError where somebody was merged meanwhile: whoever asked begins again.
    """
    rows = Customer.objects.for_tenant(tenant).filter(pk__in=root_ids).order_by("pk")
    people = list(rows.select_for_update(no_key=True))
    if any(one.root_id != one.pk for one in people):
        raise RootsMovedError
    if look_at_companies(rules):
        members = CompanyMember.objects.for_tenant(tenant).filter(customer__root__in=root_ids)
        companies = Company.objects.for_tenant(tenant).filter(pk__in=members.values("company"))
        list(companies.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return people


def read_persons(
    *,
    tenant: Tenant,
    roots: Iterable[Customer],
    medium: Medium,
    rules: list[PolicyRule],
    window: tuple[datetime, datetime],
) -> dict[UUID, Person]:
    """Give what the policy knows of people (locked roots), by their id.

    They would be asked within *window*: contacts are read as far around it as the rules look.
    At most seven queries, whatever the number of people.
    """
    people = {one.pk: one for one in roots}
    addresses = _addresses(tenant, people, medium)
    look = timedelta(days=max((int(rule.params.get("days", 0)) for rule in rules), default=0))
    window = (window[0] - look, window[1] + look)
    contacts = _contacts(tenant, people, window) if look else {}
    companies = _company_contacts(tenant, people, window, rules)
    barred = barred_since(tenant, medium, addresses)
    agreed = _agreed(tenant, people, medium, rules)
    return {
        pk: Person(
            id=str(pk),
            address=addresses[pk],
            is_address_right=is_usable(medium.identity, addresses[pk]),
            zone=one.time_zone if is_zone(one.time_zone) else tenant.time_zone,
            is_visitor=one.kind == Customer.Kind.VISITOR,
            email=one.email or (addresses[pk] if medium is Medium.EMAIL else ""),
            bars=frozenset(barred.get(pk, ())) | ({Reason.ERASED} if one.erased_at else set()),
            has_agreed=pk in agreed,
            attributes=one.attributes,
            contacts=contacts.get(pk, []),
            company_contacts=companies.get(pk, []),
        )
        for pk, one in people.items()
    }


def look_at_companies(rules: list[PolicyRule]) -> bool:
    """Whether a rule counts for all of a company together."""
    return any(rule.kind is RuleKind.CAP and rule.params.get("per") == "company" for rule in rules)


def addresses_of(tenant: Tenant, root_ids: Collection[UUID], kind: str) -> dict[UUID, str]:
    """Give for people the address of a *kind* they were last known by. One query."""
    rows = Identity.objects.for_tenant(tenant).filter(
        customer__root__in=root_ids, kind=kind, is_shared=False
    )
    newest_last = rows.order_by("created_at", "pk").values_list("customer__root", "value")
    return dict(newest_last)


def _addresses(tenant: Tenant, people: dict[UUID, Customer], medium: Medium) -> dict[UUID, str]:
    """Give where messages would go: what the profile says, else what somebody is known by."""
    known = addresses_of(tenant, people, medium.identity)
    told = {pk: one.phone if medium is Medium.SMS else one.email for pk, one in people.items()}
    return {pk: fold(medium.identity, told[pk] or known.get(pk, "")) for pk in people}


def barred_since(
    tenant: Tenant, medium: Medium, addresses: dict[UUID, str]
) -> dict[UUID, dict[Reason, datetime]]:
    """Give why people may not be written to at their *addresses*, and since when. One query."""
    whose: dict[str, list[UUID]] = defaultdict(list)
    for pk, address in addresses.items():
        if address:
            for hashed in hashes_of(tenant, medium.identity, address):
                whose[hashed].append(pk)
    rows = Suppression.objects.for_tenant(tenant).filter(
        kind=medium.identity, value_hash__in=whose, reason__in=BARS
    )
    found: dict[UUID, dict[Reason, datetime]] = defaultdict(dict)
    for hashed, reason, at in rows.order_by("-at", "pk").values_list("value_hash", "reason", "at"):
        for pk in whose[hashed]:
            found[pk][Reason(reason)] = at
    return found


def _agreed(
    tenant: Tenant, people: Collection[UUID], medium: Medium, rules: list[PolicyRule]
) -> set[UUID]:
    if not any(rule.kind is RuleKind.CONSENT for rule in rules):
        return set()
    rows = (
        Consent.objects.for_tenant(tenant)
        .filter(Q(medium=medium) | Q(medium=""), customer__root__in=people, purpose=PURPOSE)
        .order_by("customer__root", "-at", "-pk")
        .distinct("customer__root")
    )
    newest = rows.values_list("customer__root", "state")
    return {root for root, state in newest if state == Consent.State.GIVEN}


def _contacts(
    tenant: Tenant, people: Collection[UUID], window: tuple[datetime, datetime]
) -> Contacts:
    """Give when people were asked, will be, and answered, in any survey on any way."""
    found: Contacts = defaultdict(list)
    asked = Invitation.objects.for_tenant(tenant).filter(
        customer__root__in=people, state__in=COUNTED, send_at__range=window
    )
    rows = asked.values_list("customer__root", "send_at", "medium", "purpose", "pk")
    for root, at, medium, purpose, pk in rows:
        found[root].append(Contact(at, medium, purpose, str(pk)))
    answered = Response.objects.for_tenant(tenant).filter(
        customer__root__in=people, state__in=Response.LIVE_STATES, answered_at__range=window
    )
    told = answered.annotate(whose=F("customer__root"), what_for=F("survey__purpose"))
    said = list(told.values_list("pk", "whose", "answered_at", "what_for"))
    own = Invitation.objects.for_tenant(tenant).filter(response__in=[pk for pk, *_ in said])
    invited = dict(own.values_list("response", "pk"))
    for pk, root, at, purpose in said:
        invitation = str(invited.get(pk, ""))
        found[root].append(Contact(at, "", purpose, invitation, is_answer=True))
    return found


def _company_contacts(
    tenant: Tenant,
    people: Collection[UUID],
    window: tuple[datetime, datetime],
    rules: list[PolicyRule],
) -> Contacts:
    if not look_at_companies(rules):
        return {}
    members = CompanyMember.objects.for_tenant(tenant)
    own = members.filter(customer__root__in=people).values_list("customer__root", "company")
    companies: dict[UUID, UUID] = {}
    # Who is in several counts in the first of them, the same one each time.
    for person, company in own.order_by("customer__root", "company"):
        companies.setdefault(person, company)
    mates = members.filter(company__in=set(companies.values()))
    pairs = set(mates.values_list("company", "customer__root"))
    by_person = _contacts(tenant, {person for _, person in pairs}, window)
    by_company: Contacts = defaultdict(list)
    for company, person in sorted(pairs):
        by_company[company] += by_person.get(person, [])
    return {person: by_company[company] for person, company in companies.items()}
