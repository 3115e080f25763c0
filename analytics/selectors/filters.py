"""Which answers a page is about: one value, one address, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from analytics.rules.periods import (
    ALL,
    CUSTOM,
    DEFAULT_PERIOD,
    PERIOD_LABELS,
    Compare,
    Period,
    custom_period,
    named_period,
)
from analytics.selectors.histograms import By, Slice
from analytics.selectors.names import FILTERED

if TYPE_CHECKING:
    from analytics.selectors.names import Names

FILTER_KEYS = frozenset(
    {"period", "from", "to", "compare", "weighted", *(by.value for by in FILTERED)}
)
GUEST_PERIODS = (DEFAULT_PERIOD, "52w", ALL)
_MOST_KEYS = 50
_LONGEST_SHOWN = 60
_FIRST_YEAR, _LAST_YEAR = 1900, 2200

type Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A period and what else answers must have; empty tuples of keys mean all.

    Keys are sorted, so that equal filters are equal addresses.
    """

    period: Period
    compare: Compare = Compare.PREVIOUS
    touchpoints: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    surveys: tuple[str, ...] = ()
    is_weighted: bool = False
    segments: tuple[str, ...] = ()

    def keys(self, by: By) -> tuple[str, ...]:
        """Give the chosen keys of touchpoints, channels, surveys or segments."""
        return {
            By.TOUCHPOINT: self.touchpoints,
            By.CHANNEL: self.channels,
            By.SURVEY: self.surveys,
            By.SEGMENT: self.segments,
        }[by]

    def with_keys(self, by: By, keys: Sequence[str]) -> Filter:
        """Give this filter with other touchpoints, channels, surveys or segments."""
        chosen = tuple(sorted(set(keys)))
        match by:
            case By.TOUCHPOINT:
                return replace(self, touchpoints=chosen)
            case By.CHANNEL:
                return replace(self, channels=chosen)
            case By.SEGMENT:
                return replace(self, segments=chosen)
            case _:
                return replace(self, surveys=chosen)

    def query(self) -> str:
        """Write the filter as the query of a page, defaults left out: "channel=web&period=28d"."""
        pairs = [(by.value, key) for by in FILTERED for key in self.keys(by)]
        if self.period.name == CUSTOM:
            pairs += _dates(self.period)
        elif self.period.name != DEFAULT_PERIOD:
            pairs.append(("period", self.period.name))
        if self.compare is not Compare.PREVIOUS:
            pairs.append(("compare", self.compare.value))
        if self.is_weighted:
            pairs.append(("weighted", "1"))
        return urlencode(sorted(pairs))

    def rows_query(self, metric_key: str) -> str:
        """Write what selects the rows, with dates instead of a name for the period.

        `from` and `to` are both inclusive; an open end is left out.
        """
        pairs = [("metric", metric_key), *_dates(self.period)]
        pairs += [(by.value, key) for by in FILTERED for key in self.keys(by)]
        if self.is_weighted:
            pairs.append(("weighted", "1"))
        return urlencode(sorted(pairs))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asked for: the filter, and sentences about what was not understood.

    *has_period* is False where the usual period was put in.
    """

    filter: Filter
    ignored: tuple[str, ...] = ()
    has_period: bool = True

    def for_all_time(self) -> Asked:
        """Ask for all time instead of the usual period, in which nobody answered."""
        label = PERIOD_LABELS[self.filter.period.name].lower()
        words = f"Nobody answered in the {label}, so this is all time."
        everything = replace(self.filter, period=Period(ALL, None, None))
        return Asked(everything, (*self.ignored, words))


@dataclass
class _Reading:
    query: Query
    today: date
    ignored: list[str] = field(default_factory=list)

    def one(self, name: str) -> str:
        """Give the last value of a parameter, empty when it is absent."""
        values = self.query.get(name, [])
        return values[-1].strip() if values else ""

    def period(self) -> Period:
        first, last = self._date("from"), self._date("to")
        if first and last and last < first:
            self.ignored.append("The period ends before it begins: the dates were left out.")
            first = last = None
        if first or last:
            return custom_period(first, last)
        name = self.one("period") or DEFAULT_PERIOD
        if name not in PERIOD_LABELS:
            if name != CUSTOM:
                self.ignored.append(f"“{_short(name)}” is not a period: it was left out.")
            name = DEFAULT_PERIOD
        return named_period(name, self.today)

    def compare(self) -> Compare:
        text = self.one("compare") or Compare.PREVIOUS.value
        if text in set(Compare):
            return Compare(text)
        self.ignored.append(f"“{_short(text)}” is nothing to compare with: it was left out.")
        return Compare.PREVIOUS

    def _date(self, name: str) -> date | None:
        text = self.one(name)
        if not text:
            return None
        found = read_date(text)
        if found is None:
            words = f"“{_short(text)}” is not a date such as 2026-11-21: it was left out."
            self.ignored.append(words)
        return found


def read_date(text: str) -> date | None:
    """Read a date such as 2026-11-21 between 1900 and 2200; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def read_filter(query: Query, *, today: date, others: frozenset[str] = frozenset()) -> Asked:
    """Read the filter of a page from its query, a mapping of names to lists of values.

    Whatever cannot be understood is left out with a sentence; *others* are parameters that
    the page reads itself. Keys of touchpoints, channels, surveys and segments are only
    cleaned here: `resolved` looks them up. No query of the database.
    """
    reading = _Reading(query, today)
    asked = Filter(reading.period(), reading.compare(), is_weighted=reading.one("weighted") == "1")
    for by in FILTERED:
        keys = [key.strip() for key in query.get(by.value, []) if key.strip() and "\0" not in key]
        asked = asked.with_keys(by, keys[:_MOST_KEYS])
    for name in query:
        if name not in FILTER_KEYS and name not in others:
            reading.ignored.append(f"“{_short(name)}” is not a filter: it was left out.")
    has_period = asked.period.name != DEFAULT_PERIOD or bool(reading.one("period"))
    return Asked(asked, tuple(reading.ignored), has_period)


