"""What an alert watches: kinds of rules, read and checked, and the epochs in which they count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from cxm.kernel.errors import DomainError
from cxm.kernel.numbers import written
from cxm.metrics.rules.days import quarter_start
from cxm.metrics.rules.rounding import round_half_away

PLACES = ("touchpoint", "channel", "survey", "segment")
MOST_PLACES = 20
LONGEST_KEY = 60
CHANCE = 0.05
"""At most so often a level that has not changed rings within one epoch."""
_FIELDS = frozenset({"side", "target", *PLACES})
_QUARTER = timedelta(days=92)
# A rule about numbers of answers looks once a day, and rings at most once a year by chance.
DAY_CHANCE = 1 / 365


class AlertRuleError(DomainError):
    """A rule that cannot be watched; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class AlertKind(StrEnum):
    """What rings."""

    LEVEL = "level"
    ANSWER = "answer"
    VOLUME = "volume"

    @property
    def label(self) -> str:
        """Name it for people."""
        return _LABELS[self.value]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for models and forms."""
        return [(one.value, one.label) for one in cls]


_LABELS = {
    "level": "Level of a metric",
    "answer": "Single answer",
    "volume": "Number of answers",
}


class Side(StrEnum):
    """On which side of the target a value rings."""

    BELOW = "below"
    ABOVE = "above"
    EITHER = "either"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give value and label of each, for forms."""
        return [
            ("below", "It is below the target"),
            ("above", "It is above the target"),
            ("either", "It is on either side of it"),
        ]


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule rings: *side* of *target*, for answers at the places that are named by key.

    The target of a level is in the unit of its figure, that of a single answer a value of the
    scale, which rings itself; a number of answers has none, it is compared with what is usual.
    Without keys all answers to the metric are watched.
    """

    kind: AlertKind
    side: Side
    target: float
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give what is stored."""
        target = {} if self.kind is AlertKind.VOLUME else {"target": self.target}
        return {
            "side": self.side.value,
            **target,
            **{name: list(keys) for name, keys in sorted(self.places.items()) if keys},
        }

    def words(self, metric: str, decimals: int) -> str:
        """Say it: "Net Promoter Score below 40", "Effort: an answer of 2 or less"."""
        if self.kind is AlertKind.VOLUME:
            ways = {Side.BELOW: "fewer", Side.ABOVE: "more", Side.EITHER: "fewer or more"}
            return f"{metric}: {ways[self.side]} answers a day than usual"
        shown = written(round_half_away(self.target, decimals))
        if self.kind is AlertKind.ANSWER:
            way = "less" if self.side is Side.BELOW else "more"
            return f"{metric}: an answer of {int(self.target)} or {way}"
        way = "not at" if self.side is Side.EITHER else self.side.value
        return f"{metric} {way} {shown}"

    def is_rung_by(self, value: int) -> bool:
        """Say whether a single answer rings."""
        return value <= self.target if self.side is Side.BELOW else value >= self.target


def read_condition(
    kind: str, config: Mapping[str, Any], *, bounds: tuple[float, float]
) -> Condition:
    """Read the rule of *kind* from JSON; *bounds* are the ends of what its target can be.

    Raises AlertRuleError, which names the field.
    """
    if kind not in set(AlertKind):
        raise AlertRuleError("kind", f"Use one of: {', '.join(AlertKind)}.")
    for name in config:
        if name not in _FIELDS:
            raise AlertRuleError(str(name)[:LONGEST_KEY], "This field is not known here.")
    side = config.get("side")
    if not isinstance(side, str) or side not in set(Side):
        raise AlertRuleError("side", f"Use one of: {', '.join(Side)}.")
    if kind == AlertKind.ANSWER and side == Side.EITHER:
        raise AlertRuleError("side", "A single answer rings below a value or above it.")
    if kind == AlertKind.VOLUME:
        if "target" in config:
            raise AlertRuleError("target", "What is usual is the target: leave it out.")
        target = 0.0
    else:
        target = _target(config.get("target"), bounds, is_whole=kind == AlertKind.ANSWER)
    places = {name: _keys(config.get(name, []), name) for name in PLACES}
    chosen = {name: keys for name, keys in places.items() if keys}
    return Condition(AlertKind(kind), Side(side), target, chosen)


@dataclass(frozen=True, slots=True)
class Epoch:
    """Days from *start_on* up to *end_on*, exclusive, whose answers are watched together.

    It is a calendar quarter, or what is left of one after the rule began or was reset.
    """

    start_on: date
    end_on: date

    @property
    def last_on(self) -> date:
        """The last day, inclusive."""
        return self.end_on - timedelta(days=1)


def epoch_of(on: date, *, since: date) -> Epoch | None:
    """Give the epoch that holds *on* for a rule that counts from *since*; None before that."""
    if on < since:
        return None
    start = quarter_start(on)
    return Epoch(max(start, since), quarter_start(start + _QUARTER))


def epochs_until(on: date, *, since: date) -> Iterator[Epoch]:
    """Give the epochs from *since* to the one that holds *on*, the oldest first."""
    epoch = epoch_of(since, since=since)
    while epoch is not None and epoch.start_on <= on:
        yield epoch
        epoch = epoch_of(epoch.end_on, since=since)


def expected_false(levels: int, volumes: int = 0) -> str:
    """Say how many alerts a quarter brings if nothing ever changes, at most.

    *levels* rules are about a level, *volumes* about a number of answers: a look a day each.
    """
    return written(round_half_away(CHANCE * levels + _QUARTER.days * DAY_CHANCE * volumes, 2))


def _target(value: object, bounds: tuple[float, float], *, is_whole: bool) -> float:
    low, high = bounds
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        words = f"Use a number from {low:g} to {high:g}."
        raise AlertRuleError("target", words)
    if is_whole and value != int(value):
        raise AlertRuleError("target", "Use a value of the scale, a whole number.")
    return float(value)


def _keys(values: object, name: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise AlertRuleError(name, "Give a list of keys.")
    if len(values) > MOST_PLACES or any(len(one) > LONGEST_KEY or "\0" in one for one in values):
        raise AlertRuleError(name, f"Give at most {MOST_PLACES} keys.")
    return tuple(sorted(set(values)))
