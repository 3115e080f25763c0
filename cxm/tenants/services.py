"""Every write about tenants, their people and their keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from cxm.accounts.models import User
from cxm.kernel.ids import new_id
from cxm.kernel.newcomers import newcomers
from cxm.kernel.zones import is_zone
from cxm.tenants.audit import record
from cxm.tenants.binding import tenant_bound
from cxm.tenants.errors import (
    AccountExistsError,
    AlreadyMemberError,
    InvitationForAnotherError,
    InvitationOverError,
    KeyEndsInThePastError,
    LastOwnerError,
    RightsNotYoursError,
    RoleNotYoursError,
    SlugTakenError,
    UnknownZoneError,
)
from cxm.tenants.models import ApiKey, Invitation, Membership, Tenant
from cxm.tenants.rules import RIGHTS, Right, Role, may, may_give
from cxm.tenants.selectors import doors_of, tenant_by_slug

if TYPE_CHECKING:
    from collections.abc import Collection

INVITATION_LASTS = timedelta(days=7)


def token_hash(token: str) -> str:
    """Hash a random token of 128 bits or more; such tokens need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_tenant(*, slug: str, name: str, time_zone: str = "UTC") -> Tenant:
    """Make an empty tenant; what belongs in every new one is added by `cxm.web.services`.

    Raises SlugTakenError and UnknownZoneError. Runs in its own transaction, bound to the tenant.
    """
    if not is_zone(time_zone):
        raise UnknownZoneError(time_zone)
    if tenant_by_slug(slug):
        raise SlugTakenError(slug)
    tenant = Tenant(pk=new_id(), slug=slug, name=name, time_zone=time_zone)
    try:
        with tenant_bound(tenant.pk):
            tenant.save(force_insert=True)
            record(tenant=tenant, action="tenant-created", by=None)
    except IntegrityError as error:
        raise SlugTakenError(slug) from error
    return tenant


@transaction.atomic
def rename_tenant(*, tenant: Tenant, name: str, by: Membership | ApiKey) -> None:
    """Give *tenant* the name that people read; its short name in addresses stays."""
    before, tenant.name = tenant.name, name
    tenant.save(update_fields=["name"])
    record(tenant=tenant, action="tenant-renamed", by=by, changes={"name": [before, name]})


@transaction.atomic
def add_member(
    *, tenant: Tenant, user: User, role: Role, by: Membership | ApiKey | None
) -> Membership:
    """Make *user* a member, or an active one again; *by* is None for the operator's shell."""
    if by is not None and not _may_deal_in(by, role):
        raise RoleNotYoursError
    membership = _enter(tenant, user, role)
    record(tenant=tenant, action="member-added", by=by, about=membership, changes={"role": role})
    return membership


@transaction.atomic
def change_member(
    *, membership: Membership, role: Role, is_active: bool, by: Membership | ApiKey
) -> None:
    """Give a member another role, or take the membership away and back.

    Raises RoleNotYoursError where ownership is dealt by others than owners, and
    LastOwnerError where no active owner would remain.
    """
    tenant = membership.tenant
    if not (_may_deal_in(by, membership.role) and _may_deal_in(by, role)):
        raise RoleNotYoursError
    owners = list(
        Membership.objects.for_tenant(tenant)
        .filter(role=Role.OWNER, is_active=True)
        .select_for_update()
    )
    stays_owner = role == Role.OWNER and is_active
    if [owner.pk for owner in owners] == [membership.pk] and not stays_owner:
        raise LastOwnerError
    before = {"role": membership.role, "is_active": membership.is_active}
    membership.role, membership.is_active = role, is_active
    membership.save(update_fields=["role", "is_active"])
    changes = {"before": before, "after": {"role": role, "is_active": is_active}}
    record(tenant=tenant, action="member-changed", by=by, about=membership, changes=changes)


@transaction.atomic
def invite(
    *, tenant: Tenant, email: str, role: Role, by: Membership | ApiKey, now: datetime
) -> tuple[Invitation, str]:
    """Make a link that lets the holder of *email* join; give it and its token, shown once.

    An older open invitation of the address is withdrawn. Raises AlreadyMemberError and
    RoleNotYoursError.
    """
    email = email.strip().lower()
    if not _may_invite(by, role):
        raise RoleNotYoursError
    people = Membership.objects.for_tenant(tenant)
    if people.filter(user__email=email, is_active=True).exists():
        raise AlreadyMemberError(email)
    Invitation.objects.for_tenant(tenant).filter(
        email=email, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        tenant=tenant,
        email=email,
        role=role,
        token_hash=token_hash(token),
        invited_by=None if isinstance(by, ApiKey) else by,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    record(tenant=tenant, action="member-invited", by=by, about=invitation)
    return invitation, token


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Membership | ApiKey, now: datetime) -> None:
    """Make a link worthless; raises InvitationOverError when it is already."""
    if not _claim(invitation, withdrawn_at=now):
        raise InvitationOverError
    record(tenant=invitation.tenant, action="invitation-withdrawn", by=by, about=invitation)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, now: datetime) -> Membership:
    """Make *user* a member with the role of the link, once.

    Raises InvitationOverError, InvitationForAnotherError when the address differs, and
    AlreadyMemberError for somebody who became a member in the meantime.
    """
    if user.email != invitation.email:
        raise InvitationForAnotherError(invitation.email)
    if invitation.expires_at <= now or not _claim(invitation, accepted_at=now):
        raise InvitationOverError
    tenant = invitation.tenant
    people = Membership.objects.for_tenant(tenant)
    if people.filter(user=user, is_active=True).exists():
        raise AlreadyMemberError(user.email)
    membership = _enter(tenant, user, Role(invitation.role))
    changes = {"role": membership.role}
    record(
        tenant=tenant,
        action="invitation-accepted",
        by=membership,
        about=membership,
        changes=changes,
    )
    newcomers.welcome(membership, invitation, now)
    return membership


