"""Every write to channels and touchpoints."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from cxm.tenants.audit import record
from cxm.tenants.models import AuditEntry, Tenant
from cxm.touchpoints.errors import (
    KeyTakenError,
    MergedError,
    MergeIntoItselfError,
    NotMergedError,
)
from cxm.touchpoints.models import Channel, Touchpoint, TouchpointAlias
from cxm.touchpoints.rules import free_key, suggested_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership

    type Registered = Channel | Touchpoint


def create_channel(*, tenant: Tenant, by: Membership | ApiKey | None, **fields: Any) -> Channel:
    """Make a channel from `key`, `title`, `medium`, `ownership`; raises KeyTakenError.

    Without a key it gets one made of its title.
    """
    channel = Channel(tenant=tenant, ord=Channel.objects.for_tenant(tenant).count(), **fields)
    return _create(channel, by=by)


def create_touchpoint(
    *, tenant: Tenant, by: Membership | ApiKey | None, **fields: Any
) -> Touchpoint:
    """Make a touchpoint; raises KeyTakenError.

    *fields* are `title`, `channel`, `interaction`, `initiator`, `description` and `key`; without
    a key it gets one made of its title.
    """
    return _create(Touchpoint(tenant=tenant, **fields), by=by)


@transaction.atomic
def add_touchpoints(
    *,
    tenant: Tenant,
    titles: Sequence[str],
    channel: Channel | None,
    by: Membership | ApiKey,
) -> list[Touchpoint]:
    """Make a touchpoint of each of *titles* that none has yet, whatever its case; give those made.

    Titles are clean: not empty, at most 120 characters.
    """
    known = list(Touchpoint.objects.for_tenant(tenant).values_list("key", "title"))
    keys, had = {key for key, _ in known}, {title.casefold() for _, title in known}
    made = []
    for title in titles:
        if title.casefold() in had:
            continue
        key = free_key(suggested_key(title) or "touchpoint", keys)
        made.append(Touchpoint(tenant=tenant, key=key, title=title, channel=channel))
        keys.add(key)
        had.add(title.casefold())
    Touchpoint.objects.bulk_create(made)
    record(
        tenant=tenant,
        action="touchpoints-added",
        by=by,
        changes={"titles": [touchpoint.title for touchpoint in made]},
    )
    return made


@transaction.atomic
def change_registered(*, row: Registered, by: Membership | ApiKey, **fields: Any) -> None:
    """Change what may be changed of a channel or touchpoint: anything but its key."""
    changes = {}
    for name, value in fields.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = [str(before), str(value)]
            setattr(row, name, value)
    if changes:
        row.save(update_fields=list(changes))
        _record("changed", row, by, changes)


@transaction.atomic
def archive_registered(
    *, row: Registered, is_archived: bool, by: Membership | ApiKey, now: datetime
) -> None:
    """Take a channel or touchpoint off the lists, or bring it back; its facts stay.

    Raises MergedError.
    """
    archived_at = now if is_archived else None
    # The database decides: *row* may have been merged since it was read.
    alone = type(row).objects.for_tenant(row.tenant_id).filter(pk=row.pk, merged_into__isnull=True)
    if not alone.update(archived_at=archived_at):
        raise MergedError
    row.archived_at = archived_at
    _record("archived" if is_archived else "restored", row, by, {})


@transaction.atomic
def merge_registered(
    *, row: Registered, into: Registered, by: Membership | ApiKey, now: datetime
) -> None:
    """Let *row* be read as *into* from now on, in all numbers, past ones too.

    Facts keep the row they were recorded on. What was merged into *row* before follows. The
    key and title of a merged touchpoint become aliases of the target. Raises
    MergeIntoItselfError. `unmerge_registered` takes it back: the audit entry says what to put
    where.
    """
    rows = type(row).objects.for_tenant(row.tenant_id)
    _one_merge_at_a_time(row.tenant_id)
    both = rows.select_for_update().filter(pk__in=[row.pk, into.pk]).order_by("pk")
    locked = {found.pk: found for found in both}
    target, archived_at = locked[into.pk], locked[row.pk].archived_at
    if target.pk == row.pk or target.merged_into_id or locked[row.pk].merged_into_id:
        raise MergeIntoItselfError
    followers = list(rows.filter(merged_into=row.pk).values_list("pk", flat=True))
    rows.filter(pk__in=followers).update(merged_into=target.pk)
    before = {
        "into": str(target),
        "archived_at": archived_at.isoformat() if archived_at else None,
        "followers": [str(pk) for pk in followers],
        "aliases": _add_aliases(row, target.pk) if isinstance(row, Touchpoint) else [],
    }
    row.merged_into_id, row.archived_at = target.pk, now
    row.save(update_fields=["merged_into", "archived_at"])
    _record("merged", row, by, before)


@transaction.atomic
def unmerge_registered(*, row: Registered, by: Membership | ApiKey) -> None:
    """Let a merged row stand for itself again, as it did before; raises NotMergedError.

    What had been merged into it comes along, and it is archived if it was.
    """
    rows = type(row).objects.for_tenant(row.tenant_id)
    _one_merge_at_a_time(row.tenant_id)
    target_id = rows.select_for_update().values_list("merged_into", flat=True).get(pk=row.pk)
    if target_id is None:
        raise NotMergedError
    before = _last_merge(row)
    if isinstance(row, Touchpoint):
        aliases = TouchpointAlias.objects.for_tenant(row.tenant_id)
        aliases.filter(source="", name__in=before["aliases"]).delete()
    rows.filter(pk__in=before["followers"], merged_into=target_id).update(merged_into=row.pk)
    archived = before["archived_at"]
    row.merged_into_id, row.archived_at = (
        None,
        datetime.fromisoformat(archived) if archived else None,
    )
    row.save(update_fields=["merged_into", "archived_at"])
    _record("unmerged", row, by, {})


def _one_merge_at_a_time(tenant_id: UUID) -> None:
    """Wait until other merges of the tenant are over.

    A merge moves rows beside its own two, so that no order of locking them keeps two merges from
    blocking each other.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)


