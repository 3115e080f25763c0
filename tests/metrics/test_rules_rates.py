"""Response rates and first contact resolution."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cxm.metrics.rules.rates import (
    InvitationState,
    first_contact_resolution,
    is_pending,
    response_rate,
    response_rate_1,
    response_rate_2,
)
from cxm.metrics.rules.statistic import Estimate

GOLDEN = 5e-5


@pytest.mark.parametrize(
    ("base", "rate", "limits"),
    [(460, 30.0, (25.9920, 34.3393)), (500, 27.6, (23.8638, 31.6778))],
)
def test_answers_per_invitation(base: int, rate: float, limits: tuple[float, float]) -> None:
    found = response_rate(base, 138)

    assert found.value == pytest.approx(rate)
    assert found.n == base
    assert (found.ci_low, found.ci_high) == pytest.approx(limits, abs=GOLDEN)


def test_nothing_delivered_is_no_rate() -> None:
    assert response_rate(0, 0) == Estimate(None, 0, None, None, None, "none")


def test_a_rate_above_100_is_refused() -> None:
    with pytest.raises(ValueError, match="at most its whole"):
        response_rate(10, 11)


def test_the_second_rate_adds_partial_answers() -> None:
    assert response_rate_1(60, 200).value == 30
    assert response_rate_2(60, 20, 200).value == 40


def test_the_states_of_an_invitation_are_kept_apart() -> None:
    names = "created suppressed sent delivered bounced opened started partial complete"

    assert set(InvitationState) == {*names.split(), "screened_out", "opted_out"}


def test_first_contact_resolution_leaves_pending_issues_out() -> None:
    found = first_contact_resolution(issues=100, pending=10, resolved=72)

    assert (found.value, found.n) == (80, 90)
    assert (found.ci_low, found.ci_high) == pytest.approx((70.5863, 86.9576), abs=GOLDEN)


def test_net_resolution_leaves_unsolvable_issues_out() -> None:
    found = first_contact_resolution(issues=100, pending=10, resolved=72, unsolvable=10)

    assert (found.value, found.n) == (90, 80)


@pytest.mark.parametrize(
    ("hours", "window", "pending"),
    [
        (7 * 24 - 1, timedelta(days=7), True),
        (7 * 24, timedelta(days=7), False),
        (23, timedelta(hours=24), True),
        (25, timedelta(hours=24), False),
    ],
)
def test_an_issue_is_pending_until_its_window_closes(
    hours: int, window: timedelta, pending: bool
) -> None:
    contact = datetime(2026, 3, 1, 9, tzinfo=UTC)

    assert is_pending(contact, contact + timedelta(hours=hours), window) is pending
