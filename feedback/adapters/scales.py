"""The facts of a metric's scale that a parser needs to tell a score from a code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MetricScale:
    """Whole numbers from *first* to *last* inclusive, every *step*."""

    first: int
    last: int
    step: int = 1

    def holds(self, value: int) -> bool:
        """Tell whether *value* is a position of the scale."""
        return self.first <= value <= self.last and (value - self.first) % self.step == 0
