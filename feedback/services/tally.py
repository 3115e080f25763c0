"""What is counted while a file is read, kept in the database from step to step."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

import msgspec

from cxm.metrics.rules.histogram import POSITIONS, Histogram

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cxm.metrics.models import Metric
    from feedback.adapters.records import LineEvents, Refusal, ResponseRecord
    from feedback.services.file_reading import Chunk


MOST_NAMES = 100
OTHERS = "…"
SHOWN_LINES = 10


class Tally(msgspec.Struct, kw_only=True):
    """Counts of one reading of a file.

    *refused* counts refusals by reason: whole rows, and single scores of rows that loaded;
    *rows_refused* counts the whole rows among them. *ratings* counts loaded scores by metric key.
    *listed* is the number of refusals that were written down. *line* says what a line is
    where it is no response; then *events* counts loaded events by
    name, *flagged* remarks about lines, with the first of these in *flagged_lines*.
    """

    rows_read: int = 0
    loaded: int = 0
    unchanged: int = 0
    refused: dict[str, int] = {}
    rows_refused: int = 0
    ratings: dict[str, int] = {}
    listed: int = 0
    line: str = ""
    events: dict[str, int] = {}
    flagged: dict[str, int] = {}
    flagged_lines: dict[str, list[int]] = {}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        """Bring back what `kept` gave; an empty dictionary is the beginning."""
        return msgspec.convert(kept, cls)

    def kept(self) -> dict[str, Any]:
        """Give all of it as plain JSON values."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def add_rows(self, chunk: Chunk) -> None:
        """Count the rows of *chunk* and what was refused of them."""
        self.rows_read += chunk.rows
        self.rows_refused += chunk.rows_refused
        self.refused = dict(sorted((Counter(self.refused) + chunk.refused).items()))

    def add_conflicts(self, count: int) -> None:
        """Count rows whose key is there already with other content."""
        if count:
            self.rows_refused += count
            self.refused = dict(sorted((Counter(self.refused) + Counter(conflict=count)).items()))

    def add_refused(self, parts: Iterable[Refusal]) -> None:
        """Count single values that the load refused."""
        codes = Counter(refusal.code for refusal in parts)
        self.refused = dict(sorted((Counter(self.refused) + codes).items()))

    def add_ratings(self, ratings: Mapping[str, int]) -> None:
        """Count scores by metric key."""
        self.ratings = dict(sorted((Counter(self.ratings) + Counter(ratings)).items()))

    def add_events(self, names: Mapping[str, int]) -> None:
        """Count events by name; those beyond a hundred names together, under “…”."""
        for name, count in sorted(names.items()):
            is_told = name in self.events or len(self.events) < MOST_NAMES
            kept = name if is_told else OTHERS
            self.events[kept] = self.events.get(kept, 0) + count

    def add_flags(self, lines: Iterable[LineEvents]) -> None:
        """Count the remarks about *lines*."""
        for line in lines:
            for flag in line.flags:
                if flag not in self.flagged and len(self.flagged) >= MOST_NAMES:
                    continue
                self.flagged[flag] = self.flagged.get(flag, 0) + 1
                shown = self.flagged_lines.setdefault(flag, [])
                if len(shown) < SHOWN_LINES:
                    shown.append(line.line)

    def report(self) -> dict[str, Any]:
        """Give the part of a report that loading and checking share."""
        of_events = {
            "line": self.line,
            "events": [{"name": name, "count": count} for name, count in self.events.items()],
            "flagged": [
                {"name": name, "count": count, "lines": self.flagged_lines[name]}
                for name, count in self.flagged.items()
            ],
        }
        return (of_events if self.line else {}) | {
            "rows_read": self.rows_read,
            "loaded": self.loaded,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "rows_refused": self.rows_refused,
            "ratings": self.ratings,
        }


class MetricCounts(msgspec.Struct, kw_only=True):
    """A histogram while it is counted; sums of weights are exact decimals, written as text."""

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * POSITIONS)
    weights: list[Decimal] = msgspec.field(default_factory=lambda: [Decimal(0)] * POSITIONS)
    weight_count: int = 0
    weight_squares: Decimal = Decimal(0)

    def add(self, position: int, weight: Decimal | None) -> None:
        """Count one answer at *position*."""
        self.counts[position] += 1
        if weight is not None:
            self.weights[position] += weight
            self.weight_squares += weight * weight
            self.weight_count += 1

    def histogram(self, first: int, step: int) -> Histogram:
        """Give the counts as a histogram; without weights when no answer had one."""
        plain = Histogram(tuple(self.counts), first, step)
        if not self.weight_count:
            return plain
        return Histogram(
            plain.counts,
            plain.first,
            plain.step,
            tuple(self.weights),
            self.weight_count,
            self.weight_squares,
        )


class CheckTally(Tally, kw_only=True):
    """Counts of a dry run: also every metric's histogram, samples and the first refusals."""

    counts: dict[str, MetricCounts] = {}
    samples: list[dict[str, Any]] = []
    refusals: list[dict[str, Any]] = []

    def count_scores(self, record: ResponseRecord, metrics: Mapping[str, Metric]) -> None:
        """Add the scores of *record* to the histograms."""
        for rating in record.ratings:
            metric = metrics[rating.metric]
            counts = self.counts.setdefault(rating.metric, MetricCounts())
            counts.add((rating.value - metric.scale_offset) // metric.scale_step, record.weight)
