"""The formulas of risk: the fit, the trial, the inputs, what is refused, and the words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from scipy.optimize import minimize

from analytics.rules.risk import History, Learned, learned, refused, too_few, tried
from analytics.rules.risk_inputs import (
    INPUTS,
    Input,
    LeakError,
    Scale,
    Table,
    input_of,
    plain_scores,
    refuse_later,
)
from analytics.rules.risk_model import NoFitError, fit_logistic, logistic
from analytics.rules.risk_scoring import Reason, scored
from analytics.rules.risk_shapes import RiskResult, read_risk_result
from analytics.rules.risk_trial import calibrated, judged, ranked
from analytics.rules.risk_wording import percent_words, reason_words, trial_words
from cxm.metrics.rules.health import discrimination
from tests.analytics.risking import once

DAY = datetime(2026, 8, 1, tzinfo=UTC)
A, B = Input("calls", "calls", Scale.PLAIN), Input("use", "use", Scale.PLAIN)


def drawn(n: int, weights: list[float], *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw columns and outcomes of a known model; the first weight is the intercept."""
    dice = np.random.default_rng(seed)
    x = dice.normal(size=(n, len(weights) - 1))
    return x, (dice.random(n) < logistic(weights[0] + x @ np.array(weights[1:]))).astype(float)


def noted(seed: int, *, anger: float = 1.5, n: int = 1_500) -> tuple[Learned, Table, np.ndarray]:
    """A model, and as many people it has not seen with the days after which they were lost."""
    x, y = drawn(2 * n, [-2.0, anger, 0.0], seed=seed)
    values = np.column_stack([x, np.zeros((2 * n, 2))])
    inputs = (A, B, input_of("last_rating"), input_of("days_silent"))
    model = learned(once(values[:n], y[:n] > 0, *inputs))
    return model, Table(inputs, values[n:]), np.where(y[n:] > 0, 5.0, np.nan)


@pytest.mark.parametrize("ridge", [0.0, 1.0, 25.0])
def test_the_fit_is_that_of_a_general_optimiser(ridge: float) -> None:
    x, y = drawn(400, [-1.0, 0.8, -0.5, 0.0], seed=3)

    def loss(weights: np.ndarray) -> float:
        z = weights[0] + x @ weights[1:]
        shrunk = 0.5 * ridge * float(weights[1:] @ weights[1:])
        return float(np.logaddexp(0, z).sum() - y @ z) + shrunk

    fit = fit_logistic(x, y, ridge=ridge)
    other = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-9})

    assert fit.coefficients == pytest.approx(other.x, abs=2e-5)


def test_a_fit_of_one_yes_or_no_is_the_table_of_four() -> None:
    # 30 of 100 without, 60 of 100 with: log odds, and Woolf's standard error of the odds ratio.
    x = np.repeat([0.0, 1.0], 100)[:, None]
    y = np.array([1.0] * 30 + [0.0] * 70 + [1.0] * 60 + [0.0] * 40)

    fit = fit_logistic(x, y)

    assert fit.coefficients == pytest.approx([np.log(3 / 7), np.log(3.5)], abs=1e-6)
    assert fit.errors[1] == pytest.approx(np.sqrt(1 / 30 + 1 / 70 + 1 / 60 + 1 / 40), abs=1e-6)


def test_planted_weights_lie_in_their_intervals() -> None:
    truth, inside = np.array([-1.5, 0.7, -0.4, 0.0]), []
    for seed in range(400):
        fit = fit_logistic(*drawn(500, list(truth), seed=seed))
        inside.append(np.abs(fit.coefficients - truth) <= 1.959964 * fit.errors)

    assert (np.mean(inside, axis=0) >= 0.93).all()


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([[1.0], [2.0]], [0.0, 0.0]),
        ([[1.0], [2.0], [3.0], [4.0]], [0.0, 0.0, 1.0, 1.0]),
        ([[1.0, 1.0], [2.0, 2.0], [1.0, 1.0], [2.0, 2.0]], [0.0, 1.0, 1.0, 0.0]),
    ],
    ids=["one outcome", "parted wholly", "copies"],
)
def test_what_cannot_be_fitted_says_so(x: list[list[float]], y: list[float]) -> None:
    with pytest.raises(NoFitError):
        fit_logistic(np.array(x), np.array(y))


@pytest.mark.parametrize(
    ("lost", "kept", "auc"),
    [([20, 35, 50], [40, 60, 70, 90], 11 / 12), ([20, 40, 50], [40, 60, 70, 90], 0.875)],
    ids=["golden", "golden with a tie"],
)
def test_the_auc_is_that_of_the_spec(lost: list[int], kept: list[int], auc: float) -> None:
    # metrics.md 10: low scores are risky there.
    scores = -np.array([*lost, *kept], dtype=float)
    is_lost = np.arange(len(scores)) < len(lost)

    found = ranked([scores], is_lost)

    assert found.aucs[0] == pytest.approx(auc, abs=1e-6)
    assert found.aucs[0] == pytest.approx(discrimination(lost, kept))


