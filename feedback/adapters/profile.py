"""What is in each column of a table: counts, samples, range and a guess at the type."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched, zip_longest
from typing import TYPE_CHECKING, Literal

from cxm.kernel.lazily import lazily
from feedback.adapters.records import Refusal
from feedback.adapters.table import Row, Table
from feedback.adapters.times import time_form

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazily("pandas")

BATCH_ROWS = 5_000
MOST_DISTINCT = 1_000
SAMPLES = 20
_SURE, _LIKELY = 0.95, 0.8
_NUMBER = r"[+-]?[0-9]+(?:[.,][0-9]+)?"
_INTEGER = r"[+-]?[0-9]+(?:[.,]0+)?"
# Beyond fifteen digits spreadsheet programs round, and they drop zeros in front.
_LONG_OR_ZERO = r"[0-9]{16,}|0[0-9]+"
_EMAIL = r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+"
_PHONE = r"\+?[0-9][0-9 ()./-]{6,18}[0-9]"
_CODE = r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9_:-]{5,63}"
_PHONE_HEAD = re.compile(r"phone|mobile|mobil|tel(efon)?\b|handy|celular", re.IGNORECASE)
_ID_HEAD = re.compile(r"(^|[ _-])(id|key|uuid|guid|num|nr)$|[a-z]I[dD]$|ID$|RESPNUM")

type Kind = Literal[
    "empty", "integer", "number", "date", "datetime", "text", "id", "email", "phone"
]


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column: *filled* + *empty* is the number of rows.

    *counts* maps each distinct filled value to its number of rows, most frequent first; it holds
    the first thousand values met, and *is_capped* says that there are more. *low* and *high* are
    the range of the values that are numbers, None unless the column is one of numbers.
    """

    name: str
    title: str
    kind: Kind
    filled: int
    empty: int
    counts: dict[str, int]
    is_capped: bool
    low: float | None
    high: float | None

    @property
    def samples(self) -> tuple[tuple[str, int], ...]:
        """The twenty most frequent values with their numbers of rows."""
        return tuple(self.counts.items())[:SAMPLES]


@dataclass(frozen=True, slots=True)
class TableProfile:
    """All columns; *row_count* leaves out refused rows; *sample* is the first rows, padded."""

    columns: tuple[ColumnProfile, ...]
    row_count: int
    refused: int
    sample: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class _Tally:
    """Counts of one column while the table streams by."""

    filled: int = 0
    is_capped: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    low: float = math.inf
    high: float = -math.inf

    def add(self, cells: list[str]) -> None:
        """Count a batch of stripped cells; only known values go on being counted once capped."""
        self.filled += sum(map(bool, cells))
        batch = Counter(cells)
        del batch[""]
        if self.is_capped:
            self.counts.update({v: n for v, n in batch.items() if v in self.counts})
        else:
            self.counts.update(batch)
            self.is_capped = len(self.counts) > MOST_DISTINCT
            for value in list(self.counts)[MOST_DISTINCT:]:
                del self.counts[value]
        self._widen(list(batch))

    def _widen(self, values: list[str]) -> None:
        numbers = pd.to_numeric(
            pd.Series(values, dtype="str").str.replace(",", "."), errors="coerce"
        )
        numbers = numbers[numbers.abs() < math.inf]
        if len(numbers):
            self.low = min(self.low, float(numbers.min()))
            self.high = max(self.high, float(numbers.max()))


def profile_table(table: Table) -> TableProfile:
    """Profile *table*, reading it to its end with constant memory.

    Numbers of rows are exact; types are guessed on the first 5,000 rows. A column is an id when
    numbers would lose digits or leading zeros, or when its values look like codes of their own.
    """
    width = len(table.heads)
    tallies = [_Tally() for _ in range(width)]
    sample: list[tuple[str, ...]] = []
    refused = count = 0
    for batch in batched(table.rows, BATCH_ROWS):
        rows = [item for item in batch if not isinstance(item, Refusal)]
        refused += len(batch) - len(rows)
        count += len(rows)
        columns = _columns(rows, width)
        sample = sample or list(zip(*columns, strict=True))
        for tally, cells in zip(tallies, columns, strict=True):
            tally.add(cells)
    titles = table.titles or table.heads
    return TableProfile(
        tuple(
            _profile(name, title, tally, [row[place] for row in sample], count)
            for place, (name, title, tally) in enumerate(
                zip(table.heads, titles, tallies, strict=True)
            )
        ),
        count,
        refused,
        tuple(sample),
    )


def guess_kind(name: str, cells: Iterable[str]) -> Kind:
    """Guess what a column called *name* holds from some of its *cells* (empty ones are ignored)."""
    filled = [cell for cell in cells if cell]
    if not filled:
        return "empty"
    values = pd.Series(filled, dtype="str")
    if _share(values, _EMAIL) >= _SURE:
        return "email"
    if _PHONE_HEAD.search(name) and _share(values, _PHONE) >= _LIKELY:
        return "phone"
    forms = Counter(map(time_form, filled))
    if forms["date"] + forms["datetime"] >= _SURE * len(filled):
        return "datetime" if forms["datetime"] else "date"
    if _share(values, _NUMBER) >= _LIKELY:
        return _kind_of_numbers(name, values)
    is_code = _share(values, _CODE) >= _SURE and values.nunique() >= _LIKELY * len(filled)
    return "id" if is_code else "text"


def _columns(rows: list[Row], width: int) -> list[list[str]]:
    """Turn rows into columns of stripped cells; missing last cells are empty."""
    turned: Iterator[tuple[str, ...]] = zip_longest(*(cells for _, cells in rows), fillvalue="")
    columns = [list(map(str.strip, column)) for column in turned]
    return columns + [[""] * len(rows) for _ in range(width - len(columns))]


def _profile(name: str, title: str, tally: _Tally, sample: list[str], rows: int) -> ColumnProfile:
    kind = guess_kind(name, sample)
    is_number = kind in {"integer", "number"} and tally.low <= tally.high
    return ColumnProfile(
        name=name,
        title=title,
        kind=kind,
        filled=tally.filled,
        empty=rows - tally.filled,
        counts=dict(tally.counts.most_common()),
        is_capped=tally.is_capped,
        low=tally.low if is_number else None,
        high=tally.high if is_number else None,
    )


def _share(values: pd.Series[str], pattern: str) -> float:
    return float(values.str.fullmatch(pattern).mean())


def _kind_of_numbers(name: str, values: pd.Series[str]) -> Kind:
    """Tell ids and phone numbers from amounts, looking at the cells that are numbers."""
    numbers = values[values.str.fullmatch(_NUMBER)]
    is_unique = numbers.nunique() == len(numbers)
    if bool(numbers.str.fullmatch(_LONG_OR_ZERO).any()) or (is_unique and _ID_HEAD.search(name)):
        return "id"
    if _share(numbers, _INTEGER) < 1:
        return "number"
    return "phone" if _share(numbers, r"\+[0-9]{7,15}") >= _LIKELY else "integer"