def for_guest(asked: Asked, *, today: date) -> Asked:
    """Narrow a filter to what people without the right to see answers may choose.

    That is one of a few nested periods, and nothing else: see `analytics.rules.disclosure`.
    """
    name = asked.filter.period.name
    plain = Filter(named_period(name if name in GUEST_PERIODS else DEFAULT_PERIOD, today))
    if plain == replace(asked.filter, compare=Compare.PREVIOUS):
        return Asked(plain, asked.ignored, asked.has_period)
    words = (
        "Your role sees the last 13 weeks, the last 52 weeks or all time, without further filters, "
        "so that no single answer can be told apart."
    )
    return Asked(plain, (*asked.ignored, words), asked.has_period)


def resolved(asked: Asked, names: Names) -> tuple[Filter, Slice, tuple[str, ...]]:
    """Look up the keys of a filter: the filter with known keys, its slice, and the sentences.

    Keys of merged touchpoints and channels become those of their target. Unknown ones are left
    out with a sentence.
    """
    found, ids, ignored = asked.filter, {}, list(asked.ignored)
    for by in FILTERED:
        known, unknown = names.known(by, found.keys(by))
        found = found.with_keys(by, [one.key for one in known])
        ids[by] = frozenset(one.id for one in known)
        ignored += [f"There is no {by.value} “{_short(key)}”: it was left out." for key in unknown]
    within = Slice(
        found.period.start_on,
        found.period.end_on,
        touchpoints=ids[By.TOUCHPOINT],
        channels=ids[By.CHANNEL],
        surveys=ids[By.SURVEY],
        segments=ids[By.SEGMENT],
    )
    return found, within, tuple(ignored)


def _dates(period: Period) -> list[tuple[str, str]]:
    ends = (("from", period.start_on), ("to", period.last_on))
    return [(name, on.isoformat()) for name, on in ends if on is not None]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
