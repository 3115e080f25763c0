"""Memory on disk while one file is read: keys seen before, and rows to be grouped.

Both use a private temporary SQLite file, which stays in memory while it is small and vanishes when
closed; five million rows need about a gigabyte of disk and 64 MB of memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from types import TracebackType
from typing import Self

import msgspec

type NumberedRow = tuple[int, list[str]]


class _Scratch:
    """A temporary database that is closed, and so deleted, at the end of a with block."""

    _tables: str

    def __enter__(self) -> Self:
        # A generator may be closed by another thread than the one that began it.
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
            + self._tables
            + "BEGIN;"
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


class SeenKeys(_Scratch):
    """Remembers which keys came, with what content, and how often."""

    _tables = (
        "CREATE TABLE seen(key BLOB PRIMARY KEY, content BLOB, times INT NOT NULL) WITHOUT ROWID;"
    )

    def claim(self, key: bytes, content: bytes) -> bytes | None:
        """Take *key* for *content*; None when it is new, else the content it was taken for."""
        taken = self._file.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, 1)", (key, content)
        ).rowcount
        if taken:
            return None
        row = self._file.execute("SELECT content FROM seen WHERE key = ?", (key,)).fetchone()
        return bytes(row[0])

    def count(self, key: bytes) -> int:
        """Count *key* once more and give the number of times it came, this one included."""
        row = self._file.execute(
            "INSERT INTO seen VALUES (?, x'', 1) "
            "ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times",
            (key,),
        ).fetchone()
        return int(row[0])


class GroupedRows(_Scratch):
    """Collects rows under keys and gives them back together, wherever in the file they stood."""

    _tables = "CREATE TABLE rows(key TEXT, line INT, cells BLOB);"

    def add(self, key: str, row: NumberedRow) -> None:
        """Put *row* under *key*."""
        self._file.execute(
            "INSERT INTO rows VALUES (?, ?, ?)", (key, row[0], msgspec.msgpack.encode(row[1]))
        )

    def groups(self) -> Iterator[list[NumberedRow]]:
        """Yield the rows of each key in the order of their lines, keys by their first line."""
        self._file.execute("CREATE INDEX row_key ON rows(key, line)")
        found = self._file.execute(
            "SELECT first.line, rows.line, cells FROM rows "
            "JOIN (SELECT key, MIN(line) AS line FROM rows GROUP BY key) AS first USING (key) "
            "ORDER BY first.line, rows.line"
        )
        for _, rows in groupby(found, key=lambda row: row[0]):
            yield [(line, msgspec.msgpack.decode(cells, type=list[str])) for _, line, cells in rows]
