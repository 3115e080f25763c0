"""How often the rules of the map's numbers are right, on made-up answers whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily
from cxm.metrics.rules.changes import ChangeMark, WindowPair, change_marks
from cxm.metrics.rules.histogram import POSITIONS, Histogram
from cxm.metrics.rules.intervals import net_interval
from cxm.metrics.rules.nps import DETRACTORS, PROMOTERS
from cxm.metrics.rules.promises import (
    MET,
    Promise,
    PromiseWord,
    Wish,
    fixed_verdict,
    interim_verdict,
)
from cxm.metrics.rules.statistic import Definition, VerdictWord

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazily("numpy")

STEPS = 20
SEED = 20_261_122
BEFORE, AFTER = 0.8, 0.7
# The promoters and detractors of metrics.md, section 2, on which coverage is told there.
POPULATIONS = ((0.5, 0.2), (0.7, 0.1), (0.9, 0.02), (0.3, 0.3), (0.15, 0.55), (0.97, 0.01))

_SHARE = Definition("share", frozenset({1}), frozenset({0}), 1, 1)
_NET = Definition("net", PROMOTERS, DETRACTORS, 0, 1)
_MEAN = Definition("mean", frozenset(), frozenset(), 2, 1)
_TO_TEN = (0.01, 0.01, 0.02, 0.02, 0.03, 0.05, 0.06, 0.1, 0.2, 0.25, 0.25)
_STARS = (0.0, 0.05, 0.05, 0.1, 0.3, 0.5)
# Few answers and many, a week and step, and every statistic that is tested.
_POPULATED = (
    (_SHARE, (1 - BEFORE, BEFORE), 600),
    (_NET, _TO_TEN, 250),
    (_MEAN, _STARS, 100),
    (_SHARE, (1 - BEFORE, BEFORE), 40),
)
_BEFORE_SIZE, _WEEKLY, _WEEKS_TO_DUE, _WINDOW_WEEKS = 300, 60, 26, 4


@dataclass(frozen=True, slots=True)
class Proof:
    """What share of made-up cases came out how; shares run from 0 to 1."""

    null_weeks_marked: float
    drop_found_n600: float
    drop_found_n150: float
    coverage_n10: float
    coverage_n10_least: float
    reached_null: float
    seed: int
    weeks: int
    steps: int
    runs: int


def prove_experience(*, seed: int = SEED, weeks: int = 1_000, runs: int = 1_000) -> Proof:
    """Try the rules of marks, intervals and verdicts; the same *seed* gives the same proof.

    *weeks* that nothing changes in are looked at on a map of 20 steps, a drop from 80 % to 70 %
    at one of them in *runs* cases for each number of answers, and as many promises while nothing
    changes. Coverage is computed, not tried: its mean and its least over six populations.
    """
    random = np.random.default_rng(seed)
    coverages = [net_coverage(10, *population) for population in POPULATIONS]
    return Proof(
        null_weeks_marked=null_weeks_marked(random, weeks),
        drop_found_n600=drop_found(random, 600, runs),
        drop_found_n150=drop_found(random, 150, runs),
        coverage_n10=sum(coverages) / len(coverages),
        coverage_n10_least=min(coverages),
        reached_null=reached_null(random, runs),
        seed=seed,
        weeks=weeks,
        steps=STEPS,
        runs=runs,
    )


def null_weeks_marked(random: np.random.Generator, weeks: int) -> float:
    """Give the share of weeks with any mark on a map where nothing ever changes.

    Every week is a closed window and compared with the week before.
    """
    maps = ([_step(random, place) for place in range(STEPS)] for _ in range(weeks + 1))
    marked = 0
    for before, after in pairwise(maps):
        marks = _marks(
            zip(before, after, strict=True), [_POPULATED[i % 4][0] for i in range(STEPS)]
        )
        marked += any(mark.is_marked for mark in marks)
    return marked / weeks


def drop_found(random: np.random.Generator, n: int, runs: int) -> float:
    """Give the share of runs in which the one step that fell from 80 % to 70 % is marked as down.

    Every step has *n* answers in either window, and the other 19 stay as they are.
    """
    found = 0
    for _ in range(runs):
        pairs = [(_shares(random, n, BEFORE), _shares(random, n, BEFORE)) for _ in range(STEPS - 1)]
        pairs.append((_shares(random, n, BEFORE), _shares(random, n, AFTER)))
        found += _marks(pairs, [_SHARE] * STEPS)[-1].verdict.word is VerdictWord.DOWN
    return found / runs


def net_coverage(n: int, promoters: float, detractors: float) -> float:
    """Give the exact chance that the interval of a net score covers the truth at *n* answers."""
    covered, truth = 0.0, 100 * (promoters - detractors)
    for above in range(n + 1):
        for below in range(n + 1 - above):
            limits = net_interval(above, below, n)
            if limits.low <= truth <= limits.high:
                ways = comb(n, above) * comb(n - above, below)
                rest = (1 - promoters - detractors) ** (n - above - below)
                covered += ways * promoters**above * detractors**below * rest
    return covered


def reached_null(random: np.random.Generator, runs: int) -> float:
    """Give the share of promises of what is there already that are ever said to be reached.

    80 % is promised and true all the time. Somebody looks each week for half a year, and on the
    day it is due the fixed verdict is given.
    """
    return sum(_is_ever_met(random) for _ in range(runs)) / runs


def _is_ever_met(random: np.random.Generator) -> bool:
    promise = Promise(Wish.UP, 100 * BEFORE)
    before = _shares(random, _BEFORE_SIZE, BEFORE)
    weekly = [_shares(random, _WEEKLY, BEFORE) for _ in range(_WEEKS_TO_DUE)]
    since = Histogram((0,) * POSITIONS)
    words: list[PromiseWord] = []
    for week in weekly[:-1]:
        since += week
        words.append(interim_verdict(promise, before, since, _SHARE, (0, 100)).word)
    last = sum(weekly[-_WINDOW_WEEKS:], start=Histogram((0,) * POSITIONS))
    words.append(fixed_verdict(promise, before, last, _SHARE).word)
    return bool(MET & set(words))


def _marks(
    pairs: Iterator[tuple[Histogram, Histogram]] | Sequence[tuple[Histogram, Histogram]],
    definitions: Sequence[Definition],
) -> list[ChangeMark]:
    return change_marks(
        [WindowPair(*pair, made_of) for pair, made_of in zip(pairs, definitions, strict=True)]
    )


def _step(random: np.random.Generator, place: int) -> Histogram:
    _, shares, n = _POPULATED[place % len(_POPULATED)]
    return _answers(random, int(random.poisson(n)), shares)


def _shares(random: np.random.Generator, n: int, favourable: float) -> Histogram:
    return _answers(random, n, (1 - favourable, favourable))


def _answers(random: np.random.Generator, n: int, shares: Sequence[float]) -> Histogram:
    counts = tuple(int(count) for count in random.multinomial(n, shares))
    return Histogram(counts + (0,) * (POSITIONS - len(counts)))
