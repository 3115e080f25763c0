"""A change split into who answered and what they answered, exact to the last digit.

A figure of all answers is the sum over groups of the group's share of the answers times its
value. Between two periods shares can move (the mix), values can move (the rate), and groups can
come and go. The split takes the mean of both periods for whatever is held still, so that neither
period is preferred. Sources: Kitagawa, Components of a Difference Between Two Rates, JASA 50,
1955; the warning of `is_reversed` is Simpson's, JRSS B 13, 1951.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.intervals import CONFIDENCE, FEW_ANSWERS, two_sided_p, z_value
from cxm.metrics.rules.statistic import Definition, Difference, answer_variance, exact_value

METHOD = "delta method"
_FEWEST_PARTED = 2
_FEWEST_REVERSED = 2

type Sides = tuple[Histogram | None, Histogram | None]


@dataclass(frozen=True, slots=True)
class GroupPart:
    """What one group gives to a change; *mix* + *rate* over all groups is the change.

    Shares run from 0 to 1, values and parts are in the unit of the figure, all exact. A value is
    None in a period without answers of the group. *mix* is what its moved share gives: above 0
    when a group that scores better than the whole grew, or a worse one shrank. *rate* is what its
    moved value gives, 0 for a group that came or went.
    """

    group: Hashable
    share_before: Fraction
    share_after: Fraction
    value_before: Fraction | None
    value_after: Fraction | None
    mix: Fraction
    rate: Fraction

    @property
    def is_in_both(self) -> bool:
        """Whether the group has answers in both periods."""
        return self.value_before is not None and self.value_after is not None

    @property
    def total(self) -> Fraction:
        """All that the group gives to the change."""
        return self.mix + self.rate


@dataclass(frozen=True, slots=True)
class Split:
    """A change in its parts: `mix` + `came_or_went` + `rate` is *difference*, exactly.

    *parts* are in the order in which the groups were given. *composition* judges mix and groups
    that came or went together, *inside* the rate; both carry intervals at the confidence asked.
    """

    difference: Fraction
    parts: tuple[GroupPart, ...]
    composition: Difference
    inside: Difference

    @property
    def mix(self) -> Fraction:
        """What moved shares of groups with answers in both periods give."""
        return sum((part.mix for part in self.parts if part.is_in_both), Fraction(0))

    @property
    def came_or_went(self) -> Fraction:
        """What groups give that have answers in one period only."""
        return sum((part.mix for part in self.parts if not part.is_in_both), Fraction(0))

    @property
    def rate(self) -> Fraction:
        """What moved values inside the groups give."""
        return sum((part.rate for part in self.parts), Fraction(0))

    @property
    def is_parted(self) -> bool:
        """Whether there are at least two groups; one alone parts nothing."""
        return len(self.parts) >= _FEWEST_PARTED

    @property
    def is_reversed(self) -> bool:
        """Whether the whole moved one way and every group of both periods the other way."""
        moves = [
            part.value_after - part.value_before
            for part in self.parts
            if part.value_before is not None and part.value_after is not None
        ]
        return len(moves) >= _FEWEST_REVERSED and all(move * self.difference < 0 for move in moves)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A group in one period: what it weighs, its value, and the error of that value, squared."""

    mass: Fraction
    value: Fraction | None
    error: float


@dataclass(frozen=True, slots=True)
class _Side:
    cells: tuple[_Cell, ...]
    mass: Fraction
    n: float


def split[G: Hashable](
    groups: Mapping[G, Sides],
    definition: Definition,
    *,
    weighted: bool = False,
    confidence: float = CONFIDENCE,
) -> Split | None:
    """Split the change of a figure between two periods by groups that part the answers.

    *groups* gives for each its answers before and after, None for no answers; every answer is in
    exactly one group. The result is the same whatever the order of the groups. None when a period
    has no answers at all. The two parts are tested where both periods have ten answers; their
    errors are those of the shares and of the values, to the first order. Raises ValueError for a
    median, which no shares and values of groups add up to, and as `estimate` does.
    """
    if definition.statistic == "median":
        raise ValueError("a median is no sum over groups")
    sides = list(groups.values())
    before, after = (
        _side([pair[place] for pair in sides], definition, weighted=weighted) for place in (0, 1)
    )
    if not before.mass or not after.mass:
        return None
    parts = _parts(list(groups), before, after)
    errors = _errors(parts, before, after)
    amounts = (sum(part.mix for part in parts), sum(part.rate for part in parts))
    is_tested = min(before.n, after.n) >= FEW_ANSWERS
    composition, inside = (
        _judged(float(amount), error, confidence=confidence, is_tested=is_tested)
        for amount, error in zip(amounts, errors, strict=True)
    )
    return Split(_whole(after) - _whole(before), tuple(parts), composition, inside)


