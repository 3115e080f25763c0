"""What tells of an erased person in passing: neither loaded nor stored with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cxm.customers.models import Interaction
from cxm.customers.rules.records import Ref
from cxm.customers.services.suppressing import suppress
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from feedback.adapters.events.bodies import unpacked
from feedback.models import Inbox, RejectedEvent, Response, Verbatim
from tests import make
from tests.feedback.senders import Sender, deliver, sender

pytestmark = pytest.mark.django_db


def _event(number: int, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Form sent",
        "anonymousId": "new-browser",
        "messageId": f"m{number}",
        "properties": properties,
    }


def _answer(uuid: str, *answers: str, at: str = "", who: str = "u1") -> dict[str, Any]:
    said = {f"$survey_response_{n}": text for n, text in enumerate(answers, 1)}
    return {
        "event": "survey sent",
        "uuid": uuid,
        "distinct_id": who,
        "timestamp": at or "2026-11-20T09:00:00Z",
        "properties": {"$survey_id": "s1", "$survey_submission_id": "one", **said},
    }


@pytest.fixture
def of() -> Sender:
    """A source of a tenant that has erased Maya, customer number m-7."""
    source = sender()
    gone = [Ref("email", "", "maya@lindt.example"), Ref("external", "", "m-7")]
    with tenant_bound(source.tenant.pk):
        suppress(tenant=source.tenant, refs=gone, now=now())
    return source


def _bodies(of: Sender) -> str:
    with tenant_bound(of.tenant.pk):
        bodies = Inbox.objects.for_tenant(of.tenant).values_list("body", flat=True)
        return b"".join(unpacked(bytes(body), limit=10_000) for body in bodies).decode().lower()


def _texts(of: Sender) -> list[Any]:
    comments = of.rows(Verbatim.objects.for_tenant(of.tenant), "text")
    return [text for (text,) in comments]


def test_a_property_with_an_erased_address_stays_nowhere(of: Sender) -> None:
    deliver(
        of, "/v1/batch", {"batch": [_event(1, mail="Maya@Lindt.example"), _event(2, plan="pro")]}
    )

    with tenant_bound(of.tenant.pk):
        facts = Interaction.objects.for_tenant(of.tenant).order_by("pk")
        told = [fact.props.get("mail", fact.props.get("plan")) for fact in facts]
    assert told == ["[erased]", "pro"]
    assert "lindt" not in _bodies(of)
    assert "pro" in _bodies(of)


def test_an_answer_that_names_an_erased_person_stays_nowhere(of: Sender) -> None:
    told = _answer("e1", "Ask Maya@Lindt.example, she knows", "Fine otherwise")

    deliver(of, "/batch/", {"batch": [told], "api_key": of.key})

    assert _texts(of) == ["Fine otherwise", "[erased]"]
    assert "lindt" not in _bodies(of)


def test_a_later_answer_brings_no_erased_person_back(of: Sender) -> None:
    deliver(of, "/batch/", {"batch": [_answer("e1", "Fine")], "api_key": of.key})
    later = _answer("e2", "Ask maya@lindt.example", at="2026-11-20T10:00:00Z")
    theirs = _answer("e3", "It was me", at="2026-11-20T11:00:00Z", who="m-7")

    deliver(of, "/batch/", {"batch": [later], "api_key": of.key})
    named = _texts(of)
    deliver(of, "/batch/", {"batch": [theirs], "api_key": of.key})

    assert (named, _texts(of)) == (["[erased]"], [])
    assert "lindt" not in _bodies(of)


def test_a_response_is_kept_without_the_erased_person_it_names(of: Sender) -> None:
    told = make.record(9, comment="maya@lindt.example was kind")
    told = replace(told, answers={"customer_id": "m-7", "plan": "pro"})

    loaded = make.load(told, make.record(8, comment="Quick"), of=of.tenant)

    assert _texts(of) == ["Quick", "[erased]"]
    answers = of.rows(Response.objects.for_tenant(of.tenant), "answers")
    assert answers == [({"customer_id": "[erased]", "plan": "pro"},), ({},)]
    assert len(loaded) == 2


def test_what_is_refused_is_listed_without_an_erased_person(of: Sender) -> None:
    late = {**_event(1, mail="maya@lindt.example"), "timestamp": "soon"}
    theirs = {"type": "track", "messageId": "x", "userId": "m-7"}

    deliver(of, "/v1/batch", {"batch": [late, theirs, {**_event(2), "timestamp": "soon"}]})

    rows = RejectedEvent.objects.for_tenant(of.tenant)
    listed = of.rows(rows, "position", "key", "code", "message")
    assert listed[:2] == [(0, "", "bad_time", "[erased]"), (1, "", "no_name", "[erased]")]
    assert listed[2][:3] == (2, "m2", "bad_time")
    assert not [raw for (raw,) in of.rows(rows, "raw") if "lindt" in raw or "m-7" in raw]
    assert "lindt" not in _bodies(of)
