"""Distributions made and changed by program, and one person asked now, or not, with the reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.models import Customer
from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from feedback.models import Distribution, Invitation
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution, mail_taken, rule
from tests.feedback.test_api_sending import sender

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import Survey

pytestmark = pytest.mark.django_db
TOLD: dict[str, Any] = {
    "title": "After delivery",
    "medium": "email",
    "audience": "event",
    "trigger": {
        "kind": "event",
        "name": "delivered",
        "conditions": [{"path": "country", "op": "eq", "value": "pt"}],
    },
    "delay_minutes": 120,
    "share": "0.5",
    "reminders": [3, 7],
    "wording": {"en": {"subject": "How was it?"}},
}


@pytest.fixture
def member() -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def survey(member: Membership) -> Survey:
    with tenant_bound(member.tenant_id):
        return asked_survey(member)


def _known(member: Membership, email: str = "ana@example.com") -> Customer:
    with tenant_bound(member.tenant_id):
        customer: Customer | None = delivered(member.tenant, email).customer
    assert customer
    return customer


def _asking(member: Membership, survey: Survey, **values: Any) -> Distribution:
    with tenant_bound(member.tenant_id):
        return distribution(survey, by=member, **{"audience": "api", **values})


def _invitations(member: Membership) -> list[Invitation]:
    with tenant_bound(member.tenant_id):
        return list(Invitation.objects.for_tenant(member.tenant))


def test_a_distribution_is_made_once_and_asks_nobody_before_it_starts(
    member: Membership, survey: Survey
) -> None:
    send, told = sender(member.tenant), {**TOLD, "survey_id": str(survey.pk)}

    made, again = (
        send("post", "distributions/", told, **{"Idempotency-Key": "one"}) for _ in range(2)
    )

    assert (made.status_code, again.json()) == (201, made.json())
    one = made.json()
    assert (one["state"], one["starts_at"], one["share"]) == ("draft", None, "0.5000")
    assert one["trigger"] == {**TOLD["trigger"], "touchpoint": ""}
    assert one["wording"] == TOLD["wording"]
    assert send("get", f"distributions/{one['id']}/").json() == one
    assert send("post", f"distributions/{one['id']}/start/").json()["state"] == "active"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"medium": "pigeon"}, "medium"),
        ({"medium": "sms"}, "medium"),
        ({"audience": "everybody"}, "audience"),
        ({"audience": "segment"}, "segment_id"),
        ({"segment_id": "00000000-0000-7000-8000-000000000000"}, "segment_id"),
        ({"share": "0"}, "share"),
        ({"share": "1.1"}, "share"),
        ({"reminders": [7, 3]}, "reminders"),
        ({"reminders": [1, 2, 3]}, "reminders"),
        ({"delay_minutes": -1}, "delay_minutes"),
        ({"trigger": {"kind": "response"}}, "trigger.kind"),
        ({"trigger": {"touchpoint": "moon"}}, "trigger.touchpoint"),
        ({"trigger": {"conditions": [{"path": "a", "op": "in", "value": 5}]}}, "trigger."),
        ({"wording": {"xx": {"subject": "?"}}}, "wording"),
        ({"state": "active"}, "state"),
        ({"survey_id": "00000000-0000-7000-8000-000000000000"}, "survey_id"),
    ],
)
def test_what_is_wrong_with_a_distribution_is_told_at_its_field(
    member: Membership, survey: Survey, changes: dict[str, Any], field: str
) -> None:
    told = {**TOLD, "survey_id": str(survey.pk), **changes}

    refused = sender(member.tenant)("post", "distributions/", told)

    assert refused.status_code == 422
    assert all(one["field"].startswith(field) for one in refused.json()["errors"])
    with tenant_bound(member.tenant_id):
        assert not Distribution.objects.for_tenant(member.tenant).exists()


def test_an_event_distribution_needs_its_events(member: Membership, survey: Survey) -> None:
    told = {name: value for name, value in TOLD.items() if name != "trigger"}

    refused = sender(member.tenant)("post", "distributions/", {**told, "survey_id": str(survey.pk)})

    assert [one["field"] for one in refused.json()["errors"]] == ["trigger"]


def test_a_change_leaves_what_is_not_sent_and_way_and_audience_once_planned(
    member: Membership, survey: Survey
) -> None:
    send, row, ana = sender(member.tenant), _asking(member, survey), _known(member)
    one = f"distributions/{row.pk}/"

    changed = send("patch", one, {"title": "By hand", "reminders": [5]}).json()
    assert (changed["title"], changed["reminders"], changed["medium"]) == ("By hand", [5], "email")
    assert changed["trigger"] == row.trigger

    assert send("post", f"{one}ask/", {"customer_id": str(ana.pk)}).status_code == 201
    refused = send("patch", one, {"audience": "event"})
    assert [part["field"] for part in refused.json()["errors"]] == ["audience"]


def test_somebody_is_asked_now_without_the_delay_and_gets_the_message(
    member: Membership, survey: Survey, settings: Any
) -> None:
    row, ana = _asking(member, survey, delay_minutes=600), _known(member)

    told = sender(member.tenant)(
        "post", f"distributions/{row.pk}/ask/", {"customer_id": str(ana.pk)}
    )

    assert told.status_code == 201
    assert (told.json()["state"], told.json()["reason"]) == ("queued", "")
    [asked] = _invitations(member)
    assert abs(asked.send_at - now()) < timedelta(minutes=1)
    with mail_taken(settings) as post:
        drain(member.tenant_id)
    assert [mail["To"] for mail in post.mails] == ["ana@example.com"]


def test_nobody_is_asked_twice_about_the_same(member: Membership, survey: Survey) -> None:
    send, row, ana = sender(member.tenant), _asking(member, survey), _known(member)
    url, told = f"distributions/{row.pk}/ask/", {"customer_id": str(ana.pk), "about": "A-1"}

    first, second = send("post", url, told), send("post", url, told)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    bob = _known(member, "bob@example.com")
    other = send("post", url, {**told, "customer_id": str(bob.pk)})
    assert [one["field"] for one in other.json()["errors"]] == ["about"]
    assert len(_invitations(member)) == 1


def test_whom_the_policy_bars_is_not_asked_and_the_reason_is_told(
    member: Membership, survey: Survey
) -> None:
    send, row, ana = sender(member.tenant), _asking(member, survey), _known(member)
    url, told = f"distributions/{row.pk}/ask/", {"customer_id": str(ana.pk), "about": "A-1"}
    barred = {"address": "ana@example.com", "why": "She asked for it."}
    send("post", "suppressions/", barred)

    refused = send("post", url, told)

    assert refused.status_code == 409
    body = refused.json()
    assert (body["reason"], body["contact_rule_id"]) == ("do_not_contact", None)
    assert "do not contact" in body["detail"]
    assert _invitations(member) == []
    send("post", "suppressions/lift/", barred)
    assert send("post", url, told).status_code == 201


def test_the_rule_that_decided_and_its_figures_are_told(member: Membership, survey: Survey) -> None:
    send, row, ana = sender(member.tenant), _asking(member, survey), _known(member)
    url, told = f"distributions/{row.pk}/ask/", {"customer_id": str(ana.pk)}
    with tenant_bound(member.tenant_id):
        quiet = rule("quiet_period", of=member.tenant, days=30)

    assert send("post", url, told).status_code == 201
    body = send("post", url, told).json()

    assert (body["status"], body["reason"]) == (409, "quiet_period")
    assert body["contact_rule_id"] == str(quiet.pk)
    assert body["figures"]["days"] == 30
    assert len(_invitations(member)) == 1


@pytest.mark.parametrize("state", ["draft", "paused", "ended"])
def test_a_distribution_that_does_not_ask_asks_nobody(
    member: Membership, survey: Survey, state: str
) -> None:
    row, ana = _asking(member, survey), _known(member)
    with tenant_bound(member.tenant_id):
        Distribution.objects.for_tenant(member.tenant).update(state=state)

    refused = sender(member.tenant)(
        "post", f"distributions/{row.pk}/ask/", {"customer_id": str(ana.pk)}
    )

    assert refused.status_code == 422
    assert "first" in refused.json()["detail"]
    assert _invitations(member) == []


def test_strangers_and_those_of_others_are_not_asked(member: Membership, survey: Survey) -> None:
    row = _asking(member, survey)
    pier = make.member(of=make.tenant(name="Pier"), role=Role.ADMIN)
    bob, url = _known(pier), f"distributions/{row.pk}/ask/"

    for who in (bob.pk, new_id(), "nobody"):
        refused = sender(member.tenant)("post", url, {"customer_id": str(who)})
        assert [one["field"] for one in refused.json()["errors"]] == ["customer_id"]
    told = {"customer_id": str(bob.pk)}
    assert sender(pier.tenant)("post", url, told).status_code == 404
    assert sender(pier.tenant)("patch", f"distributions/{row.pk}/", {}).status_code == 404
    foreign = {**TOLD, "survey_id": str(survey.pk)}
    assert sender(pier.tenant)("post", "distributions/", foreign).status_code == 422


@pytest.mark.parametrize("right", [Right.SEE_REGISTRIES, Right.EDIT_REGISTRIES])
def test_asking_takes_the_right_to_edit_and_to_see_customers(
    member: Membership, survey: Survey, right: Right
) -> None:
    row, ana = _asking(member, survey), _known(member)

    refused = sender(member.tenant, right)(
        "post", f"distributions/{row.pk}/ask/", {"customer_id": str(ana.pk)}
    )

    assert refused.status_code == 403
    assert _invitations(member) == []
