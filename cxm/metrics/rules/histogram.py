"""The histogram of one scored question: all that scores, means, medians and intervals need."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Self

POSITIONS = 11
_NOTHING = (Decimal(0),) * POSITIONS


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many answers gave each value; position i stands for the value first + step * i.

    *counts* has eleven positions; a shorter scale leaves the last ones at 0. A weighted survey
    fills three more fields, all or none of them: *weights* is the sum of weights at each position,
    *weight_count* the number of answers with a weight above 0, *weight_squares* the sum of the
    squared weights. Raises ValueError for anything that cannot be the count of real answers.
    """

    counts: tuple[int, ...]
    first: int = 0
    step: int = 1
    weights: tuple[Decimal, ...] | None = None
    weight_count: int | None = None
    weight_squares: Decimal | None = None

    def __post_init__(self) -> None:
        if len(self.counts) != POSITIONS or min(self.counts) < 0:
            raise ValueError(f"counts are {POSITIONS} whole numbers, none negative")
        if self.step < 1:
            raise ValueError("the step between two values is at least 1")
        fields = (self.weights, self.weight_count, self.weight_squares)
        if any(field is None for field in fields) != all(field is None for field in fields):
            raise ValueError("weights, weight_count and weight_squares come together or not at all")
        if self.weights is not None:
            self._check_weights(self.weights)

    @classmethod
    def of(
        cls,
        answers: Iterable[int],
        *,
        first: int = 0,
        step: int = 1,
        weights: Iterable[Decimal] | None = None,
    ) -> Self:
        """Count *answers*, each a value of the scale; *weights* gives one weight for each answer.

        An answer of weight 0 stays in the counts and takes no part in weighted figures. Raises
        ValueError for a value off the scale, for a weight that is negative or not finite, and
        when there are more or fewer weights than answers.
        """
        values = list(answers)
        places = [_position(value, first, step) for value in values]
        counts = [0] * POSITIONS
        for place in places:
            counts[place] += 1
        if weights is None:
            return cls(tuple(counts), first, step)
        masses = [Decimal(0)] * POSITIONS
        given = list(weights)
        if not all(weight.is_finite() and weight >= 0 for weight in given):
            raise ValueError("a weight is a finite number, 0 or more")
        for place, weight in zip(places, given, strict=True):
            masses[place] += weight
        squares = sum((weight * weight for weight in given), Decimal(0))
        positive = sum(weight > 0 for weight in given)
        return cls(tuple(counts), first, step, tuple(masses), positive, squares)

    def __add__(self, other: Histogram) -> Histogram:
        """Pool the answers of two histograms of one scale.

        Raises ValueError when the scales differ, or when only one of two non-empty histograms has
        weights: `without_weights` says that the weights are to be left out.
        """
        if (self.first, self.step) != (other.first, other.step):
            raise ValueError("answers on different scales are not pooled")
        counts = tuple(mine + its for mine, its in zip(self.counts, other.counts, strict=True))
        if self.weights is None and other.weights is None:
            return Histogram(counts, self.first, self.step)
        mine, its = self._weighted(), other._weighted()
        return Histogram(
            counts,
            self.first,
            self.step,
            tuple(left + right for left, right in zip(mine[0], its[0], strict=True)),
            mine[1] + its[1],
            mine[2] + its[2],
        )

    def without_weights(self) -> Histogram:
        """Return the same counts, every answer counting once."""
        return replace(self, weights=None, weight_count=None, weight_squares=None)

    @property
    def values(self) -> tuple[int, ...]:
        """The value of each position, ascending."""
        return tuple(self.first + self.step * place for place in range(POSITIONS))

    @property
    def n(self) -> int:
        """Number of answers, each counted once."""
        return sum(self.counts)

    @property
    def n_eff(self) -> float | None:
        """Effective number of answers, (sum w)^2 / sum w^2; None when no answer has a weight.

        Source: Kish, Survey Sampling, 1965.
        """
        if not self.weight_count:
            return None
        masses, _, squares = self._weighted()
        return float(Fraction(sum(masses)) ** 2 / Fraction(squares))

    def answers(self, *, weighted: bool = False) -> int:
        """Count the answers that enter a figure: those with a weight above 0 when *weighted*."""
        return self._weighted()[1] if weighted else self.n

    def count(self, values: Collection[int]) -> int:
        """Count the answers whose value is in *values*.

        Raises ValueError when one of *values* is not a value of this histogram.
        """
        places = {_position(value, self.first, self.step) for value in values}
        return sum(self.counts[place] for place in places)

    def mean_of(self, scores: Mapping[int, int], *, weighted: bool = False) -> Fraction | None:
        """Give the exact mean after scoring each value by *scores*; None without answers.

        A value that is not in *scores* counts as 0: {9: 100, 10: 100} gives the percent of 9 and
        10. Raises ValueError when *scores* names a value that this histogram does not have.
        """
        masses = self._masses(weighted=weighted)
        total = sum(masses)
        places = {_position(value, self.first, self.step): it for value, it in scores.items()}
        scored = sum(score * masses[place] for place, score in places.items())
        return Fraction(scored) / Fraction(total) if total else None

    def share(self, values: Collection[int], *, weighted: bool = False) -> float | None:
        """Give the percent of answers whose value is in *values*; None without answers.

        Raises ValueError when one of *values* is not a value of this histogram.
        """
        percent = self.mean_of(dict.fromkeys(values, 100), weighted=weighted)
        return None if percent is None else float(percent)

    def mean(self, *, weighted: bool = False) -> float | None:
        """Give the mean on the scale of the question; None without answers."""
        mean = self.mean_of({value: value for value in self.values}, weighted=weighted)
        return None if mean is None else float(mean)

    def sd(self, *, weighted: bool = False) -> float | None:
        """Give the sample standard deviation; None below two answers.

        Weighted, the variance about the weighted mean is scaled by n_eff / (n_eff - 1), which is
        the usual n / (n - 1) when all weights are equal.
        """
        mean = self.mean_of({value: value for value in self.values}, weighted=weighted)
        square = self.mean_of({value: value**2 for value in self.values}, weighted=weighted)
        if mean is None or square is None:
            return None
        size = Fraction(self.n)
        if weighted:
            masses, _, squares = self._weighted()
            size = Fraction(sum(masses)) ** 2 / Fraction(squares)
        if size <= 1:
            return None
        return math.sqrt((square - mean**2) * size / (size - 1))

    def median(self, *, weighted: bool = False) -> float | None:
        """Give the median, the mean of the two middle values; None without answers.

        Weighted, it is the value at which half of the weight is reached, or the mean of that value
        and the next one when exactly half of the weight lies at or below it.
        """
        masses = self._masses(weighted=weighted)
        half = Fraction(sum(masses)) / 2
        if not half:
            return None
        held = [place for place, mass in enumerate(masses) if mass]
        low = next(place for place in held if sum(masses[: place + 1]) >= half)
        high = next(place for place in held if sum(masses[: place + 1]) > half)
        return self.first + self.step * (low + high) / 2

    def _masses(self, *, weighted: bool) -> Sequence[Fraction | int]:
        # Counts stay whole numbers: adding up fractions would take most of a page's time.
        return [Fraction(mass) for mass in self._weighted()[0]] if weighted else self.counts

    def _weighted(self) -> tuple[tuple[Decimal, ...], int, Decimal]:
        if self.weights is None or self.weight_count is None or self.weight_squares is None:
            if self.n:
                raise ValueError("these answers carry no weights")
            return _NOTHING, 0, Decimal(0)
        return self.weights, self.weight_count, self.weight_squares

    def _check_weights(self, weights: tuple[Decimal, ...]) -> None:
        if len(weights) != POSITIONS or not all(mass.is_finite() and mass >= 0 for mass in weights):
            raise ValueError(f"weights are {POSITIONS} finite sums, none negative")
        if any(mass and not count for mass, count in zip(weights, self.counts, strict=True)):
            raise ValueError("a weight stands where no answer does")
        _, count, squares = self._weighted()
        if not 0 <= count <= self.n:
            raise ValueError("weight_count counts answers that are in counts")
        if not squares.is_finite() or len({count > 0, any(weights), squares > 0}) > 1:
            raise ValueError("weights, weight_count and weight_squares describe different answers")


def is_countable(value: object, *, lowest: int, highest: int) -> bool:
    """Say whether *value* is a whole number from *lowest* to *highest*, both inclusive.

    Only such an answer enters n. A skipped one (None), text, a truth value, NaN and a fraction do
    not; 4.0 does.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return math.isfinite(value) and lowest <= value <= highest and value == int(value)


def _position(value: int, first: int, step: int) -> int:
    place, off = divmod(value - first, step)
    if off or not 0 <= place < POSITIONS:
        raise ValueError(f"{value} is not a value of this scale")
    return place