def _side(found: Sequence[Histogram | None], definition: Definition, *, weighted: bool) -> _Side:
    known = [one if one is not None and one.answers(weighted=weighted) else None for one in found]
    spreads = [
        answer_variance(one, definition, weighted=weighted) if one else None for one in known
    ]
    told = [(one.n, spread) for one, spread in zip(known, spreads, strict=True) if one and spread]
    # A group too small to have a spread of its own is taken to spread as the others do.
    usual = sum(n * spread for n, spread in told) / max(1, sum(n for n, _ in told))
    cells = tuple(
        _cell(one, definition, spread or usual, weighted=weighted)
        for one, spread in zip(known, spreads, strict=True)
    )
    mass = sum((one.mass for one in cells), Fraction(0))
    squares = sum((Fraction(one.weight_squares or 0) for one in known if one), Fraction(0))
    n = float(mass**2 / squares) if weighted and squares else float(mass)
    return _Side(cells, mass, n)


def _cell(
    histogram: Histogram | None, definition: Definition, spread: float, *, weighted: bool
) -> _Cell:
    if histogram is None:
        return _Cell(Fraction(0), None, 0.0)
    mass = Fraction(sum(histogram.weights or ())) if weighted else Fraction(histogram.n)
    size = histogram.n_eff if weighted else None
    value = exact_value(histogram, definition, weighted=weighted)
    return _Cell(mass, value, spread / (size or histogram.n))


def _whole(side: _Side) -> Fraction:
    return sum((one.mass * (one.value or 0) for one in side.cells), Fraction(0)) / side.mass


def _parts(groups: Sequence[Hashable], before: _Side, after: _Side) -> list[GroupPart]:
    # Shares add up to 1 in both periods, so that what is taken off every value here changes what
    # a single group is told to give, and nothing of the sums.
    middle = (_whole(before) + _whole(after)) / 2
    parts = []
    for group, old, new in zip(groups, before.cells, after.cells, strict=True):
        share_0, share_1 = old.mass / before.mass, new.mass / after.mass
        value_0 = new.value if old.value is None else old.value
        value_1 = old.value if new.value is None else new.value
        if value_0 is None or value_1 is None:
            continue
        parts.append(
            GroupPart(
                group=group,
                share_before=share_0,
                share_after=share_1,
                value_before=old.value,
                value_after=new.value,
                mix=(share_1 - share_0) * ((value_0 + value_1) / 2 - middle),
                rate=(value_1 - value_0) * (share_0 + share_1) / 2,
            )
        )
    return parts


def _errors(parts: Sequence[GroupPart], before: _Side, after: _Side) -> tuple[float, float]:
    """Give the standard errors of composition and rate: shares are multinomial, values their own.

    Both parts are smooth in the shares and values of both periods, which vary independently.
    """
    told = [
        pair
        for pair in zip(before.cells, after.cells, strict=True)
        if any(one.value is not None for one in pair)
    ]
    composition = rate = 0.0
    for part, (old, new) in zip(parts, told, strict=True):
        moved = float(part.share_after - part.share_before)
        if part.is_in_both:
            kept = float(part.share_after + part.share_before) / 2
            composition += (moved / 2) ** 2 * (old.error + new.error)
            rate += kept**2 * (old.error + new.error)
        else:
            composition += moved**2 * (old.error + new.error)
    for side, share in ((before, _share_before), (after, _share_after)):
        composition += _spread(parts, share, _middle_value) / side.n
        rate += _spread(parts, share, _half_move) / side.n
    return math.sqrt(composition), math.sqrt(rate)


def _share_before(part: GroupPart) -> float:
    return float(part.share_before)


def _share_after(part: GroupPart) -> float:
    return float(part.share_after)


def _middle_value(part: GroupPart) -> float:
    known = [one for one in (part.value_before, part.value_after) if one is not None]
    return float(sum(known)) / len(known)


def _half_move(part: GroupPart) -> float:
    if part.value_before is None or part.value_after is None:
        return 0.0
    return float(part.value_after - part.value_before) / 2


def _spread(
    parts: Sequence[GroupPart],
    share: Callable[[GroupPart], float],
    score: Callable[[GroupPart], float],
) -> float:
    mean = sum(share(part) * score(part) for part in parts)
    return sum(share(part) * (score(part) - mean) ** 2 for part in parts)


def _judged(amount: float, error: float, *, confidence: float, is_tested: bool) -> Difference:
    if not is_tested:
        return Difference(amount, None, None, None, METHOD, is_tested=False, needed=None)
    margin = z_value(confidence) * error
    p = two_sided_p(amount / error) if error else 1.0
    return Difference(
        amount, amount - margin, amount + margin, p, METHOD, is_tested=True, needed=None
    )
