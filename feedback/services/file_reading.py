"""Reading a survey file in chunks, over many short steps and any number of processes."""

from __future__ import annotations

from collections import Counter, OrderedDict
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings

from feedback.adapters.errors import FileRefusedError, MappingError
from feedback.adapters.event_file import parse_events
from feedback.adapters.event_mapping import EventMapping
from feedback.adapters.mapping_check import MappingProblem
from feedback.adapters.records import LineEvents, Refusal, ResponseRecord
from feedback.adapters.survey_file import parse
from feedback.adapters.table import open_table
from feedback.errors import FileGoneError, FileUnusableError, MappingRefusedError
from feedback.services.registering import metric_scales
from feedback.services.row_log import RowLog, rows_a_chunk
from feedback.services.storable import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator
    from datetime import datetime
    from uuid import UUID

    from feedback.adapters.event_mapping import FileMapping
    from feedback.adapters.scales import MetricScale
    from feedback.adapters.table import Table
    from feedback.models import Import

LISTED_REFUSALS = 10_000
MOST_OPEN = 4
LONGEST_SKIP = 5.0  # seconds

type Item = ResponseRecord | LineEvents | Refusal


class NotThereYetError(Exception):
    """The chunk is further down the file; asked again, the reader goes on from where it is."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"{rows:,} rows passed by")
        self.rows = rows


@dataclass(slots=True)
class Chunk:
    """One chunk of a file, read: *records* of a survey file, *lines* of any other.

    *rows* is the number of its rows, *body* the rows themselves (see `RowLog`). *refused* counts
    refusals by code, *rows_refused* those of whole rows; *refusals* are the first ten thousand.
    """

    number: int
    rows: int = 0
    body: bytes = b""
    is_last: bool = False
    records: list[ResponseRecord] = field(default_factory=list)
    lines: list[LineEvents] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    rows_refused: int = 0

    def add(self, item: Item) -> None:
        """Sort *item* in."""
        if isinstance(item, ResponseRecord):
            self.records.append(item)
            return
        if isinstance(item, LineEvents):
            self.lines.append(item)
            return
        self.refused[item.code] += 1
        self.rows_refused += item.is_whole_row
        if len(self.refusals) < LISTED_REFUSALS:
            self.refusals.append(item)


class ChunkReader:
    """An open survey file that gives one chunk after the other.

    Raises FileRefusedError and MappingError as `open_table` and `parse` do. *keeps_rows* says
    whether the rows themselves are wanted beside what they mean. Close it.
    """

    def __init__(
        self,
        path: Path,
        mapping: FileMapping,
        scales: dict[str, MetricScale],
        *,
        zone: ZoneInfo,
        now: datetime,
        keeps_rows: bool,
    ) -> None:
        self.next = 0
        self._held: Item | None = None
        self._is_grouped = (
            not isinstance(mapping, EventMapping)
            and mapping.shape == "long"
            and bool(mapping.response_id)
        )
        with ExitStack() as stack:
            table = stack.enter_context(open_table(path, mapping.dialect))
            self._most = rows_a_chunk(len(table.heads))
            self._log = stack.enter_context(closing(RowLog(self._most, is_kept=keeps_rows)))
            table.rows = self._log.recorded(table.rows)
            parsed = _parsed(table, mapping, scales, zone=zone, now=now)
            stack.enter_context(closing(cast("Generator[Item]", parsed)))
            self._items: Iterator[Item] = (part for item in parsed for part in storable(item))
            self._stack = stack.pop_all()

    def read(self) -> Chunk:
        """Read the next chunk; the one after the last is empty."""
        chunk = Chunk(self.next)
        items = 0
        is_over = False
        while not self._is_full(items):
            item = self._take()
            if item is None:
                is_over = True
                break
            if not self._is_grouped and self._log.chunk > chunk.number:
                self._held = item
                break
            chunk.add(item)
            items += 1
        is_known = chunk.number < len(self._log.counts)
        chunk.rows = self._log.counts[chunk.number] if is_known else 0
        chunk.body = self._log.body(chunk.number)
        chunk.is_last = is_over and chunk.number >= self._log.chunk
        self.next += 1
        return chunk

    def skip_to(self, number: int) -> bool:
        """Pass chunks by, up to the one with *number*; False when that is not reached in time.

        A long file takes minutes, and others wait for this process meanwhile: so the way is gone
        in stretches of a few seconds, of one chunk at least.
        """
        end = monotonic() + LONGEST_SKIP
        while self.next < number:
            self.read()
            if monotonic() >= end:
                break
        return self.next >= number

    @property
    def rows_passed(self) -> int:
        """The number of rows in the chunks that were given or passed by."""
        return sum(self._log.counts[: self.next])

    def cells_of(self, lines: Collection[int]) -> dict[int, list[str]]:
        """Find rows that were read by their line numbers."""
        return self._log.cells_of(lines)

    def close(self) -> None:
        """Close the file and let go what was kept beside it."""
        self._stack.close()

    def _take(self) -> Item | None:
        item, self._held = self._held, None
        return item if item is not None else next(self._items, None)

    def _is_full(self, items: int) -> bool:
        """Rows of one response stand anywhere in a grouped file, so there items are counted."""
        return self._is_grouped and items >= self._most


class OpenReaders:
    """The readers that this process has open, by job: a step goes on where the last one ended.

    A step that finds none, or one that is too far because its transaction was rolled back, opens
    the file again and passes by what is done.
    """

    def __init__(self) -> None:
        self._readers: OrderedDict[UUID, ChunkReader] = OrderedDict()
        self._lock = Lock()

    def take(self, key: UUID, chunk: int) -> ChunkReader | None:
        """Take out the reader of *key* if it can still give *chunk*; the caller puts it back."""
        with self._lock:
            reader = self._readers.pop(key, None)
        if reader is not None and reader.next > chunk:
            reader.close()
            return None
        return reader

    def put(self, key: UUID, reader: ChunkReader) -> None:
        """Keep *reader* for the next step; the one unused for longest makes room."""
        with self._lock:
            self._readers[key] = reader
            surplus = len(self._readers) - MOST_OPEN
            crowded = [self._readers.popitem(last=False)[1] for _ in range(surplus)]
        for old in crowded:
            old.close()

    def close(self, key: UUID) -> None:
        """Close the reader of *key*, if there is one."""
        with self._lock:
            reader = self._readers.pop(key, None)
        if reader is not None:
            reader.close()

    def forget(self) -> None:
        """Close all readers, as the end of a process does."""
        for key in list(self._readers):
            self.close(key)


open_readers = OpenReaders()


def path_of(imported: Import) -> Path:
    """Give the path of the uploaded file; raises FileGoneError when it is no longer there."""
    path = Path(settings.MEDIA_ROOT) / imported.file_path
    if not path.is_file():
        raise FileGoneError
    return path


@contextmanager
def chunk_of(
    imported: Import,
    mapping: FileMapping,
    *,
    key: UUID,
    number: int,
    now: datetime,
    keeps_rows: bool,
) -> Iterator[tuple[Chunk, ChunkReader]]:
    """Read chunk *number* of the file of *imported* for the job *key*.

    *now* must be the same for all chunks of a job. After the block the reader waits for the next
    step, unless this chunk was the last or the block failed. Raises FileUnusableError and
    MappingRefusedError; NotThereYetError when a file that was opened anew must be read on for
    longer than a step may take.
    """
    with told_in_words():
        reader = open_readers.take(key, number)
        if reader is None:
            reader = _opened(imported, mapping, now=now, keeps_rows=keeps_rows)
        chunk = None
        try:
            if reader.skip_to(number):
                chunk = reader.read()
                yield chunk, reader
        except BaseException:
            reader.close()
            raise
    if chunk and chunk.is_last:
        reader.close()
        return
    open_readers.put(key, reader)
    if chunk is None:
        raise NotThereYetError(reader.rows_passed)


@contextmanager
def told_in_words() -> Iterator[None]:
    """Turn the failures of reading a file into those that are shown to people."""
    try:
        yield
    except FileRefusedError as error:
        raise FileUnusableError(error.message, code=error.code) from error
    except MappingError as error:
        where, _, words = str(error).partition(": ")
        raise MappingRefusedError([MappingProblem(where, words or where)]) from error


def _parsed(
    table: Table,
    mapping: FileMapping,
    scales: dict[str, MetricScale],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Iterator[Item]:
    if isinstance(mapping, EventMapping):
        return parse_events(table, mapping, zone=zone, now=now)
    return parse(table, mapping, scales, zone=zone, now=now)


def _opened(imported: Import, mapping: FileMapping, **options: Any) -> ChunkReader:
    tenant = imported.tenant
    return ChunkReader(
        path_of(imported),
        mapping,
        metric_scales(tenant),
        zone=ZoneInfo(tenant.time_zone),
        **options,
    )
