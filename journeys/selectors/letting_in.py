"""Who has access to a journey: by role and visibility in words, and one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.collaboration.selectors.evidence import day_in
from cxm.tenants.rules import Role
from journeys.models import AccessGrant, PromisedGrant
from journeys.rules.access import done_with, standing_as
from journeys.rules.kinds import Sensitivity
from journeys.rules.reviews import GrantRole

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from journeys.models import Journey

# The roles that the visibility of a journey treats alike, as people call them.
_TOGETHER = (
    ("Owners, admins and managers of the workspace", Role.MANAGER),
    ("Analysts and contributors", Role.CONTRIBUTOR),
    ("Viewers", Role.VIEWER),
    ("Agents, of the map that holds now", Role.AGENT),
    ("Guests who were not let in", Role.GUEST),
)


@dataclass(frozen=True, slots=True)
class LetIn:
    """Somebody who was let in: *name*, and what stands below it.

    *id* is of the grant, or where *is_promised* of what whoever was invited gets with accepting.
    *state* is "holds", "over", "invited" or "unused" for an invitation that nobody can use now.
    """

    id: UUID
    is_promised: bool
    name: str
    email: str
    role: GrantRole
    expires_on: date | None
    state: str


def by_role(journey: Journey) -> list[tuple[str, str]]:
    """Say in words what roles do with a journey that nobody was let into; no query."""
    is_restricted = journey.sensitivity == Sensitivity.RESTRICTED
    return [
        (who, done_with(standing_as(role, journey.visibility, is_restricted=is_restricted)))
        for who, role in _TOGETHER
    ]


def let_in_of(journey: Journey, *, now: datetime) -> list[LetIn]:
    """List who was let into a journey, by name, then who was invited. Two queries."""
    tenant = journey.tenant
    grants = AccessGrant.objects.for_tenant(tenant).filter(journey=journey, member__is_active=True)
    granted = [
        _granted(one, today=day_in(tenant, now)) for one in grants.select_related("member__user")
    ]
    promised = PromisedGrant.objects.for_tenant(tenant).filter(journey=journey)
    waiting = [_promised(one, now) for one in promised.select_related("invitation")]
    return [*sorted(granted, key=_place), *sorted(waiting, key=_place)]


def grant_on(journey: Journey, grant_id: UUID) -> AccessGrant | PromisedGrant | None:
    """Give what somebody was granted, or promised, with whom it is for; None for neither."""
    grants = AccessGrant.objects.for_tenant(journey.tenant).filter(journey=journey, pk=grant_id)
    found = grants.select_related("journey__tenant", "member__user").first()
    if found is not None:
        return found
    promised = PromisedGrant.objects.for_tenant(journey.tenant).filter(journey=journey)
    rows = promised.select_related("journey__tenant", "invitation__tenant")
    return rows.filter(pk=grant_id).first()


def _place(one: LetIn) -> tuple[str, UUID]:
    return one.name.casefold(), one.id


def _granted(one: AccessGrant, *, today: date) -> LetIn:
    is_over = one.expires_on is not None and one.expires_on < today
    user = one.member.user
    return LetIn(
        one.pk,
        is_promised=False,
        name=user.name_or_address(),
        email=user.email,
        role=GrantRole(one.role),
        expires_on=one.expires_on,
        state="over" if is_over else "holds",
    )


def _promised(one: PromisedGrant, now: datetime) -> LetIn:
    invitation = one.invitation
    is_open = invitation.withdrawn_at is None and invitation.expires_at > now
    return LetIn(
        one.pk,
        is_promised=True,
        name=invitation.email,
        email=invitation.email,
        role=GrantRole(one.role),
        expires_on=one.expires_on,
        state="invited" if is_open else "unused",
    )
