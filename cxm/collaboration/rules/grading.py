"""How well a statement is backed: the truth meter (spec: journeys, 13.6)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cxm.collaboration.rules.kinds import EvidenceKind, Grade, Polarity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

HALF_LIFE_DAYS = 180
MIN_N = 30
MANY_PEOPLE = 5
STRONG_FROM, SOME_FROM = 3, 1
BACKED = frozenset({Grade.SOME, Grade.STRONG})
_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """One observation about a statement, as far as its weight goes.

    Of a figure, *subjects* is its n; of anything else, how many people it tells of.
    """

    kind: EvidenceKind
    polarity: Polarity
    subjects: int
    observed_on: date


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one piece gives: its strength, its age in days, and the points that are left of it.

    The points are *hundredths*, rounded so that those of one side add up to that side's total.
    """

    piece: Piece
    strength: int
    age_days: int
    hundredths: int


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of a statement, and how it comes about: *lines* in the order of the pieces.

    *supporting* and *contradicting* are totals in hundredths of a point, rounded down, so that
    2.99 points never read as the 3 that they are not.
    """

    grade: Grade
    lines: tuple[Weighed, ...] = ()
    supporting: int = 0
    contradicting: int = 0


def strength(kind: EvidenceKind, subjects: int) -> int:
    """Give what an observation of today weighs: 3, 2 or 1.

    A figure of 30 answers or more weighs 3, what five or more people did or said weighs 2, and
    anything less 1.
    """
    if kind is EvidenceKind.METRIC and subjects >= MIN_N:
        return 3
    return 2 if subjects >= MANY_PEOPLE else 1


def graded(pieces: Sequence[Piece], today: date) -> Graded:
    """Grade a statement by what speaks for it and against it, as of *today*.

    A piece gives strength times 0.5 ^ (age in days / 180). Three points for it or more are
    strong evidence, one or more some, less is an assumption. It is contradicted when there is
    anything against it, and the points against are not fewer than those for it; both sides are
    compared as of the newest piece, for they fade alike. What is dated after *today* counts as of
    today.

    So what is added in support never lowers a grade (contradicted, assumption, some, strong), and
    time alone never raises one: not even out of "contradicted", which time neither makes nor ends.
    """
    weights = [strength(piece.kind, piece.subjects) for piece in pieces]
    ages = [max(0, (today - piece.observed_on).days) for piece in pieces]
    points = [weight * _left(age) for weight, age in zip(weights, ages, strict=True)]
    lines: dict[int, Weighed] = {}
    totals = {}
    for polarity in Polarity:
        places = [place for place, piece in enumerate(pieces) if piece.polarity is polarity]
        totals[polarity] = sum((points[place] for place in places), start=Fraction())
        shares = _adding_up([points[place] for place in places])
        for place, share in zip(places, shares, strict=True):
            lines[place] = Weighed(pieces[place], weights[place], ages[place], share)
    return Graded(
        _grade(pieces, weights, totals[Polarity.SUPPORTS]),
        tuple(lines[place] for place in sorted(lines)),
        _floored(totals[Polarity.SUPPORTS]),
        _floored(totals[Polarity.CONTRADICTS]),
    )


def age_words(days: int) -> str:
    """Say an age: "today", "1 day", "74 days"."""
    if days == 0:
        return "today"
    return f"{days:,} day{'' if days == 1 else 's'}"


def _left(age_days: int) -> Fraction:
    """Give what is left of a point; a fraction, so that sums of points are exact."""
    return Fraction(0.5 ** (age_days / HALF_LIFE_DAYS))


def _grade(pieces: Sequence[Piece], weights: Sequence[int], supporting: Fraction) -> Grade:
    if _is_contradicted(pieces, weights):
        return Grade.CONTRADICTED
    if supporting >= STRONG_FROM:
        return Grade.STRONG
    return Grade.SOME if supporting >= SOME_FROM else Grade.ASSUMPTION


def _is_contradicted(pieces: Sequence[Piece], weights: Sequence[int]) -> bool:
    """Compare both sides on the day of the newest piece: rounding on later days decides nothing."""
    if all(piece.polarity is Polarity.SUPPORTS for piece in pieces):
        return False
    newest = max(piece.observed_on for piece in pieces)
    balance = Fraction()
    for piece, weight in zip(pieces, weights, strict=True):
        points = weight * _left((newest - piece.observed_on).days)
        balance += points if piece.polarity is Polarity.SUPPORTS else -points
    return balance <= 0


def _floored(points: Fraction) -> int:
    return math.floor(points * _HUNDREDTHS)


def _adding_up(points: Sequence[Fraction]) -> list[int]:
    """Give each one's hundredths, so that together they are those of the sum, rounded down.

    Those with the largest part cut off get what is missing; each is less than 0.01 from its own.
    """
    cut = [_floored(one) for one in points]
    missing = _floored(sum(points, start=Fraction())) - sum(cut)
    by_rest = sorted(range(len(points)), key=lambda at: cut[at] - points[at] * _HUNDREDTHS)
    for place in by_rest[:missing]:
        cut[place] += 1
    return cut
