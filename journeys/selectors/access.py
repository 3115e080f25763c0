"""How somebody stands to journeys and maps: read for `journeys.rules.access`, which decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import DateField, F, Func, Q
from django.db.models.functions import Cast, Now

from cxm.tenants.models import ApiKey
from cxm.tenants.rules import Right, Role, may
from journeys.models import AccessGrant, ReviewRules
from journeys.rules.access import Action, Standing, allowed, is_live, standing_as
from journeys.rules.kinds import MapState, MapStatus, Sensitivity
from journeys.rules.reviews import GrantRole
from personas.rules.kinds import Visibility

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership, Tenant
    from journeys.models import Journey, JourneyMap

LIVE = Q(state=MapState.CURRENT, status=MapStatus.PUBLISHED, valid_to=None)
OPEN_TO_ALL = (Visibility.VIEWABLE, Visibility.EDITABLE)
# Day by day of the workspace, by the clock of the database: grants end while nobody is there.
_TODAY = Cast(Func(F("tenant__time_zone"), Now(), function="timezone"), DateField())
_KEPT = "_journey_grants"


def live_grants(tenant: Tenant | UUID) -> QuerySet[AccessGrant]:
    """Give the grants that hold today, in no order; the last day of each is one of its days."""
    rows = AccessGrant.objects.for_tenant(tenant)
    return rows.filter(Q(expires_on=None) | Q(expires_on__gte=_TODAY))


def grants_of(reader: Membership) -> dict[UUID, GrantRole]:
    """Give what *reader* was granted, by journey. One query for as long as the row is at hand."""
    found: dict[UUID, GrantRole] | None = vars(reader).get(_KEPT)
    if found is None:
        rows = live_grants(reader.tenant_id).filter(member=reader)
        found = {pk: GrantRole(role) for pk, role in rows.values_list("journey_id", "role")}
        vars(reader)[_KEPT] = found
    return found


def standing_of(
    journey: Journey,
    reader: Membership | None,
    *,
    may_edit: bool,
    map_row: JourneyMap | None = None,
) -> Standing:
    """Say how *reader* stands to a journey, or to *map_row* of it; None is a program with a key.

    Of a program *may_edit* says whether its key may edit; that it may read was asked for at the
    door. A grant is read only where it could give more than there is without: one query then, for
    all journeys together.
    """
    if reader is None:
        is_restricted = journey.sensitivity == Sensitivity.RESTRICTED
        held = {Right.OPEN_JOURNEYS, *([Right.EDIT_JOURNEYS] if may_edit else [])}
        return Standing(frozenset(held), journey.visibility, is_restricted=is_restricted)
    found = _without_grant(journey, reader, map_row)
    if not found.is_guest and (found.is_owner or journey.visibility == Visibility.EDITABLE):
        return found
    return replace(found, grant=grants_of(reader).get(journey.pk))


def standings_of(
    journey: Journey, people: Iterable[Membership], *, map_row: JourneyMap
) -> list[tuple[Membership, Standing]]:
    """Say how each of *people* stands to *map_row* of a journey, in their order.

    One query, and that of the people, however many they are.
    """
    rows = live_grants(journey.tenant_id).filter(journey=journey).exclude(member=None)
    given = {member: GrantRole(role) for member, role in rows.values_list("member", "role")}
    return [
        (one, replace(_without_grant(journey, one, map_row), grant=given.get(one.pk)))
        for one in people
    ]


def _without_grant(journey: Journey, reader: Membership, map_row: JourneyMap | None) -> Standing:
    return standing_as(
        reader.role,
        journey.visibility,
        is_owner=journey.owner_id == reader.pk,
        is_restricted=journey.sensitivity == Sensitivity.RESTRICTED,
        is_live=map_row is None or map_is_live(map_row),
    )


def may_do(
    action: Action,
    journey: Journey,
    by: Membership | ApiKey,
    *,
    map_row: JourneyMap | None = None,
    as_unrestricted: bool = False,
) -> bool:
    """Decide whether a member or a program may do *action* with a journey, or *map_row* of it.

    *as_unrestricted* asks for who could if the journey were not restricted: to them it is said.
    A query for grants as in `standing_of`, and one for what the workspace lets viewers take out.
    """
    is_restricted = journey.sensitivity == Sensitivity.RESTRICTED and not as_unrestricted
    if isinstance(by, ApiKey):
        held = frozenset(Right(right) for right in by.rights if right in set(Right))
        held |= {Right.OPEN_JOURNEYS} if Right.SEE_JOURNEYS in held else set()
        return allowed(action, Standing(held, journey.visibility, is_restricted=is_restricted))
    standing = standing_of(journey, by, may_edit=True, map_row=map_row)
    standing = replace(standing, is_restricted=is_restricted)
    if action is Action.EXPORT and by.role == Role.VIEWER and viewers_export(journey.tenant_id):
        standing = replace(standing, rights=standing.rights | {Right.EXPORT_JOURNEYS})
    return allowed(action, standing)


def viewers_export(tenant: UUID) -> bool:
    """Whether a workspace lets its viewers take maps out as files. One query."""
    return ReviewRules.objects.for_tenant(tenant).filter(viewers_export=True).exists()


def opened_to(tenant: Tenant, reader: Membership | None, visible: Collection[Visibility]) -> Q:
    """Give the condition for journeys that *reader* gets as far as *visible* ones are open to all.

    Guests have been let in, or find nothing; an owner finds what is theirs.
    """
    is_visible = Q(visibility__in=list(visible))
    if reader is None:
        return is_visible
    granted = Q(pk__in=live_grants(tenant).filter(member=reader).values("journey_id"))
    if not may(reader.role, Right.SEE_JOURNEYS):
        return granted
    return is_visible | Q(owner=reader) | granted


def maps_shown_to[Rows: QuerySet[JourneyMap]](reader: Membership | None, rows: Rows) -> Rows:
    """Keep of *rows*, maps of journeys that *reader* may open, those that are for them as well."""
    return rows.filter(LIVE) if sees_live_only(reader) else rows


def sees_live_only(reader: Membership | None) -> bool:
    """Whether *reader* sees of each journey only the map that holds now."""
    return reader is not None and standing_as(reader.role, Visibility.HIDDEN).sees_live_only


def map_is_live(row: JourneyMap) -> bool:
    """Whether a map is the one that holds now."""
    return is_live(row.state, row.status, is_over=row.valid_to is not None)
