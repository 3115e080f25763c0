"""Pages of sending: made, started, paused, ended; the policy; and who may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.customers.models import Suppression
from cxm.kernel.erasing import Leaving
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import ContactRule, Distribution, Invitation
from feedback.services.distribution.running import ask
from feedback.services.erasing import erase_invitations
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution, rule
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import Survey

ROWS = {
    "conditions-TOTAL_FORMS": "1",
    "conditions-INITIAL_FORMS": "0",
    "conditions-0-path": "",
    "conditions-0-op": "eq",
    "conditions-0-value": "",
}
SENT = {
    "title": "After delivery",
    "medium": "email",
    "audience": "event",
    "kind": "event",
    "name": "delivered",
    "delay_hours": "2",
    "expires_hours": "72",
    "open_days": "30",
    "share": "50",
    "reminders": "3, 7",
    **ROWS,
}


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def survey(member: Membership) -> Survey:
    with tenant_bound(member.tenant_id):
        return asked_survey(member)


@pytest.fixture
def hand(member: Membership) -> Client:
    return _browser(member)


def _browser(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(member: Membership, name: str, *args: Any) -> str:
    return reverse(f"feedback:{name}", args=[member.tenant.slug, *args])


def test_a_way_to_send_is_made_and_started_and_asks_nobody_before(
    hand: Client, member: Membership, survey: Survey
) -> None:
    made = hand.post(_url(member, "distribution-new", survey.pk), SENT)
    with tenant_bound(member.tenant_id):
        row = Distribution.objects.for_tenant(member.tenant).get()
        assert (row.delay_minutes, float(row.share), row.reminders) == (120, 0.5, [3, 7])
        assert row.trigger["name"] == "delivered"
        delivered(member.tenant, "ana@example.com")
        ask(tenant_id=member.tenant_id, now=NOW)
        assert not Invitation.objects.for_tenant(member.tenant).exists()

    assert made.headers["Location"] == _url(member, "distribution", row.pk)
    hand.post(_url(member, "distribution-start", row.pk))
    hand.post(_url(member, "distribution-start", row.pk))
    with tenant_bound(member.tenant_id):
        row.refresh_from_db()
        assert (row.state, row.wave) == ("active", 1)
    hand.post(_url(member, "distribution-pause", row.pk))
    with tenant_bound(member.tenant_id):
        row.refresh_from_db()
        assert row.state == "paused"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"audience": "segment"}, "segment"),
        ({"reminders": "3, 5, 7"}, "reminders"),
        ({"reminders": "7, 3"}, "reminders"),
        ({"reminders": "soon"}, "reminders"),
        ({"share": "0"}, "share"),
        ({"share": "101"}, "share"),
        ({"delay_hours": "-1"}, "delay_hours"),
        ({"medium": "pigeon"}, "medium"),
        ({"reply_to": "nobody"}, "reply_to"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_kept(
    hand: Client,
    member: Membership,
    survey: Survey,
    changes: dict[str, str],
    field: str,
) -> None:
    told = {**SENT, "text_en": "My own words", **changes}

    answer = hand.post(_url(member, "distribution-new", survey.pk), told)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert b"My own words" in answer.content


def test_two_of_a_survey_are_not_called_the_same(
    hand: Client, member: Membership, survey: Survey
) -> None:
    hand.post(_url(member, "distribution-new", survey.pk), SENT)

    answer = hand.post(_url(member, "distribution-new", survey.pk), SENT)

    assert answer.status_code == 422
    assert "title" in answer.context["form"].errors


def test_one_that_cannot_start_says_why(hand: Client, member: Membership, survey: Survey) -> None:
    hand.post(_url(member, "distribution-new", survey.pk), SENT)
    with tenant_bound(member.tenant_id):
        survey.status = "closed"
        survey.save(update_fields=["status"])
        row = Distribution.objects.for_tenant(member.tenant).get()

    answer = hand.post(_url(member, "distribution-start", row.pk), follow=True)

    assert b"Open the survey first" in answer.content


def test_the_page_counts_who_was_asked_and_who_not_and_why(
    hand: Client, member: Membership, survey: Survey
) -> None:
    with tenant_bound(member.tenant_id):
        rule("quiet_period", of=member.tenant, days=30)
        row = distribution(survey, by=member)
        for order in ("A-1", "A-2"):
            delivered(member.tenant, "ana@example.com", order=order)
        ask(tenant_id=member.tenant_id, now=NOW)
        barred = Invitation.objects.for_tenant(member.tenant).get(state="suppressed")

    page = hand.get(_url(member, "distribution", row.pk)).content.decode()
    only = hand.get(_url(member, "distribution", row.pk) + "?state=suppressed")
    why = hand.get(_url(member, "survey-invitation", barred.pk)).content.decode()

    assert "Asked or answered too recently: 1" in page
    assert [one.pk for one, _ in only.context["lines"]] == [barred.pk]
    assert "Asked or answered too recently" in why
    assert "days: 30" in why


def test_the_list_takes_as_many_queries_with_many_as_with_one(
    hand: Client, member: Membership, survey: Survey, django_assert_num_queries: Any
) -> None:
    with tenant_bound(member.tenant_id):
        row = distribution(survey, by=member)
        delivered(member.tenant, "ana@example.com")
        ask(tenant_id=member.tenant_id, now=NOW)
    url = _url(member, "distribution", row.pk)
    hand.get(url)
    with django_assert_num_queries(15):
        hand.get(url)
    with tenant_bound(member.tenant_id):
        for number in range(9):
            delivered(member.tenant, f"bob{number}@example.com")
        ask(tenant_id=member.tenant_id, now=NOW + timedelta(minutes=1))

    with django_assert_num_queries(15):
        hand.get(url)


def test_a_rule_is_added_changed_and_taken_out_and_old_ones_stay_named(
    hand: Client, member: Membership
) -> None:
    new = _url(member, "contact-rule-new") + "?kind=cap"
    assert hand.post(new, {"times": "0", "days": "30", "per": "person"}).status_code == 422
    hand.post(new, {"times": "2", "days": "30", "per": "company"})
    with tenant_bound(member.tenant_id):
        first = ContactRule.objects.for_tenant(member.tenant).get()
        assert first.params == {"times": 2, "days": 30, "per": "company"}
    assert b"A company gets at most 2" in hand.get(_url(member, "contact-policy")).content

    hand.post(_url(member, "contact-rule", first.pk), {"times": "3", "days": "30", "per": "person"})
    with tenant_bound(member.tenant_id):
        [now] = ContactRule.objects.for_tenant(member.tenant).filter(ended_at=None)
        assert now.params["times"] == 3
        assert ContactRule.objects.for_tenant(member.tenant).count() == 2
    assert hand.get(_url(member, "contact-rule", first.pk)).status_code == 404
    hand.post(_url(member, "contact-rule-end", now.pk))
    assert b"No rules yet" in hand.get(_url(member, "contact-policy")).content


def test_an_address_is_kept_out_by_hand_and_allowed_again(hand: Client, member: Membership) -> None:
    told = {"address": "Ana@Example.com", "why": "She asked by phone."}
    hand.post(_url(member, "suppression-add"), told)
    with tenant_bound(member.tenant_id):
        [kept] = Suppression.objects.for_tenant(member.tenant)
        assert kept.reason == "do_not_contact"
        assert "ana" not in kept.value_hash

    lift = _url(member, "suppression-lift")
    assert hand.post(lift, {"address": "bob@example.com", "why": "x"}).status_code == 422
    assert hand.post(lift, {"address": "ana@example.com", "why": ""}).status_code == 422
    hand.post(lift, {"address": "ana@example.com", "why": "She asked for it."})
    with tenant_bound(member.tenant_id):
        assert not Suppression.objects.for_tenant(member.tenant).exists()


@pytest.mark.parametrize("address", ["nobody", "ana@", "12", "Ana Lima, ana@example.com"])
def test_what_is_no_address_is_not_kept_out_and_stays_typed(
    hand: Client, member: Membership, address: str
) -> None:
    told = {"address": address, "why": "She asked by phone."}

    refused = hand.post(_url(member, "suppression-add"), told)

    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "This is no e-mail address and no phone number." in shown
    assert all(f'value="{typed}"' in shown for typed in told.values())
    with tenant_bound(member.tenant_id):
        assert not Suppression.objects.for_tenant(member.tenant).exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.ANALYST, Role.GUEST])
def test_who_may_not_edit_sends_nothing(role: Role, member: Membership, survey: Survey) -> None:
    with tenant_bound(member.tenant_id):
        row = distribution(survey, by=member)
    other = _browser(make.member(of=member.tenant, role=role))

    assert other.post(_url(member, "distribution-new", survey.pk), SENT).status_code in (403, 404)
    assert other.post(_url(member, "distribution-end", row.pk)).status_code in (403, 404)
    refused = other.post(_url(member, "contact-rule-new") + "?kind=consent", {})
    assert refused.status_code in (403, 404)
    with tenant_bound(member.tenant_id):
        row.refresh_from_db()
        assert row.state == "active"
        assert not ContactRule.objects.for_tenant(member.tenant).exists()


def test_why_somebody_was_not_asked_stands_on_their_page(
    hand: Client, member: Membership, survey: Survey
) -> None:
    with tenant_bound(member.tenant_id):
        rule("quiet_period", of=member.tenant, days=30_000)
        distribution(survey, by=member)
        event = delivered(member.tenant, "ana@example.com", order="A-1")
        delivered(member.tenant, "ana@example.com", order="A-2")
        ask(tenant_id=member.tenant_id, now=NOW)

    page = hand.get(_url(member, "customer-asked", event.customer_id)).content.decode()

    assert "A-1" in page
    assert "A-2" in page
    assert page.count("Asked or answered too recently") == 1 + 5
    assert "days: 30000" in page


def test_an_erased_persons_invitations_are_called_off_and_say_nothing(
    member: Membership, survey: Survey
) -> None:
    with tenant_bound(member.tenant_id):
        distribution(survey, by=member, delay_minutes=600)
        event = delivered(member.tenant, "ana@example.com", order="ana-1")
        ask(tenant_id=member.tenant_id, now=NOW)
        assert event.customer_id
        person = Leaving(member.tenant_id, (event.customer_id,), NOW)

        erased = erase_invitations(person, "")
        erase_invitations(person, "")

        row = Invitation.objects.for_tenant(member.tenant).get()
        assert erased.counts == {"invitations": 1}
        assert (row.state, row.context) == ("cancelled", {})
        assert "ana" not in row.natural_key
