"""The rows of a file as they pass by, packed chunk by chunk: what the inbox keeps."""

from __future__ import annotations

import zlib
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

import msgspec

from feedback.adapters.records import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from feedback.adapters.table import Row

MOST_ROWS = 5_000
FEWEST_ROWS = 500
MOST_CELLS = 400_000
MOST_CHARACTERS = 8_000_000
IN_MEMORY = 32_000_000
QUICKEST = 1  # zlib level: the database compresses nothing further, and speed counts


def rows_a_chunk(width: int) -> int:
    """Say how many rows of *width* columns make a chunk: 5,000, fewer for wide files."""
    return max(FEWEST_ROWS, min(MOST_ROWS, MOST_CELLS // max(width, 1)))


class RowLog:
    """Cuts passing rows into chunks, and keeps them on disk as zlib-compressed JSON lines.

    A line is `[line number, [cell, …]]`. Where a chunk ends follows from the rows alone, so that
    a second reading of the file cuts it in the same places.
    """

    def __init__(self, most_rows: int, *, is_kept: bool) -> None:
        self.counts = [0]
        self._most_rows = most_rows
        self._is_kept = is_kept
        self._characters = 0
        self._packer = zlib.compressobj(QUICKEST)
        self._file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 closed by close()
        self._starts = [0]

    @property
    def chunk(self) -> int:
        """The number, from 0, of the chunk that the row read last is in."""
        return len(self.counts) - 1

    def recorded(self, rows: Iterable[Row | Refusal]) -> Iterator[Row | Refusal]:
        """Pass *rows* on as they are; the last chunk is complete when they end."""
        for row in rows:
            if self.counts[-1] >= self._most_rows or self._characters >= MOST_CHARACTERS:
                self._end_chunk()
                self.counts.append(0)
            self._add(row)
            yield row
        self._end_chunk()

    def body(self, chunk: int) -> bytes:
        """Give a complete chunk, compressed; empty for one beyond the end."""
        if chunk + 1 >= len(self._starts):
            return b""
        self._file.seek(self._starts[chunk])
        content = self._file.read(self._starts[chunk + 1] - self._starts[chunk])
        self._file.seek(0, 2)
        return content

    def cells_of(self, lines: Collection[int]) -> dict[int, list[str]]:
        """Find rows by their line numbers among the complete chunks."""
        wanted = set(lines)
        found: dict[int, list[str]] = {}
        for chunk in range(len(self._starts) - 1):
            if len(found) == len(wanted):
                break
            rows = unpacked(self.body(chunk))
            found.update({line: cells for line, cells in rows if line in wanted})
        return found

    def close(self) -> None:
        """Let the disk space go."""
        self._file.close()

    def _add(self, row: Row | Refusal) -> None:
        line, cells = (row.line, list(row.raw)) if isinstance(row, Refusal) else row
        self.counts[-1] += 1
        self._characters += sum(map(len, cells))
        if self._is_kept:
            self._file.write(self._packer.compress(msgspec.json.encode((line, cells)) + b"\n"))

    def _end_chunk(self) -> None:
        self._file.write(self._packer.flush())
        self._packer = zlib.compressobj(QUICKEST)
        self._characters = 0
        self._starts.append(self._file.tell())


def unpacked(body: bytes) -> list[tuple[int, list[str]]]:
    """Read a stored chunk back into (line number, cells); an empty body has none."""
    if not body:
        return []
    lines = zlib.decompress(body).splitlines()
    return [msgspec.json.decode(line, type=tuple[int, list[str]]) for line in lines]
