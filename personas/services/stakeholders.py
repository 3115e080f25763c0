"""Every write to the register of stakeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.store import commit
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.rules.keys import free_key, suggested_key
from personas.models import Stakeholder, StakeholderMapOp, StakeholderPlacement
from personas.rules.stakeholder_errors import (
    NameNeededError,
    NameTakenError,
    PersonaLinkedError,
    TooManyError,
)
from personas.services.personas import actor_of, create_persona
from personas.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cxm.tenants.models import Membership
    from personas.models import Persona

LONGEST_NAME = 120
MOST_STAKEHOLDERS = 5_000
_CHANGED = ("name", "kind", "description", "member")


@transaction.atomic
def create_stakeholder(
    *,
    tenant: Tenant,
    name: str,
    kind: str,
    by: Membership | ApiKey | None,
    now: datetime,
    description: str = "",
    member: Membership | None = None,
) -> Stakeholder:
    """Put somebody on the register; *kind* is a StakeholderKind.

    Raises NameNeededError, NameTakenError (whatever the case) and TooManyError.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    told = _checked_name(tenant, name)
    keys = set(Stakeholder.objects.for_tenant(tenant).values_list("key", flat=True))
    if len(keys) >= MOST_STAKEHOLDERS:
        words = f"The register holds up to {MOST_STAKEHOLDERS:,} stakeholders."
        raise TooManyError(words)
    stakeholder = Stakeholder.objects.create(
        tenant=tenant,
        key=free_key(suggested_key(told) or "stakeholder", keys),
        name=told,
        kind=kind,
        description=description.strip(),
        member=member,
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    record(tenant=tenant, action="stakeholder-added", by=by, about=stakeholder)
    return stakeholder


@transaction.atomic
def change_stakeholder(
    *, stakeholder: Stakeholder, by: Membership | ApiKey, **fields: Any
) -> Stakeholder:
    """Change `name`, `kind`, `description` and `member`; what is not named stays.

    Raises NameNeededError and NameTakenError.
    """
    tenant = stakeholder.tenant
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if "name" in fields:
        fields["name"] = _checked_name(tenant, fields["name"], but=stakeholder)
    changed = [n for n in _CHANGED if n in fields and fields[n] != getattr(stakeholder, n)]
    if changed:
        for name in changed:
            setattr(stakeholder, name, fields[name])
        stakeholder.save(update_fields=changed)
        told = {name: str(fields[name] or "") for name in changed if name != "member"}
        record(
            tenant=tenant,
            action="stakeholder-changed",
            by=by,
            about=stakeholder,
            changes=told | ({"member": True} if "member" in changed else {}),
        )
    return stakeholder


@transaction.atomic
def archive_stakeholder(
    *, stakeholder: Stakeholder, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Take somebody off the register and off all maps; whoever is archived stays so.

    On each map this is one operation, which its history shows and its undo takes back.
    """
    row = Stakeholder.objects.for_tenant(stakeholder.tenant).filter(pk=stakeholder.pk)
    if not row.filter(archived_at=None).update(archived_at=now):
        return
    stakeholder.archived_at = now
    placements = StakeholderPlacement.objects.for_tenant(stakeholder.tenant)
    there = placements.filter(stakeholder=stakeholder, deleted_at=None).order_by("map_id")
    _do(stakeholder.tenant, there, Deed.DELETE, by, now)
    record(tenant=stakeholder.tenant, action="stakeholder-archived", by=by, about=stakeholder)


@transaction.atomic
def restore_stakeholder(
    *, stakeholder: Stakeholder, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Bring somebody back to the register, and to the maps that archiving took them off."""
    moment = stakeholder.archived_at
    row = Stakeholder.objects.for_tenant(stakeholder.tenant).filter(pk=stakeholder.pk)
    if moment is None or not row.filter(archived_at=moment).update(archived_at=None):
        return
    log = StakeholderMapOp.objects.for_tenant(stakeholder.tenant)
    taken_off = log.filter(deed=Deed.DELETE.value, at=moment)
    stakeholder.archived_at = None
    placements = StakeholderPlacement.objects.for_tenant(stakeholder.tenant)
    gone = placements.filter(
        stakeholder=stakeholder,
        deleted_at__isnull=False,
        pk__in=taken_off.values("lineage"),
    )
    _do(stakeholder.tenant, gone.order_by("map_id"), Deed.RESTORE, by, now)
    record(tenant=stakeholder.tenant, action="stakeholder-restored", by=by, about=stakeholder)


@transaction.atomic
def make_persona(*, stakeholder: Stakeholder, by: Membership, now: datetime) -> Persona:
    """Make a persona of a stakeholder; both stay linked. Raises PersonaLinkedError.

    The persona begins blank, with the name of the stakeholder.
    """
    rows = Stakeholder.objects.for_tenant(stakeholder.tenant).select_for_update(of=("self",))
    if rows.get(pk=stakeholder.pk).persona_id is not None:
        raise PersonaLinkedError(stakeholder.name)
    persona = create_persona(tenant=stakeholder.tenant, name=stakeholder.name, by=by, now=now)
    stakeholder.persona = persona
    stakeholder.save(update_fields=["persona"])
    told = {"persona": persona.name}
    record(
        tenant=stakeholder.tenant,
        action="stakeholder-made-persona",
        by=by,
        about=stakeholder,
        changes=told,
    )
    return persona


def _checked_name(tenant: Tenant, name: str, but: Stakeholder | None = None) -> str:
    told = " ".join(name.split())
    if not 0 < len(told) <= LONGEST_NAME:
        raise NameNeededError("name", LONGEST_NAME)
    same = Stakeholder.objects.for_tenant(tenant).filter(name__iexact=told)
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise NameTakenError(told)
    return told


def _do(
    tenant: Tenant,
    placements: Iterable[StakeholderPlacement],
    deed: Deed,
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    """Do *deed* to each placement, map by map in one order, so that two of these never wait."""
    for placement in placements:
        asked = Asked(id=new_id(), batch=new_id(), op=deed, lineage=placement.pk)
        request = Request(tenant, placement.map_id, actor_of(by), now, reaches_archived=True)
        commit(MAPS, request, [asked])
