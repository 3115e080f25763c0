"""Survival as R prints it, and as the answer keys of the data sets have it."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cxm.metrics.rules.survival import Lifetimes, kaplan_meier, median_survival, survival_at
from tests.metrics.test_rules_survival import DATA, MAINTAINED, NOT_MAINTAINED, lives

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.metrics.rules.survival import SurvivalStep

# R, package survival, tests/doaml.Rout.save: time, at risk, events, survival, error, both limits.
PRINTED = (
    (
        MAINTAINED,
        """9 11 1 0.909 0.0867 0.7541 1.000
        13 10 1 0.818 0.1163 0.6192 1.000
        18 8 1 0.716 0.1397 0.4884 1.000
        23 7 1 0.614 0.1526 0.3769 0.999
        31 5 1 0.491 0.1642 0.2549 0.946
        34 4 1 0.368 0.1627 0.1549 0.875
        48 2 1 0.184 0.1535 0.0359 0.944""",
    ),
    (
        NOT_MAINTAINED,
        """5 12 2 0.8333 0.1076 0.6470 1.000
        8 10 2 0.6667 0.1361 0.4468 0.995
        12 8 1 0.5833 0.1423 0.3616 0.941
        23 6 1 0.4861 0.1481 0.2675 0.883
        27 5 1 0.3889 0.1470 0.1854 0.816
        30 4 1 0.2917 0.1387 0.1148 0.741
        33 3 1 0.1944 0.1219 0.0569 0.664
        43 2 1 0.0972 0.0919 0.0153 0.620
        45 1 1 0.0000 NaN NA NA""",
    ),
)


@pytest.mark.parametrize(("times", "table"), PRINTED)
def test_the_whole_tables_of_r_are_reached_to_every_printed_digit(times: str, table: str) -> None:
    lines = [line.split() for line in table.splitlines()]

    found = kaplan_meier(lives(times))

    assert [_as_printed(step, line) for step, line in zip(found, lines, strict=True)] == lines


def _as_printed(step: SurvivalStep, line: list[str]) -> list[str]:
    """Write a step with as many digits as *line* has."""
    numbers = [step.time, step.at_risk, step.events, step.survival]
    limits = step.log_limits()
    told = [_digits(float(one), like) for one, like in zip(numbers, line, strict=False)]
    if step.error is None or limits is None:
        return [*told, "NaN", "NA", "NA"]
    rest = (step.error, *limits)
    return told + [_digits(one, like) for one, like in zip(rest, line[4:], strict=True)]


def _digits(value: float, like: str) -> str:
    places = -int(Decimal(like).as_tuple().exponent)
    return f"{value:.{places}f}"


def key_of(name: str) -> Any:
    path = DATA / "answer_keys.json"
    if not path.exists():
        pytest.skip("the answer keys are not beside the project")
    return json.loads(path.read_text(encoding="utf-8"))[name]


def rows_of(*parts: str) -> list[dict[str, str]]:
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the data set {parts[0]} is not beside the project")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check(found: Lifetimes, key: dict[str, Any], churns: int) -> None:
    """Every figure of the key is reached to its printed digits."""
    curve = kaplan_meier(found)
    assert churns == key["events"]
    assert sum(step.events for step in curve) == key["events"]
    assert median_survival(curve) == key["median"]
    for time, survival in key["S"].items():
        step = survival_at(curve, float(time))
        assert (time, round(step.survival if step else 1.0, 6)) == (time, survival)


TELECOM: dict[str, Callable[[dict[str, str]], bool]] = {
    "all": lambda _row: True,
    "Month-to-month": lambda row: row["Contract"] == "Month-to-month",
    "One year": lambda row: row["Contract"] == "One year",
    "Two year": lambda row: row["Contract"] == "Two year",
    "ours_m2m_internet": lambda row: (
        row["Contract"] == "Month-to-month" and row["InternetService"] != "No"
    ),
}


@pytest.mark.data
@pytest.mark.parametrize("group", list(TELECOM))
def test_telecom_customers_stay_as_the_answer_key_says(group: str) -> None:
    telco = key_of("telco")
    key = telco["by_contract"].get(group) or telco[group]
    rows = [row for row in rows_of("telco_ibm", "Telco-Customer-Churn.csv") if TELECOM[group](row)]
    gone = [row["Churn"] == "Yes" for row in rows]

    assert len(rows) == key["n"]
    check(Lifetimes([float(row["tenure"]) for row in rows], gone), key, sum(gone))


@pytest.mark.data
def test_subscribers_stay_as_the_answer_key_says() -> None:
    key = key_of("pysurvival_churn")
    rows = rows_of("saas_churn_csat", "churn.csv")
    gone = [float(row["churned"]) == 1 for row in rows]
    scores = [float(row["csat_score"]) for row in rows]

    assert len(rows) == key["all"]["n"]
    assert sum(scores) / len(scores) == pytest.approx(key["csat_mean"], abs=5e-4)
    check(Lifetimes([float(row["months_active"]) for row in rows], gone), key["all"], sum(gone))
