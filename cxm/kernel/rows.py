"""Writing rows of several tables by one statement: one way to the database, all of it or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.expressions import DatabaseDefault

from cxm.kernel.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Model


def insert_at_once(rows: Sequence[Model], *, unless_there: Model | None = None) -> bool:
    """Insert new *rows*, of any tables and in any order, by one statement; say whether it did.

    References among them are looked at when all are there. With *unless_there* that row is
    inserted too, and where one of its unique keys is taken already, nothing is: False. Columns
    whose value the database makes are left to it. Raises IntegrityError as any insert does.
    """
    parts: list[str] = []
    values: list[Any] = []
    condition = ""
    if unless_there is not None:
        words, given = _insert(unless_there, "")
        parts.append(f"first AS ({words} ON CONFLICT DO NOTHING RETURNING 1)")
        values += given
        condition = " WHERE EXISTS (SELECT FROM first)"
    for place, row in enumerate(rows):
        words, given = _insert(row, condition)
        parts.append(f"row_{place} AS ({words})")
        values += given
    if not parts:
        return True
    last = "count(*) FROM first" if condition else "1"
    with connection.cursor() as cursor:
        cursor.execute(Prepared(f"WITH {', '.join(parts)} SELECT {last}"), values)
        is_done = bool(cursor.fetchone()[0])
    if is_done:
        _mark_as_saved(rows if unless_there is None else [unless_there, *rows])
    return is_done


def _insert(row: Model, condition: str) -> tuple[str, list[Any]]:
    columns: list[str] = []
    values: list[Any] = []
    for field in row._meta.concrete_fields:
        value = None if field.generated else field.pre_save(row, add=True)
        if field.generated or isinstance(value, DatabaseDefault):
            continue
        if value is None and not field.has_db_default():
            # What a column is anyway. Short statements are read, and remembered, sooner.
            continue
        columns.append(f'"{field.column}"')
        values.append(field.get_db_prep_save(value, connection))
    places = ", ".join(["%s"] * len(columns))
    # A SELECT, which can depend on a condition; its types are those of the columns all the same.
    words = f"SELECT {places}{condition}"
    return f'INSERT INTO "{row._meta.db_table}" ({", ".join(columns)}) {words}', values


def _mark_as_saved(rows: Iterable[Model]) -> None:
    for row in rows:
        state = row._state  # noqa: SLF001 - as Django notes it when it has saved a row
        state.adding, state.db = False, connection.alias
