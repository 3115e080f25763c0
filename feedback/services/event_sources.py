"""Every write to event sources and their write keys.

All of them are audited; the doors let nobody in without the right MANAGE_SOURCES.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from cxm.kernel.zones import is_zone
from cxm.tenants.audit import record
from cxm.tenants.errors import UnknownZoneError
from cxm.tenants.models import ApiKey, Tenant
from cxm.tenants.services import token_hash
from cxm.touchpoints.rules.keys import free_key, suggested_key
from feedback.errors import (
    KeylessSourceError,
    SourceArchivedError,
    SourceNameTakenError,
    WriteKeyOverError,
)
from feedback.models import EventSource, WriteKey
from feedback.rules.write_keys import PREFIX, RANDOM_BYTES, Grace, key_hint

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership

    type Actor = Membership | ApiKey

# Facts name their source as "events:" and its key in 60 characters; a number may follow this.
LONGEST_KEY_OF_TITLE = 45


@transaction.atomic
def create_source(
    *,
    tenant: Tenant,
    title: str,
    by: Actor,
    now: datetime,
    time_zone: str = "",
    keeps_pages: bool = False,
) -> tuple[EventSource, WriteKey, str]:
    """Make an event source with its first key; give both, and the key's text, shown once.

    An empty *time_zone* means that of the workspace. Raises UnknownZoneError, and
    SourceNameTakenError as `add_source` does.
    """
    source = add_source(
        tenant=tenant, title=title, by=by, now=now, time_zone=time_zone, keeps_pages=keeps_pages
    )
    key, text = _make_key(source, by, now)
    return source, key, text


def add_source(
    *, tenant: Tenant, title: str, by: Actor, now: datetime, time_zone: str = "", **fields: Any
) -> EventSource:
    """Make an event source, as yet without keys or secrets; *fields* are columns of it.

    The source's own key is made of *title* and stays for good. Raises UnknownZoneError, and
    SourceNameTakenError when somebody makes one of the same key at the same moment.
    """
    _check_zone(time_zone)
    taken = set(EventSource.objects.for_tenant(tenant).values_list("key", flat=True))
    wanted = (suggested_key(title) or "source")[:LONGEST_KEY_OF_TITLE].strip("-")
    source = EventSource(
        tenant=tenant,
        key=free_key(wanted, taken),
        title=title,
        time_zone=time_zone,
        created_at=now,
        created_by=_person(by),
        **fields,
    )
    try:
        with transaction.atomic():
            source.save(force_insert=True)
            record(tenant=tenant, action="event-source-created", by=by, about=source)
    except IntegrityError as error:
        raise SourceNameTakenError(title) from error
    return source


@transaction.atomic
def change_source(*, source: EventSource, by: Actor, **fields: Any) -> None:
    """Change `title`, `time_zone`, `keeps_pages` or `mapping` of a source; its key stays.

    What arrived before keeps the times it was read with. Raises UnknownZoneError.
    """
    _check_zone(fields.get("time_zone", ""))
    changes = {}
    for name, value in fields.items():
        before = getattr(source, name)
        if before != value:
            changes[name] = [before, value]
            setattr(source, name, value)
    if changes:
        source.save(update_fields=list(changes))
        _record("event-source-changed", source, by, changes)


@transaction.atomic
def archive_source(*, source: EventSource, is_archived: bool, by: Actor, now: datetime) -> None:
    """Let a source take nothing more in, or let it again; what it sent stays.

    Its keys are refused while it is archived and work again afterwards, if they still live.
    Nothing happens, and nothing is written down, when it is there already.
    """
    rows = EventSource.objects.for_tenant(source.tenant_id).filter(pk=source.pk)
    archived_at = now if is_archived else None
    if rows.filter(archived_at__isnull=is_archived).update(archived_at=archived_at):
        source.archived_at = archived_at
        action = "event-source-archived" if is_archived else "event-source-restored"
        _record(action, source, by)


@transaction.atomic
def create_key(*, source: EventSource, by: Actor, now: datetime) -> tuple[WriteKey, str]:
    """Make another key of *source*; give it and its text, which is kept nowhere.

    Raises SourceArchivedError.
    """
    key, text = _make_key(source, by, now)
    _record("write-key-created", source, by, {"key": key.hint})
    return key, text


@transaction.atomic
def rotate_key(*, key: WriteKey, grace: Grace, by: Actor, now: datetime) -> tuple[WriteKey, str]:
    """Make the successor of *key*, which ends after *grace*; give the new one and its text.

    A key that was to end earlier still does. Raises WriteKeyOverError for one that is over, and
    SourceArchivedError.
    """
    ends_at = now + grace.lasts
    earlier = Q(expires_at__isnull=False, expires_at__lt=ends_at)
    live = _live(key, now)
    if not live.filter(~earlier).update(expires_at=ends_at) and not live.exists():
        raise WriteKeyOverError
    made, text = _make_key(key.event_source, by, now)
    changes = {"old": key.hint, "new": made.hint, "old_ends": grace.value}
    _record("write-key-rotated", key.event_source, by, changes)
    return made, text


@transaction.atomic
def revoke_key(*, key: WriteKey, by: Actor, now: datetime) -> None:
    """Make a key worthless, at once; raises WriteKeyOverError when it is already."""
    if not _live(key, now).update(revoked_at=now):
        raise WriteKeyOverError
    key.revoked_at = now
    _record("write-key-revoked", key.event_source, by, {"key": key.hint})


def _make_key(source: EventSource, by: Actor, now: datetime) -> tuple[WriteKey, str]:
    if source.archived_at:
        raise SourceArchivedError
    if source.is_webhook:
        raise KeylessSourceError
    text = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    key = WriteKey.objects.create(
        tenant_id=source.tenant_id,
        event_source=source,
        hint=key_hint(text),
        key_hash=token_hash(text),
        created_at=now,
        created_by=_person(by),
    )
    return key, text


def _live(key: WriteKey, now: datetime) -> Any:
    """Select the row of *key* while it works; the database decides, it may be over by now."""
    rows = WriteKey.objects.for_tenant(key.tenant_id).filter(pk=key.pk, revoked_at__isnull=True)
    return rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))


def _check_zone(time_zone: str) -> None:
    if time_zone and not is_zone(time_zone):
        raise UnknownZoneError(time_zone)


def _person(by: Actor) -> Membership | None:
    return None if isinstance(by, ApiKey) else by


def _record(
    action: str, source: EventSource, by: Actor, changes: dict[str, Any] | None = None
) -> None:
    record(tenant=source.tenant, action=action, by=by, about=source, changes=changes)
