"""What customers and journeys tell other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.customers.models import Customer
from cxm.customers.services.erasing import start_erasing
from cxm.integrations.models import WebhookEvent
from cxm.kernel.ids import new_id
from cxm.kernel.operations.store import commit
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from journeys.services.stores import MAPS
from tests import make
from tests.customers import people
from tests.integrations.hooking import CREATED, happens, webhook
from tests.journeys import charting as m
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


def test_a_change_of_a_map_is_told_by_numbers_without_its_text(member: Membership) -> None:
    journey = m.journey(member)
    on = m.blank_map(member, journey)
    _, step = m.stage(member, on)
    lane = m.lane(member, on)
    webhook(member, kinds=["op.batch"])
    card, batch = new_id(), new_id()
    values = {"step_from": str(step), "step_to": str(step), "text": "A secret word"}

    done = m.do(
        member,
        on,
        m.create(card, "card", values, lane, batch=batch),
        m.put(card, "text", "Another secret", batch=batch),
        m.put(step, "title", "A secret step", batch=batch),
    )

    (event,) = _kept(member)
    assert (event.kind, event.object_id, event.path) == ("op.batch", on, f"maps/{on}/")
    assert event.content == {
        "journey": {"id": str(journey)},
        "operations": {"from": done.head - 2, "to": done.head},
        "batches": [str(batch)],
        "batch_count": 1,
        "changes": [
            {"kind": "card", "op": "create", "count": 1},
            {"kind": "card", "op": "set", "count": 1},
            {"kind": "step", "op": "set", "count": 1},
        ],
        "by": {"kind": "member", "id": str(member.pk)},
        "source": "ui",
    }


def test_a_new_map_is_told_with_the_operations_that_made_it(member: Membership) -> None:
    webhook(member, kinds=["op.batch"])
    journey = m.journey(member)

    on = m.blank_map(member, journey)

    (event,) = _kept(member)
    assert (event.object_id, event.content["journey"]) == (on, {"id": str(journey)})
    assert event.content["operations"] == {"from": 1, "to": 1}


def test_a_change_that_was_sent_twice_is_told_once(member: Membership) -> None:
    on = m.blank_map(member, m.journey(member))
    webhook(member, kinds=["op.batch"])
    change = m.put(on, "name", "As it was")

    m.do(member, on, change)
    m.do(member, on, change)

    assert len(_kept(member)) == 1


def test_asking_whether_anybody_listens_is_no_query(member: Membership) -> None:
    on = m.blank_map(member, m.journey(member))
    webhook(member, kinds=[CREATED])
    with tenant_bound(member.tenant_id), CaptureQueriesContext(connection) as asked:
        commit(MAPS, m.request(member, on), [m.put(on, "name", "As it was")])

    about = [one["sql"] for one in asked if "integrations_webhook" in one["sql"]]
    assert len(about) == 1
    assert "journeys_journeymap" in about[0]
    assert _kept(member) == []
