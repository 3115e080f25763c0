"""Copying the very rows that something made into a twin tenant: the limit of loading."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Columns in the order of the rows, and the rows as binary COPY has them.
type Taken = tuple[str, bytes]


def mirror(cursor: Any, table: str, parameters: Mapping[str, Any], where: str = "true") -> None:
    """Give the `twin` of *parameters* the rows of its `tenant` in *table*, with the same ids."""
    cursor.execute(
        f"INSERT INTO {table} SELECT (r).* FROM (SELECT jsonb_populate_record(t, "
        f"jsonb_build_object('tenant_id', %(twin)s::uuid)) AS r FROM {table} t "
        f"WHERE tenant_id = %(tenant)s AND {where}) mirrored",
        parameters,
    )


def copied_out(
    cursor: Any, table: str, parameters: Mapping[str, Any], where: str = "true"
) -> Taken:
    """Take the rows of `tenant` in *table* as the `twin` of *parameters* would hold them."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    picked = ", ".join("%(twin)s::uuid" if c == "tenant_id" else f'"{c}"' for c in columns)
    query = (
        f"COPY (SELECT {picked} FROM {table} WHERE tenant_id = %(tenant)s AND {where} "
        f"ORDER BY id) TO STDOUT (FORMAT binary)"
    )
    out = io.BytesIO()
    with cursor.copy(_with_literals(query, parameters)) as copy:
        for block in copy:
            out.write(block)
    return ", ".join(f'"{c}"' for c in columns), out.getvalue()


def copied_in(cursor: Any, table: str, taken: Taken) -> None:
    """Put rows in that `copied_out` took."""
    columns, rows = taken
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(rows)


def _with_literals(query: str, parameters: Mapping[str, Any]) -> str:
    # COPY takes no parameters; the values are UUIDs of ours.
    return query % {name: f"'{value}'" for name, value in parameters.items()}
