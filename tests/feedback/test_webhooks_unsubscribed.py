"""Who unsubscribes at another tool is asked no more here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cxm.customers.models import Consent, Suppression
from feedback.rules.senders import SenderKind
from tests.feedback.webhook_senders import BODIES, webhook

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "who", [{"person_id": "1"}, {"person": {"id": "9", "email": "Ana@Example.com"}}]
)
def test_who_unsubscribes_at_delighted_is_asked_no_more(who: dict[str, Any]) -> None:
    of = webhook(SenderKind.DELIGHTED)
    of.deliver(BODIES[SenderKind.DELIGHTED])

    for event in ("e-2", "e-2", "e-3"):
        about = {**who, "unsubscribed_at": 1_700_000_000}
        of.deliver({"event_type": "unsubscribe.created", "event_id": event, "event_data": about})

    barred = Suppression.objects.for_tenant(of.tenant)
    consents = Consent.objects.for_tenant(of.tenant)
    assert of.rows(barred, "kind", "reason") == [("email", "unsubscribed")]
    assert of.rows(barred, "at") == [(datetime.fromtimestamp(1_700_000_000, UTC),)]
    assert of.rows(consents, "state", "source") == [("withdrawn", "delighted")]
