"""From histogram and definition to a figure with its interval."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.effort import CES_2
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.rounding import round_half_away
from cxm.metrics.rules.statistic import (
    Definition,
    Estimate,
    compare,
    estimate,
    share_estimate,
)
from tests.metrics.answers import (
    CSAT,
    EMPTY,
    MEAN,
    MEDIAN,
    NPS,
    PUBLISHED_WEIGHTS,
    csat,
    nps,
    stars,
)

GOLDEN = 5e-5
FOUR_WEIGHTS = Histogram.of([10, 9, 6, 8], weights=[Decimal(w) for w in (1, 1, 2, 4)])
EFFORT = stars(80, 210, 140, 110, 160, 180, 120)
EFFORT_NET = Definition("net", CES_2.net_favourable, CES_2.net_unfavourable, 0, 1)
EFFORT_SHARE = Definition("share", CES_2.favourable, frozenset(), 0, 1)


@pytest.mark.parametrize(
    ("histogram", "definition", "value", "limits", "method"),
    [
        (nps(32, 13, 6), NPS, 50.9804, (29.2949, 67.0014), "adjusted Wald"),
        (nps(8, 9, 3), NPS, 25, (-7.0495, 50.5278), "adjusted Wald"),
        (nps(10, 0, 0), NPS, 100, (47.5036, 100), "adjusted Wald"),
        (nps(1, 0, 2), NPS, -33.3333, (-87.7016, 58.4681), "score"),
        (nps(0, 0, 1), NPS, -100, (-100, 58.6901), "score"),
        (csat(24, 30), CSAT, 80, (62.6943, 90.4949), "Wilson"),
        (csat(0, 1), CSAT, 0, (0, 79.3451), "Wilson"),
        (stars(2, 1, 3, 10, 14), MEAN, 4.1, (3.668642, 4.531358), "t"),
        (stars(1, 0, 2, 5, 12), MEAN, 4.35, (3.863270, 4.836730), "t"),
        (EFFORT, MEAN, 4.08, (3.961327, 4.198673), "t"),
        (EFFORT, EFFORT_SHARE, 46, (42.9321, 49.0985), "Wilson"),
        (EFFORT, EFFORT_NET, -13, (-18.1850, -7.7372), "adjusted Wald"),
    ],
)
def test_a_figure_has_its_interval(
    histogram: Histogram,
    definition: Definition,
    value: float,
    limits: tuple[float, float],
    method: str,
) -> None:
    found = estimate(histogram, definition)

    assert found.value == pytest.approx(value, abs=GOLDEN)
    assert (found.ci_low, found.ci_high) == pytest.approx(limits, abs=GOLDEN)
    assert (found.n, found.n_eff, found.method) == (histogram.n, None, method)


@pytest.mark.parametrize(
    ("histogram", "value", "n", "n_eff", "limits", "unweighted"),
    [
        (PUBLISHED_WEIGHTS, 11.428571, 80, 61.25, (-9.250636, 31.040519), 26.25),
        (FOUR_WEIGHTS, 0, 4, 2.909091, (-57.012851, 57.012851), 25),
    ],
)
def test_weights_change_value_and_interval(  # noqa: PLR0917 - one row of the published table
    histogram: Histogram,
    value: float,
    n: int,
    n_eff: float,
    limits: tuple[float, float],
    unweighted: float,
) -> None:
    found = estimate(histogram, NPS, weighted=True)

    assert (found.value, found.n_eff) == pytest.approx((value, n_eff), abs=5e-7)
    assert (found.ci_low, found.ci_high) == pytest.approx(limits, abs=5e-7)
    assert (found.n, found.method) == (n, "adjusted Wald")
    assert estimate(histogram, NPS).value == unweighted


@pytest.mark.parametrize("definition", [NPS, replace(CSAT, favourable=frozenset({9, 10})), MEAN])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_without_answers_there_is_no_figure(definition: Definition, is_weighted: bool) -> None:
    nothing = Estimate(None, 0, None, None, None, "none")

    assert estimate(EMPTY, definition, weighted=is_weighted) == nothing


def test_only_answers_without_weight_are_no_answers() -> None:
    histogram = Histogram.of([10], weights=[Decimal(0)])

    assert estimate(histogram, NPS, weighted=True) == Estimate(None, 0, None, None, None, "none")
    assert estimate(histogram, NPS).value == 100


def test_a_median_has_no_interval() -> None:
    assert estimate(stars(1, 0, 0, 1), MEDIAN) == Estimate(2.5, 2, None, None, None, "none")
    assert compare(EMPTY, EMPTY, MEDIAN).value is None


def test_one_answer_has_a_mean_without_interval() -> None:
    assert estimate(stars(0, 1), MEAN) == Estimate(2, 1, None, None, None, "none")


def test_weighted_shares_and_means_use_the_effective_number() -> None:
    passives = replace(CSAT, favourable=frozenset({8}))
    share = estimate(PUBLISHED_WEIGHTS, passives, weighted=True)
    mean = estimate(PUBLISHED_WEIGHTS, MEAN, weighted=True)

    # 5 + 6 + 10 of 70; Wilson with n 61.25, by hand.
    assert share.value == pytest.approx(30)
    assert (share.ci_low, share.ci_high) == pytest.approx((19.98535, 42.37530), abs=GOLDEN)
    assert (share.n, share.n_eff, mean.n_eff) == (80, 61.25, 61.25)
    assert mean.value == pytest.approx((285 + 8 * 21) / 70)


def test_a_higher_confidence_widens_a_figure() -> None:
    for histogram, definition in [
        (nps(5, 3, 2), NPS),
        (nps(2, 1, 1), NPS),
        (csat(8, 10), CSAT),
        (stars(1, 2, 3), MEAN),
    ]:
        usual = estimate(histogram, definition)
        wide = estimate(histogram, definition, confidence=0.975)
        assert (wide.ci_low or 0) < (usual.ci_low or 0)


def test_weighted_figures_need_weights() -> None:
    with pytest.raises(ValueError, match="carry no weights"):
        estimate(nps(1, 1, 1), NPS, weighted=True)


def test_a_definition_must_fit_the_scale() -> None:
    with pytest.raises(ValueError, match="not a value of this scale"):
        estimate(stars(1), NPS)


def test_a_value_is_not_on_both_sides() -> None:
    with pytest.raises(ValueError, match="not both"):
        replace(CSAT, unfavourable=frozenset({4}))


def test_another_statistic_is_refused() -> None:
    with pytest.raises(ValueError, match="net, share, mean, median"):
        Definition("mode", frozenset(), frozenset(), 0, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("definition", [NPS, CSAT])
def test_scores_and_shares_need_a_favourable_value(definition: Definition) -> None:
    with pytest.raises(ValueError, match="at least one favourable"):
        replace(definition, favourable=frozenset())


def test_a_half_at_display_survives_the_arithmetic() -> None:
    # 100 * 4/24 - 100 * 1/24 is 12.5; as floats the two shares leave 12.500000000000002 or less.
    for n in range(1, 201):
        for promoters in range(n + 1):
            if 200 * (promoters - 1) % (2 * n) == n and promoters < n:
                value = estimate(nps(promoters, n - promoters - 1, 1), NPS).value
                assert value == 100 * (promoters - 1) / n


def test_a_part_of_a_whole() -> None:
    found = share_estimate(50, 1000)

    assert (found.value, found.n, found.method) == (5, 1000, "Wilson")
    assert (found.ci_low, found.ci_high) == pytest.approx((3.8130, 6.5314), abs=GOLDEN)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=11, max_size=11).filter(any))
def test_reversing_the_scale_mirrors_a_net_score(counts: list[int]) -> None:
    there = estimate(Histogram(tuple(counts)), Definition("net", TOP, BOTTOM, 0, 1))
    back = estimate(Histogram(tuple(reversed(counts))), Definition("net", TOP, BOTTOM, 0, 1))

    assert there.value is not None
    assert back.value == -there.value
    assert back.ci_low == pytest.approx(-(there.ci_high or 0), abs=1e-9)
    assert (there.ci_low or 0) <= there.value <= (there.ci_high or 0)


TOP, BOTTOM = frozenset({9, 10}), frozenset({0, 1})


def test_the_shown_figure_is_rounded_once() -> None:
    value = estimate(nps(1, 0, 2), NPS).value

    assert value is not None
    assert round_half_away(value, NPS.decimals) == -33


@pytest.mark.slow
def test_pages_with_scores_and_shares_load_neither_numpy_nor_scipy() -> None:
    program = """
import sys
from cxm.metrics.rules import effort, many, nps, rates, rounding, sequences, shares, small_cells
from cxm.metrics.rules.statistic import Definition, Histogram, compare, estimate, verdicts
nps_of = Definition("net", nps.PROMOTERS, nps.DETRACTORS, 0, 1)
share_of = Definition("share", nps.PROMOTERS, frozenset(), 0, 1)
answers = Histogram((1, 0, 1, 0, 0, 2, 2, 5, 8, 14, 18))
for definition in (nps_of, share_of):
    estimate(answers, definition)
    verdicts([compare(answers, answers, definition)])
print(*sorted({"numpy", "scipy"} & set(sys.modules)))
"""
    found = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert found.stdout == "\n"
