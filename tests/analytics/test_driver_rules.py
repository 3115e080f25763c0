"""The rules of drivers: which ratings enter, what chance does, and what is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command

from analytics.rules.driver_inputs import chosen_inputs, too_few
from analytics.rules.driver_model import (
    ALL_ALIKE,
    Dates,
    People,
    found_drivers,
    modelled,
)
from analytics.rules.driver_proving import planted_truth, prove_drivers
from analytics.rules.driver_shapes import (
    DriverInput,
    DriverResult,
    Interval,
    Lack,
    LeftOut,
    Source,
    read_driver_result,
)
from analytics.rules.driver_wording import (
    Unwanted,
    driver_sentences,
    left_out_words,
    p_words,
    weight_of,
)
from analytics.rules.drivers import Outcome, question_key, read_outcome, watched_days
from cxm.metrics.rules.lmg import exact_shares

ONE, TWO, THREE = (Source(name, "stars") for name in ("one", "two", "three"))

LOWER = Unwanted("a lower NPS", is_more=False)


def ratings(*counts: int, rows: int = 200, seed: int = 1) -> np.ndarray:
    """Columns that the first so many people rated."""
    columns = np.random.default_rng(seed).integers(1, 6, size=(rows, len(counts))).astype(float)
    for place, count in enumerate(counts):
        columns[count:, place] = np.nan
    return columns


def people(columns: np.ndarray, outcome: np.ndarray) -> People:
    sources = [Source(str(place), "stars") for place in range(columns.shape[1])]
    return People(outcome, columns, sources, [(1.0, 5.0)] * columns.shape[1])


def related(rows: int = 300, inputs: int = 4, seed: int = 2) -> People:
    """People whose outcome goes with the first two of some inputs."""
    dice = np.random.default_rng(seed)
    columns = np.clip(np.round(3 + dice.normal(size=(rows, inputs))), 1, 5)
    return people(columns, columns[:, 0] + 0.5 * columns[:, 1] + dice.normal(size=rows))


def one_input(**told: float) -> DriverInput:
    found = DriverInput(
        source=ONE,
        n=120,
        mean=3.0,
        position=50.0,
        correlation=0.4,
        share=0.2,
        interval=Interval(0.1, 0.3),
        error=0.0,
        slope=0.3,
        slope_interval=Interval(0.2, 0.4),
        p=0.0001,
        q=0.0002,
        vif=1.2,
    )
    return replace(found, **told)  # type: ignore[arg-type]


def result_of(*inputs: DriverInput, chance: float = 0.05) -> DriverResult:
    whole = sum(one.share for one in inputs)
    told = DriverResult("", "", "", 150, 130, 7.0, "", inputs=inputs, chance=chance)
    return replace(told, explained=whole, explained_interval=Interval(whole - 0.1, whole + 0.1))


def test_the_pair_that_lacks_most_is_named() -> None:
    columns = ratings(200, 100, 0)
    columns[85:185, 2] = np.tile([1.0, 5.0], 50)

    chosen, left = chosen_inputs(columns, [ONE, TWO, THREE])

    assert chosen == [0, 1]
    assert left == [LeftOut(THREE, Lack.OVERLAP, 15, 30, TWO)]


def test_an_input_needs_ten_people_and_two_values() -> None:
    columns = ratings(200, 9, 200)
    columns[:, 2] = 4.0

    chosen, left = chosen_inputs(columns, [ONE, TWO, THREE])

    assert chosen == [0]
    assert [(one.lack, one.n, one.needed) for one in left] == [
        (Lack.FEW, 9, 10),
        (Lack.SAME, 200, 0),
    ]


def test_the_largest_set_is_taken_though_another_is_rated_by_more() -> None:
    columns = ratings(0, 0, 0, rows=300)
    columns[:160, 0] = np.tile([1.0, 5.0], 80)
    columns[160:, 1] = np.tile([1.0, 5.0], 70)
    columns[160:, 2] = np.tile([2.0, 4.0], 70)

    chosen, left = chosen_inputs(columns, [ONE, TWO, THREE])

    assert sorted(chosen) == [1, 2]
    assert [one.source for one in left] == [ONE]


def test_ten_people_stand_behind_each_input() -> None:
    columns = np.random.default_rng(1).integers(1, 6, size=(105, 12)).astype(float)

    chosen, left = chosen_inputs(columns, [Source(str(n), "stars") for n in range(12)])

    assert len(chosen) == 10
    assert [one.lack for one in left] == [Lack.CROWD] * 2


@pytest.mark.parametrize(
    ("asked", "together", "inputs", "words"),
    [
        (0, 0, 0, "Nobody gave the outcome"),
        (1, 1, 3, "1 person gave the outcome; 100 are needed, 99 more"),
        (400, 99, 3, "99 people gave the outcome and rated a touchpoint; 100 are needed, 1 more"),
        (400, 300, 1, "Fewer than 2 touchpoints"),
        (100, 100, 2, ""),
    ],
)
def test_too_few_are_told_how_many_more(asked: int, together: int, inputs: int, words: str) -> None:
    assert too_few(asked, together, inputs).startswith(words)
    assert bool(words) == bool(too_few(asked, together, inputs))


def test_what_is_kept_reads_back_as_it_was() -> None:
    found = found_drivers(related(), Dates("2026-01-01", "2026-02-01"))

    assert read_driver_result(json.loads(json.dumps(found.as_json()))) == found
    assert (len(found.inputs), len(found.pairs), found.people) == (4, 6, 300)


def test_the_same_people_give_the_same_answer() -> None:
    assert found_drivers(related(), Dates()) == found_drivers(related(), Dates())


def test_one_outcome_for_all_is_refused() -> None:
    some = related()

    assert found_drivers(replace(some, outcome=np.ones(300)), Dates()).reason == ALL_ALIKE


def test_pairs_that_do_not_fit_together_are_refused() -> None:
    # Each third of the people rated two of three: these pairs contradict one another.
    dice = np.random.default_rng(5)
    columns = np.full((600, 3), np.nan)
    for start, (one, other, sign) in enumerate([(0, 1, 1), (1, 2, 1), (0, 2, -1)]):
        rows = slice(200 * start, 200 * (start + 1))
        values = dice.integers(1, 6, size=200).astype(float)
        columns[rows, one] = values
        columns[rows, other] = values if sign > 0 else 6 - values

    found = found_drivers(people(columns, dice.normal(size=600)), Dates())

    assert "do not fit together" in found.reason
    assert found.inputs == ()


def test_a_scale_on_which_less_is_better_is_turned_round() -> None:
    some = related()
    turned = replace(some, ratings=6 - some.ratings, ends=[(5.0, 1.0)] * 4)

    plain, other = (found_drivers(one, Dates()).inputs for one in (some, turned))

    assert [one.slope for one in other] == pytest.approx([one.slope for one in plain])
    assert [one.position for one in other] == pytest.approx([one.position for one in plain])
    assert other[0].mean == pytest.approx(6 - plain[0].mean)


def test_more_inputs_than_can_be_taken_exactly_are_sampled_and_say_so() -> None:
    some = related(rows=400, inputs=14)

    found = found_drivers(some, Dates())

    assert found.orders == 2_000
    assert 0 < max(one.error for one in found.inputs) < 0.002
    assert sum(one.share for one in found.inputs) == pytest.approx(found.explained)


def test_many_people_are_drawn_in_blocks_with_the_same_spread() -> None:
    # 30,000 people in blocks: the interval is as wide as theory has it for so many.
    dice = np.random.default_rng(3)
    columns = dice.normal(size=(30_000, 2))
    outcome = columns[:, 0] * 0.5 + dice.normal(size=30_000)

    model = modelled(columns, outcome)

    spread = np.sqrt((1 - 0.2) / 30_000)  # R² is 0.2, the inputs do not correlate
    assert model.drawn_slopes[:, 1].std() == pytest.approx(spread, rel=0.12)


def test_the_chance_level_is_what_shuffling_the_outcome_gives() -> None:
    dice = np.random.default_rng(8)
    columns = dice.normal(size=(150, 5)) + 0.7 * dice.normal(size=(150, 1))
    outcome = dice.normal(size=150)

    model = modelled(columns, outcome, draws=4_000)

    shuffled = [
        np.corrcoef(np.column_stack([columns, dice.permutation(outcome)]).T) for _ in range(3_000)
    ]
    largest = exact_shares(np.array(shuffled)).max(axis=1)
    assert model.chance == pytest.approx(float(np.percentile(largest, 95)), rel=0.1)


def test_the_planted_truth_is_what_its_matrix_gives() -> None:
    weights = np.array([0.5, -0.3, 0.0])
    inputs = np.full((3, 3), 0.4) + 0.6 * np.eye(3)
    together = inputs @ weights
    variance = weights @ together + 1
    matrix = np.eye(4)
    matrix[:3, :3] = inputs
    matrix[:3, 3] = matrix[3, :3] = together / np.sqrt(variance)

    slopes, shares = planted_truth(weights)

    assert shares == pytest.approx(exact_shares(matrix[None])[0])
    assert slopes == pytest.approx(weights / np.sqrt(variance))


def test_planted_weights_are_found_and_lots_are_chance() -> None:
    told = StringIO()
    call_command("prove", "drivers", "--runs", "60", "--json", stdout=told)
    proof = json.loads(told.getvalue())

    # Of 60 runs; three standard errors below and above what 1,000 runs have to keep.
    assert proof["weights_held"] >= 0.92
    assert proof["shares_held"] >= 0.90
    assert proof["null_beyond"] <= 0.13


def test_the_proof_is_told_in_lines() -> None:
    told = StringIO()
    call_command("prove", "drivers", "--runs", "2", stdout=told)

    assert told.getvalue().count("(at least 93 %)") == 2
    assert prove_drivers(runs=2, seed=7, draws=50) == prove_drivers(runs=2, seed=7, draws=50)


def test_the_largest_and_the_most_worth_are_told_apart() -> None:
    good = one_input(share=0.3, position=95.0)
    poor = replace(one_input(share=0.2, position=40.0), source=TWO)

    told = driver_sentences(result_of(good, poor), ["Shop", "Invoice"], "NPS", LOWER)

    assert told[0].startswith(
        "Shop goes with NPS most: 30.0% of what varies in it (95% interval 10.0"
    )
    assert "All 2 inputs together go with 50.0% of it" in told[0]
    assert told[1].startswith("Looked at first: Invoice.")
    assert weight_of(poor) == pytest.approx(0.12)
    assert not any("cause" in sentence for sentence in told)


def test_shares_that_chance_reaches_are_not_told_apart() -> None:
    [only] = driver_sentences(result_of(one_input(share=0.04)), ["Shop"], "NPS", LOWER)

    assert "more than chance explains" in only
    assert "5.0%" in only


@pytest.mark.parametrize(
    ("low", "high", "unwanted", "is_said"),
    [
        (-0.4, -0.1, Unwanted("a lower NPS", is_more=False), True),
        (0.1, 0.4, Unwanted("a lower NPS", is_more=False), False),
        (0.1, 0.4, Unwanted("more leaving", is_more=True), True),
        (0.1, 0.4, Unwanted("a higher Effort", is_more=True), True),
        (-0.4, -0.1, Unwanted("a higher Effort", is_more=True), False),
    ],
)
def test_what_goes_the_other_way_is_said(
    low: float, high: float, unwanted: Unwanted, is_said: bool
) -> None:
    one = replace(one_input(), slope_interval=Interval(low, high))

    told = driver_sentences(result_of(one), ["Shop"], "NPS", unwanted)

    words = f"better ratings of Shop go with {unwanted.words}."
    assert told[-1].endswith(words) is is_said


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (
            LeftOut(ONE, Lack.FEW, 1, 10),
            "Rated by 1 person with an outcome; 10 are needed, 9 more.",
        ),
        (LeftOut(ONE, Lack.SAME, 30, 0), "All 30 people gave the same rating"),
        (
            LeftOut(ONE, Lack.CROWD, 30, 0),
            "Rated by 30: ten people are needed for each input, and 24",
        ),
        (
            LeftOut(ONE, Lack.OVERLAP, 4, 12, TWO),
            "Rated together with Shop by 4 people; 12 are needed, 8 more.",
        ),
    ],
)
def test_each_lack_says_what_it_takes(left: LeftOut, words: str) -> None:
    assert left_out_words(left, "Shop").startswith(words)


def test_small_p_values_are_not_told_as_zero() -> None:
    assert (p_words(0.00001), p_words(0.0412)) == ("under 0.001", "0.041")


def test_a_period_moves_back_until_its_end_can_be_judged() -> None:
    start, end = date(2026, 8, 1), date(2026, 11, 1)

    moved = watched_days(start, end, known_until=date(2026, 11, 20), days=30)
    kept = watched_days(start, end, known_until=date(2026, 12, 20), days=30)
    opened = watched_days(None, None, known_until=date(2026, 11, 20), days=30)

    assert moved == (date(2026, 7, 21), date(2026, 10, 21), date(2026, 11, 20))
    assert kept == (start, end, date(2026, 12, 1))
    assert opened == (None, date(2026, 10, 21), date(2026, 11, 20))


def test_questions_are_told_apart_by_outcome_and_filter() -> None:
    asked = [
        question_key(Outcome(metric="nps"), ""),
        question_key(Outcome(metric="nps"), "period=52w"),
        question_key(Outcome(metric="nps", at="shop"), ""),
        question_key(Outcome(churn="gone", days=30), ""),
        question_key(Outcome(churn="gone", days=90), ""),
    ]

    assert len(set(asked)) == 5
    assert {len(key) for key in asked} == {64}


@pytest.mark.parametrize("within", ["", "31", "x", "-1"])
def test_days_that_are_not_offered_are_the_usual_ones(within: str) -> None:
    assert read_outcome("churn:gone", "shop", within) == Outcome(churn="gone", days=90)
