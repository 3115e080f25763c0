"""The unmodified clients of Segment, RudderStack and PostHog send to a running server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import posthog
import pytest
import rudderstack.analytics.client
import segment.analytics.client
from django.db import OperationalError, connection

from cxm.customers.models import Company, CompanyMember, Customer, Identity, Interaction
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.services.accepting import accept
from tests import make
from tests.feedback.senders import sender

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.feedback.senders import Sender

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)


@pytest.fixture
def shop() -> Sender:
    of = sender(title="Shop", keeps_pages=True)
    checkout = make.touchpoint(of=of.tenant, key="checkout")
    make.rule("Order placed", to=checkout)
    return of


def told(of: Sender) -> dict[str, Any]:
    """Load what arrived, and give all that became of it."""
    drain(of.tenant.pk)
    events = Interaction.objects.for_tenant(of.tenant).exclude(kind="merge")
    people = Customer.objects.for_tenant(of.tenant)
    members = CompanyMember.objects.for_tenant(of.tenant)
    return {
        "events": of.rows(events, "kind", "name", "touchpoint__key"),
        "companies": of.rows(Company.objects.for_tenant(of.tenant), "external_id", "name"),
        "members": of.rows(members, "company__external_id", "customer__email"),
        "people": of.rows(people.exclude(email=""), "kind", "email", "attributes__plan"),
        "identities": of.rows(
            Identity.objects.for_tenant(of.tenant), "kind", "value", "customer__root__email"
        ),
        "refused": of.refusals(),
        "lost": [
            b.counts
            for b in of.bodies()
            if b.counts["loaded"] + b.counts["ignored"] < b.counts["items"]
        ],
    }


def times(of: Sender) -> dict[str, tuple[datetime, str]]:
    """Give by name when each event happened and whose it is."""
    with tenant_bound(of.tenant.pk):
        rows = Interaction.objects.for_tenant(of.tenant).exclude(kind="merge")
        values = rows.values_list("name", "occurred_at", "customer__root__email")
        return {name: (at, email) for name, at, email in values}


EXPECTED: dict[str, Any] = {
    "events": [("event", "Article read", None), ("event", "Order placed", "checkout")],
    "companies": [("acme", "ACME")],
    "members": [("acme", "ana@example.com")],
    "people": [("known", "ana@example.com", "pro")],
    "identities": [
        ("anonymous", "visitor-1", "ana@example.com"),
        ("email", "ana@example.com", "ana@example.com"),
        ("external", "cust-1", "ana@example.com"),
    ],
    "refused": [],
    "lost": [],
}


def assert_all_arrived(of: Sender, *, clock: timedelta = timedelta(seconds=60)) -> None:
    assert told(of) == EXPECTED
    found = times(of)
    at, email = found["Order placed"]
    assert (abs(at - BEFORE) < clock, email) == (True, "ana@example.com")
    at, email = found["Article read"]
    assert (abs(now() - at) < clock, email) == (True, "ana@example.com")


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
def test_segment_for_python_delivers_everything_once(
    live_server: LiveServer, shop: Sender, is_packed: bool
) -> None:
    client = segment.analytics.client.Client(shop.key, host=live_server.url, gzip=is_packed)

    client.track(anonymous_id="visitor-1", event="Article read")
    client.identify("cust-1", {"email": "ana@example.com", "plan": "pro"})
    client.alias("visitor-1", "cust-1")
    client.track("cust-1", "Order placed", {"total": 20}, timestamp=BEFORE)
    client.group("cust-1", "acme", {"name": "ACME"})
    client.shutdown()

    assert_all_arrived(shop)


def test_rudderstack_for_python_delivers_everything_once(
    live_server: LiveServer, shop: Sender
) -> None:
    client = rudderstack.analytics.client.Client(shop.key, host=live_server.url)

    client.track(anonymous_id="visitor-1", event="Article read")
    client.identify("cust-1", {"email": "ana@example.com", "plan": "pro"})
    client.alias("visitor-1", "cust-1")
    client.track("cust-1", "Order placed", {"total": 20}, timestamp=BEFORE)
    client.group("cust-1", "acme", {"name": "ACME"})
    client.join()

    assert_all_arrived(shop)


def test_posthog_for_python_delivers_everything_once(live_server: LiveServer, shop: Sender) -> None:
    client = posthog.Posthog(shop.key, host=live_server.url)

    unknown = {"$process_person_profile": False}
    client.capture("Article read", distinct_id="visitor-1", properties=unknown)
    client.set(distinct_id="cust-1", properties={"email": "ana@example.com", "plan": "pro"})
    client.alias("visitor-1", "cust-1")
    client.capture("Order placed", distinct_id="cust-1", timestamp=BEFORE)
    client.group_identify("company", "acme", {"name": "ACME"}, distinct_id="cust-1")
    is_enabled = client.evaluate_flags("cust-1").is_enabled("any")
    client.shutdown()

    assert_all_arrived(shop)
    assert is_enabled is not True


def test_a_client_that_sends_again_is_counted_once(
    live_server: LiveServer, shop: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server stores a batch and fails before it answers; the client sends it again."""
    failures = [1, 2]

    def failing(**given: Any) -> Any:
        stored = accept(**given)
        if failures:
            failures.pop()
            raise OperationalError("the answer was lost")
        return stored

    monkeypatch.setattr("feedback.views.ingest.accept", failing)
    monkeypatch.setattr("feedback.views.ingest.RETRY_SECONDS", 0)
    client = segment.analytics.client.Client(shop.key, host=live_server.url)

    client.identify("cust-1", {"email": "ana@example.com", "plan": "pro"})
    client.track("cust-1", "Order placed", timestamp=BEFORE)
    client.shutdown()

    drain(shop.tenant.pk)
    assert len(shop.bodies()) == 3
    events = Interaction.objects.for_tenant(shop.tenant)
    assert shop.rows(events, "name", "touchpoint__key") == [("Order placed", "checkout")]


@pytest.fixture(autouse=True)
def _closed() -> Any:
    yield
    connection.close()
