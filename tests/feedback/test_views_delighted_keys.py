"""The page of keys for programs written for Delighted."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import DelightedProject
from tests import make
from tests.feedback.drafting import asked_survey

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import Survey


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(), role=Role.ADMIN)


@pytest.fixture
def survey(member: Membership) -> Survey:
    with tenant_bound(member.tenant_id):
        return asked_survey(member)


@pytest.fixture
def hand(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(member: Membership, name: str, *args: Any) -> str:
    return reverse(f"feedback:{name}", args=[member.tenant.slug, *args])


def _metrics(text: str, **headers: str) -> Any:
    packed = base64.b64encode(text.encode()).decode()
    return Client().get("/v1/metrics.json", headers={"Authorization": f"Basic {packed}", **headers})


def test_a_key_is_shown_once_works_with_a_colon_and_without_and_ends(
    hand: Client, member: Membership, survey: Survey
) -> None:
    made = hand.post(_url(member, "delighted-keys"), {"survey": survey.pk})
    text = made.context["key_text"]

    assert text in made.content.decode()
    assert text not in hand.get(_url(member, "delighted-keys")).content.decode()
    assert _metrics(text).json()["response_count"] == 0
    assert _metrics(f"{text}:").status_code == 200
    with tenant_bound(member.tenant_id):
        project = DelightedProject.objects.for_tenant(member.tenant).get()
    hand.post(_url(member, "delighted-end", project.pk))
    assert _metrics(text).status_code == 401
    assert hand.post(_url(member, "delighted-end", project.pk)).status_code == 404


def test_a_key_needs_a_survey_and_the_autopilot_days(
    hand: Client, member: Membership, survey: Survey
) -> None:
    assert hand.post(_url(member, "delighted-keys"), {"survey": ""}).status_code == 422
    hand.post(_url(member, "delighted-keys"), {"survey": survey.pk})
    with tenant_bound(member.tenant_id):
        project = DelightedProject.objects.for_tenant(member.tenant).get()
    url = _url(member, "delighted-autopilot", project.pk)

    assert hand.post(url, {"autopilot-is_on": "on", "autopilot-days": "0"}).status_code == 422
    hand.post(url, {"autopilot-is_on": "on", "autopilot-days": "45"})
    with tenant_bound(member.tenant_id):
        project.refresh_from_db()
        assert (project.is_autopilot_on, project.autopilot_days) == (True, 45)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_who_may_not_make_keys_makes_none(role: Role, member: Membership, survey: Survey) -> None:
    client = Client()
    client.force_login(make.member(of=member.tenant, role=role).user)

    answer = client.post(_url(member, "delighted-keys"), {"survey": survey.pk})

    assert answer.status_code in (403, 404)
    with tenant_bound(member.tenant_id):
        assert not DelightedProject.objects.for_tenant(member.tenant).exists()


def test_paths_never_redirect_and_speak_json_only(
    hand: Client, member: Membership, survey: Survey
) -> None:
    text = hand.post(_url(member, "delighted-keys"), {"survey": survey.pk}).context["key_text"]
    packed = base64.b64encode(text.encode()).decode()
    sent = {"Authorization": f"Basic {packed}"}
    for path in ("/v1/people", "/v1/people/", "/v1/people.json", "/v1/autopilot/email.json"):
        assert Client().get(path, headers=sent).status_code == 200
    html = Client().get("/v1/people", headers={**sent, "Accept": "text/html"})
    assert html.status_code == 406
    assert Client().patch("/v1/people", headers=sent).status_code == 405
    bad = Client().post("/v1/people", "{", content_type="application/json", headers=sent)
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["base"])
    form = "email=eva%40example.com&send=false&properties[plan]=pro"
    kind = "application/x-www-form-urlencoded"
    made = Client().post("/v1/people.json", form, content_type=kind, headers=sent)
    assert made.json()["properties"] == {"plan": "pro"}
    assert made.json()["survey_scheduled_at"] is None


def test_what_programs_ask_for_stands_among_the_ways_of_sending(
    hand: Client, member: Membership, survey: Survey
) -> None:
    hand.post(_url(member, "delighted-keys"), {"survey": survey.pk})
    with tenant_bound(member.tenant_id):
        project = DelightedProject.objects.for_tenant(member.tenant).get()

    listed = hand.get(_url(member, "distribution-list")).content.decode()
    shown = hand.get(_url(member, "distribution", project.distribution_id)).content.decode()

    assert "E-mail, people whom a program names" in " ".join(listed.split())
    assert "by E-mail, people whom a program names" in " ".join(shown.split())
