"""The law: what is read equals a recount of the ratings, at every instant."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import RatingDay, RatingDelta, RollupCheck, RollupGeneration
from analytics.selectors.histograms import By, Slice, histogram, histograms
from analytics.services.rollups import fold_ledger, rebuild_rollups, verify_rollups
from analytics.tasks import fold
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint
from cxm.work.engine import drain, tick
from cxm.work.models import Job
from cxm.work.services import start_job
from feedback.models import Rating
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db

State = Rating.State


def differences(tenant: Tenant) -> int:
    with tenant_bound(tenant.pk):
        return verify_rollups(tenant=tenant, now=make.NOW).differences


EVERYTHING = Slice()


def counts(tenant: Tenant, within: Slice = EVERYTHING, metric: str = "nps") -> tuple[int, ...]:
    with tenant_bound(tenant.pk):
        return histogram(tenant=tenant, metric=make.metric(metric, of=tenant), within=within).counts


def one(position: int) -> tuple[int, ...]:
    return tuple(int(place == position) for place in range(11))


def test_a_loaded_rating_is_counted_at_once() -> None:
    tenant = make.tenant()

    make.load(make.record(10), make.record(3), of=tenant)

    assert counts(tenant) == (0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"value": 2}, one(2), id="edited"),
        pytest.param({"state": State.QUARANTINED}, one(-1), id="held back"),
        pytest.param({"state": State.DELETED, "ended_at": make.NOW}, one(-1), id="deleted"),
        pytest.param({"day": make.NOW.date() - timedelta(days=9)}, one(9), id="moved"),
    ],
)
@pytest.mark.parametrize("is_folded", [False, True])
def test_a_changed_rating_is_followed(
    change: dict[str, object], expected: tuple[int, ...], *, is_folded: bool
) -> None:
    tenant = make.tenant()
    rating = make.rating(9, of=tenant)
    with tenant_bound(tenant.pk):
        if is_folded:
            fold_ledger(tenant=tenant)
        Rating.objects.for_tenant(tenant).filter(pk=rating.pk).update(**change)

    assert counts(tenant) == expected
    assert differences(tenant) == 0


def test_released_ratings_come_back() -> None:
    tenant = make.tenant()
    rating = make.rating(9, of=tenant)
    with tenant_bound(tenant.pk):
        rows = Rating.objects.for_tenant(tenant).filter(pk=rating.pk)
        rows.update(state=State.QUARANTINED)
        fold_ledger(tenant=tenant)
        rows.update(state=State.COUNTED)

    assert counts(tenant) == one(9)


def test_a_rolled_back_rating_leaves_no_trace() -> None:
    tenant = make.tenant()
    make.rating(9, of=tenant)

    with tenant_bound(tenant.pk), transaction.atomic():
        make.rating(1, of=tenant)
        transaction.set_rollback(True)

    assert counts(tenant) == one(9)
    assert differences(tenant) == 0


def test_folding_changes_no_number_and_empties_the_ledger() -> None:
    tenant = make.tenant()
    make.load(*(make.record(v, day=v) for v in range(11)), of=tenant)

    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)

        assert RatingDelta.objects.for_tenant(tenant).count() == 0
        assert RatingDay.objects.for_tenant(tenant).count() == 11
    assert counts(tenant) == (1,) * 11
    assert differences(tenant) == 0


def test_folding_takes_away_what_left_since_the_last_fold() -> None:
    tenant = make.tenant()
    rating = make.rating(9, of=tenant)
    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)
        Rating.objects.for_tenant(tenant).filter(pk=rating.pk).update(state=State.QUARANTINED)

        fold_ledger(tenant=tenant)

        assert RatingDelta.objects.for_tenant(tenant).count() == 0
    assert counts(tenant) == one(-1)


def test_rebuilding_repairs_spoilt_day_rows_under_a_new_generation() -> None:
    tenant = make.tenant()
    make.load(make.record(9), make.record(2), of=tenant)
    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)
        RatingDay.objects.for_tenant(tenant).update(c9=7, n=8)
    assert differences(tenant) == 1

    with tenant_bound(tenant.pk):
        rebuild_rollups(tenant=tenant, now=make.NOW)

        assert RollupGeneration.objects.for_tenant(tenant).get().current == 2
    assert differences(tenant) == 0
    assert counts(tenant) == (0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0)


def test_the_next_fold_clears_what_a_rebuild_replaced() -> None:
    tenant = make.tenant()
    make.load(make.record(9), make.record(2, day=1), of=tenant)
    with tenant_bound(tenant.pk):
        for _ in range(2):
            rebuild_rollups(tenant=tenant, now=make.NOW)

        fold_ledger(tenant=tenant)

        assert RatingDay.objects.for_tenant(tenant).count() == 2
    assert differences(tenant) == 0


def test_a_check_names_what_differs_and_is_kept() -> None:
    tenant = make.tenant()
    make.rating(9, of=tenant)
    with tenant_bound(tenant.pk):
        RatingDelta.objects.for_tenant(tenant).delete()

        found = verify_rollups(tenant=tenant, now=make.NOW)

        assert (found.rows, found.differences) == (1, 1)
        assert found.details[0]["day"] == make.NOW.date().isoformat()
        assert RollupCheck.objects.for_tenant(tenant).get().differences == 1


def test_weights_are_summed_exactly() -> None:
    tenant = make.tenant()
    weighted = [(10, "1"), (9, "1"), (6, "2"), (8, "4")]
    make.load(*(make.record(v, weight=Decimal(w)) for v, w in weighted), make.record(5), of=tenant)

    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)
        counted = histogram(tenant=tenant, metric=make.metric(of=tenant))

    assert sum(counted.weights or ()) == 8
    assert (counted.weight_count, counted.weight_squares) == (4, Decimal(22))
    assert counted.n == 5
    assert differences(tenant) == 0


def test_groups_are_counted_apart_and_merged_ones_together() -> None:
    tenant = make.tenant()
    make.load(
        make.record(9, touchpoint="shop"),
        make.record(8, touchpoint="store"),
        make.record(7),
        of=tenant,
    )
    with tenant_bound(tenant.pk):
        by_key = {t.key: t for t in Touchpoint.objects.for_tenant(tenant)}
        by_key["store"].merged_into = by_key["shop"]
        by_key["store"].save()
        metric = make.metric(of=tenant)

        groups = histograms(tenant=tenant, metrics=[metric], by=By.TOUCHPOINT)[metric.pk]

    assert {key: h.n for key, h in groups.items()} == {by_key["shop"].pk: 2, None: 1}


def test_a_slice_keeps_to_its_days_half_open() -> None:
    tenant = make.tenant()
    make.load(make.record(9, day=1), make.record(8, day=2), make.record(7, day=3), of=tenant)
    today = make.NOW.date()

    kept = counts(tenant, Slice(today - timedelta(days=2), today - timedelta(days=1)))

    assert kept == one(8)


def test_another_tenants_ratings_are_not_counted() -> None:
    mine, other = make.tenant(), make.tenant()
    make.rating(9, of=other)

    assert counts(mine) == one(-1)


def test_a_histogram_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tenant = make.tenant()
    make.rating(9, of=tenant)
    with tenant_bound(tenant.pk):
        metric = make.metric(of=tenant)

        with django_assert_num_queries(1):
            histograms(tenant=tenant, metrics=[metric], by=By.WEEK)


def test_the_fold_task_folds_every_tenant_that_has_a_ledger() -> None:
    first, second = make.tenant(), make.tenant()
    make.rating(9, of=first)
    make.rating(8, of=second)

    folded = fold()

    assert folded == 2
    assert (counts(first), counts(second)) == (one(9), one(8))


def test_the_nightly_check_rebuilds_what_differs() -> None:
    tenant = make.tenant()
    make.rating(9, of=tenant)
    with tenant_bound(tenant.pk):
        RatingDelta.objects.for_tenant(tenant).delete()

    tick(make.NOW + timedelta(days=1))
    drain(tenant.pk)

    assert counts(tenant) == one(9)


def test_a_rebuild_is_a_job() -> None:
    tenant = make.tenant()
    make.rating(9, of=tenant)
    with tenant_bound(tenant.pk):
        job = start_job(
            tenant=tenant, kind="analytics.rebuild", title="Rebuild", by=None, now=make.NOW
        )

    drain(tenant.pk)

    with tenant_bound(tenant.pk):
        job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.DONE, "1 day rows rebuilt.")


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "value", "hold", "release", "delete", "weight", "fold", "rebuild"]),
        st.integers(0, 10),
        st.booleans(),
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=CHANGES)
def test_the_law_holds_after_any_changes(changes: list[tuple[str, int, bool]]) -> None:
    tenant = make.tenant()
    make.load(make.record(5), of=tenant)

    for change, value, is_kept in changes:
        _apply_or_roll_back(tenant, change, value, is_kept=is_kept)

        assert differences(tenant) == 0


def _apply_or_roll_back(tenant: Tenant, change: str, value: int, *, is_kept: bool) -> None:
    with tenant_bound(tenant.pk), transaction.atomic():
        _apply(tenant, change, value)
        transaction.set_rollback(not is_kept)


def _apply(tenant: Tenant, change: str, value: int) -> None:
    rows = Rating.objects.for_tenant(tenant)
    some = rows.filter(pk__in=list(rows.order_by("value", "pk").values_list("pk", flat=True)[:2]))
    acts: dict[str, Callable[[], object]] = {
        "add": lambda: make.load(
            make.record(value, day=value % 3, weight=Decimal(value + 1)), of=tenant
        ),
        "value": lambda: some.update(value=value),
        "hold": lambda: some.update(state=State.QUARANTINED),
        "release": lambda: some.update(state=State.COUNTED),
        "delete": some.delete,
        "weight": lambda: some.update(weight=Decimal(value + 1)),
        "fold": lambda: fold_ledger(tenant=tenant),
        "rebuild": lambda: rebuild_rollups(tenant=tenant, now=make.NOW),
    }
    acts[change]()


class _Busy:
    """Threads that repeat an act until told to stop; troubles are kept for the test."""

    def __init__(self, *acts: Callable[[int], object]) -> None:
        self.stop = threading.Event()
        self.troubles: list[BaseException] = []
        self.threads = [threading.Thread(target=self._repeat, args=(act,)) for act in acts]

    def __enter__(self) -> _Busy:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _repeat(self, act: Callable[[int], object]) -> None:
        turn = 0
        try:
            while not self.stop.is_set():
                act(turn := turn + 1)
        except BaseException as trouble:  # noqa: BLE001 - told by the test
            self.troubles.append(trouble)
        finally:
            connection.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_law_holds_in_every_snapshot_beside_concurrent_writers() -> None:
    tenant = make.tenant()
    make.load(*(make.record(v % 11, day=v % 5) for v in range(60)), of=tenant)

    def write(turn: int) -> None:
        change = ("add", "value", "hold", "release", "add", "weight")[turn % 6]
        _apply_or_roll_back(tenant, change, turn % 11, is_kept=turn % 5 > 0)

    def fold_or_rebuild(turn: int) -> None:
        with tenant_bound(tenant.pk):
            _apply(tenant, "rebuild" if turn % 4 == 0 else "fold", turn)

    with _Busy(write, write, fold_or_rebuild) as busy:
        seen = [differences(tenant) for _ in range(60)]

    assert busy.troubles == []
    assert seen == [0] * 60
    assert differences(tenant) == 0
