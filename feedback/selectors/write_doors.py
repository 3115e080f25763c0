"""Finding who sends, by a write key or an address: reads that come before a tenant is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from cxm.tenants.services import token_hash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class WriteDoor:
    """The tenant and source of a write key that works; *last_used_at* is roughly kept."""

    tenant_id: UUID
    write_key_id: UUID
    event_source_id: UUID
    last_used_at: datetime | None


def write_door(keys: Iterable[str]) -> WriteDoor | None:
    """Find the first of *keys* (as they were sent) that works. One query a key, unbound."""
    for key in dict.fromkeys(key.strip() for key in keys):
        if not key:
            continue
        with connection.cursor() as cursor:
            hashed = token_hash(key.encode("utf-8", "replace").decode())
            cursor.execute("SELECT * FROM door_write_key(%s)", [hashed])
            row = cursor.fetchone()
        if row:
            return WriteDoor(*row)
    return None


@dataclass(frozen=True, slots=True)
class SenderDoor:
    """The tenant and webhook source of an address; *kind* is one of `SenderKind`."""

    tenant_id: UUID
    event_source_id: UUID
    kind: str


def sender_door(address: str) -> SenderDoor | None:
    """Find the source of an address; None for unknown and archived ones. One query, unbound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM door_sender(%s)", [address])
        row = cursor.fetchone()
    return SenderDoor(*row) if row else None
