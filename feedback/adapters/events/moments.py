"""When events happened: times as clients write them, corrected for the client's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from feedback.adapters.events.parsed import ItemError
from feedback.adapters.times import EARLIEST, LATEST_AHEAD, TimeError, read_time

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON

# A number above this counts milliseconds: as seconds it would be the year 5138.
_MILLISECONDS_FROM = 100_000_000_000
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A time; *is_zone_assumed* says that it was written without an offset."""

    at: datetime
    is_zone_assumed: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """What is known of time when a body is read.

    *received_at* is ours; times without an offset are read in *zone*; *sent_at* is what the
    sender's clock showed when the body left, None where nobody knows.
    """

    received_at: datetime
    zone: tzinfo
    sent_at: datetime | None = None

    def sent(self, written: JSON) -> Clock:
        """Give the clock of a body whose sender wrote *written* as the time of sending."""
        return Clock(self.received_at, self.zone, self._sending_time(written))

    def occurred(self, written: JSON, path: str, *, sent_at: JSON = None) -> Moment:
        """Say when an event happened whose client wrote *written*; it was sent at *sent_at*.

        The sender's clock may be wrong, but it was equally wrong at both times: what counts is
        how long before sending the event happened (Segment, "Spec: Common fields"). Without a
        time of sending the written time holds; without any, the time of receiving. Raises
        ItemError `bad_time`, naming *path*, for what cannot be read, is before 1990 or is more
        than 24 hours in the future.
        """
        if written is None or written == "":
            return Moment(self.received_at, is_zone_assumed=False)
        try:
            client = read_moment(written, self.zone)
            sent = self.sent_at if sent_at is None else self._sending_time(sent_at)
            at = self.received_at - (sent - client.at) if sent else client.at
        except (ValueError, OverflowError, OSError):
            shown = str(written)[:_SHOWN]
            message = f"The time “{shown}” cannot be read. Write it like 2026-11-21T19:33:55Z."
            raise ItemError("bad_time", message, path) from None
        self._check(at, path)
        return Moment(at, client.is_zone_assumed)

    def _sending_time(self, written: JSON) -> datetime | None:
        if written is None:
            return None
        try:
            return read_moment(written, self.zone).at
        except (ValueError, OverflowError, OSError):
            return None

    def _check(self, at: datetime, path: str) -> None:
        if at < EARLIEST:
            raise ItemError("bad_time", f"The time {at:%Y-%m-%d} is before 1990.", path)
        if at > self.received_at + LATEST_AHEAD:
            message = f"The time {at:%Y-%m-%d %H:%M} UTC is more than 24 hours in the future."
            raise ItemError("bad_time", message, path)


def read_moment(written: JSON, zone: tzinfo) -> Moment:
    """Read a time: ISO 8601, other unambiguous dates, or seconds or milliseconds since 1970.

    Raises ValueError (or OverflowError, OSError for absurd numbers) for anything else.
    """
    if isinstance(written, str):
        moment = _read_text(written.strip())
        if moment.tzinfo is None:
            return Moment(moment.replace(tzinfo=zone).astimezone(UTC), is_zone_assumed=True)
        return Moment(moment.astimezone(UTC), is_zone_assumed=False)
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise ValueError(written)  # noqa: TRY004 - one error for everything that is no time
    seconds = written / 1000 if abs(written) >= _MILLISECONDS_FROM else written
    return Moment(datetime.fromtimestamp(seconds, tz=UTC), is_zone_assumed=False)


def milliseconds_before(at: datetime, milliseconds: JSON) -> datetime | None:
    """Give the moment so many *milliseconds* before *at*; None for what is no such number."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    try:
        return at - timedelta(milliseconds=milliseconds)
    except (OverflowError, ValueError):
        return None


def _read_text(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass  # such as 24:00, or a month's name, which the reader of files knows
    try:
        return read_time(text, "")
    except TimeError as error:
        raise ValueError(text) from error
