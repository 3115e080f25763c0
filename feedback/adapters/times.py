"""Times as files write them: dates in any order, numbered steps, serial numbers.

Two-digit years follow POSIX: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068.
Serial dates count days from 1899-12-30 (Excel's 1900 system after its missing leap day).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from feedback.adapters.mapping import TimeSource

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(hours=24)
SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 a serial number has no zone
_PIVOT = 69
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
_OFFSET = r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
_NUMERIC = re.compile(rf"(\d{{1,4}})([-/.])(\d{{1,2}})\2(\d{{1,4}}){_CLOCK}{_OFFSET}", re.ASCII)
_DAY_MONTH = re.compile(
    rf"(\d{{1,2}})[- .]+([A-Za-z]{{3,9}})\.?[- ,]+(\d{{4}}){_CLOCK}{_OFFSET}", re.ASCII
)
_MONTH_DAY = re.compile(
    rf"([A-Za-z]{{3,9}})\.? +(\d{{1,2}})(?:st|nd|rd|th)?,? +(\d{{4}}){_CLOCK}{_OFFSET}", re.ASCII
)
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d{1,6})(?:[.,]0*)?", re.ASCII)
_YEAR_DIGITS = 4


class TimeError(Exception):
    """A cell is no usable time; the message says why, for a person."""


class TimeReader:
    """Reads one column's cells into aware datetimes.

    *zone* is for times without an offset unless *source* names its own; *now* is aware. Raises
    ValueError for a zone, `at` or `when_empty` that `validate` would have reported.
    """

    def __init__(self, source: TimeSource, *, zone: tzinfo, now: datetime) -> None:
        self._source = source
        self._zone = ZoneInfo(source.zone) if source.zone else zone
        self._blank = {blank.strip().casefold() for blank in source.blank}
        self._at = datetime.fromisoformat(source.at) if source.at else None
        empty = source.when_empty
        self._when_empty = datetime.fromisoformat(empty) if empty else None
        self._latest = now + LATEST_AHEAD

    def read(self, text: str) -> tuple[datetime, bool]:
        """Read a cell; tell also whether the zone was assumed because the cell gave no offset.

        Raises TimeError when the cell is empty, unreadable, before 1990 or more than 24 hours
        after now.
        """
        moment = self._moment(text.strip())
        is_assumed = moment.tzinfo is None
        if is_assumed:
            moment = moment.replace(tzinfo=self._zone)
        if moment < EARLIEST:
            raise TimeError("is before 1990")
        if moment > self._latest:
            raise TimeError("is more than 24 hours in the future")
        return moment, is_assumed

    def _moment(self, text: str) -> datetime:
        source = self._source
        if self._at is not None:
            return self._at
        if not text or text.casefold() in self._blank:
            if self._when_empty is None:
                raise TimeError("is empty")
            return self._when_empty
        try:
            if source.start is not None:
                return _step(source, source.start, text)
            if source.format:
                return _formatted(text, source.format)
            return read_time(text, source.date_order)
        except (ValueError, OverflowError, OSError) as error:
            raise TimeError("cannot be read as a time") from error


def read_time(text: str, date_order: str = "") -> datetime:
    """Read a date, or a date and time, however it is written; aware when it gives an offset.

    ISO 8601 and dates that begin with the year or name the month need no *date_order*; others are
    read only with "dmy" or "mdy". 24:00 is midnight of the next day. Raises TimeError for a date
    whose order is not stated, and ValueError for what is no date.
    """
    try:
        if text[4:5] == "-":
            return datetime.fromisoformat(text)
    except ValueError:
        pass  # such as 24:00 or one-digit months, which the patterns below read
    if match := _NUMERIC.fullmatch(text):
        return _from_numbers(match, date_order)
    if match := _DAY_MONTH.fullmatch(text):
        day, name, year = match.group(1, 2, 3)
        return _build(int(year), _month(name), int(day), match.groups()[3:])
    if match := _MONTH_DAY.fullmatch(text):
        name, day, year = match.group(1, 2, 3)
        return _build(int(year), _month(name), int(day), match.groups()[3:])
    raise ValueError(text)


def time_form(text: str) -> str:
    """Say whether *text* looks like a "date" or a "datetime", "" when like neither."""
    for pattern in (_NUMERIC, _DAY_MONTH, _MONTH_DAY):
        if match := pattern.fullmatch(text):
            return "datetime" if match[match.re.groups - 5] else "date"
    return ""


def date_order_of(cells: Iterable[str]) -> str:
    """Decide the order of day and month by a whole column, as `DateOrder` does."""
    order = DateOrder()
    for cell in cells:
        order.add(cell)
    return order.decided()


class DateOrder:
    """Decides the order of day and month, cell by cell."""

    def __init__(self) -> None:
        self._is_needed = False
        self._can_be_day_first = self._can_be_month_first = True

    def add(self, cell: str) -> None:
        """Look at one cell of the column."""
        match = _NUMERIC.fullmatch(cell.strip())
        if not match or len(match[1]) == _YEAR_DIGITS:
            return
        self._is_needed = True
        self._can_be_day_first &= int(match[3]) <= len(_MONTHS)
        self._can_be_month_first &= int(match[1]) <= len(_MONTHS)

    def decided(self) -> str:
        """Say what the cells decide.

        "" when no cell needs it (year first, month by name), "dmy" or "mdy" when a number above
        12 decides, "ask" when none does or when the column contradicts itself.
        """
        if not self._is_needed:
            return ""
        if self._can_be_day_first == self._can_be_month_first:
            return "ask"
        return "dmy" if self._can_be_day_first else "mdy"


def _from_numbers(match: re.Match[str], date_order: str) -> datetime:
    a, b, c = match.group(1, 3, 4)
    clock = match.groups()[4:]
    if len(a) == _YEAR_DIGITS or date_order == "ymd":
        return _build(_year(a), int(b), int(c), clock)
    if date_order == "dmy":
        return _build(_year(c), int(b), int(a), clock)
    if date_order == "mdy":
        return _build(_year(c), int(a), int(b), clock)
    raise TimeError("can be read as day first or month first: the mapping must say date_order")


def _build(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> datetime:
    hour_text, minute, second, fraction, half, offset = clock
    hour = int(hour_text or 0)
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 hours of a twelve-hour clock
            raise ValueError(hour)
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    is_next_midnight = hour == 24 and not int(minute or 0) and not int(second or 0)  # noqa: PLR2004 ISO 8601 end of day
    moment = datetime(  # noqa: DTZ001 the zone is the caller's to add
        year,
        month,
        day,
        0 if is_next_midnight else hour,
        int(minute or 0),
        int(second or 0),
        int((fraction or "").ljust(6, "0")),
    )
    if is_next_midnight:
        moment += timedelta(days=1)
    return moment.replace(tzinfo=_offset(offset)) if offset else moment


def _offset(text: str) -> tzinfo:
    return UTC if text in {"Z", "UTC"} else datetime.strptime(text, "%z").tzinfo or UTC


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004 written in full
        return year
    return year + (1900 if year >= _PIVOT else 2000)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _formatted(text: str, form: str) -> datetime:
    if form in {"excel", "unix", "unix_ms"}:
        if not _PLAIN_NUMBER.fullmatch(text):
            raise ValueError(text)
        number = float(text)
        if form == "excel":
            # A serial number is exact to about a millisecond; seconds are what people typed.
            return SERIAL_ZERO + timedelta(seconds=round(number * 86_400))
        return datetime.fromtimestamp(number / (1000 if form == "unix_ms" else 1), tz=UTC)
    return datetime.strptime(text, form)  # noqa: DTZ007 the reader adds the zone where it is absent


def _step(source: TimeSource, start: date, text: str) -> datetime:
    match = _WHOLE.fullmatch(text)
    if not match:
        raise TimeError("is not a whole number of steps")
    number = int(match[1]) - source.first
    if source.step_months:
        year, month = divmod(start.year * 12 + start.month - 1 + number * source.step_months, 12)
        day = min(start.day, monthrange(year, month + 1)[1])
        return datetime.combine(date(year, month + 1, day), time())
    return datetime.combine(start + timedelta(days=number * source.step_days), time())
