"""How fresh a map is, by hand from the weights of the specification (journeys, 13.6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.rules.freshness import Freshness, freshness

TODAY = date(2026, 11, 20)


def of(**facts: Any) -> Freshness:
    usual: dict[str, Any] = {
        "steps": 4,
        "backed": 4,
        "age_days": 0.0,
        "reviewed_on": None,
        "review_every_days": None,
        "today": TODAY,
    }
    return freshness(**usual | facts)


# 0.35 coverage, 0.25 recency, 0.25 conformance, 0.15 review; conformance is never known yet.
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"steps": 0}, None, id="no steps"),
        # (35 x 100 + 25 x 100) / 60
        pytest.param({}, 100, id="without review"),
        # (35 x 50 + 25 x 100) / 60 = 70.8
        pytest.param({"backed": 2}, 71, id="half backed"),
        # 35 x 0 / 35
        pytest.param({"backed": 0, "age_days": None}, 0, id="nothing backed"),
        # (35 x 0 + 15 x 100) / 50
        pytest.param(
            {"backed": 0, "age_days": None, "review_every_days": 90, "reviewed_on": TODAY},
            30,
            id="nothing backed, and reviewed",
        ),
        # (35 x 100 + 25 x 50) / 60 = 79.2
        pytest.param({"age_days": 180.0}, 79, id="180 days old"),
        # (35 x 100 + 25 x 100 + 15 x 0) / 75
        pytest.param({"review_every_days": 90}, 80, id="never reviewed"),
        # (35 + 25) x 100 / 75 + 15 x 50 / 75, 45 days after the 90
        pytest.param(
            {"review_every_days": 90, "reviewed_on": date(2026, 7, 8)}, 90, id="half overdue"
        ),
        pytest.param(
            {"review_every_days": 90, "reviewed_on": date(2026, 11, 1)}, 100, id="reviewed"
        ),
    ],
)
def test_freshness_is_what_its_parts_give(facts: dict[str, Any], expected: int | None) -> None:
    assert of(**facts).score == expected


@given(
    steps=st.integers(1, 300),
    share=st.floats(0, 1),
    age=st.one_of(st.none(), st.floats(0, 2_000)),
    every=st.one_of(st.none(), st.integers(1, 730)),
    late=st.one_of(st.none(), st.integers(0, 2_000)),
)
def test_the_lines_add_up_to_the_score(
    steps: int, share: float, age: float | None, every: int | None, late: int | None
) -> None:
    reviewed = None if late is None else TODAY - timedelta(days=late)

    found = of(
        steps=steps,
        backed=round(share * steps),
        age_days=age,
        review_every_days=every,
        reviewed_on=reviewed,
    )

    assert sum(part.points for part in found.parts) == found.score
    assert round(sum(part.weight for part in found.parts), 6) == 100
    for part in found.parts:
        assert abs(part.points - part.value * part.weight / 100) < 1
    assert len(found.parts) + len(found.left_out) == 4


def test_what_is_left_out_is_said() -> None:
    told = of(age_days=None, backed=0)

    assert told.words == (
        "0 of 4 steps are backed by evidence: 0 points (0 of 100, weighs 100 %). "
        "Nothing is cited yet whose age could be told: left out. "
        "Conformance with the paths that customers took is not measured yet: left out. "
        "No review is asked for: left out."
    )
    assert Freshness(None).words == ""
