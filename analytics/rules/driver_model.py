"""How much each input goes with an outcome: shares, slopes, intervals, and what chance does."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.rules.driver_inputs import chosen_inputs, too_few
from analytics.rules.driver_shapes import DriverInput, DriverResult, Interval, Pair, Source
from analytics.rules.drivers import MOST_MENDED
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.lmg import MOST_EXACT, exact_shares, orders_of, sampled_shares
from cxm.metrics.rules.many import benjamini_hochberg
from cxm.metrics.rules.pairwise import correlations, mended, moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    import numpy as np
else:
    np = lazily("numpy")

SEED = 20_260_101
DRAWS = 1_000
# More people are put into so many blocks by lot, and blocks are drawn again instead of people.
MOST_BLOCKS = 2_000
_ORDER_PAIRS, _ORDER_PAIRS_A_DRAW = 1_000, 20
_ENDS = (2.5, 97.5)
_CHANCE = 95
MISFIT = (
    "The correlations of the pairs do not fit together, as each is from other people: one would "
    "have to change by {by:.2f}. Choose a longer period, or fewer touchpoints."
)
ALL_ALIKE = "Everybody gave the same outcome: nothing can go with it."


@dataclass(frozen=True, slots=True)
class People:
    """What is known of each person who has an outcome.

    *outcome* (n,); *ratings* (n, k) are on the scales of their metrics, NaN for none; *ends* has
    the worst and the best value of each scale.
    """

    outcome: Floats
    ratings: Floats
    sources: Sequence[Source]
    ends: Sequence[tuple[float, float]]

    @property
    def positions(self) -> Floats:
        """Give ratings in percent of the way from the worst end of the scale to the best."""
        worst, best = np.array(self.ends, dtype=np.float64).reshape(-1, 2).T
        found: Floats = 100 * (self.ratings - worst) / (best - worst)
        return found


@dataclass(frozen=True, slots=True)
class Dates:
    """The days that are looked at, in ISO, as `DriverResult` has them."""

    start_on: str = ""
    end_on: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """Shares (k,), slopes (k,), VIF (k,) and R² of one set of people, and of *draws* of them."""

    shares: Floats
    errors: Floats
    slopes: Floats
    vifs: Floats
    drawn_shares: Floats
    drawn_slopes: Floats
    chance: float
    orders: int
    counts: Floats
    matrix: Floats
    mended: float


def found_drivers(people: People, dates: Dates, *, seed: int = SEED) -> DriverResult:
    """Work out what goes with the outcome, or say why nothing is told."""
    asked = len(people.outcome)
    chosen, left = chosen_inputs(people.ratings, people.sources)
    rates = ~np.isnan(people.ratings[:, chosen]).all(axis=1) if chosen else np.zeros(asked, bool)
    together = int(rates.sum())
    told = DriverResult(
        start_on=dates.start_on,
        end_on=dates.end_on,
        until=dates.until,
        asked=asked,
        people=together,
        outcome_mean=float(people.outcome.mean()) if asked else 0.0,
        reason=too_few(asked, together, len(chosen)),
        left_out=tuple(left),
        seed=seed,
    )
    if told.reason:
        return told
    outcome, positions = people.outcome[rates], people.positions[rates][:, chosen]
    if outcome.min() == outcome.max():
        return replace(told, reason=ALL_ALIKE)
    model = modelled(positions, outcome, seed=seed)
    if model.mended > MOST_MENDED:
        return replace(told, reason=MISFIT.format(by=model.mended))
    return _told(told, people, chosen, positions, model)


def modelled(columns: Floats, outcome: Floats, *, seed: int = SEED, draws: int = DRAWS) -> Model:
    """Give shares and slopes of *columns* (n, k), NaN for gaps, against *outcome* (n,).

    Correlations are pairwise: nothing is put in for what is missing. Intervals come from *draws*
    of people with replacement. The chance level is the 95th percentile of the largest share, with
    the inputs as they are and an outcome that has nothing to do with them: then the correlations
    of inputs i and j with it vary together by r_ij n_ij / (n_i n_j).
    """
    dice = np.random.default_rng(seed)
    together = np.column_stack([columns, outcome])
    found = moments(together, _blocks(len(outcome), dice))
    whole = correlations(found.whole)
    matrix = mended(whole)
    blocks = len(found.sums)
    counts = dice.multinomial(blocks, np.full(blocks, 1 / blocks), size=draws)
    drawn = mended(correlations(found.drawn(counts)))
    size = columns.shape[1]
    pairs = 0 if size <= MOST_EXACT else _ORDER_PAIRS
    shares, errors = _shares(matrix, dice, pairs)
    few = min(pairs, _ORDER_PAIRS_A_DRAW)
    numbers = found.whole[0, 0]
    by_chance = _chance_matrices(matrix[0], numbers, draws, dice)
    return Model(
        shares=shares[0],
        errors=errors[0],
        slopes=_slopes(matrix)[0],
        vifs=np.diag(np.linalg.inv(matrix[0, :-1, :-1])),
        drawn_shares=_shares(drawn, dice, few)[0],
        drawn_slopes=_slopes(drawn),
        chance=float(np.percentile(_shares(by_chance, dice, few)[0].max(axis=1), _CHANCE)),
        orders=2 * pairs,
        counts=numbers,
        matrix=matrix[0],
        mended=float(np.abs(matrix - whole).max()),
    )


def _shares(matrices: Floats, dice: np.random.Generator, pairs: int) -> tuple[Floats, Floats]:
    if not pairs:
        found = exact_shares(matrices)
        return found, np.zeros_like(found)
    return sampled_shares(matrices, orders_of(matrices.shape[1] - 1, pairs, dice))


def _slopes(matrices: Floats) -> Floats:
    """Give the standardised slopes (draws, k) of matrices (draws, k + 1, k + 1)."""
    found: Floats = np.linalg.solve(matrices[:, :-1, :-1], matrices[:, :-1, -1:])[..., 0]
    return found


def _blocks(people: int, dice: np.random.Generator) -> NDArray[np.int64]:
    """Give each person the number of a block: one of their own, or by lot where they are many."""
    return dice.permutation(people) % min(people, MOST_BLOCKS)


def _chance_matrices(
    matrix: Floats, counts: Floats, draws: int, dice: np.random.Generator
) -> Floats:
    inputs, pairs, own = matrix[:-1, :-1], counts[:-1, :-1], np.diag(counts)[:-1]
    spread = inputs * pairs / np.outer(own, own)
    values, vectors = np.linalg.eigh(spread)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = np.clip(dice.standard_normal((draws, len(own))) @ root.T, -1.0, 1.0)
    found = np.repeat(matrix[None], draws, axis=0)
    found[:, :-1, -1] = found[:, -1, :-1] = drawn
    return mended(found)


def _told(
    base: DriverResult, people: People, chosen: Sequence[int], positions: Floats, model: Model
) -> DriverResult:
    p_values = [
        _two_sided(slope, spread)
        for slope, spread in zip(model.slopes, model.drawn_slopes.std(axis=0, ddof=1), strict=True)
    ]
    adjusted = benjamini_hochberg(p_values)
    inputs = [
        DriverInput(
            source=people.sources[column],
            n=int(model.counts[place, place]),
            mean=float(np.nanmean(people.ratings[:, column])),
            position=float(np.nanmean(positions[:, place])),
            correlation=float(model.matrix[place, -1]),
            share=float(model.shares[place]),
            interval=_interval(model.drawn_shares[:, place]),
            error=float(model.errors[place]),
            slope=float(model.slopes[place]),
            slope_interval=_interval(model.drawn_slopes[:, place]),
            p=p_values[place],
            q=adjusted[place],
            vif=float(model.vifs[place]),
        )
        for place, column in enumerate(chosen)
    ]
    return replace(
        base,
        explained=float(model.shares.sum()),
        explained_interval=_interval(model.drawn_shares.sum(axis=1)),
        chance=model.chance,
        mended=model.mended,
        draws=len(model.drawn_shares),
        orders=model.orders,
        inputs=tuple(inputs),
        pairs=_pairs(model),
    )


def _pairs(model: Model) -> tuple[Pair, ...]:
    size = len(model.shares)
    return tuple(
        Pair(one, other, int(model.counts[one, other]), float(model.matrix[one, other]))
        for one in range(size)
        for other in range(one + 1, size)
    )


def _interval(drawn: Floats) -> Interval:
    low, high = np.percentile(drawn, _ENDS)
    return Interval(float(low), float(high))


def _two_sided(value: float, spread: float) -> float:
    if spread <= 0:
        return 1.0
    return math.erfc(abs(value) / spread / math.sqrt(2))
