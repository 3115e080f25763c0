"""What is known of the columns of Qualtrics' and SurveyMonkey's exports, beyond their heads.

Both say in their further head rows what a column is: Qualtrics by its own name for it in the third
row (support page "Understanding your dataset"), SurveyMonkey by the kind of answer in the second.
Network addresses and places are left out: nobody asked people for them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from feedback.adapters import signs
from feedback.adapters.head_rows import name_columns
from feedback.adapters.mapping import Comment, CustomerColumn, CustomerSource, TimeSource
from feedback.adapters.table import head_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from feedback.adapters.dialect import Dialect
    from feedback.adapters.mapping import Mapping
    from feedback.adapters.profile import ColumnProfile

_HEAD_ROWS = (2, 3)
_LEGACY_ROWS = 2
_QUESTION = re.compile(r"^Q[0-9]")
_WRITTEN = re.compile(r"^QID[0-9]+(_[0-9]+)*_TEXT$")
_OPEN_ENDED = "open-ended response"
# By the name in the second (legacy) or third row of Qualtrics, or the first of SurveyMonkey.
_ENDED = frozenset({"endDate", "EndDate", "End Date"})
_EMAIL = frozenset({"recipientEmail", "EmailAddress", "Email Address"})
_OWN_ID = frozenset({"externalDataReference", "ExternalDataReference"})
_LEFT_OUT = frozenset(
    {
        *("ipAddress", "IPAddress", "IP Address"),
        *("locationLatitude", "locationLongitude"),
        *("LocationLatitude", "LocationLongitude", "LocationAccuracy"),
    }
)
_DERIVED = re.compile(r"_NPS_GROUP$|_[0-9a-f]+Topics$")


@dataclass(frozen=True, slots=True)
class KnownExport:
    """What the head rows of an export say of its columns, by their names.

    *kinds* holds what a column is in the words of the export, *titles* what people read, and
    *written* the columns in which people wrote; None where the export does not say which.
    """

    kinds: dict[str, str]
    titles: dict[str, str]
    written: frozenset[str] | None

    def columns(self, wanted: frozenset[str]) -> list[str]:
        """Give the columns that are one of *wanted*, in the order of the file."""
        return [name for name, kind in self.kinds.items() if kind in wanted]


def known_export(path: Path, dialect: Dialect) -> KnownExport | None:
    """Recognise an export by its head rows; None for any other file.

    Raises FileRefusedError as `open_table` does.
    """
    if dialect.head_rows not in _HEAD_ROWS:
        return None
    rows = head_cells(path, dialect)
    width = max(map(len, rows))
    heads = name_columns(rows, width, dialect.heads)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    is_joined = dialect.heads == "joined"
    said = padded[0] if is_joined else [_own_name(cell) for cell in padded[-1]]
    kinds = dict(zip(heads.names, map(str.strip, said), strict=True))
    below = dict(zip(heads.names, padded[-1], strict=True))
    titles = dict(zip(heads.names, heads.titles, strict=True))
    if not is_joined and dialect.head_rows == _LEGACY_ROWS:
        return KnownExport(kinds, titles, None)
    written = {
        name
        for name, kind in kinds.items()
        if (below[name].strip().lower() == _OPEN_ENDED if is_joined else _WRITTEN.match(kind))
    }
    return KnownExport(kinds, titles, frozenset(written))


def with_known(mapping: Mapping, known: KnownExport, columns: Iterable[ColumnProfile]) -> Mapping:
    """Put what an export says of its *columns* into a suggested *mapping*."""
    written_in = _written(columns) if known.written is None else known.written
    left_out = set(known.columns(_LEFT_OUT)) | {
        name for name, kind in known.kinds.items() if any(map(_DERIVED.search, (name, kind)))
    }
    scores = tuple(score for score in mapping.scores if score.column not in left_out)
    said = {score.column for score in scores} | {one.column for one in mapping.comments}
    keys = signs.unique_keys(known.kinds)
    written = tuple(
        Comment(column=name, question=keys[name], title=known.titles[name])
        for name in known.kinds
        if name in written_in and name not in said
    )
    ended = known.columns(_ENDED)[:1]
    people = tuple(_people(known, mapping.survey.key))
    used = {*ended, *written_in, *left_out, *(one.column for one in people)}
    return structs.replace(
        mapping,
        answered_at=TimeSource(column=ended[0]) if ended else mapping.answered_at,
        customer=CustomerSource(columns=people) if people else mapping.customer,
        scores=scores,
        comments=(*mapping.comments, *written),
        hidden=tuple(name for name in mapping.hidden if name not in used),
    )


def _written(columns: Iterable[ColumnProfile]) -> frozenset[str]:
    """Find what people wrote in a legacy export: where choices are codes, all text is theirs."""
    asked = [column for column in columns if _QUESTION.match(column.name)]
    if not any(column.kind == "integer" for column in asked):
        return frozenset()
    return frozenset(column.name for column in asked if column.kind == "text")


def _people(known: KnownExport, namespace: str) -> Iterator[CustomerColumn]:
    """Give the columns that say who answered: the number that was sent along, then the address."""
    for name in known.columns(_OWN_ID):
        yield CustomerColumn(column=name, kind="external", namespace=namespace)
    for name in known.columns(_EMAIL):
        yield CustomerColumn(column=name, kind="email")


def _own_name(cell: str) -> str:
    """Give Qualtrics' name of a column: from its JSON, or in the legacy form as it stands."""
    try:
        told = json.loads(cell)
    except ValueError:
        return cell
    return str(told.get("ImportId", "")) if isinstance(told, dict) else cell