def test_the_interval_of_the_auc_holds_the_truth() -> None:
    # Two normal groups a standard deviation apart: AUC = Φ(1/√2).
    truth, inside, gains = 0.7602499389065233, 0, 0
    for seed in range(500):
        dice = np.random.default_rng(seed)
        lost = np.arange(200) < 60
        scores = [dice.normal(size=200) + lost, dice.normal(size=200) + lost]
        found = ranked(scores, lost)
        _, low, high = found.interval(0)
        inside += low <= truth <= high
        _, low, high = found.difference(0, 1)
        gains += low <= 0 <= high

    assert inside / 500 >= 0.93
    assert 0.93 <= gains / 500 <= 0.975


def test_tenths_have_the_expected_and_what_came() -> None:
    chance = np.linspace(0.0, 0.99, 100)
    lost = np.arange(100) % 10 < 3

    tenths = calibrated(chance, lost)

    assert [one.n for one in tenths] == [10] * 10
    assert [one.lost for one in tenths] == [3] * 10
    assert tenths[0].expected == pytest.approx(4.5)
    # Wilson, 3 of 10.
    assert (tenths[0].low, tenths[0].high) == pytest.approx((10.7789, 60.3222), abs=1e-3)
    assert not tenths[-1].is_inside


def test_the_brier_score_is_that_of_the_spec() -> None:
    trial = judged(
        np.array([0.1, 0.4, 0.8, 0.35]),
        np.array([False, False, True, True]),
        {"a plain rule": np.zeros(4)},
        days=30,
    )

    assert trial.brier == pytest.approx(0.158125)
    assert trial.brier_plain == 0.25
    assert trial.plain[0].auc == 0.5


def test_a_planted_cause_is_offered_and_noise_is_not() -> None:
    model, people, lost_after = noted(1)
    noise, others, their_loss = noted(2, anger=0.0)

    assert refused(tried(model, people, lost_after)[-1]) == ""
    assert "It is not better than a coin" in refused(tried(noise, others, their_loss)[-1])


def test_noise_is_refused_nearly_always() -> None:
    offered = 0
    for seed in range(100):
        model, people, lost_after = noted(1_000 + seed, anger=0.0, n=400)
        offered += not refused(tried(model, people, lost_after)[-1])

    assert offered <= 5


def test_a_plain_rule_that_is_as_good_refuses_the_model() -> None:
    _, people, lost_after = noted(1)
    people.values[:, 3] = people.values[:, 0]
    model = learned(History(people, lost_after, np.full(len(lost_after), 30.0)))

    reason = refused(tried(model, people, lost_after)[-1])

    assert "It is not better than a plain rule: “days silent”" in reason
    assert "may be chance" in reason


def test_a_model_that_is_far_off_is_refused() -> None:
    model, people, _ = noted(1)
    chance = model.chances(people)[:, 0]
    lost = np.random.default_rng(1).random(len(chance)) < np.minimum(2 * chance, 1)

    trial = judged(chance, lost, {"nothing": np.zeros(len(lost))}, days=90)

    assert refused(trial).startswith("It was far off: ")


def test_later_periods_have_hazards_of_their_own() -> None:
    dice = np.random.default_rng(5)
    n, hazards = 40_000, np.array([0.05, 0.15, 0.3])
    draws = dice.random((n, 3)) < hazards
    is_lost = draws.any(axis=1)
    period = draws.argmax(axis=1)
    lost_after = np.where(is_lost, 30.0 * period + 15, np.nan)
    values = dice.normal(size=(n, 2))

    model = learned(History(Table((A, B), values), lost_after, np.full(n, 90.0)))

    truth = 1 - np.cumprod(1 - hazards)
    assert model.chances(Table((A, B), np.zeros((1, 2))))[0] == pytest.approx(truth, abs=0.01)


def test_what_came_after_the_days_seen_is_not_learned_from() -> None:
    values = np.random.default_rng(1).normal(size=(200, 1))
    lost_after = np.where(np.arange(200) < 50, 10.0, 45.0)
    history = History(Table((A,), values), lost_after, np.full(200, 30.0))

    there, lost = history.in_period(0)

    assert (int(there.sum()), int(lost.sum())) == (200, 50)
    assert not history.in_period(1)[0].any()
    assert len(learned(history).fits) == 1


def test_a_fact_of_after_the_cut_is_refused() -> None:
    refuse_later([None, DAY, DAY - timedelta(days=1)], DAY)

    with pytest.raises(LeakError, match="1 people have facts that were not known on 2026-08-01"):
        refuse_later([DAY, DAY + timedelta(seconds=1)], DAY)


