"""Figures through the database: the goldens of the spec, filters, days, merges."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from analytics.selectors.histograms import By
from analytics.services.rollups import fold_ledger
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.touchpoints.models import Touchpoint
from tests import make
from tests.analytics.reading import NPS_EXAMPLE, figure_by_key, figures_of, load_scores

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
GOLDEN = 5e-5  # the tolerance of metrics.md, section 1


def test_a_loaded_histogram_gives_the_golden_nps() -> None:
    # Source: metrics.md, section 2, P,N,D = 32,13,6.
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)

    [one] = figures_of(tenant)

    shown = (one.figure.value, one.figure.ci_low, one.figure.ci_high)
    assert shown == pytest.approx((50.9804, 29.2949, 67.0014), abs=GOLDEN)
    assert (one.figure.n, one.figure.method, one.figure.n_eff) == (51, "adjusted Wald", None)


def test_a_folded_ledger_gives_the_same_figure() -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)
    [before] = figures_of(tenant)

    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)

    assert figures_of(tenant) == [before]


def test_weights_give_the_golden_weighted_nps() -> None:
    # Source: metrics.md, section 2.3, first row.
    tenant = make.tenant()
    load_scores({9: 25, 8: 10, 3: 5}, of=tenant, weight=Decimal("0.5"))
    load_scores({10: 2, 7: 3, 0: 5}, of=tenant, weight=Decimal("2.0"))
    load_scores({9: 12, 8: 10, 6: 8}, of=tenant, weight=Decimal("1.0"))

    [weighted] = figures_of(tenant, "weighted=1")
    [plain] = figures_of(tenant)

    shown = (weighted.figure.value, weighted.figure.ci_low, weighted.figure.ci_high)
    assert shown == pytest.approx((11.428571, -9.250636, 31.040519), abs=GOLDEN)
    assert weighted.figure.n == 80
    assert weighted.figure.n_eff == pytest.approx(61.25)
    assert plain.figure.value == pytest.approx(26.25)


def test_a_weighted_figure_without_weights_is_no_data() -> None:
    tenant = make.tenant()
    make.load(make.record(9), of=tenant)

    [one] = figures_of(tenant, "weighted=1")

    assert (one.figure.value, one.figure.n) == (None, 0)


@pytest.mark.parametrize(
    ("metric", "scores", "value", "low", "high"),
    [
        ("csat_5", {1: 2, 2: 1, 3: 3, 4: 10, 5: 14}, 80.0, 62.6943, 90.4949),
        ("stars", {1: 2, 2: 1, 3: 3, 4: 10, 5: 14}, 4.1, 3.668642, 4.531358),
    ],
    ids=["share 24/30, section 3", "mean of 30, section 3"],
)
def test_shares_and_means_are_golden(
    metric: str, scores: dict[int, int], value: float, low: float, high: float
) -> None:
    tenant = make.tenant()
    load_scores(scores, of=tenant, metric=metric)

    [one] = figures_of(tenant, metric=metric)

    shown = (one.figure.value, one.figure.ci_low, one.figure.ci_high)
    assert shown == pytest.approx((value, low, high), abs=GOLDEN)


def test_without_answers_there_is_no_score() -> None:
    [one] = figures_of(make.tenant())

    assert (one.figure.value, one.figure.n, one.figure.ci_low) == (None, 0, None)


def test_a_breakdown_has_a_figure_for_each_touchpoint_and_one_for_none() -> None:
    tenant = make.tenant()
    make.load(
        make.record(10, touchpoint="checkout"),
        make.record(0, touchpoint="delivery"),
        make.record(10),
        of=tenant,
    )

    found = figures_of(tenant, by=By.TOUCHPOINT)

    assert [(one.key, one.title, one.figure.value) for one in found] == [
        ("checkout", "Checkout", 100.0),
        ("delivery", "Delivery", -100.0),
        (None, "Without a touchpoint", 100.0),
    ]


def test_weeks_are_named_by_their_monday() -> None:
    tenant = make.tenant()
    make.load(make.record(10, day=0), make.record(0, day=7), of=tenant)

    found = figures_of(tenant, by=By.WEEK)

    assert [(one.key, one.figure.value) for one in found] == [
        ("2026-11-09", -100.0),
        ("2026-11-16", 100.0),
    ]


def test_a_week_that_the_period_cuts_leads_to_its_part_only() -> None:
    tenant = make.tenant()
    make.load(make.record(10, day=1), make.record(10, day=3), of=tenant)

    [week] = figures_of(tenant, "from=2026-11-18&to=2026-11-19", by=By.WEEK)

    assert (week.key, week.figure.n) == ("2026-11-16", 1)
    assert week.figure.filter == "from=2026-11-18&metric=nps&to=2026-11-19"


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 6),
        ("touchpoint=checkout", 3),
        ("touchpoint=checkout&touchpoint=delivery", 5),
        ("channel=web", 2),
        ("touchpoint=checkout&channel=web", 1),
        ("survey=other", 1),
        ("from=2026-11-20&to=2026-11-20", 4),
        ("to=2026-11-19", 2),
        ("touchpoint=nowhere", 6),
    ],
)
def test_filters_keep_the_answers_they_name(query: str, n: int) -> None:
    tenant = make.tenant()
    make.load(
        make.record(9, touchpoint="checkout", channel="web"),
        make.record(9, touchpoint="checkout", day=1),
        make.record(9, touchpoint="checkout"),
        make.record(9, touchpoint="delivery", channel="web"),
        make.record(9, touchpoint="delivery", day=2),
        make.record(9, survey="other"),
        of=tenant,
    )

    [one] = figures_of(tenant, query)

    assert one.figure.n == n


@pytest.mark.parametrize(
    ("zone", "answered_at", "day"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "2026-03-29"),
        ("America/New_York", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "2026-03-28"),
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "2026-10-25"),
        ("Europe/Berlin", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "2026-10-26"),
        ("Africa/Cairo", datetime(2026, 4, 23, 22, 0, tzinfo=UTC), "2026-04-24"),
    ],
)
def test_an_answer_counts_on_its_day_in_the_tenants_zone(
    zone: str, answered_at: datetime, day: str
) -> None:
    # Source: metrics.md, section 11.1.
    tenant = make.tenant(time_zone=zone)
    make.load(make.record(9, answered_at=answered_at), of=tenant)

    [by_day] = figures_of(tenant, "period=all", by=By.DAY)
    [within] = figures_of(tenant, f"from={day}&to={day}")

    assert (by_day.key, within.figure.n, within.figure.time_zone) == (day, 1, zone)


def test_a_merged_touchpoint_counts_as_its_target() -> None:
    tenant = make.tenant()
    make.load(make.record(10, touchpoint="checkout"), make.record(0, touchpoint="till"), of=tenant)
    _merge(tenant, "till", "checkout")

    found = figures_of(tenant, by=By.TOUCHPOINT)
    [by_old_key] = figures_of(tenant, "touchpoint=till")

    assert [(one.key, one.figure.n) for one in found] == [("checkout", 2)]
    assert by_old_key.figure.n == 2
    assert "touchpoint=checkout" in by_old_key.figure.filter


def _merge(tenant: Tenant, old: str, target: str) -> None:
    with tenant_bound(tenant.pk):
        rows = Touchpoint.objects.for_tenant(tenant)
        rows.filter(key=old).update(merged_into=rows.get(key=target))


def test_other_tenants_count_for_nothing() -> None:
    tenant, other = make.tenant(), make.tenant()
    make.load(make.record(0), of=other)
    make.load(make.record(10), of=tenant)

    [one] = figures_of(tenant)

    assert (one.figure.value, one.figure.n) == (100.0, 1)


def test_figures_of_groups_add_up_to_the_whole() -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant, touchpoint="checkout")
    load_scores({3: 4}, of=tenant, touchpoint="delivery")

    by_touchpoint = figure_by_key(figures_of(tenant, by=By.TOUCHPOINT))
    [total] = figures_of(tenant)

    assert sum(figure.n for figure in by_touchpoint.values()) == total.figure.n == 55
