"""What people who may not read answers see: never a cell below five, nor by subtraction."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.selectors.histograms import By
from cxm.tenants.models import Tenant
from tests import make
from tests.analytics.reading import figure_by_key, figures_of, load_scores

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
K = 5
PERIODS = ("13w", "52w", "all")


def test_a_small_touchpoint_is_hidden_together_with_the_next_smallest() -> None:
    tenant = make.tenant()
    for touchpoint, n in {"a": 60, "b": 30, "c": 7, "d": 3}.items():
        load_scores({9: n}, of=tenant, touchpoint=touchpoint)

    shown = figure_by_key(figures_of(tenant, by=By.TOUCHPOINT, sees_rows=False))

    assert {key: figure.n for key, figure in shown.items()} == {"a": 60, "b": 30, "c": 0, "d": 0}
    assert [key for key, figure in shown.items() if figure.suppressed] == ["c", "d"]
    assert [shown[key].value for key in ("c", "d")] == [None, None]


def test_those_who_read_answers_see_every_cell() -> None:
    tenant = make.tenant()
    load_scores({9: 3}, of=tenant, touchpoint="d")

    [one] = figures_of(tenant, by=By.TOUCHPOINT)

    assert (one.figure.n, one.figure.suppressed) == (3, None)


def test_a_total_below_five_is_hidden_from_guests() -> None:
    tenant = make.tenant()
    load_scores({9: 4}, of=tenant)

    [one] = figures_of(tenant, sees_rows=False)

    assert (one.figure.value, one.figure.n) == (None, 0)
    assert one.figure.suppressed


def test_two_periods_that_differ_by_a_few_answers_are_not_both_shown() -> None:
    tenant = make.tenant()
    load_scores({9: 20}, of=tenant)
    load_scores({0: 2}, of=tenant, day=200)

    short = figures_of(tenant, query="period=13w", sees_rows=False)
    long = figures_of(tenant, query="period=52w", sees_rows=False)

    assert short[0].figure.n == 20
    assert long[0].figure.suppressed


def test_a_guests_filter_by_touchpoint_is_left_out() -> None:
    tenant = make.tenant()
    load_scores({9: 20}, of=tenant, touchpoint="a")
    load_scores({0: 2}, of=tenant, touchpoint="b")

    [one] = figures_of(tenant, query="touchpoint=a", sees_rows=False)

    assert one.figure.n == 22


def test_a_small_week_is_hidden_with_another_one() -> None:
    tenant = make.tenant()
    for days_ago, n in {0: 20, 7: 3, 14: 9, 21: 30}.items():
        load_scores({9: n}, of=tenant, day=days_ago)

    shown = figure_by_key(figures_of(tenant, by=By.WEEK, sees_rows=False))

    hidden = [key for key, figure in shown.items() if figure.suppressed]
    assert hidden == ["2026-11-02", "2026-11-09"]


def test_no_figure_leads_a_guest_to_answers() -> None:
    tenant = make.tenant()
    load_scores({9: 20}, of=tenant, touchpoint="a")

    [one] = figures_of(tenant, by=By.TOUCHPOINT, sees_rows=False)

    assert one.figure.rows_url == f"/t/{tenant.slug}/metrics/nps/"


answers = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from([1, 10, 60, 120, 250, 500, 900])),
    min_size=1,
    max_size=40,
)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(answers)
def test_nothing_a_guest_sees_can_be_subtracted_to_a_few_answers(
    given_answers: list[tuple[str, int]],
) -> None:
    tenant = make.tenant()
    make.load(
        *(make.record(9, touchpoint=point, day=day) for point, day in given_answers), of=tenant
    )

    for point in ("total", "rest", *"abcd"):
        seen = [0, *_sizes(tenant, point)]
        differences = [abs(one - other) for one, other in combinations(seen, 2)]
        assert not [n for n in differences if 0 < n < K], point


def _sizes(tenant: Tenant, point: str) -> list[int]:
    """Sizes of all that a guest can learn about one touchpoint, the total, or what is hidden."""
    sizes = []
    for period in PERIODS:
        [total] = figures_of(tenant, query=f"period={period}", sees_rows=False)
        shown = figure_by_key(
            figures_of(tenant, query=f"period={period}", sees_rows=False, by=By.TOUCHPOINT)
        )
        if total.figure.suppressed:
            continue
        named = {key: one.n for key, one in shown.items() if not one.suppressed}
        if point == "total":
            sizes.append(total.figure.n)
        elif point == "rest":
            sizes.append(total.figure.n - sum(named.values()))
        elif point in named:
            sizes.append(named[point])
    return sizes
