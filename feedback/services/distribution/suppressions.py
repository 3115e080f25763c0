"""The list of addresses that are not written to, and taking one off it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.customers.models import Consent, Customer, Identity, Suppression
from cxm.customers.rules.identifiers import fold, is_usable
from cxm.customers.services.suppressing import hashes_of, value_hash
from cxm.tenants.audit import record
from feedback.errors import AddressUnusableError
from feedback.models import Invitation
from feedback.rules.distribution.words import PURPOSE, InvitationState, Reason
from feedback.services.distribution.notes import note
from feedback.services.news import tell_of_opt_out

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership, Tenant

# What a person can take back for somebody: an erased one agrees anew, or stays erased.
LIFTABLE = (Reason.UNSUBSCRIBED, Reason.BOUNCED, Reason.COMPLAINED, Reason.DO_NOT_CONTACT)
# What stays when somebody wants to be asked no more. Of an anonymous survey nothing else says that
# the link was used.
_STAYS = (
    InvitationState.COMPLETE,
    InvitationState.PARTIAL,
    InvitationState.SCREENED_OUT,
    InvitationState.OPTED_OUT,
)


def bar(*, tenant: Tenant, kind: str, value: str, reason: Reason, now: datetime) -> None:
    """Write to an address no more; what stands already stays as it is."""
    Suppression.objects.bulk_create(
        [
            Suppression(
                tenant=tenant,
                kind=kind,
                value_hash=value_hash(tenant, kind, value),
                reason=reason,
                at=now,
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def keep_out(
    *, tenant: Tenant, address: str, why: str, by: Membership | ApiKey, now: datetime
) -> None:
    """Put an e-mail address or phone number on the list by hand, for a reason that is kept.

    Raises AddressUnusableError.
    """
    kind = kind_of(address)
    if not is_usable(kind, fold(kind, address)):
        raise AddressUnusableError
    bar(tenant=tenant, kind=kind, value=address, reason=Reason.DO_NOT_CONTACT, now=now)
    record(tenant=tenant, action="suppression-made", by=by, changes={"why": why[:200]})


@transaction.atomic
def lift(*, tenant: Tenant, address: str, why: str, by: Membership | ApiKey) -> int:
    """Take an address off the list, for a reason that is kept; give how many entries it had.

    Who was erased stays out.
    """
    rows = Suppression.objects.for_tenant(tenant).filter(
        kind=kind_of(address),
        value_hash__in=hashes_of(tenant, kind_of(address), address),
        reason__in=LIFTABLE,
    )
    lifted = [f"{row.reason} since {row.at:%Y-%m-%d}" for row in rows]
    rows.delete()
    if lifted:
        record(
            tenant=tenant,
            action="suppression-lifted",
            by=by,
            changes={"was": ", ".join(lifted), "why": why[:200]},
        )
    return len(lifted)


def kind_of(address: str) -> str:
    """Tell an e-mail address from a phone number."""
    return "email" if "@" in address else "phone"


@transaction.atomic
def opt_out(*, invitation: Invitation, now: datetime) -> None:
    """Let an invited person be asked no more at the address they were asked at.

    What they answered stays; all that waits for them is not sent, since the policy is asked again.
    """
    locked = Invitation.objects.for_tenant(invitation.tenant_id).select_for_update(of=("self",))
    row = locked.select_related("customer__root__tenant").get(pk=invitation.pk)
    if row.answered_at is None and row.state not in _STAYS:
        row.state, row.state_at, row.reason = InvitationState.OPTED_OUT, now, ""
        row.save(update_fields=["state", "state_at", "reason"])
    opt_out_person(row.customer.root, source="invitation", about=row.pk, now=now)
    note(row, "opted_out", now)


@transaction.atomic
def opt_out_person(customer: Customer, *, source: str, about: UUID, now: datetime) -> None:
    """Let a person be asked no more at any of their addresses, keep that they said so, and tell it.

    *about* is what they said it at, their invitation or themselves.
    """
    for kind, value in _all_addresses(customer):
        bar(tenant=customer.tenant, kind=kind, value=value, reason=Reason.UNSUBSCRIBED, now=now)
    withdraw(customer, now=now, source=source)
    tell_of_opt_out(customer.tenant_id, customer.pk, about=about, now=now)


def is_opted_out(tenant: Tenant, kind: str, value: str) -> bool:
    """Whether an address is on the list because its owner wants to be asked no more. One query."""
    rows = Suppression.objects.for_tenant(tenant).filter(
        kind=kind, value_hash__in=hashes_of(tenant, kind, value), reason=Reason.UNSUBSCRIBED
    )
    return rows.exists()


@transaction.atomic
def opt_in(*, invitation: Invitation, now: datetime) -> None:
    """Take back what `opt_out` did, for the person who did it."""
    for kind, value in _all_addresses(invitation.customer.root):
        hashes = hashes_of(invitation.tenant, kind, value)
        rows = Suppression.objects.for_tenant(invitation.tenant_id)
        rows.filter(kind=kind, value_hash__in=hashes, reason=Reason.UNSUBSCRIBED).delete()
    Consent.objects.create(
        tenant_id=invitation.tenant_id,
        customer_id=invitation.customer.root_id,
        purpose=PURPOSE,
        state=Consent.State.GIVEN,
        at=now,
        source="invitation",
    )
    note(invitation, "opted_in", now)


def withdraw(customer: Customer, *, now: datetime, source: str) -> None:
    """Keep that somebody does not want to be asked any more."""
    Consent.objects.create(
        tenant_id=customer.tenant_id,
        customer=customer,
        purpose=PURPOSE,
        state=Consent.State.WITHDRAWN,
        at=now,
        source=source,
    )


def emails_of_person(root: Customer) -> set[str]:
    """Give every e-mail address of a person. One query."""
    return {value for kind, value in _all_addresses(root) if kind == "email"}


def _all_addresses(root: Customer) -> set[tuple[str, str]]:
    """Give every e-mail address and phone number of a person."""
    rows = Identity.objects.for_tenant(root.tenant_id).filter(
        customer__root=root.pk, kind__in=["email", "phone"]
    )
    known = set(rows.values_list("kind", "value"))
    told = {("email", root.email), ("phone", root.phone)}
    return {(kind, value) for kind, value in known | told if value}
