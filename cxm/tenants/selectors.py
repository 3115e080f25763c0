"""Reads about tenants, among them the few that come before a tenant is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import FETCH_RAISE, Case, CharField, Q, Value, When

from cxm.accounts.models import User
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import ApiKey, AuditEntry, Invitation, Membership, Tenant
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

MOST_REMEMBERED = 1_024
_remembered: dict[str, UUID] = {}


@dataclass(frozen=True, slots=True)
class Door:
    """One tenant that a person may enter, and as what."""

    tenant_id: UUID
    slug: str
    name: str
    membership_id: UUID
    role: str


@dataclass(frozen=True, slots=True)
class KeyDoor:
    """The tenant of an API key, and the hash its secret must have."""

    tenant_id: UUID
    api_key_id: UUID
    secret_hash: str


def doors_of(user_id: UUID) -> list[Door]:
    """List the tenants in which a person is an active member, by name. One query, unbound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM door_memberships(%s)", [user_id])
        return [Door(*row) for row in cursor.fetchall()]


def door_to(slug: str, user_id: UUID) -> Door | None:
    """Find the tenant called *slug* among those of a person. One query, unbound."""
    return next((door for door in doors_of(user_id) if door.slug == slug), None)


def tenant_by_slug(slug: str) -> Tenant | None:
    """Find a tenant for a command of the operator; web requests go through `door_to`."""
    tenant_id = tenant_id_by_slug(slug)
    return tenant_by_id(tenant_id) if tenant_id else None


def tenant_id_by_slug(slug: str) -> UUID | None:
    """Find the id of the tenant whose public pages have *slug* in their address. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM door_tenant(%s)", [slug])
        row = cursor.fetchone()
    return row[0] if row else None


def likely_tenant_ids(slug: str) -> Iterator[UUID]:
    """Give the tenant that had *slug* the last time somebody asked, then the one that has it now.

    The first costs no query, and may be called otherwise by now: whoever works with it must look.
    Not given is one that the other is already, or that does not exist.
    """
    remembered = _remembered.get(slug)
    if remembered:
        yield remembered
    found = tenant_id_by_slug(slug)
    if found is None or found == remembered:
        return
    while len(_remembered) >= MOST_REMEMBERED:
        _remembered.pop(next(iter(_remembered)), None)
    _remembered[slug] = found
    yield found


def forget_tenant_ids() -> None:
    """Forget which tenant had which slug, for tests that count queries."""
    _remembered.clear()


def tenant_by_id(tenant_id: UUID) -> Tenant | None:
    """Load a tenant inside its own binding."""
    with tenant_bound(tenant_id):
        return Tenant.objects.filter(pk=tenant_id).first()


def key_door(public_id: str) -> KeyDoor | None:
    """Find an API key by its public part. One query, unbound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM door_api_key(%s)", [public_id])
        row = cursor.fetchone()
    return KeyDoor(*row) if row else None


def invitation_door(token_hash: str) -> tuple[UUID, UUID] | None:
    """Find (tenant id, invitation id) by the hash of a link's token. One query, unbound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM door_invitation(%s)", [token_hash])
        found: tuple[UUID, UUID] | None = cursor.fetchone()
    return found


def members(tenant: Tenant | UUID) -> QuerySet[Membership]:
    """List the people of *tenant* with their accounts, active ones first, by address."""
    return (
        Membership.objects.for_tenant(tenant)
        .select_related("user")
        .order_by("-is_active", "user__email", "pk")
        .fetch_mode(FETCH_RAISE)
    )


def member_choices(at_hand: Membership | None, reader: Membership) -> list[tuple[str, str]]:
    """List the members for *reader* to choose one, as ids and names, by name; nobody first.

    Who may not see the members finds nobody but themselves and the one *at_hand*, and reads no
    address. At most one query.
    """
    found = {str(one.pk): one.user.get_full_name() for one in (at_hand, reader) if one}
    if may(reader.role, Right.SEE_PEOPLE):
        people = [one for one in (at_hand, *members(reader.tenant_id)) if one]
        chosen = [one for one in people if one.is_active or one is at_hand or one.pk == reader.pk]
        found = {str(one.pk): one.user.name_or_address() for one in chosen}
    named = sorted((name, key) for key, name in found.items())
    return [("", "Nobody"), *((key, name) for name, key in named)]


def open_invitations(tenant: Tenant | UUID, *, now: datetime) -> QuerySet[Invitation]:
    """List invitations that were neither used nor withdrawn, newest first.

    Each has `has_run_out`: whether its time was over at *now*.
    """
    return (
        Invitation.objects.for_tenant(tenant)
        .filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
        .select_related("invited_by__user")
        .annotate(has_run_out=Q(expires_at__lte=now))
        .order_by("-created_at", "pk")
        .fetch_mode(FETCH_RAISE)
    )


def api_keys(tenant: Tenant, *, now: datetime) -> QuerySet[ApiKey]:
    """List the keys of *tenant*, newest first, with the people who made them.

    Each has `state`: "live", "revoked", or "ended" when it had run out at *now*.
    """
    return (
        ApiKey.objects.for_tenant(tenant)
        .select_related("created_by__user")
        .annotate(
            state=Case(
                When(revoked_at__isnull=False, then=Value("revoked")),
                When(expires_at__lte=now, then=Value("ended")),
                default=Value("live"),
                output_field=CharField(),
            )
        )
        .order_by("-created_at", "pk")
        .fetch_mode(FETCH_RAISE)
    )


def audit_entries(
    tenant: Tenant, *, action: str = "", actor_id: UUID | None = None
) -> QuerySet[AuditEntry]:
    """List what was done in *tenant*, newest first, with the people and keys that did it.

    *action* and *actor_id* keep the deeds of that name and of that member.
    """
    entries = AuditEntry.objects.for_tenant(tenant)
    if action:
        entries = entries.filter(action=action)
    if actor_id:
        entries = entries.filter(actor_id=actor_id)
    return (
        entries.select_related("actor__user", "api_key")
        .order_by("-at", "pk")
        .fetch_mode(FETCH_RAISE)
    )


def audit_actions(tenant: Tenant) -> list[str]:
    """List the names of all that was ever done in *tenant*, in the order of the alphabet."""
    entries = AuditEntry.objects.for_tenant(tenant).order_by("action")
    return list(entries.values_list("action", flat=True).distinct())


def account_exists(email: str) -> bool:
    """Say whether somebody has an account with *email* (folded to lower case)."""
    return User.objects.filter(email=email).exists()
