"""Whether a level rings: answers in order of receipt, looked at after each one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analytics.rules.alerts import CHANCE, Side
from cxm.metrics.rules.histogram import POSITIONS, Histogram
from cxm.metrics.rules.intervals import FEW_ANSWERS
from cxm.metrics.rules.sequences import (
    SequenceLimits,
    is_alarm,
    mean_sequence,
    net_sequence,
    share_sequence,
)
from cxm.metrics.rules.statistic import Definition


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of a question: from *lowest* to *highest*; *first* and *step* place columns."""

    lowest: int
    highest: int
    first: int = 0
    step: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a level lies after *histogram*, its answers: the limits that hold at every look."""

    histogram: Histogram
    limits: SequenceLimits

    @property
    def n(self) -> int:
        """How many answers that is."""
        return self.histogram.n


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one epoch: *rang* at the first answer that put the target outside, or None.

    *now* is where the level lies after all answers; None below ten of them.
    """

    rang: Standing | None
    now: Standing | None


@dataclass(slots=True)
class _Count:
    """Answers as they come in, and the limits after them."""

    definition: Definition
    scale: Scale
    counts: list[int]
    n: int = 0
    above: int = 0
    below: int = 0

    def add(self, value: int) -> None:
        self.counts[(value - self.scale.first) // self.scale.step] += 1
        self.n += 1
        self.above += value in self.definition.favourable
        self.below += value in self.definition.unfavourable

    def histogram(self) -> Histogram:
        return Histogram(tuple(self.counts), self.scale.first, self.scale.step)

    def limits(self) -> SequenceLimits:
        match self.definition.statistic:
            case "net":
                return net_sequence(self.above, self.below, self.n, alpha=CHANCE)
            case "share":
                return share_sequence(self.above, self.n, alpha=CHANCE)
            case _:
                scale = self.scale
                return mean_sequence(self.histogram(), scale.lowest, scale.highest, alpha=CHANCE)


def course_of(
    values: Iterable[int], definition: Definition, scale: Scale, *, side: Side, target: float
) -> Course:
    """Look at the level after each of *values*, the answers of an epoch in order of receipt.

    Live watching and the replay of history both call this, so that they cannot differ. Nothing
    rings before ten answers. The target is in the unit of the figure and was fixed before the
    first of the values came. Raises ValueError for a median: it has no sequence.
    """
    if definition.statistic == "median":
        raise ValueError("a median has no limits that hold at every look")
    count = _Count(definition, scale, [0] * POSITIONS)
    rang: Standing | None = None
    for value in values:
        count.add(value)
        if rang is None and count.n >= FEW_ANSWERS:
            limits = count.limits()
            if is_alarm(limits, target, count.n) and _is_on(side, limits, target):
                rang = Standing(count.histogram(), limits)
    now = Standing(count.histogram(), count.limits()) if count.n >= FEW_ANSWERS else None
    return Course(rang, now)


def limits_json(limits: SequenceLimits) -> dict[str, Any]:
    """Give limits as they are stored."""
    return {"low": limits.low, "high": limits.high, "centre": limits.centre}


def _is_on(side: Side, limits: SequenceLimits, target: float) -> bool:
    if side is Side.EITHER:
        return True
    return limits.high < target if side is Side.BELOW else limits.low > target
