"""Letting single people into a journey: members at once, guests when they accept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.selectors.evidence import day_in
from cxm.tenants.audit import record
from cxm.tenants.models import Invitation, Membership
from cxm.tenants.rules import Role
from cxm.tenants.selectors import open_invitations
from cxm.tenants.services import invite, withdraw_invitation
from journeys.errors import GrantError, TooManyError
from journeys.models import AccessGrant, Journey, PromisedGrant
from journeys.rules.access import may_get

if TYPE_CHECKING:
    from datetime import date, datetime

    from cxm.tenants.models import ApiKey
    from journeys.rules.reviews import GrantRole

MOST_LET_IN = 200
LONGEST = timedelta(days=366)


@transaction.atomic
def let_in(
    *,
    journey: Journey,
    email: str,
    role: GrantRole,
    expires_on: date | None,
    by: Membership | ApiKey,
    now: datetime,
) -> str:
    """Let whoever has the address *email* into *journey*, through *expires_on*.

    A member is let in at once; let in already, it is changed. Somebody else is invited as a guest
    and let in when accepting: gives the token of the invitation then, to be shown once, and ""
    where nothing is to be sent: for a member, or who has an invitation of another role already.
    Raises GrantError, TooManyError and RoleNotYoursError.
    """
    address = email.strip().lower()
    people = Membership.objects.for_tenant(journey.tenant_id).select_related("user")
    member = people.filter(user__email=address, is_active=True).first()
    is_guest = member is None or member.role == Role.GUEST
    _check(journey, expires_on, is_guest=is_guest, now=now)
    if member is not None:
        _grant(journey, member, role, expires_on, by=by, now=now)
        return ""
    return _promise(journey, address, role, expires_on, by=by, now=now)


@transaction.atomic
def change_grant(
    *,
    grant: AccessGrant | PromisedGrant,
    role: GrantRole,
    expires_on: date | None,
    by: Membership | ApiKey,
    now: datetime,
) -> None:
    """Give a grant, loaded with its journey and whom it is for, another role and last day.

    Raises GrantError.
    """
    member = grant.member if isinstance(grant, AccessGrant) else None
    is_guest = member is None or member.role == Role.GUEST
    _check_day(grant.journey, expires_on, is_guest=is_guest, now=now)
    if member is not None:
        _check_role(member, role)
    before = _told(grant)
    grant.role, grant.expires_on = role, expires_on
    grant.save(update_fields=["role", "expires_on"])
    _record("changed", grant, by, before=before, after=_told(grant))


@transaction.atomic
def take_access(
    *, grant: AccessGrant | PromisedGrant, by: Membership | ApiKey, now: datetime
) -> None:
    """Take away what somebody was granted; an invitation that only served it is withdrawn."""
    _record("taken", grant, by, before=_told(grant))
    grant.delete()
    if not isinstance(grant, PromisedGrant) or grant.invitation.role != Role.GUEST:
        return
    others = PromisedGrant.objects.for_tenant(grant.tenant_id)
    still_open = open_invitations(grant.tenant_id, now=now).filter(pk=grant.invitation_id)
    if still_open.exists() and not others.filter(invitation=grant.invitation_id).exists():
        withdraw_invitation(invitation=grant.invitation, by=by, now=now)


def keep_promises(membership: Membership, invitation: Invitation, now: datetime) -> None:
    """Let a new member into the journeys that were promised with *invitation*."""
    promised = PromisedGrant.objects.for_tenant(membership.tenant_id).filter(invitation=invitation)
    for one in promised.select_related("journey"):
        AccessGrant.objects.for_tenant(membership.tenant_id).update_or_create(
            tenant=invitation.tenant,
            journey=one.journey,
            member=membership,
            defaults={"role": one.role, "expires_on": one.expires_on},
            create_defaults={
                "role": one.role,
                "expires_on": one.expires_on,
                "created_at": now,
                "by": invitation.invited_by,
            },
        )
    promised.delete()


def _grant(
    journey: Journey,
    member: Membership,
    role: GrantRole,
    expires_on: date | None,
    *,
    by: Membership | ApiKey,
    now: datetime,
) -> None:
    _check_role(member, role)
    told = {"role": role, "expires_on": expires_on}
    giver = by if isinstance(by, Membership) else None
    grant, _ = AccessGrant.objects.for_tenant(journey.tenant_id).update_or_create(
        tenant=journey.tenant,
        journey=journey,
        member=member,
        defaults=told,
        create_defaults={**told, "created_at": now, "by": giver},
    )
    _record("given", grant, by, after=_told(grant))


def _promise(
    journey: Journey,
    email: str,
    role: GrantRole,
    expires_on: date | None,
    *,
    by: Membership | ApiKey,
    now: datetime,
) -> str:
    tenant = journey.tenant
    there = open_invitations(tenant, now=now).filter(email=email, expires_at__gt=now).first()
    token = ""
    if there is None or there.role == Role.GUEST:
        before = there
        there, token = invite(tenant=tenant, email=email, role=Role.GUEST, by=by, now=now)
        if before:
            # The new link stands for the old one, with all that was promised with it.
            promised = PromisedGrant.objects.for_tenant(tenant).filter(invitation=before)
            promised.update(invitation=there)
    grant, _ = PromisedGrant.objects.for_tenant(tenant).update_or_create(
        tenant=tenant,
        journey=journey,
        invitation=there,
        defaults={"role": role, "expires_on": expires_on},
    )
    _record("promised", grant, by, after=_told(grant))
    return token


def _check(journey: Journey, expires_on: date | None, *, is_guest: bool, now: datetime) -> None:
    _check_day(journey, expires_on, is_guest=is_guest, now=now)
    # Others who let somebody in at the same moment wait, so that none is counted past.
    Journey.objects.for_tenant(journey.tenant_id).select_for_update(no_key=True).get(pk=journey.pk)
    granted = AccessGrant.objects.for_tenant(journey.tenant_id).filter(journey=journey).count()
    promised = PromisedGrant.objects.for_tenant(journey.tenant_id).filter(journey=journey).count()
    if granted + promised >= MOST_LET_IN:
        words = f"Up to {MOST_LET_IN} people are let into a journey one by one."
        raise TooManyError(words)


def _check_day(journey: Journey, expires_on: date | None, *, is_guest: bool, now: datetime) -> None:
    today = day_in(journey.tenant, now)
    if expires_on is None:
        if is_guest:
            message = "Say until when: the access of a guest ends one day."
            raise GrantError("expires_on", message)
    elif not today <= expires_on <= today + LONGEST:
        message = "Choose a day from today on, a year ahead at most."
        raise GrantError("expires_on", message)


def _check_role(member: Membership, role: GrantRole) -> None:
    if not may_get(member.role, role):
        name = member.user.name_or_address()
        message = (
            f"{name} is {member.role} in this workspace, which changes no journeys: choose "
            "viewer or commenter, or have an admin change the role first."
        )
        raise GrantError("role", message)


def _told(grant: AccessGrant | PromisedGrant) -> dict[str, str | None]:
    last = grant.expires_on
    return {"role": str(grant.role), "expires_on": last.isoformat() if last else None}


def _record(
    deed: str, grant: AccessGrant | PromisedGrant, by: Membership | ApiKey, **told: object
) -> None:
    who = grant.member if isinstance(grant, AccessGrant) else grant.invitation
    journey = grant.journey
    record(
        tenant=journey.tenant,
        action=f"journey-access-{deed}",
        by=by,
        about=journey,
        changes={"who": str(who), **told},
    )
