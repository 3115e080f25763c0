"""What customers and journeys tell other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Customer
from cxm.customers.services.erasing import start_erasing
from cxm.integrations.models import WebhookEvent
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from tests import make
from tests.customers import people
from tests.integrations.hooking import CREATED, happens, webhook
from tests.journeys.ahead import Told

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _kept(member: Membership) -> list[WebhookEvent]:
    with tenant_bound(member.tenant_id):
        return list(WebhookEvent.objects.for_tenant(member.tenant).order_by("pk"))


def test_an_erasure_tells_the_id_alone_and_takes_back_what_was_told_before(
    member: Membership,
) -> None:
    webhook(member, kinds=["customer.erased", CREATED])
    maya = people.person("Maya Lindt", of=member.tenant, email="maya@lindt.example")
    about = {"customer": {"id": str(maya.pk), "name": "Maya Lindt"}}
    happens(member.tenant, content=lambda: about)
    with tenant_bound(member.tenant_id):
        rows = Customer.objects.for_tenant(member.tenant).select_related("tenant")
        start_erasing(customer=rows.get(pk=maya.pk), by=member, now=make.NOW)

    drain(member.tenant_id)

    (event,) = _kept(member)
    assert (event.kind, event.object_id, event.content) == ("customer.erased", maya.pk, {})


def test_publishing_a_map_is_told_with_its_journey(member: Membership) -> None:
    webhook(member, kinds=["map.published"])

    told = Told(member)

    event = _kept(member)[0]
    assert (event.object_id, event.path) == (told.current.pk, f"maps/{told.current.pk}/")
    assert event.content["journey"]["id"] == str(told.current.journey_id)
    assert event.content["state"] == "current"
