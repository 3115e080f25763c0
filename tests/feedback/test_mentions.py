"""Events that tell of an erased person in passing: neither loaded nor stored with them."""

from __future__ import annotations

from typing import Any

import pytest

from cxm.customers.models import Interaction
from cxm.customers.rules.records import Ref
from cxm.customers.services.suppressing import suppress
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from feedback.adapters.events.bodies import unpacked
from feedback.models import Inbox
from tests.feedback.senders import deliver, sender

pytestmark = pytest.mark.django_db


def _event(number: int, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Form sent",
        "anonymousId": "new-browser",
        "messageId": f"m{number}",
        "properties": properties,
    }


def test_a_property_with_an_erased_address_stays_nowhere() -> None:
    of = sender()
    with tenant_bound(of.tenant.pk):
        suppress(tenant=of.tenant, refs=[Ref("email", "", "maya@lindt.example")], now=now())

    deliver(
        of, "/v1/batch", {"batch": [_event(1, mail="Maya@Lindt.example"), _event(2, plan="pro")]}
    )

    with tenant_bound(of.tenant.pk):
        facts = Interaction.objects.for_tenant(of.tenant).order_by("pk")
        told = [fact.props.get("mail", fact.props.get("plan")) for fact in facts]
        body = unpacked(bytes(Inbox.objects.for_tenant(of.tenant).get().body), limit=10_000)
    assert told == ["[erased]", "pro"]
    assert b"lindt" not in body.lower()
    assert b"pro" in body
