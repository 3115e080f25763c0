"""How often levels ring on made-up answers whose truth is known: by chance, and after a drop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.rules.alert_sequences import Scale, course_of
from analytics.rules.alerts import Side
from analytics.rules.proving import POPULATIONS, SEED
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.intervals import FEW_ANSWERS
from cxm.metrics.rules.nps import DETRACTORS, PROMOTERS
from cxm.metrics.rules.statistic import Definition, estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

QUARTER_ANSWERS, LONG_ANSWERS = 1_000, 5_000
BEFORE, AFTER = (0.5, 0.2), (0.35, 0.35)
_NET = Definition("net", PROMOTERS, DETRACTORS, 0, 1)
_MEAN = Definition("mean", frozenset(), frozenset(), 2, 1)
_SHARE = Definition("share", frozenset({4, 5}), frozenset(), 1, 1)
_TO_TEN, _STARS = Scale(0, 10), Scale(1, 5)
# Nearly everybody answers alike there: plain formulas ring in up to 94 % of such quarters.
_EXTREMES = ((0.99, 0.01), (0.995, 0.0), (0.005, 0.005))
_SHARES, _EXTREME_SHARES = (0.5, 0.8, 0.95), (0.02, 0.995)
# Means of one to five stars: shares of each.
_STARRED = ((0.0, 0.05, 0.05, 0.1, 0.8), (0.2, 0.2, 0.2, 0.2, 0.2), (0.02, 0.02, 0.06, 0.3, 0.6))
_PROMOTER, _PASSIVE, _DETRACTOR = 10, 8, 0


@dataclass(frozen=True, slots=True)
class AlertProof:
    """What share of made-up quarters came out how; shares run from 0 to 1.

    *null_rang* is of ordinary populations, *extreme_rang* of those in which nearly everybody
    answers alike, *long_rang* of the same over 5,000 answers. *fixed_rang* is what an ordinary
    95 % interval does when it is looked at as often.
    """

    null_rang: float
    null_rang_most: float
    extreme_rang: float
    long_rang: float
    fixed_rang: float
    drop_found: float
    drop_answers: int
    seed: int
    streams: int
    answers: int


def prove_alerts(*, seed: int = SEED, streams: int = 4_000, runs: int = 400) -> AlertProof:
    """Watch *streams* quarters of 1,000 answers in which nothing changes, after each answer.

    They are shared out over six populations of net scores, three of shares and three of means,
    and the target is what is true; *null_rang_most* is the worst population. As many in each of
    three net scores and two shares of extreme populations, and a quarter as many over 5,000
    answers. Then the net score
    falls from 30 to 0 before the quarter begins in *runs* cases, and 30 stays the target:
    *drop_found* of them ring within the quarter, half of those after at most *drop_answers*
    answers. The same *seed* gives the same proof.
    """
    import numpy as np  # noqa: PLC0415 - only proofs need it

    random = np.random.default_rng(seed)
    each = max(1, streams // (len(POPULATIONS) + len(_SHARES) + len(_STARRED)))
    rates = [_net_rate(random, population, each) for population in POPULATIONS]
    rates += [_share_rate(random, share, each) for share in _SHARES]
    rates += [_mean_rate(random, stars, each) for stars in _STARRED]
    extreme = _extreme_rates(random, each)
    long = _extreme_rates(random, max(1, each // 4), LONG_ANSWERS)
    fixed = _fixed_rate(random, max(1, each // 4))
    found = sorted(_found_after(random) for _ in range(runs))
    rung = [n for n in found if n <= QUARTER_ANSWERS]
    return AlertProof(
        null_rang=sum(rates) / len(rates),
        null_rang_most=max(rates),
        extreme_rang=sum(extreme) / len(extreme),
        long_rang=sum(long) / len(long),
        fixed_rang=fixed,
        drop_found=len(rung) / runs,
        drop_answers=rung[len(rung) // 2] if rung else 0,
        seed=seed,
        streams=each * len(rates),
        answers=QUARTER_ANSWERS,
    )


def _extreme_rates(
    random: np.random.Generator, streams: int, answers: int = QUARTER_ANSWERS
) -> list[float]:
    rates = [_net_rate(random, population, streams, answers) for population in _EXTREMES]
    return rates + [_share_rate(random, share, streams, answers) for share in _EXTREME_SHARES]


def _net_rate(
    random: np.random.Generator,
    population: tuple[float, float],
    streams: int,
    answers: int = QUARTER_ANSWERS,
) -> float:
    target = 100 * (population[0] - population[1])
    rang = 0
    for _ in range(streams):
        scores = _scores(random, population, answers)
        course = course_of(scores, _NET, _TO_TEN, side=Side.EITHER, target=target)
        rang += course.rang is not None
    return rang / streams


def _share_rate(
    random: np.random.Generator, share: float, streams: int, answers: int = QUARTER_ANSWERS
) -> float:
    rang = 0
    for _ in range(streams):
        stars = [5 if one else 1 for one in random.random(answers) < share]
        course = course_of(stars, _SHARE, _STARS, side=Side.EITHER, target=100 * share)
        rang += course.rang is not None
    return rang / streams


def _mean_rate(random: np.random.Generator, stars: tuple[float, ...], streams: int) -> float:
    target = sum(place * share for place, share in enumerate(stars, start=1))
    rang = 0
    for _ in range(streams):
        drawn = random.choice((1, 2, 3, 4, 5), size=QUARTER_ANSWERS, p=stars).tolist()
        rang += course_of(drawn, _MEAN, _STARS, side=Side.EITHER, target=target).rang is not None
    return rang / streams


def _fixed_rate(random: np.random.Generator, streams: int) -> float:
    """Give how often an interval that is meant for one look rings when it is looked at always."""
    target, rang = 100 * (BEFORE[0] - BEFORE[1]), 0
    for _ in range(streams):
        counts = [0] * 11
        for n, score in enumerate(_scores(random, BEFORE), start=1):
            counts[score] += 1
            if n < FEW_ANSWERS:
                continue
            found = estimate(Histogram(tuple(counts)), _NET)
            if found.ci_low is None or found.ci_high is None:
                continue
            if not found.ci_low <= target <= found.ci_high:
                rang += 1
                break
    return rang / streams


def _found_after(random: np.random.Generator) -> int:
    """Give after how many answers the drop rings; more than a quarter has where it does not."""
    target = 100 * (BEFORE[0] - BEFORE[1])
    course = course_of(_scores(random, AFTER), _NET, _TO_TEN, side=Side.BELOW, target=target)
    return course.rang.n if course.rang else QUARTER_ANSWERS + 1


def _scores(
    random: np.random.Generator, population: tuple[float, float], answers: int = QUARTER_ANSWERS
) -> Sequence[int]:
    above, below = population
    drawn = random.random(answers)
    return [
        _PROMOTER if one < above else _DETRACTOR if one >= 1 - below else _PASSIVE for one in drawn
    ]
