"""What a person sees of a file before saying what its columns mean."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from feedback.adapters.dialect import Dialect, find_dialect
from feedback.adapters.profile import ColumnProfile
from feedback.adapters.records import Refusal
from feedback.adapters.response_rows import shortened
from feedback.adapters.table import open_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from feedback.adapters.dialect import Choices
    from feedback.adapters.profile import TableProfile

FIRST_ROWS = 12
SHOWN_VALUES = 60
NAMED_VALUES = 200
LONGEST_CODE = 200
LISTED_LINES = 20
OWN_HEAD = "Wayfare: "


def preview_of(path: Path, choices: Choices | None = None) -> dict[str, Any]:
    """Find out how the file at *path* is written, and give its heads and first rows.

    *choices* overrule what would be detected. Raises FileRefusedError as `find_dialect` and
    `open_table` do. Reads the whole file at most twice, to be sure of its encoding.
    """
    found = find_dialect(path, choices)
    with open_table(path, found.dialect) as table:
        rows = [_shown(row) for row in islice(table.rows, FIRST_ROWS)]
        return {
            "dialect": msgspec.to_builtins(found.dialect),
            "line_end": found.line_end,
            "mixed_lines": list(found.mixed_lines[:LISTED_LINES]),
            "mixed_count": found.mixed_count,
            "heads": list(table.heads),
            "titles": list(table.titles or table.heads),
            "notes": list(table.notes),
            "rows": rows,
        }


def dialect_in(preview: dict[str, Any]) -> Dialect:
    """Read the dialect that `preview_of` found."""
    return msgspec.convert(preview["dialect"], Dialect)


def profiled(profile: TableProfile) -> dict[str, Any]:
    """Give the part of a preview that needs every row: what is in each column."""
    return {
        "row_count": profile.row_count,
        "refused": profile.refused,
        "columns": [_column(column) for column in profile.columns],
    }


def profile_in(column: Mapping[str, Any]) -> ColumnProfile:
    """Read one of the `columns` of a preview; of a column of many values it holds the commonest."""
    return ColumnProfile(
        name=column["name"],
        title=column["title"],
        kind=column["kind"],
        filled=column["filled"],
        empty=column["empty"],
        counts=dict(column["values"] or column["samples"]),
        is_capped=column["is_capped"],
        low=column["low"],
        high=column["high"],
    )


def signature(heads: Iterable[str]) -> str:
    """Fingerprint the heads of a file, whatever their order: files of one kind share it.

    Heads that our own download of refused rows adds are left out.
    """
    own = sorted({head for head in heads if not head.startswith(OWN_HEAD)})
    return hashlib.sha256("\x1f".join(own).encode()).hexdigest()


def _shown(row: tuple[int, list[str]] | Refusal) -> dict[str, Any]:
    if isinstance(row, Refusal):
        return {"line": row.line, "cells": [], "message": row.message}
    return {"line": row[0], "cells": [shortened(cell) for cell in row[1]], "message": ""}


def _column(column: ColumnProfile) -> dict[str, Any]:
    values = [(value, n) for value, n in column.counts.items() if len(value) <= LONGEST_CODE]
    # A column of few texts may name touchpoints or channels: then all of them are wanted.
    most = NAMED_VALUES if column.kind == "text" and not column.is_capped else SHOWN_VALUES
    return {
        "name": column.name,
        "title": column.title,
        "kind": column.kind,
        "filled": column.filled,
        "empty": column.empty,
        "distinct": len(column.counts),
        "is_capped": column.is_capped,
        "low": column.low,
        "high": column.high,
        "values": values[:most],
        "samples": [(shortened(value), n) for value, n in column.samples],
    }
