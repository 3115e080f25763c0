"""Who answers was seen; who took the answers back, was not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Customer
from cxm.tenants.binding import tenant_bound
from feedback.models import Response
from feedback.services.undoing_seen import forget_seen
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant
    from cxm.work.models import Batch

pytestmark = pytest.mark.django_db


def seen(tenant: Tenant) -> tuple[int | None, int | None]:
    """How many days before make.NOW the only customer was seen first and last."""
    with tenant_bound(tenant.pk):
        [customer] = Customer.objects.for_tenant(tenant)
    first, last = customer.first_seen_at, customer.last_seen_at
    return (make.NOW - first).days if first else None, (make.NOW - last).days if last else None


def forget(tenant: Tenant, batch: Batch) -> None:
    with tenant_bound(tenant.pk):
        rows = Response.objects.for_tenant(tenant).filter(batch=batch)
        forget_seen(batch, list(rows.values_list("interaction_id", flat=True)))


def test_a_customer_made_by_answers_was_seen_when_they_answered() -> None:
    tenant = make.tenant()

    make.load(
        make.record(customer="C-1", day=30),
        make.record(customer="C-1", day=2),
        make.record(customer="C-1", day=9),
        of=tenant,
    )

    assert seen(tenant) == (30, 2)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(40, (40, 10), id="earlier-than-all"),
        pytest.param(3, (10, 3), id="later-than-all"),
    ],
)
def test_a_known_customer_is_seen_by_answering(day: int, expected: tuple[int, int]) -> None:
    tenant = make.tenant()
    make.load(make.record(customer="C-1", day=10), of=tenant)

    make.load(make.record(customer="C-1", day=day), of=tenant)

    assert seen(tenant) == expected


def test_answers_that_are_taken_back_told_nothing() -> None:
    tenant = make.tenant()
    make.load(make.record(customer="C-1", day=10), make.record(customer="C-1", day=5), of=tenant)
    later = make.batch(of=tenant)
    make.load(
        make.record(customer="C-1", day=40), make.record(customer="C-1"), of=tenant, into=later
    )
    assert seen(tenant) == (40, 0)

    forget(tenant, later)

    assert seen(tenant) == (10, 5)


def test_answers_that_changed_nothing_are_taken_back_without_effect() -> None:
    tenant = make.tenant()
    make.load(make.record(customer="C-1", day=10), make.record(customer="C-1", day=5), of=tenant)
    with tenant_bound(tenant.pk):
        told = make.NOW - timedelta(days=1)
        Customer.objects.for_tenant(tenant).update(last_seen_at=told)
    between = make.batch(of=tenant)
    make.load(make.record(customer="C-1", day=7), of=tenant, into=between)

    forget(tenant, between)

    assert seen(tenant) == (10, 1)
