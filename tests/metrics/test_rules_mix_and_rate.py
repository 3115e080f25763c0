"""A change in its parts: worked by hand, and the laws that hold for any table."""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.mix_and_rate import Sides, Split, split
from cxm.metrics.rules.statistic import Definition, exact_value

NPS = Definition("net", frozenset({9, 10}), frozenset(range(7)), 0, 1)
CSAT = Definition("share", frozenset({9, 10}), frozenset(), 1, 1)
MEAN = Definition("mean", frozenset(), frozenset(), 1, 1)
SUDZILLA = Path(__file__).resolve().parents[3] / "shared/data/preppin/case_040"

counts = st.integers(0, 40)
histograms = st.builds(
    lambda low, few, middle, high: Histogram((low, 0, 0, few, 0, 0, 0, middle, 0, 0, high)),
    counts,
    counts,
    counts,
    counts,
)
tables = st.dictionaries(
    st.integers(0, 9),
    st.tuples(st.none() | histograms, st.none() | histograms),
    min_size=1,
    max_size=4,
)
definitions = st.sampled_from([NPS, CSAT, MEAN])


def people(promoters: int, passives: int, detractors: int) -> Histogram:
    return Histogram((detractors, 0, 0, 0, 0, 0, 0, passives, 0, promoters, 0))


def told(groups: dict[str, Sides], definition: Definition = NPS) -> Split:
    found = split(groups, definition)
    assert found is not None
    return found


def test_only_the_mix_moved() -> None:
    """Web 60, app 0; 80 and 20 answers before, 40 and 60 now: 48 to 24, worked by hand."""
    groups: dict[str, Sides] = {
        "web": (people(60, 8, 12), people(30, 4, 6)),
        "app": (people(10, 0, 10), people(30, 0, 30)),
    }

    found = told(groups)

    assert (found.difference, found.mix, found.rate) == (Fraction(-24), Fraction(-24), Fraction(0))
    assert [part.mix for part in found.parts] == [Fraction(-48, 5), Fraction(-72, 5)]


def test_only_the_rate_moved() -> None:
    """Shares stay at a half each; web goes from 20 to 40, app from 0 to 10: 10 to 25."""
    groups: dict[str, Sides] = {
        "web": (people(40, 40, 20), people(50, 40, 10)),
        "app": (people(20, 60, 20), people(30, 50, 20)),
    }

    found = told(groups)

    assert (found.difference, found.mix, found.rate) == (Fraction(15), Fraction(0), Fraction(15))
    assert [part.rate for part in found.parts] == [10, 5]


def test_every_group_rose_and_the_whole_fell() -> None:
    """Web 50 to 60 and from 90 % to 10 %; app -50 to -40: 40 to -30 by hand."""
    groups: dict[str, Sides] = {
        "web": (people(54, 27, 9), people(7, 2, 1)),
        "app": (people(2, 1, 7), people(18, 18, 54)),
    }

    found = told(groups)

    assert (found.difference, found.mix, found.rate) == (Fraction(-70), Fraction(-80), Fraction(10))
    assert found.is_reversed


def test_one_group_parts_nothing() -> None:
    sides = (people(10, 0, 10), people(5, 0, 15))

    assert not told({"web": sides}).is_parted
    assert told({"web": sides, "app": sides}).is_parted


def test_groups_of_one_period_are_told_apart() -> None:
    """Web stays a half at 0; a shop at 100 comes with the other half, where a desk was at 0."""
    groups: dict[str, Sides] = {
        "web": (people(5, 0, 5), people(10, 0, 10)),
        "shop": (None, people(20, 0, 0)),
        "desk": (people(0, 10, 0), None),
    }

    found = told(groups)

    assert (found.difference, found.mix, found.rate, found.came_or_went) == (
        Fraction(50),
        Fraction(0),
        Fraction(0),
        Fraction(50),
    )
    assert [part.is_in_both for part in found.parts] == [True, False, False]


def test_a_median_is_refused() -> None:
    median = Definition("median", frozenset(), frozenset(), 0, 1)

    with pytest.raises(ValueError, match="median"):
        split({"web": (people(5, 0, 5), people(5, 0, 5))}, median)


def test_a_period_without_answers_has_no_change() -> None:
    assert split({"web": (people(0, 0, 0), people(5, 0, 5))}, NPS) is None
    assert split({}, NPS) is None


def test_few_answers_are_split_and_not_tested() -> None:
    found = told({"web": (people(4, 0, 5), people(50, 0, 5))})

    assert not found.composition.is_tested
    assert found.inside.ci_low is None


