"""What a heat map of journeys can show, and how hot a value is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What the cells of a heat map are coloured by."""

    DRAWN = "drawn"
    PAINS = "pains"
    FRESHNESS = "freshness"
    MEASURED = "measured"

    @property
    def words(self) -> str:
        """Give what people read."""
        return _WORDS[self]

    @property
    def legend(self) -> str:
        """Say what the numbers mean, and which end is bad."""
        return _LEGENDS[self]


class Columns(StrEnum):
    """What stands beside each other."""

    STAGES = "stages"
    LEVELS = "levels"


_WORDS = {
    Measure.DRAWN: "Drawn experience",
    Measure.PAINS: "Open pains",
    Measure.FRESHNESS: "Freshness",
    Measure.MEASURED: "Measured experience",
}
_LEGENDS = {
    Measure.DRAWN: "The mean of what was drawn, from −2 (very bad) to +2 (very good).",
    Measure.PAINS: "How many open pains of the library the steps show.",
    Measure.FRESHNESS: "How far it can still be trusted, from 0 to 100; conformance is left out.",
    Measure.MEASURED: (
        "What customers answered in the last 28 days, all answers together, coloured by where it "
        "lies between the worst and the best of the scale. Below five answers nothing is shown."
    ),
}
# Heats from 1 (very good) to 5 (very bad): a value of at least so much is in that place.
_DRAWN = (1.0, 0.35, -0.35, -1.0)
_FRESH = (80, 60, 40, 20)
_PAINS = (0, 1, 3, 6)


@dataclass(frozen=True, slots=True)
class Heat:
    """A value as it is written, and how hot it is: 1 is very good, 5 very bad, 0 is no value."""

    text: str
    level: int

    @property
    def words(self) -> str:
        """Say how hot it is."""
        return ("No value", "Very good", "Good", "Middling", "Bad", "Very bad")[self.level]


NOTHING = Heat("–", 0)


def heat(measure: Measure, value: float | None) -> Heat:
    """Write a value and say how hot it is; None is no value, not nought.

    One that is measured comes as its place between the worst (-2) and the best (+2) of its scale.
    """
    if value is None:
        return NOTHING
    if measure is Measure.PAINS:
        return Heat(f"{value:.0f}", 1 + sum(value > limit for limit in _PAINS))
    if measure is Measure.FRESHNESS:
        return Heat(f"{value:.0f}", 1 + sum(value < limit for limit in _FRESH))
    return Heat(_signed(value), 1 + sum(value < limit for limit in _DRAWN))


def _signed(value: float) -> str:
    rounded = round(value, 1)
    return "0" if rounded == 0 else f"{rounded:+.1f}".replace("-", "−")
