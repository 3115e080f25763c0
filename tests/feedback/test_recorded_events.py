"""Bodies recorded from real clients, and the sample calls of another implementation."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cxm.customers.models import Company, Customer, Identity, Interaction
from cxm.customers.rules.records import Call
from feedback.adapters.events.parsed import ParsedBody
from feedback.adapters.events.parsing import parse
from feedback.models import Response
from tests.feedback.senders import deliver, sender

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
RECORDED = DATA / "clients" / "captured.jsonl"
SAMPLES = DATA / "peer_vectors" / "segment_fixtures"
EVENT_PATHS = ("/v1/batch", "/batch/")

needs_recorded = pytest.mark.skipif(not RECORDED.exists(), reason=f"{RECORDED.name} is absent")
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason=f"{SAMPLES.name} is absent")
pytestmark = [pytest.mark.data]


def recorded() -> list[dict[str, Any]]:
    """Give the requests that real clients sent to event addresses, in their order."""
    lines = map(json.loads, RECORDED.read_text().splitlines())
    return [line for line in lines if line["m"] == "POST" and line["path"] in EVENT_PATHS]


def read(request: dict[str, Any]) -> ParsedBody:
    """Read a recorded body as if it came half a second after it was sent."""
    body = request["body"]
    sent_at = datetime.fromisoformat(body.get("sentAt") or body["sent_at"])
    adapter = "posthog" if request["path"] == "/batch/" else "segment"
    return parse(
        {"adapter": adapter, "path": request["path"]},
        json.dumps(body).encode(),
        zone=UTC,
        received_at=sent_at + timedelta(seconds=0.5),
        keeps_pages=True,
    )


def told(parsed: ParsedBody) -> list[tuple[str, str]]:
    calls = [(e.call.value if e.call is not Call.TRACK else e.kind, e.name) for e in parsed.events]
    return [*calls, *(("answer", a.record.survey) for a in parsed.answers)]


SEGMENT_PYTHON = [
    ("identify", ""),
    ("event", "NPS Answered"),
    ("group", ""),
    ("page", "Home"),
    ("page", "Home"),
    ("alias", ""),
    ("event", "Viewed"),
]
EXPECTED = [
    SEGMENT_PYTHON,
    SEGMENT_PYTHON,
    [("identify", ""), ("event", "Order Completed"), ("group", ""), ("alias", "")],
    [("identify", ""), ("answer", "posthog-s1")],
    [("identify", ""), ("event", "NPS Answered")],
    [("group", ""), ("page", "Home")],
    [("alias", "")],
    [("answer", "posthog-s")],
]


@needs_recorded
def test_every_recorded_item_is_read() -> None:
    parsed = [read(request) for request in recorded()]

    assert [told(body) for body in parsed] == EXPECTED
    assert [body.refused for body in parsed] == [[]] * len(EXPECTED)


@needs_recorded
def test_recorded_times_are_half_a_second_later_as_the_clock_says() -> None:
    [identify, track, *_] = read(recorded()[0]).events

    assert identify.occurred_at.isoformat() == "2026-11-21T19:53:07.871000+00:00"
    assert track.occurred_at.isoformat() == "2026-03-29T01:30:00.500000+00:00"
    assert track.props["comment"] == "Très bien 👍"


@needs_recorded
@pytest.mark.django_db
@pytest.mark.slow
def test_recorded_bodies_load_once_however_often_they_come() -> None:
    of = sender(keeps_pages=True)
    for request in [*recorded(), *recorded()]:
        body = gzip.compress(json.dumps(request["body"]).encode())
        deliver(of, request["path"], body, content_type="application/x-www-form-urlencoded")

    events = of.rows(
        Interaction.objects.for_tenant(of.tenant).exclude(kind="merge"), "kind", "name"
    )
    assert sorted(events) == [
        *[("event", "NPS Answered")] * 3,
        ("event", "Order Completed"),
        *[("event", "Viewed")] * 2,
        *[("page", "Home")] * 5,
        *[("response", "survey answered")] * 2,
    ]
    emails = of.rows(Customer.objects.for_tenant(of.tenant).exclude(email=""), "email")
    assert emails == [("a@example.com",), ("x@example.com",)]
    assert of.rows(Company.objects.for_tenant(of.tenant), "external_id", "name") == [
        ("acct-1", "ACME"),
        ("g1", ""),
    ]
    assert len(of.rows(Response.objects.for_tenant(of.tenant), "pk")) == 2
    items = sum(len(request["body"]["batch"]) for request in recorded())
    counts = [body.counts for body in of.bodies()]
    assert sum(c["loaded"] for c in counts) == sum(c["unchanged"] for c in counts) == items


@needs_samples
def test_every_sample_call_is_read() -> None:
    outcome = {}
    for path in sorted(SAMPLES.glob("*.json")):
        parsed = parse(
            {"adapter": "segment", "path": "/v1/batch"},
            json.dumps({"batch": [json.loads(path.read_text())]}).encode(),
            zone=UTC,
            received_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
            keeps_pages=True,
        )
        [event] = parsed.events
        outcome[path.stem] = (event.call, event.name or event.company, event.refs[0].value)

    assert outcome == {
        "advance-alias": ("alias", "", "currentUser"),
        "advance-group": ("group", "libraries", "nhi"),
        "advance-identify": ("identify", "", "NTI3ODQ3ZmUtODgxNC00MjhiLTk0YjctM2JlNGQ5OGFlNGE3"),
        "advance-screen": ("track", "Detail Menu Page Item", "nhi"),
        "advance-track": ("track", "Content Started", "nhi"),
        "alias": ("alias", "", "currentUser"),
        "group": ("group", "segment", "prateek"),
        "identify": ("identify", "", "prateek"),
        "page": ("track", "Home", "prateek"),
        "screen": ("track", "Home", "nhi"),
        "track": ("track", "Simple Track", "prateek"),
    }


@needs_samples
@pytest.mark.django_db
def test_sample_calls_load() -> None:
    of = sender(keeps_pages=True)
    calls = [json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*.json"))]

    deliver(of, "/v1/batch", {"batch": calls})

    assert of.bodies()[0].counts["loaded"] == len(calls)
    assert ("external", "prateek") in of.rows(
        Identity.objects.for_tenant(of.tenant), "kind", "value"
    )
