"""Customer health score: inputs scaled to 0 to 100, weighed, and tested against what happened."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAST_COVERAGE = 0.5


class InputState(StrEnum):
    """Whether an input takes part in a score."""

    PRESENT = "present"
    MISSING = "missing"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class HealthInput:
    """One input of a score: its raw value (None when missing), its age and how it counts.

    *low* scales to 0 and *high* to 100, the other way round when *is_inverted*. Raises ValueError
    unless low < high and the weight is above 0.
    """

    name: str
    value: float | None
    age_days: float
    low: float
    high: float
    weight: float
    maximum_age_days: float
    is_inverted: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"{self.name}: the lower bound must be below the upper bound")
        if not self.weight > 0:
            raise ValueError(f"{self.name}: the weight must be above 0")


@dataclass(frozen=True, slots=True)
class HealthPart:
    """What one input gave: its scaled value and its share of the score, None when it gave none."""

    name: str
    state: InputState
    value: float | None
    age_days: float
    weight: float
    scaled: float | None
    contribution: float | None


@dataclass(frozen=True, slots=True)
class HealthScore:
    """A score from 0 to 100, None when *coverage* (0 to 1) is below one half.

    Parts stand in the order of the inputs; the contributions add up to the score.
    """

    value: float | None
    coverage: float
    parts: tuple[HealthPart, ...]


def scaled(value: float, low: float, high: float, *, is_inverted: bool = False) -> float:
    """Scale *value* to 0 at *low* and 100 at *high*, clamped; inverted, 100 less that.

    Source: support.natero.com, account health score.
    """
    score = min(100.0, max(0.0, 100 * (value - low) / (high - low)))
    return 100 - score if is_inverted else score


def health_score(inputs: Sequence[HealthInput]) -> HealthScore:
    """Weigh the inputs that are present and not too old.

    A missing input is left out, never counted as 0 or 50. Coverage is the weight of the inputs
    that take part over the weight of all; it is 0 without inputs.
    """
    used = sum(each.weight for each in inputs if _state(each) is InputState.PRESENT)
    everything = sum(each.weight for each in inputs)
    coverage = used / everything if everything else 0.0
    parts = tuple(_part(each, used) for each in inputs)
    value = None
    if coverage >= LEAST_COVERAGE:
        value = sum(part.contribution for part in parts if part.contribution is not None)
    return HealthScore(value, coverage, parts)


def deciding_segment(priorities: Mapping[str, int], member_of: Collection[str]) -> str | None:
    """Choose whose definition counts for a customer in several segments.

    *priorities* maps segment keys to a rank, 1 deciding first; ties go by key. None when the
    customer is in no segment that defines a score.
    """
    ranked = sorted((rank, key) for key, rank in priorities.items() if key in member_of)
    return ranked[0][1] if ranked else None


def discrimination(churned: Sequence[float], kept: Sequence[float]) -> float | None:
    """Give the AUC: how often a churned customer had the lower score, a tie counting half.

    Scores must be frozen before the period in which the customers churned. From 0 to 1, 0.5 for
    a coin; None when either group is empty.
    """
    if not churned or not kept:
        return None
    ordered = sorted(kept)
    below = [bisect_left(ordered, score) + bisect_right(ordered, score) for score in churned]
    return 1 - sum(below) / 2 / (len(churned) * len(kept))


def brier_score(probabilities: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """Give the mean squared error of probabilities against what happened; None without any.

    Raises ValueError when the lengths differ.
    """
    pairs = list(zip(probabilities, outcomes, strict=True))
    return sum((p - happened) ** 2 for p, happened in pairs) / len(pairs) if pairs else None


def _state(each: HealthInput) -> InputState:
    if each.value is None:
        return InputState.MISSING
    return InputState.TOO_OLD if each.age_days > each.maximum_age_days else InputState.PRESENT


def _part(each: HealthInput, used: float) -> HealthPart:
    score = contribution = None
    state = _state(each)
    if each.value is not None and state is InputState.PRESENT:
        score = scaled(each.value, each.low, each.high, is_inverted=each.is_inverted)
        contribution = each.weight * score / used
    return HealthPart(each.name, state, each.value, each.age_days, each.weight, score, contribution)