@transaction.atomic
def join_as_new_person(
    *, invitation: Invitation, name: str, password: str, now: datetime
) -> Membership:
    """Make an account for the address of the link, and accept the link with it.

    The holder of the link is taken for the owner of the address. *password* has passed the
    validators. Raises InvitationOverError and AccountExistsError.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError as error:
        raise AccountExistsError(invitation.email) from error
    return accept_invitation(invitation=invitation, user=user, now=now)


def rename_oneself(*, user: User, name: str) -> None:
    """Call *user* by *name* from now on; "" for none. The same name as before changes nothing.

    The audit list of each of their workspaces has it as `member-renamed`. A transaction works for
    one workspace: the name changes in that of the first, so that no list tells of what did not
    happen. Called outside of any workspace.
    """
    if name == user.name:
        return
    before, user.name = user.name, name
    is_saved = False
    for door in doors_of(user.pk):
        with tenant_bound(door.tenant_id):
            rows = Membership.objects.for_tenant(door.tenant_id).select_related("tenant", "user")
            # None where the membership ended a moment ago.
            for member in rows.filter(pk=door.membership_id):
                if not is_saved:
                    user.save(update_fields=["name"])
                    is_saved = True
                names = {"before": {"name": before}, "after": {"name": name}}
                record(
                    tenant=member.tenant,
                    action="member-renamed",
                    by=member,
                    about=member,
                    changes=names,
                )
    if not is_saved:
        user.save(update_fields=["name"])


def _enter(tenant: Tenant, user: User, role: Role) -> Membership:
    membership, is_new = Membership.objects.for_tenant(tenant).get_or_create(
        user=user, defaults={"tenant": tenant, "role": role}
    )
    if not is_new:
        membership.role, membership.is_active = role, True
        membership.save(update_fields=["role", "is_active"])
    return membership


def _may_deal_in(by: Membership | ApiKey, role: str) -> bool:
    """Decide whether *by* may give or take *role*; a key deals only in rights that it has."""
    if isinstance(by, ApiKey):
        return may_give(Role.ADMIN, role) and RIGHTS[Role(role)] <= set(by.rights)
    return may_give(by.role, role)


def _may_invite(by: Membership | ApiKey, role: str) -> bool:
    """Guests come through those who let them into something; others by who deals in roles."""
    if role == Role.GUEST and Right.SHARE_JOURNEYS in _rights_of(by):
        return True
    return _may_deal_in(by, role)


def _claim(invitation: Invitation, **moment: datetime) -> bool:
    still_open = Invitation.objects.for_tenant(invitation.tenant_id).filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    return still_open.update(**moment) == 1


@transaction.atomic
def create_api_key(
    *,
    tenant: Tenant,
    name: str,
    rights: Collection[Right],
    by: Membership | ApiKey | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key with *rights*; give it and its text, which is shown once.

    *by* is None for the operator's shell. Raises RightsNotYoursError for rights that *by* does
    not have, and KeyEndsInThePastError.
    """
    if by is not None and not _rights_of(by).issuperset(rights):
        raise RightsNotYoursError
    if expires_at is not None and expires_at <= now:
        raise KeyEndsInThePastError
    public_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        tenant=tenant,
        name=name,
        public_id=public_id,
        secret_hash=token_hash(secret),
        rights=sorted(rights),
        created_by=None if isinstance(by, ApiKey) else by,
        created_at=now,
        expires_at=expires_at,
    )
    record(
        tenant=tenant, action="key-created", by=by, about=key, changes={"rights": sorted(rights)}
    )
    return key, f"cxm_{public_id}_{secret}"


@transaction.atomic
def revoke_api_key(*, key: ApiKey, by: Membership | ApiKey, now: datetime) -> None:
    """Make a key worthless from this transaction's commit on; nothing happens to a dead one."""
    live = ApiKey.objects.for_tenant(key.tenant_id).filter(pk=key.pk, revoked_at__isnull=True)
    if live.update(revoked_at=now):
        key.revoked_at = now
        record(tenant=key.tenant, action="key-revoked", by=by, about=key)


def _rights_of(by: Membership | ApiKey) -> frozenset[Right]:
    if isinstance(by, ApiKey):
        return frozenset(right for right in Right if right in by.rights)
    return frozenset(right for right in Right if may(by.role, right))
