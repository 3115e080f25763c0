"""What is known in numbers of the people of a segment, for files that no page's hole can fill."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Stat:
    """A number in words: *title*, *value* (also "Hidden"), and *base*, what it stands on."""

    title: str
    value: str
    base: str


@dataclass(frozen=True, slots=True)
class ChannelStat:
    """A channel and its *share* of all contacts in percent; *words* count the contacts."""

    title: str
    share: float
    share_words: str
    contacts: str


@dataclass(frozen=True, slots=True)
class SaidStat:
    """What somebody wrote, without what tells who it was, and where it was written."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class SegmentNumbers:
    """What may be told of a segment: the very numbers that a page shows to the same reader.

    *note* says of when the stats are. *channels_note* says what the channels count, or why there
    are none. *scores* are by the key of the metric; a key that is absent has no number. All is
    empty but *note* where the segment is archived.
    """

    note: str
    stats: tuple[Stat, ...] = ()
    channels: tuple[ChannelStat, ...] = ()
    channels_note: str = ""
    said: tuple[SaidStat, ...] = ()
    scores: dict[str, Stat] = field(default_factory=dict)


class SegmentStats(Protocol):
    """Tells the numbers of a segment to a reader."""

    def __call__(
        self,
        *,
        tenant: Any,
        segment_id: UUID,
        metrics: Collection[str],
        sees_answers: bool,
        now: datetime,
    ) -> SegmentNumbers:
        """Tell what may be told as of *now*; *metrics* are the keys that *scores* should hold.

        *sees_answers* is whether the reader may read single answers.
        """


class SegmentStatsPort:
    """Where the app that counts says how to ask it; one per process."""

    def __init__(self) -> None:
        self._ask: SegmentStats | None = None

    def register(self, ask: SegmentStats) -> None:
        """Let *ask* tell the numbers. Raises ValueError when somebody tells them already."""
        if self._ask is not None:
            message = "the numbers of segments are told already"
            raise ValueError(message)
        self._ask = ask

    def numbers(
        self,
        *,
        tenant: Any,
        segment_id: UUID,
        metrics: Collection[str],
        sees_answers: bool,
        now: datetime,
    ) -> SegmentNumbers | None:
        """Ask for the numbers of a segment, as SegmentStats does; None where nobody counts."""
        if self._ask is None:
            return None
        return self._ask(
            tenant=tenant,
            segment_id=segment_id,
            metrics=metrics,
            sees_answers=sees_answers,
            now=now,
        )


segment_stats = SegmentStatsPort()
