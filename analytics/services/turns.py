"""Doing one thing at a time, where rows that are not there yet cannot be locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from uuid import UUID

_TAKE = "SELECT pg_advisory_xact_lock(hashtextextended(%(what)s, 720))"


def take_turns(what: str, of: UUID) -> None:
    """Wait until nobody else does *what* to *of*, the id of a tenant or of a definition.

    It holds to the end of the transaction: what is counted then, against a limit, stays so.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"what": f"{what}:{of}"})
