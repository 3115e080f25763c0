"""Drivers of an airport's overall rating, from the file over the import to an independent count."""

from __future__ import annotations

import csv
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.core.management import call_command

from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.driving import titled, worked_out
from tests.feedback.survey_files import MAPPINGS, shared_file

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.data]
SFO = "sfo_2017/2017_SFO_Customer_Survey_20250817.csv"
# The touchpoint of each column, as the mapping of the file names them.
POINTS = {
    "Q7ART": "art",
    "Q7FOOD": "food",
    "Q7STORE": "shops",
    "Q7SIGN": "signs-inside",
    "Q7WALKWAYS": "walkways",
    "Q7SCREENS": "screens",
    "Q7INFODOWN": "information-arrivals",
    "Q7INFOUP": "information-departures",
    "Q7WIFI": "wifi",
    "Q7ROADS": "signs-roads",
    "Q7PARK": "parking",
    "Q7AIRTRAIN": "airtrain",
    "Q7LTPARKING": "long-term-parking",
    "Q7RENTAL": "rental-cars",
}


def read() -> tuple[np.ndarray, np.ndarray]:
    """Facilities and the overall rating of those who gave it; NaN where somebody rated nothing."""
    with shared_file(SFO).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    whole = np.array([[score(line[name]) for name in (*POINTS, "Q7ALL")] for line in lines])
    rated = whole[~np.isnan(whole[:, -1])]
    return rated[:, :-1], rated[:, -1]


def score(text: str) -> float:
    return float(text) if text in {"1", "2", "3", "4", "5"} else np.nan


def pairwise(columns: np.ndarray) -> np.ndarray:
    """Correlations pair by pair, each by numpy from the rows that have both."""
    size = columns.shape[1]
    found = np.eye(size)
    for one in range(size):
        for other in range(one):
            both = ~np.isnan(columns[:, one]) & ~np.isnan(columns[:, other])
            value = np.corrcoef(columns[both, one], columns[both, other])[0, 1]
            found[one, other] = found[other, one] = value
    return found


def all_subsets(matrix: np.ndarray) -> np.ndarray:
    """LMG shares from least squares on every subset of the inputs, by their definition.

    Rows whose inner products are the correlations stand in for the people.
    """
    values, vectors = np.linalg.eigh(matrix)
    rows = (vectors * np.sqrt(np.maximum(values, 0))).T
    inputs, outcome, size = rows[:, :-1], rows[:, -1], len(matrix) - 1
    known = np.zeros(1 << size)
    for subset in range(1, 1 << size):
        chosen = inputs[:, [place for place in range(size) if subset >> place & 1]]
        slopes = np.linalg.lstsq(chosen, outcome, rcond=None)[0]
        known[subset] = 1 - ((outcome - chosen @ slopes) ** 2).sum()
    shares = np.zeros(size)
    for subset in range(1 << size):
        for place in range(size):
            if not subset >> place & 1:
                weight = 1 / (size * comb(size - 1, subset.bit_count()))
                shares[place] += weight * (known[subset | 1 << place] - known[subset])
    return shares


def test_shares_agree_with_an_independent_count(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    tenant = make.tenant(time_zone="America/Los_Angeles")
    mapping = str(MAPPINGS / "sfo_2017.json")
    file = str(shared_file(SFO))
    call_command("import_feedback", file, "--tenant", tenant.slug, "--mapping", mapping)
    capsys.readouterr()
    columns, overall = read()
    expected = all_subsets(pairwise(np.column_stack([columns, overall])))

    found = worked_out(tenant, "outcome=csat_5&at=airport&period=all")

    by_point = {titled(tenant, one.source): one for one in found.inputs}
    with tenant_bound(tenant.pk):
        assert set(by_point) == set(POINTS.values())
    for point, share, rated in zip(POINTS.values(), expected, columns.T, strict=True):
        one = by_point[point]
        assert one.n == (~np.isnan(rated)).sum()
        assert abs(one.share - share) < 4 * one.error + 1e-9, point
        assert one.error < 0.002
    assert found.explained == pytest.approx(expected.sum(), abs=1e-6)
    assert (found.reason, found.mended, found.orders) == ("", 0.0, 2_000)
    assert found.asked == len(overall) == 2688
