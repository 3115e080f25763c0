"""Invitations that an event calls off before they go out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cxm.customers.models import Interaction
from cxm.customers.rules.records import Ref
from cxm.customers.services.joining import merge_customers
from cxm.tenants.rules import Right
from feedback.models import Distribution, Invitation
from feedback.services.distribution.running import ask, send_due
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
TRIGGER = {"kind": "event", "name": "delivered", "conditions": [], "unless": ["returned"]}
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def way(member: Membership, settings: Any) -> Distribution:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    return distribution(asked_survey(member), by=member, trigger=TRIGGER, delay_minutes=120)


def came(member: Membership, name: str, email: str, order: str = "", day: int = 0) -> Interaction:
    refs = (Ref("email", "", email),)
    return make.events(name, of=member.tenant, refs=refs, thread_key=order, day=day)[0]


def fate(member: Membership) -> tuple[str, str, dict[str, Any]]:
    ask(tenant_id=member.tenant_id, now=NOW)
    while send_due(tenant_id=member.tenant_id, now=LATER):
        pass
    [one] = Invitation.objects.for_tenant(member.tenant)
    return one.state, one.reason, one.figures


@pytest.mark.parametrize(
    ("thread", "back"),
    [("A-1", "A-1"), ("A-1", ""), ("", "A-1"), ("", "")],
    ids=["same", "only asked", "only back", "none"],
)
def test_whoever_sent_it_back_is_not_asked(
    member: Membership, way: Distribution, thread: str, back: str
) -> None:
    delivered(member.tenant, "ana@example.com", order=thread)
    came(member, "returned", "ana@example.com", back)

    assert fate(member) == ("cancelled", "cancelled", {"called off by": "returned"})
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("name", "email", "order", "day"),
    [
        ("returned", "ana@example.com", "A-2", 0),
        ("returned", "bo@example.com", "A-1", 0),
        ("returned", "ana@example.com", "A-1", 1),
        ("paid", "ana@example.com", "A-1", 0),
    ],
    ids=["another order", "somebody else", "before", "another event"],
)
def test_what_is_not_about_it_calls_nothing_off(  # noqa: PLR0917 - a table and fixtures
    member: Membership, way: Distribution, name: str, email: str, order: str, day: int
) -> None:
    delivered(member.tenant, "ana@example.com", order="A-1")
    came(member, name, email, order, day)

    assert fate(member)[0] == "sent"
    assert len(mail.outbox) == 1


def test_an_event_that_was_taken_back_calls_nothing_off(
    member: Membership, way: Distribution
) -> None:
    delivered(member.tenant, "ana@example.com")
    came(member, "returned", "ana@example.com")
    rows = Interaction.objects.for_tenant(member.tenant).filter(name="returned")
    rows.update(deleted_at=NOW)

    assert fate(member)[0] == "sent"


def test_it_counts_for_all_that_one_person_is_known_by(
    member: Membership, way: Distribution
) -> None:
    ana = delivered(member.tenant, "ana@example.com").customer
    ann = came(member, "returned", "ann@example.com").customer
    assert ana
    assert ann
    merge_customers(survivor=ana, absorbed=ann, by=member, now=NOW)

    assert fate(member)[0] == "cancelled"


def test_nobody_is_reminded_of_what_came_back(member: Membership, way: Distribution) -> None:
    way.reminders = [3]
    way.save(update_fields=["reminders"])
    delivered(member.tenant, "ana@example.com")
    assert fate(member)[0] == "sent"
    came(member, "returned", "ana@example.com")
    Invitation.objects.for_tenant(member.tenant).update(state="delivered")

    while send_due(tenant_id=member.tenant_id, now=NOW + timedelta(days=4)):
        pass

    assert len(mail.outbox) == 1


def test_the_form_keeps_the_names(member: Membership, way: Distribution) -> None:
    client = Client()
    client.force_login(member.user)
    at = reverse("feedback:distribution-edit", args=[member.tenant.slug, way.pk])
    form = client.get(at).context["form"]
    assert form.initial["unless"] == "returned"
    sent = {
        **{key: "" if value is None else value for key, value in form.initial.items()},
        "conditions-TOTAL_FORMS": "0",
        "conditions-INITIAL_FORMS": "0",
        "unless": " returned \r\n\r\nlost\nlost",
    }

    assert client.post(at, sent).status_code == 302
    way.refresh_from_db()
    assert way.trigger["unless"] == ["returned", "lost"]
    shown = client.get(reverse("feedback:distribution", args=[member.tenant.slug, way.pk]))
    assert "unless “returned” or “lost” comes first" in shown.content.decode()
    many = client.post(at, {**sent, "unless": "\n".join(f"e{n}" for n in range(11))})
    assert many.status_code == 422
    assert "Name at most 10 events." in many.content.decode()
    assert client.post(at, {**sent, "unless": ""}).status_code == 302
    way.refresh_from_db()
    assert "unless" not in way.trigger


def test_programs_name_them_too(member: Membership, way: Distribution) -> None:
    _, text = make.api_key(of=member.tenant, rights=tuple(Right))
    client = Client(headers={"X-Api-Key": text})
    at = f"/api/v1/distributions/{way.pk}/"

    told = client.patch(
        at, {"trigger": {**TRIGGER, "unless": ["lost", "lost"]}}, content_type="application/json"
    )
    assert told.json()["trigger"]["unless"] == ["lost"]
    for wrong in ("lost", ["x" * 201], ["e"] * 11, [""]):
        refused = client.patch(
            at, {"trigger": {**TRIGGER, "unless": wrong}}, content_type="application/json"
        )
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"].startswith("trigger.unless")
