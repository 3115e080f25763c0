"""An erasure never begins while a load runs that has not heard of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection

from cxm.customers.models import Customer, Interaction
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.erasing import start_erasing
from cxm.customers.services.loading_events import load_events
from cxm.customers.services.suppressing import load_before_erasing
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Membership, Tenant

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WHO = Ref("external", "", "C-77001")


def _loaded(tenant: Tenant, key: str, *, then: Callable[[], object] | None = None) -> None:
    record = EventRecord(
        call=Call.TRACK,
        position=0,
        key=key,
        occurred_at=make.NOW,
        refs=(WHO,),
        name="Order placed",
        text="To Maya",
    )
    with tenant_bound(tenant.pk):
        load_events(tenant=tenant, source="events:shop", records=[record], now=make.NOW)
        if then:
            then()


def _erase(by: Membership, *, wait: str) -> None:
    with tenant_bound(by.tenant_id):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{wait}'")
        customer = Customer.objects.for_tenant(by.tenant).select_related("tenant").get()
        start_erasing(customer=customer, by=by, now=make.NOW)


def test_an_erasure_waits_for_a_load_that_runs_and_empties_what_it_brought() -> None:
    by = make.member()
    _loaded(by.tenant, "first")
    is_loaded, may_end = threading.Event(), threading.Event()

    def linger() -> None:
        is_loaded.set()
        may_end.wait(20)

    def load() -> None:
        try:
            _loaded(by.tenant, "second", then=linger)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load)
        assert is_loaded.wait(20)
        try:
            with pytest.raises(OperationalError):
                _erase(by, wait="100ms")
        finally:
            may_end.set()
        loading.result()
    _erase(by, wait="20s")
    drain(by.tenant_id)

    with tenant_bound(by.tenant_id):
        texts = Interaction.objects.for_tenant(by.tenant).values_list("text", flat=True)
        assert list(texts) == ["", ""]


def test_loads_run_side_by_side() -> None:
    tenant = make.tenant()

    def load() -> None:
        try:
            with tenant_bound(tenant.pk):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                load_before_erasing(tenant)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, tenant_bound(tenant.pk):
        load_before_erasing(tenant)
        pool.submit(load).result()
