"""Models of risk on customers of real companies that they have not seen."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from analytics.rules.risk import Learned, learned, refused
from analytics.rules.risk_inputs import Input, Scale, Table
from analytics.rules.risk_shapes import Trial
from analytics.rules.risk_trial import judged
from tests.analytics.risking import once
from tests.feedback.survey_files import shared_file


def _columns(
    name: str, numbers: dict[str, Scale], kinds: list[str]
) -> tuple[Table, list[dict[str, str]]]:
    with shared_file(name).open() as file:
        rows = list(csv.DictReader(file))
    inputs = [Input(key, key, scale) for key, scale in numbers.items()]
    columns = [[float(row[key] or "nan") for row in rows] for key in numbers]
    for key in kinds:
        for value in sorted({row[key] for row in rows})[1:]:
            inputs.append(Input(f"{key}={value}", key, Scale.IS))
            columns.append([float(row[key] == value) for row in rows])
    return Table(tuple(inputs), np.column_stack(columns)), rows


def _halves(table: Table, lost: np.ndarray, plain: str, *, seed: int) -> tuple[Learned, Trial]:
    is_kept_back = np.random.default_rng(seed).random(len(lost)) < 0.5
    model = learned(once(table.values[~is_kept_back], lost[~is_kept_back], *table.inputs))
    others = table.only(is_kept_back)
    rule = {plain: -others.column(plain)}
    return model, judged(model.chances(others)[:, 0], lost[is_kept_back], rule, days=30)


@pytest.mark.data
def test_telco_is_calibrated_on_customers_it_has_not_seen() -> None:
    numbers = {"MonthlyCharges": Scale.MONEY, "tenure": Scale.DAYS}
    kinds = ["Contract", "InternetService", "PaymentMethod", "OnlineSecurity", "TechSupport"]
    table, rows = _columns("telco_ibm/Telco-Customer-Churn.csv", numbers, kinds)
    lost = np.array([row["Churn"] == "Yes" for row in rows])

    trials = [_halves(table, lost, "tenure", seed=seed)[1] for seed in range(10)]

    # 26.537 % left, as the answer key has it; 95 of 100 tenths at least lie in a 95 % interval.
    assert 100 * lost.mean() == pytest.approx(26.537, abs=1e-3)
    assert sum(one.inside for one in trials) >= 90
    assert all(refused(one) == "" for one in trials)
    assert min(one.auc for one in trials) > 0.82


@pytest.mark.data
def test_saas_with_satisfaction_ranks_well_and_is_refused_for_its_chances() -> None:
    numbers = {
        "csat_score": Scale.PLAIN,
        "articles_viewed": Scale.COUNT,
        "minutes_customer_support": Scale.COUNT,
        "marketing_emails_clicked": Scale.COUNT,
        "months_active": Scale.COUNT,
    }
    kinds = ["product_payroll", "product_accounting", "product_travel_expense", "company_size"]
    table, rows = _columns("saas_churn_csat/churn.csv", numbers, kinds)
    lost = np.array([row["churned"] == "1.0" for row in rows])

    trials = [_halves(table, lost, "csat_score", seed=seed)[1] for seed in range(10)]

    assert (len(rows), int(lost.sum())) == (2_000, 932)
    assert min(one.auc for one in trials) > 0.85
    # Its columns act together in ways that weights cannot tell: the trial finds that out.
    assert all("Its chances are off" in refused(one) for one in trials if one.inside < 7)
    assert sum(one.inside < 7 for one in trials) >= 8