def _add_aliases(row: Touchpoint, target_id: UUID) -> list[str]:
    """Let the key and title of *row* lead to another; give the names that had no meaning yet."""
    names = {row.key.lower(): row.key, row.title.lower(): row.title}
    aliases = TouchpointAlias.objects.for_tenant(row.tenant_id)
    known = aliases.filter(source="").annotate(plain=Lower("name"))
    for name in known.filter(plain__in=names).values_list("plain", flat=True):
        names.pop(name)
    TouchpointAlias.objects.bulk_create(
        [
            TouchpointAlias(tenant_id=row.tenant_id, touchpoint_id=target_id, name=name)
            for name in names.values()
        ]
    )
    return list(names.values())


def _last_merge(row: Registered) -> dict[str, Any]:
    merges = AuditEntry.objects.for_tenant(row.tenant_id).filter(
        action=f"{row._meta.model_name}-merged", object_id=row.pk
    )
    changes: dict[str, Any] = merges.order_by("-at", "-pk").values_list("changes", flat=True)[0]
    return changes


def _create[R: (Channel, Touchpoint)](row: R, *, by: Membership | ApiKey | None) -> R:
    if not row.key:
        taken = type(row).objects.for_tenant(row.tenant_id).values_list("key", flat=True)
        row.key = free_key(suggested_key(row.title) or str(row._meta.model_name), set(taken))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _record("created", row, by, {})
    except IntegrityError as error:
        raise KeyTakenError(row.key) from error
    return row


def _record(
    deed: str, row: Registered, by: Membership | ApiKey | None, changes: dict[str, Any]
) -> None:
    action = f"{row._meta.model_name}-{deed}"
    record(tenant=row.tenant, action=action, by=by, about=row, changes=changes)