def test_an_input_that_tells_the_loss_itself_is_left_out() -> None:
    x, y = drawn(1_000, [-1.0, 1.0], seed=7)
    values = np.column_stack([x, y + np.random.default_rng(1).normal(size=1_000) / 20])
    gaps = np.where(y > 0, 1.0, np.nan)
    leak, only_lost = (
        Input("exit_form", "exit form", Scale.PLAIN),
        Input("asked_why", "asked", Scale.PLAIN),
    )
    table = np.column_stack([values, gaps])

    model = learned(once(table, y > 0, A, leak, only_lost))

    assert [one.input.key for one in model.encoding.columns] == ["calls"]
    reasons = {one.key: one.reason for one in model.encoding.left_out}
    assert "tells the loss itself" in reasons["exit_form"]
    assert "the same for everybody" in reasons["asked_why"]


def test_a_value_only_the_lost_have_is_a_leak_too() -> None:
    x, y = drawn(1_000, [-1.0, 1.0], seed=7)
    gaps = np.where(y > 0, x[:, 0], np.nan)

    model = learned(once(np.column_stack([x, gaps]), y > 0, A, B))

    assert [one.key for one in model.encoding.left_out] == ["use"]


def test_a_missing_value_is_no_zero() -> None:
    x, y = drawn(2_000, [-1.0, 1.0], seed=9)
    x[:500, 0] = np.nan
    model = learned(once(x + 5, y > 0, A))
    people = Table((A,), np.array([[np.nan], [5.0], [0.0]]))

    missing, usual, zero = scored(model, people)

    assert (missing.coverage, usual.coverage) == (0.0, 1.0)
    assert missing.chances[0] == pytest.approx(usual.chances[0], abs=0.12)
    assert zero.chances[0] < 0.02
    assert all(one.value is None for one in missing.reasons)


def test_reasons_are_points_against_the_usual() -> None:
    x, y = drawn(3_000, [-1.0, 1.2, 0.0], seed=11)
    model = learned(once(x, y > 0, A, B))
    people = Table((A, B), np.array([[2.0, float(np.median(x[:, 1]))]]))

    (one,) = scored(model, people)

    usual = Table((A, B), np.array([[float(np.median(x[:, 0])), float(np.median(x[:, 1]))]]))
    gap = 100 * (model.chances(people)[0, -1] - model.chances(usual)[0, -1])
    assert [reason.key for reason in one.reasons] == ["calls"]
    assert one.reasons[0].points == pytest.approx(gap)


def test_plain_rules_put_those_without_a_value_in_the_middle() -> None:
    values = np.full((3, len(INPUTS)), np.nan)
    keys = [one.key for one in INPUTS]
    values[:, keys.index("last_rating")] = [0.2, np.nan, 1.0]

    scores = plain_scores(Table(INPUTS, values))

    assert list(scores["last rating"]) == pytest.approx([-0.2, -0.6, -1.0])
    assert list(scores["days silent"]) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("lost", "after", "words"),
    [
        (49, 100, "Too few losses to learn from: 49 before 22 Aug 2026, at least 50 are needed."),
        (50, 19, "Too few losses to judge by: 19 in the 90 days after 22 Aug 2026"),
        (50, 20, ""),
    ],
)
def test_too_few_losses_are_told_with_numbers(lost: int, after: int, words: str) -> None:
    found = too_few(lost, after, date(2026, 8, 22))

    assert found.startswith(words)
    assert bool(found) is bool(words)


@pytest.mark.parametrize(
    ("chance", "words"), [(0.004, "under 1%"), (0.995, "over 99%"), (0.125, "13%"), (0.0, "0%")]
)
def test_chances_are_whole_percent(chance: float, words: str) -> None:
    assert percent_words(chance) == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason("contacts_30", 2.0, 0.0, 9.2), "+9 points: 2 contacts in 30 days (usual 0)"),
        (
            Reason("last_rating", None, 0.8, 1.0),
            "+1 point: last rating, from worst to best missing (usual 80%)",
        ),
        (Reason("amount", 1250.5, 40.0, -3.4), "−3 points: amount a month 1,250.50 (usual 40.00)"),
        (Reason("plan:Fibre", 1.0, 0.0, 2.0), "+2 points: plan “Fibre” yes (usual no)"),
    ],
)
def test_reasons_are_told_in_words(reason: Reason, words: str) -> None:
    assert reason_words(reason) == words


def test_a_result_is_read_as_it_was_kept() -> None:
    model, people, lost_after = noted(1)
    result = RiskResult(
        reason="",
        people=3,
        rows=10,
        lost_rows=5,
        periods=2,
        first_on=date(2026, 1, 1),
        cut_on=date(2026, 6, 1),
        settled_on=date(2026, 9, 1),
        ridge=1.0,
        trials=tried(model, people, lost_after),
        weights=model.weights(),
        left_out=model.encoding.left_out,
    )

    assert read_risk_result(result.as_json()) == result
    assert result.trial is not None
    assert "Learned until 1 Jun 2026 and tried on 1,500" in trial_words(
        result.trial, date(2026, 6, 1)
    )
