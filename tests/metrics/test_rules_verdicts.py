"""Changes between two groups, the answers they need, and the verdicts of a screen."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.nps import PROMOTERS
from cxm.metrics.rules.statistic import (
    Definition,
    Difference,
    Verdict,
    VerdictWord,
    compare,
    estimate,
    verdicts,
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
    weighted,
)

GOLDEN = 5e-5


@pytest.mark.parametrize(
    ("before", "after", "definition", "value", "limits", "p", "method"),
    [
        (nps(50, 30, 20), nps(60, 25, 15), NPS, 15, (-6.2473, 35.3735), 0.170193, "adjusted Wald"),
        (nps(10, 0, 0), nps(7, 2, 1), NPS, -40, (-79.7125, 18.1741), 0.217885, "adjusted Wald"),
        (csat(80, 100), csat(88, 100), CSAT, 8, (-2.2678, 18.1937), 0.123763, "Newcombe, N-1 test"),
        (csat(48, 80), csat(56, 70), CSAT, 20, (5.2431, 33.3873), 0.008258, "Newcombe, N-1 test"),
        (
            stars(2, 1, 3, 10, 14),
            stars(1, 0, 2, 5, 12),
            MEAN,
            0.25,
            (-0.382826, 0.882826),
            0.430150,
            "Welch t",
        ),
    ],
)
def test_a_change_is_tested(  # noqa: PLR0917 - one row of the published table
    before: Histogram,
    after: Histogram,
    definition: Definition,
    value: float,
    limits: tuple[float, float],
    p: float,
    method: str,
) -> None:
    found = compare(before, after, definition)

    assert found.is_tested
    assert found.value == pytest.approx(value, abs=GOLDEN)
    assert (found.ci_low, found.ci_high) == pytest.approx(limits, abs=GOLDEN)
    assert found.p == pytest.approx(p, abs=5e-7)
    assert found.method == method
    assert (found.needed is None) == (p <= 0.05)


@pytest.mark.parametrize(("before", "after"), [(EMPTY, nps(5, 5, 5)), (nps(5, 5, 5), EMPTY)])
def test_without_answers_there_is_no_change(before: Histogram, after: Histogram) -> None:
    found = compare(before, after, NPS)

    assert found == Difference(None, None, None, None, "none", is_tested=False, needed=None)


@pytest.mark.parametrize(
    ("before", "after", "tested"), [(9, 100, False), (100, 9, False), (10, 100, True)]
)
def test_fewer_than_ten_answers_are_not_tested(before: int, after: int, tested: bool) -> None:
    found = compare(nps(0, 0, before), nps(after, 0, 0), NPS)

    assert found.value == 200
    assert (found.is_tested, found.p is not None, found.ci_low is not None) == (tested,) * 3


def test_the_answers_still_needed() -> None:
    # Variances of the adjusted counts, then (z + 0.8416212)^2 (V1 + V2) / 0.15^2, less the 100.
    found = compare(nps(50, 30, 20), nps(60, 25, 15), NPS)

    above, below = 50.75 / 103, 20.75 / 103
    other_above, other_below = 60.75 / 103, 15.75 / 103
    variances = above + below - (above - below) ** 2
    variances += other_above + other_below - (other_above - other_below) ** 2
    size = (1.959963984540054 + 0.8416212) ** 2 * variances / 0.15**2
    assert found.needed == pytest.approx(size - 100, abs=1)


@pytest.mark.parametrize(
    ("before", "after", "definition", "needed"),
    [
        # 0.25 apart, squared spreads 1.334483 and 1.081579: 304 in each group, 20 are there.
        (stars(2, 1, 3, 10, 14), stars(1, 0, 2, 5, 12), MEAN, 284),
        # Shares of 82/104 and 90/104: 348 in each group, 100 are there.
        (csat(80, 100), csat(88, 100), CSAT, 248),
        (nps(1, 1, 1), nps(4, 0, 0), NPS, 7),
        (nps(4, 4, 2), nps(4, 4, 2), NPS, None),
        (stars(0, 0, 0, 12), stars(0, 0, 0, 0, 12), MEAN, None),
        (stars(0, 0, 0, 1), stars(0, 0, 0, 0, 12), MEAN, None),
        (stars(3, 9), stars(1, 12), MEDIAN, None),
    ],
)
def test_what_is_needed_depends_on_the_difference(
    before: Histogram, after: Histogram, definition: Definition, needed: int | None
) -> None:
    assert compare(before, after, definition).needed == needed


PARTS = st.integers(0, 40)


@settings(deadline=None, max_examples=60)
@given(st.tuples(PARTS, PARTS, PARTS), st.tuples(PARTS, PARTS, PARTS), st.booleans())
def test_more_answers_are_needed_until_a_change_is_told(
    first: tuple[int, int, int], second: tuple[int, int, int], is_net: bool
) -> None:
    definition = NPS if is_net else Definition("share", PROMOTERS, frozenset(), 0, 1)
    found = compare(nps(*first), nps(*second), definition)

    is_told = found.p is not None and found.p <= 0.05
    is_open = bool(found.value) and not is_told
    assert (found.needed is not None) == is_open
    assert found.needed is None or found.needed >= 1


def test_weighted_changes_need_raw_answers() -> None:
    mirrored = weighted(("0.5", 5, 10, 25), ("2.0", 5, 3, 2), ("1.0", 8, 10, 12))

    found = compare(PUBLISHED_WEIGHTS, mirrored, NPS, weighted=True)

    # Promoters weigh 28.5 of 70 and detractors 20.5; 80 answers are worth 61.25.
    above, below = ((weight / 70 * 61.25 + 0.75) / 64.25 for weight in (28.5, 20.5))
    variance = above + below - (above - below) ** 2
    size = (1.959963984540054 + 0.8416212) ** 2 * 2 * variance / (16 / 70) ** 2
    assert found.is_tested
    assert found.value == pytest.approx(-100 * 16 / 70)
    assert found.needed == math.ceil((size - 61.25) * 80 / 61.25)


@pytest.mark.parametrize("definition", [NPS, replace(CSAT, favourable=frozenset({10})), MEAN])
def test_equal_weights_change_no_test(definition: Definition) -> None:
    before, after = weighted(("0.25", 20, 5, 3)), weighted(("4", 10, 9, 9))

    heavy = compare(before, after, definition, weighted=True)
    plain = compare(before, after, definition)

    assert (heavy.value, heavy.p) == pytest.approx((plain.value, plain.p))
    assert heavy.needed == plain.needed


def test_one_overwhelming_weight_leaves_a_mean_untested() -> None:
    huge = Histogram.of([10] + [0] * 11, weights=[Decimal("1e40")] + [Decimal(1)] * 11)

    found = compare(huge, weighted(("1", 6, 0, 6)), MEAN, weighted=True)

    assert (found.is_tested, found.needed) == (False, None)
    assert estimate(huge, MEAN, weighted=True).method == "none"


def test_verdicts_are_given_together() -> None:
    p_values = [0.01, 0.04, 0.03, 0.005, 0.5]
    values = [5.0, -5.0, 5.0, -5.0, 5.0]
    tested = [
        Difference(value, -1.0, 1.0, p, "Welch t", is_tested=True, needed=None)
        for value, p in zip(values, p_values, strict=True)
    ]
    untested = Difference(9.0, None, None, None, "none", is_tested=False, needed=12)
    absent = Difference(None, None, None, None, "none", is_tested=False, needed=None)

    found = verdicts([untested, *tested, absent])

    words = ["too_early", "up", "down", "up", "down", "too_early", "no_answers"]
    assert [verdict.word for verdict in found] == words
    assert [verdict.adjusted_p for verdict in found] == [
        None,
        *(pytest.approx(p) for p in [0.025, 0.05, 0.05, 0.025, 0.5]),
        None,
    ]
    assert found[0] == Verdict(VerdictWord.TOO_EARLY, None, 5, "Benjamini-Hochberg", 12)


def test_a_difference_of_nothing_is_neither_up_nor_down() -> None:
    flat = Difference(0.0, 0.5, 1.0, 0.001, "adjusted Wald", is_tested=True, needed=None)

    assert verdicts([flat])[0].word is VerdictWord.TOO_EARLY


def test_a_stricter_screen_flags_less() -> None:
    apart = Difference(5.0, 1.0, 9.0, 0.03, "Welch t", is_tested=True, needed=None)

    assert verdicts([apart])[0].word is VerdictWord.UP
    assert verdicts([apart], q=0.01)[0].word is VerdictWord.TOO_EARLY
    assert verdicts([]) == []
