"""Where somebody was met first, kept with their first span: as a slow look at the timeline says."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from analytics.models import ChurnSpan
from cxm.customers.models import Customer, Interaction
from cxm.customers.services.joining import merge_customers
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Channel, Touchpoint
from tests import make
from tests.analytics.churning import counted, definition, did

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db

type Met = dict[UUID, tuple[UUID | None, UUID | None]]


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant())


def scattered(tenant: Tenant, dice: random.Random) -> None:
    """Let twelve people do things at random places, some of them nowhere, some taken back."""
    for number in range(12):
        did(f"p{number}", "bought", *dice.sample(range(1, 90), dice.randrange(1, 5)), of=tenant)
    with tenant_bound(tenant.pk):
        places = [
            Touchpoint.objects.create(tenant=tenant, key=f"t{at}", title=f"T{at}")
            for at in range(3)
        ]
        channels = [
            Channel.objects.create(tenant=tenant, key=f"c{at}", title=f"C{at}") for at in range(2)
        ]
        for row in Interaction.objects.for_tenant(tenant).order_by("pk"):
            rows = Interaction.objects.for_tenant(tenant).filter(pk=row.pk)
            rows.update(
                touchpoint=dice.choice([None, *places]),
                channel=dice.choice([None, *channels]),
                deleted_at=make.NOW if dice.random() < 0.15 else None,
            )


def slowly(tenant: Tenant) -> Met:
    """Look through the timeline, one row after the other."""
    roots = dict(Customer.objects.for_tenant(tenant).values_list("pk", "root"))
    found: Met = {}
    rows = Interaction.objects.for_tenant(tenant).filter(deleted_at=None)
    for row in rows.exclude(customer=None).order_by("occurred_at", "pk"):
        assert row.customer_id
        root = roots[row.customer_id]
        touchpoint, channel = found.get(root, (None, None))
        found[root] = (touchpoint or row.touchpoint_id, channel or row.channel_id)
    return found


def kept(tenant: Tenant) -> Met:
    rows = ChurnSpan.objects.for_tenant(tenant).filter(number=1)
    return {row.customer_id: (row.touchpoint_id, row.channel_id) for row in rows}


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_a_slow_look_finds_also_after_people_were_joined(
    ann: Membership, seed: int
) -> None:
    dice, tenant = random.Random(seed), ann.tenant  # noqa: S311 - the same tests each time
    scattered(tenant, dice)
    made = definition(of=tenant, title="Asleep", days=400)
    counted(made)
    with tenant_bound(tenant.pk):
        before, first = slowly(tenant), kept(tenant)
        people = list(Customer.objects.for_tenant(tenant).select_related("tenant").order_by("pk"))
        merge_customers(
            survivor=people[0], absorbed=people[1], by=ann, now=make.NOW, is_confirmed=True
        )
    counted(made, make.NOW + timedelta(minutes=1))
    with tenant_bound(tenant.pk):
        after, second = slowly(tenant), kept(tenant)

    assert first == {pk: before[pk] for pk in first}
    assert second == {pk: after[pk] for pk in second}
    assert any(place for place, _ in first.values())


def test_a_later_span_says_nothing_of_it(ann: Membership) -> None:
    did("ana", "bought", 300, 10, of=ann.tenant)
    counted(definition(of=ann.tenant, title="Asleep", days=60))

    with tenant_bound(ann.tenant_id):
        rows = ChurnSpan.objects.for_tenant(ann.tenant).filter(number=2)
        assert [(row.touchpoint_id, row.channel_id) for row in rows] == [(None, None)]
