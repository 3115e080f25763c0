"""Every write to relations that hold everywhere: on each map where both ends stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from personas.models import CommonRelation
from personas.rules.kinds import Direction
from personas.rules.stakeholder_errors import ArchivedError, OneEndError, TooManyError

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant
    from personas.models import Stakeholder

MOST_COMMON = 5_000
_CHANGED = ("start", "end", "kind", "direction", "strength", "title", "note")


@transaction.atomic
def create_common_relation(
    *,
    tenant: Tenant,
    start: Stakeholder,
    end: Stakeholder,
    kind: str,
    by: Membership | ApiKey | None,
    now: datetime,
    direction: str = Direction.ONE.value,
    strength: int = 2,
    title: str = "",
    note: str = "",
) -> CommonRelation:
    """Relate two of the register everywhere; *kind* is one of RELATION_KINDS, *strength* 1 to 3.

    Raises OneEndError, ArchivedError and TooManyError.
    """
    _check_ends(start, end)
    if CommonRelation.objects.for_tenant(tenant).count() >= MOST_COMMON:
        words = f"A workspace holds up to {MOST_COMMON:,} relations on every map."
        raise TooManyError(words)
    relation = CommonRelation.objects.create(
        tenant=tenant,
        start=start,
        end=end,
        kind=kind,
        direction=direction,
        strength=strength,
        title=title.strip(),
        note=note.strip(),
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    _record("relation-added", relation, by)
    return relation


@transaction.atomic
def change_common_relation(
    *, relation: CommonRelation, by: Membership | ApiKey | None, **fields: Any
) -> CommonRelation:
    """Change what is named of a relation: its ends, kind, direction, strength, title, note.

    Raises OneEndError and ArchivedError.
    """
    _check_ends(fields.get("start", relation.start), fields.get("end", relation.end))
    changed = [n for n in _CHANGED if n in fields and fields[n] != getattr(relation, n)]
    if changed:
        for name in changed:
            setattr(relation, name, fields[name])
        relation.save(update_fields=changed)
        _record("relation-changed", relation, by)
    return relation


@transaction.atomic
def archive_common_relation(
    *, relation: CommonRelation, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Take a relation off all maps; one that is archived stays so."""
    _set_archived(relation, now, "relation-archived", by)


@transaction.atomic
def restore_common_relation(*, relation: CommonRelation, by: Membership | ApiKey | None) -> None:
    """Bring an archived relation back to all maps."""
    _set_archived(relation, None, "relation-restored", by)


def _set_archived(
    relation: CommonRelation, at: datetime | None, action: str, by: Membership | ApiKey | None
) -> None:
    rows = CommonRelation.objects.for_tenant(relation.tenant).filter(
        pk=relation.pk, archived_at__isnull=at is not None
    )
    if rows.update(archived_at=at):
        relation.archived_at = at
        _record(action, relation, by)


def _record(action: str, relation: CommonRelation, by: Membership | ApiKey | None) -> None:
    """Write down what was done, under the name of who gives, with what the relation says now."""
    told = {"kind": relation.kind, "end": relation.end.name, "direction": relation.direction}
    record(tenant=relation.tenant, action=action, by=by, about=relation.start, changes=told)


def _check_ends(start: Stakeholder, end: Stakeholder) -> None:
    if start.pk == end.pk:
        raise OneEndError
    for field, one in (("start", start), ("end", end)):
        if one.archived_at:
            raise ArchivedError(one.name, field)
