"""Taking over whom Delighted wrote to no more: who unsubscribed, to whom mail came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from cxm.customers.models import Consent, Customer, Identity, Suppression
from cxm.customers.rules.identifiers import fold, is_usable
from cxm.customers.services.suppressing import hashes_of
from feedback.rules.delighted import InvalidError, read_moment
from feedback.rules.distribution.words import PURPOSE, Reason
from feedback.services.distribution.suppressions import bar, withdraw

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from cxm.customers.rules.records import Ref
    from cxm.tenants.models import Tenant

_SOURCE = "delighted"


@transaction.atomic
def bar_listed(
    *,
    tenant: Tenant,
    items: Iterable[Mapping[str, Any]],
    reason: Reason,
    moment: str,
    now: datetime,
) -> dict[str, int]:
    """Write to the addresses of *items* no more; *moment* names the field that says since when.

    Gives how many are new on the list (loaded), stood there (unchanged), hold no address
    (refused), or agreed here after it (back): those stay askable.
    """
    told, refused = _read(items, moment, now)
    return {**bar_addresses(tenant=tenant, told=told, reason=reason), "refused": refused}


@transaction.atomic
def bar_addresses(
    *, tenant: Tenant, told: Mapping[str, datetime], reason: Reason
) -> dict[str, int]:
    """Write no more to the folded e-mail addresses *told*, each with when that was said.

    Gives how many are new on the list (loaded), stood there (unchanged), or agreed here after it
    (back): those stay askable. Told again it changes nothing.
    """
    people = _people(tenant, told)
    agreed = _agreed(tenant, people.values())
    there = _there(tenant, told, reason)
    counts = {"loaded": 0, "unchanged": 0, "back": 0}
    for email, at in told.items():
        customer = people.get(email)
        if email in there:
            counts["unchanged"] += 1
        elif customer and agreed.get(customer.pk, at) > at:
            counts["back"] += 1
        else:
            counts["loaded"] += 1
            bar(tenant=tenant, kind="email", value=email, reason=reason, now=at)
            if customer and reason is Reason.UNSUBSCRIBED:
                withdraw(customer, now=at, source=_SOURCE)
    return counts


def emails_of(tenant: Tenant, refs: Iterable[Ref]) -> set[str]:
    """Give the folded e-mail addresses that *refs* name, and those of whom they name."""
    named = list(refs)
    who = Q(pk__in=[])
    for ref in named:
        who |= Q(kind=ref.kind, namespace=ref.namespace, value=ref.value)
    rows = Identity.objects.for_tenant(tenant)
    roots = rows.filter(who).values_list("customer__root", flat=True)
    known = rows.filter(kind="email", namespace="", customer__root__in=list(roots))
    told = {fold("email", ref.value) for ref in named if ref.kind == "email"}
    return told | set(known.values_list("value", flat=True))


def _read(
    items: Iterable[Mapping[str, Any]], moment: str, now: datetime
) -> tuple[dict[str, datetime], int]:
    told: dict[str, datetime] = {}
    refused = 0
    for item in items:
        email = fold("email", str(item.get("email") or ""))
        if is_usable("email", email):
            told[email] = _moment(item, moment, now)
        else:
            refused += 1
    return told, refused


def _moment(item: Mapping[str, Any], name: str, now: datetime) -> datetime:
    """Give when it was; a moment that nobody can read, or that lies ahead, is now."""
    try:
        return min(read_moment(item, name) or now, now)
    except InvalidError:
        return now


def _people(tenant: Tenant, emails: Collection[str]) -> dict[str, Customer]:
    rows = Identity.objects.for_tenant(tenant).filter(
        kind="email", namespace="", value__in=emails, customer__root__erased_at__isnull=True
    )
    return {row.value: row.customer.root for row in rows.select_related("customer__root")}


def _agreed(tenant: Tenant, people: Iterable[Customer]) -> dict[Any, datetime]:
    """Give when those last agreed whose newest word is that they do."""
    rows = Consent.objects.for_tenant(tenant).filter(
        purpose=PURPOSE, customer__root__in=[one.pk for one in people]
    )
    newest = rows.order_by("customer__root", "-at", "-pk").distinct("customer__root")
    said = newest.values_list("customer__root", "state", "at")
    return {root: at for root, state, at in said if state == Consent.State.GIVEN}


def _there(tenant: Tenant, emails: Iterable[str], reason: Reason) -> set[str]:
    whose = {hashed: one for one in emails for hashed in hashes_of(tenant, "email", one)}
    rows = Suppression.objects.for_tenant(tenant).filter(
        kind="email", value_hash__in=whose, reason=reason
    )
    return {whose[hashed] for hashed in rows.values_list("value_hash", flat=True)}