def test_a_conference_is_split_by_hand() -> None:
    """39 answers, NPS -35.9; first day against later ones, by who liked the closing keynote.

    Counted in the file: 5, 6, 6 and 2, 2, 13 on the first day, 0, 0, 2 and 1, 1, 1 later. Shares
    go from a half each to 2/5 and 3/5, values from -100/17 and -1100/17 to -100 and 0.
    """
    if not SUDZILLA.exists():
        pytest.skip("the answers of the conference are not here")
    answers = conference()
    everybody = Histogram.of([value for values in answers.values() for value in values])
    groups: dict[str, Sides] = {
        group: (Histogram.of(answers[True, group]), Histogram.of(answers[False, group]))
        for group in ("liked", "other")
    }

    found = told(groups)

    assert everybody.n == 39
    assert float(exact_value(everybody, NPS) or 0) == pytest.approx(-35.9, abs=0.05)
    assert (found.mix, found.rate) == (Fraction(35, 17), Fraction(-115, 17))
    assert found.difference == Fraction(-80, 17)


def conference() -> dict[tuple[bool, str], list[int]]:
    """Read the scores by whether they are of the first day, and who liked the closing keynote."""
    found: dict[tuple[bool, str], list[int]] = {}
    with (SUDZILLA / "data_case_040_inputs_input_02.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            keynote = int(row["On a scale of 0-10, how would you rate the closing keynote?"])
            spot = row["Timestamp"].startswith("2019-11-01"), "liked" if keynote > 5 else "other"
            score = int(row["On a scale of 0-10, how would you rate Sudzilla?"])
            found.setdefault(spot, []).append(score)
    return found


@given(tables, definitions)
def test_parts_add_up_to_the_last_digit(groups: dict[int, Sides], definition: Definition) -> None:
    found = split(groups, definition)
    if found is None:
        return
    sides = [[pair[place] for pair in groups.values() if pair[place]] for place in (0, 1)]
    before, after = (
        exact_value(sum(side[1:], side[0]), definition)  # type: ignore[arg-type, type-var]
        for side in sides
    )

    assert after is not None
    assert before is not None
    assert found.difference == after - before
    assert found.mix + found.came_or_went + found.rate == found.difference
    assert sum(part.total for part in found.parts) == found.difference


@given(tables, definitions, st.randoms(use_true_random=False))
def test_names_and_order_of_groups_do_not_matter(
    groups: dict[int, Sides], definition: Definition, dice: Random
) -> None:
    order = list(groups)
    dice.shuffle(order)
    renamed = {f"group {one}": groups[one] for one in order}

    first, second = split(groups, definition), split(renamed, definition)

    assert (first is None) == (second is None)
    if first is None or second is None:
        return
    by_name = {f"group {part.group}": (part.mix, part.rate) for part in first.parts}
    assert {part.group: (part.mix, part.rate) for part in second.parts} == by_name
    assert (first.mix, first.rate) == (second.mix, second.rate)
    assert math.isclose(first.inside.p or 0, second.inside.p or 0, abs_tol=1e-12)


@given(st.dictionaries(st.integers(0, 9), histograms, min_size=1, max_size=4), definitions)
def test_nothing_changed_gives_nothing(
    groups: dict[int, Histogram], definition: Definition
) -> None:
    found = split({name: (one, one) for name, one in groups.items()}, definition)
    if found is None:
        return

    assert (found.difference, found.mix, found.rate, found.came_or_went) == (
        Fraction(0),
        Fraction(0),
        Fraction(0),
        Fraction(0),
    )
    assert all(part.total == 0 for part in found.parts)
    assert not found.is_reversed


@given(tables)
def test_both_periods_exchanged_turn_every_part_round(groups: dict[int, Sides]) -> None:
    there = split(groups, NPS)
    back = split({name: (after, before) for name, (before, after) in groups.items()}, NPS)

    assert (there is None) == (back is None)
    if there and back:
        assert [(one.mix, one.rate) for one in back.parts] == [
            (-one.mix, -one.rate) for one in there.parts
        ]


def test_intervals_hold_what_was_planted() -> None:
    """Shares move from 50 % to 80 %, values stay at 40 and -20: mix 18, rate 0."""
    dice, held = Random(8), [0, 0]  # noqa: S311 - no secret
    rounds = 400

    for _ in range(rounds):
        found = told(
            {
                "web": (drawn(dice, 100, 0.7), drawn(dice, 160, 0.7)),
                "app": (drawn(dice, 100, 0.4), drawn(dice, 40, 0.4)),
            }
        )
        for place, (part, truth) in enumerate(((found.composition, 18), (found.inside, 0))):
            held[place] += (part.ci_low or 0) <= truth <= (part.ci_high or 0)

    assert min(held) >= 0.93 * rounds


def drawn(dice: Random, n: int, happy: float) -> Histogram:
    """Answers of which so many are promoters and the others detractors: the net is 2 p - 1."""
    promoters = sum(dice.random() < happy for _ in range(n))
    return people(promoters, 0, n - promoters)
