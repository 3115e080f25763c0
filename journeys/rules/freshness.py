"""How far a map can still be trusted to tell how things are: 0 to 100, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.collaboration.rules.grading import HALF_LIFE_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# What a part weighs of the whole; conformance joins them once paths are compared with maps.
WEIGHTS = {"coverage": 0.35, "recency": 0.25, "conformance": 0.25, "review": 0.15}
_MISSING = {
    "recency": "Nothing is cited yet whose age could be told",
    "conformance": "Conformance with the paths that customers took is not measured yet",
    "review": "No review is asked for",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: its value from 0 to 100, its weight in percent, and what it says.

    *points* is what it gives to the score; those of all parts add up to it.
    """

    name: str
    value: float
    weight: float
    words: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class Freshness:
    """The score, the parts that it is made of, and why each of the others is *left_out*.

    *score* is None where nothing is known: a map without steps has none.
    """

    score: int | None
    parts: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Explain the score part by part, and what was left out."""
        told = [
            f"{p.words}: {p.points} points ({p.value:.0f} of 100, weighs {p.weight:.0f} %)."
            for p in self.parts
        ]
        return " ".join([*told, *(f"{why}: left out." for why in self.left_out)])


def freshness(
    *,
    steps: int,
    backed: int,
    age_days: float | None,
    reviewed_on: date | None,
    review_every_days: int | None,
    today: date,
) -> Freshness:
    """Score a map of *steps* steps, of which *backed* have evidence that speaks for them.

    0.35 coverage + 0.25 recency + 0.25 conformance + 0.15 review (spec: journeys, 13.6). Coverage
    is the share of steps that are backed. Recency halves every 180 days of *age_days*, the mean age
    of the newest evidence of each. Review is full while it is not due, and falls to 0 in as long
    again. What is missing is left out, and the weights of the others add up to 100.
    """
    if steps == 0:
        return Freshness(None)
    told = [("coverage", 100 * backed / steps, f"{backed} of {steps} steps are backed by evidence")]
    if age_days is not None:
        value = 100 * 0.5 ** (age_days / HALF_LIFE_DAYS)
        told.append(("recency", value, f"Their evidence is {_days(round(age_days))} old"))
    if review_every_days:
        told.append(_review(reviewed_on, review_every_days, today))
    known = {name for name, _, _ in told}
    whole = sum(WEIGHTS[name] for name in known)
    parts = [(name, value, 100 * WEIGHTS[name] / whole, words) for name, value, words in told]
    score = round(sum(value * weight for _, value, weight, _ in parts) / 100)
    points = _adding_up([value * weight / 100 for _, value, weight, _ in parts], score)
    return Freshness(
        score,
        tuple(Part(*part, points=given) for part, given in zip(parts, points, strict=True)),
        tuple(why for name, why in _MISSING.items() if name not in known),
    )


def worst(scores: Iterable[int | None]) -> int | None:
    """Give the lowest score there is: what holds of journeys that lie in one."""
    return min((score for score in scores if score is not None), default=None)


def _review(reviewed_on: date | None, every: int, today: date) -> tuple[str, float, str]:
    if reviewed_on is None:
        return "review", 0.0, "Never reviewed"
    late = (today - reviewed_on).days - every
    value = 100.0 if late <= 0 else max(0.0, 100 * (1 - late / every))
    words = "Reviewed in time" if late <= 0 else f"Review overdue by {_days(late)}"
    return "review", value, words


def _adding_up(points: list[float], whole: int) -> list[int]:
    """Give whole points that add up to *whole*, each less than one from its own."""
    cut = [int(one) for one in points]
    by_rest = sorted(range(len(points)), key=lambda at: cut[at] - points[at])
    for place in by_rest[: whole - sum(cut)]:
        cut[place] += 1
    return cut


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
