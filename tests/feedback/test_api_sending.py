"""Sending in the JSON API: distributions, invitations with reasons, the policy and its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.customers.models import Suppression
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from feedback.models import Distribution, Invitation, Survey
from feedback.services.distribution.running import ask
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution, rule
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def member() -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


def sender(tenant: Tenant, *rights: Right) -> Any:
    """Give what sends requests with a key of *tenant*: method, path, body."""
    _, text = make.api_key(of=tenant, rights=rights or tuple(Right))
    headers = {"Authorization": f"Bearer {text}"}

    def send(method: str, path: str, body: Any = None, **more: str) -> Any:
        act = getattr(Client(), method)
        if method == "get":
            return act(API + path, headers=headers)
        head = {**headers, **more}
        return act(API + path, body or {}, content_type="application/json", headers=head)

    return send


def _asked(member: Membership) -> Distribution:
    """Ask one person about two orders, with thirty days of quiet after the first."""
    with tenant_bound(member.tenant_id):
        rule("quiet_period", of=member.tenant, days=30)
        row = distribution(asked_survey(member), by=member)
        for order in ("A-1", "A-2"):
            delivered(member.tenant, "ana@example.com", order=order)
        ask(tenant_id=member.tenant_id, now=NOW)
    return row


def test_a_distribution_is_read_paused_started_and_ended(member: Membership) -> None:
    send, row = sender(member.tenant), _asked(member)
    one = f"distributions/{row.pk}/"

    told = send("get", one).json()
    assert (told["title"], told["state"], told["survey_id"]) == (
        "After delivery",
        "active",
        str(row.survey_id),
    )
    assert send("get", "distributions/").json() == {"results": [told], "next": None}
    assert [send("post", f"{one}{to}/").json()["state"] for to in ("pause", "start", "end")] == [
        "paused",
        "active",
        "ended",
    ]


def test_what_cannot_start_says_why(member: Membership) -> None:
    send, row = sender(member.tenant), _asked(member)
    with tenant_bound(member.tenant_id):
        row.survey.__class__.objects.for_tenant(member.tenant).update(status="closed")
    send("post", f"distributions/{row.pk}/pause/")

    answer = send("post", f"distributions/{row.pk}/start/")

    assert answer.status_code == 422
    assert "Open the survey first" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["A-2", "A-1"]),
        ("?reason=quiet_period", ["A-2"]),
        ("?state=queued", ["A-1"]),
        ("?reason=cap", []),
    ],
)
def test_invitations_are_listed_by_state_and_reason(
    member: Membership, query: str, keys: list[str]
) -> None:
    _asked(member)

    told = sender(member.tenant)("get", f"survey-invitations/{query}").json()["results"]

    assert sorted(one["natural_key"] for one in told) == sorted(keys)


def test_invitations_are_listed_by_distribution_and_customer(member: Membership) -> None:
    send, row = sender(member.tenant), _asked(member)
    with tenant_bound(member.tenant_id):
        who = Invitation.objects.for_tenant(member.tenant).values_list("customer", flat=True)[0]

    for known, other in (("distribution", row.pk), ("customer", who)):
        assert len(send("get", f"survey-invitations/?{known}={other}").json()["results"]) == 2
        none = send("get", f"survey-invitations/?{known}={new_id()}").json()
        assert none == {"results": [], "next": None}
    assert send("get", "survey-invitations/?reason=weather").status_code == 422


def test_the_policy_is_listed_in_words(member: Membership) -> None:
    _asked(member)

    [told] = sender(member.tenant)("get", "contact-rules/").json()["results"]

    assert (told["kind"], told["params"], told["words"]) == (
        "quiet_period",
        {"days": 30},
        "After an invitation or an answer, 30 days of quiet.",
    )


def test_an_address_is_put_on_the_list_once_and_taken_off(member: Membership) -> None:
    send = sender(member.tenant)
    body = {"address": "Ana@Example.com", "why": "She asked by phone."}
    for _ in range(2):
        assert send("post", "suppressions/", body, **{"Idempotency-Key": "1"}).status_code == 204

    [told] = send("get", "suppressions/?reason=do_not_contact").json()["results"]
    assert sorted(told) == ["at", "id", "kind", "reason"]
    assert send("post", "suppressions/", {"address": "ana@example.com"}).status_code == 422
    assert send("post", "suppressions/lift/", body).json() == {"lifted": 1}
    assert send("post", "suppressions/lift/", body).json() == {"lifted": 0}
    with tenant_bound(member.tenant_id):
        assert not Suppression.objects.for_tenant(member.tenant).exists()


def test_what_is_no_address_is_refused_at_its_field(member: Membership) -> None:
    refused = sender(member.tenant)("post", "suppressions/", {"address": "nobody", "why": "x"})

    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["address"]
    with tenant_bound(member.tenant_id):
        assert not Suppression.objects.for_tenant(member.tenant).exists()


@pytest.mark.parametrize(
    ("anonymity", "is_shown"), [("named", (True, True)), ("confidential", (False, False))]
)
def test_without_the_right_to_see_persons_invitations_lead_to_nobody(
    member: Membership, anonymity: str, is_shown: tuple[bool, bool]
) -> None:
    row = _asked(member)
    with tenant_bound(member.tenant_id):
        Survey.objects.for_tenant(member.tenant).filter(pk=row.survey_id).update(
            anonymity=anonymity
        )
        rows = Invitation.objects.for_tenant(member.tenant)
        rows.filter(natural_key="A-1").update(response=make.rating(of=member.tenant).response_id)
        last = rows.get(natural_key="A-2")
        rows.filter(pk=last.pk).update(natural_key=f"1:{last.customer_id}")

    seen, masked = (
        sender(member.tenant, *rights)("get", "survey-invitations/?state=queued").json()["results"]
        for rights in (tuple(Right), (Right.SEE_CUSTOMERS,))
    )
    waves = sender(member.tenant, Right.SEE_CUSTOMERS)(
        "get", "survey-invitations/?reason=quiet_period"
    ).json()["results"]

    names = ("natural_key", "response_id")
    assert all(seen[0][name] for name in ("customer_id", *names))
    assert masked[0]["customer_id"] is None
    assert tuple(masked[0][name] == seen[0][name] for name in names) == is_shown
    assert is_shown == tuple(masked[0][name] is not None for name in names)
    assert (waves[0]["customer_id"], waves[0]["natural_key"]) == (None, None)


def test_a_key_without_the_right_changes_nothing(member: Membership) -> None:
    row = _asked(member)
    send = sender(member.tenant, Right.SEE_REGISTRIES)

    assert send("post", f"distributions/{row.pk}/end/").status_code == 403
    assert send("get", "survey-invitations/").status_code == 403
    assert send("get", "suppressions/").status_code == 403
    assert send("post", "suppressions/", {}).status_code == 403
    with tenant_bound(member.tenant_id):
        row.refresh_from_db()
        assert row.state == "active"


def test_distributions_of_others_are_not_there(member: Membership) -> None:
    row = _asked(member)
    send = sender(make.tenant(name="Pier"))

    for to in ("start", "pause", "end"):
        assert send("post", f"distributions/{row.pk}/{to}/").status_code == 404
    assert send("get", f"distributions/{row.pk}/").status_code == 404
    assert send("get", f"survey-invitations/?distribution={row.pk}").json()["results"] == []
