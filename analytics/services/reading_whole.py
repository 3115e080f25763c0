"""Reading whole tables at once, also just after they were filled."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def reading_whole() -> Iterator[None]:
    """Join by hashing or sorting, never row by row, in the transaction at hand.

    Everything is read whole in a count, and just after rows were written the planner still
    believes there are none: one row after another it took minutes instead of a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
