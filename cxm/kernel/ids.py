"""Keys of rows: UUIDv7, so that new rows lie together and volume is not told."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make a UUIDv7: unique, ordered by the time it was made, no secret."""
    return uuid7()
