"""Writing many rows at once: one statement, one parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection
from django.db.models import NOT_PROVIDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

type Values = Mapping[str, Any]


def blank(model: Any) -> dict[str, Any]:
    """Give what a new row of *model* holds before anything is known of it, by attribute."""
    fields = model._meta.concrete_fields
    return {f.attname: f.get_default() for f in fields if f.has_default() or _is_ours(f)}


def insert(model: Any, rows: Sequence[Values]) -> None:
    """Insert *rows*, which are values by attribute, all of the same ones, as JSON has them.

    One query; none without rows.
    """
    if rows:
        fields = _fields(model, rows[0])
        sql = (
            f"INSERT INTO {model._meta.db_table} "  # noqa: S608 - names of our own, not of people
            f"({', '.join(_quoted(f.column) for f in fields)}) "
            f"SELECT {', '.join(_quoted(f.attname) for f in fields)} "
            f"FROM json_to_recordset(%(rows)s::json) AS given({_typed(fields)})"
        )
        _run(sql, {"rows": _json(rows)})


def update(model: Any, tenant: Any, rows: Sequence[Values]) -> None:
    """Set what *rows* tell, among it which row of *tenant* it is: values as `insert` takes them.

    One query; none without rows.
    """
    if rows:
        pk, fields = model._meta.pk, _fields(model, rows[0])
        changes = (f"{_quoted(f.column)} = given.{_quoted(f.attname)}" for f in fields if f != pk)
        sql = (
            f"UPDATE {model._meta.db_table} AS kept SET {', '.join(changes)} "  # noqa: S608 - as above
            f"FROM json_to_recordset(%(rows)s::json) AS given({_typed(fields)}) "
            f"WHERE kept.tenant_id = %(tenant)s "
            f"AND kept.{_quoted(pk.column)} = given.{_quoted(pk.attname)}"
        )
        _run(sql, {"rows": _json(rows), "tenant": tenant.pk})


def _run(sql: str, given: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)


def _json(rows: Sequence[Values]) -> str:
    return msgspec.json.encode(rows).decode()


def _fields(model: Any, told: Values) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.attname in told]


def _typed(fields: Iterable[Any]) -> str:
    return ", ".join(f"{_quoted(f.attname)} {f.db_type(connection)}" for f in fields)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _is_ours(field: Any) -> bool:
    """Whether it is not the database that fills a column by itself."""
    return field.db_default is NOT_PROVIDED and not field.generated
