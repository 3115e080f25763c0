"""Pages of trials: from both forms, results, refusals, and other people's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from cxm.work.models import Job
from feedback.models import ContactRule, Distribution, Invitation, PolicyTrial
from feedback.services.distribution.running import ask
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution, rule
from tests.feedback.test_views_sending import SENT
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

TYPED = {"days": "30", "medium": "", "purpose": "", "past_days": "90"}


@pytest.fixture
def member(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def hand(member: Membership) -> Client:
    return _browser(member)


def _browser(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(member: Membership, name: str, *args: Any) -> str:
    return reverse(f"feedback:{name}", args=[member.tenant.slug, *args])


def _trying(member: Membership, kind: str = "quiet_period") -> str:
    return f"{_url(member, 'contact-rule-try')}?kind={kind}"


def _shown(hand: Client, where: str) -> str:
    return " ".join(hand.get(where).content.decode().split())


def _trials(member: Membership) -> list[PolicyTrial]:
    return list(PolicyTrial.objects.for_tenant(member.tenant))


def test_a_rule_is_tried_from_its_form_and_saved_from_the_result(
    hand: Client, member: Membership
) -> None:
    with tenant_bound(member.tenant_id):
        distribution(asked_survey(member), by=member)
        for order in ("A-1", "A-2"):
            delivered(member.tenant, "ana@example.com", order=order)
        ask(tenant_id=member.tenant_id, now=NOW)
        Invitation.objects.for_tenant(member.tenant).update(created_at=now() - timedelta(days=2))

    page = hand.post(_trying(member), TYPED).headers["Location"]
    assert "Asking the past again" in _shown(hand, page)
    with tenant_bound(member.tenant_id):
        drain(member.tenant_id)
        assert not ContactRule.objects.for_tenant(member.tenant).exists()

    shown = _shown(hand, page)
    assert "After an invitation or an answer, 30 days of quiet." in shown
    row = shown.partition(">Invitations sent<")[2].partition("</tr>")[0]
    assert [cell.partition("</td>")[0] for cell in row.split('class="num">')[1:]] == [
        "2",
        "1",
        "−1",
    ]
    for name in ("days", "medium", "purpose"):
        assert f'<input type="hidden" name="{name}" value="{TYPED[name]}">' in shown
    assert f'action="{_url(member, "contact-rule-new")}?kind=quiet_period"' in shown


def test_a_change_of_a_rule_is_tried_and_what_does_not_fit_is_kept(
    hand: Client, member: Membership
) -> None:
    with tenant_bound(member.tenant_id):
        held = rule("quiet_period", of=member.tenant, days=30)
    where = _url(member, "contact-rule-change-try", held.pk)

    refused = hand.post(where, {**TYPED, "days": "0"})
    assert refused.status_code == 422
    assert b'value="0"' in refused.content
    # Saving what was put right does not try it again.
    assert f'action="{_url(member, "contact-rule", held.pk)}"' in refused.content.decode()
    assert hand.post(where, {**TYPED, "past_days": "7"}).status_code == 422
    with tenant_bound(member.tenant_id):
        assert _trials(member) == []

    hand.post(where, {**TYPED, "days": "14", "past_days": "365"})
    with tenant_bound(member.tenant_id):
        [trial] = _trials(member)
        assert (trial.days, trial.replaced, trial.rule["params"]) == (365, held, {"days": 14})


def test_a_sending_rate_is_not_offered_to_be_tried(hand: Client, member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        held = rule("rate", of=member.tenant, per_minute=10)

    form = hand.get(_url(member, "contact-rule", held.pk)).content
    assert b"Try it on the past" not in form
    assert hand.post(_trying(member, "rate"), TYPED).status_code == 404
    assert hand.post(_trying(member, "weather"), TYPED).status_code == 404
    where = _url(member, "contact-rule-change-try", held.pk)
    assert hand.post(where, TYPED).status_code == 404


def test_a_distribution_is_saved_and_tried_and_asks_nobody(
    hand: Client, member: Membership
) -> None:
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)

    made = hand.post(_url(member, "distribution-new", survey.pk), {**SENT, "try": "on"})
    with tenant_bound(member.tenant_id):
        drain(member.tenant_id)
        [trial] = _trials(member)
        assert trial.distribution is not None
        assert (trial.days, trial.distribution.state) == (90, "draft")
    assert made.headers["Location"] == _url(member, "policy-trial", trial.pk)
    shown = _shown(hand, made.headers["Location"])
    assert "Nobody was to be asked in this time" in shown

    again = _url(member, "distribution-try", trial.distribution_id)
    assert again in _shown(hand, _url(member, "distribution", trial.distribution_id))
    hand.post(again, {"past_days": "30"})
    with tenant_bound(member.tenant_id):
        assert sorted(one.days for one in _trials(member)) == [30, 90]


def test_pressing_twice_begins_one_trial_until_it_is_over(hand: Client, member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        held = rule("quiet_period", of=member.tenant, days=30)
        survey = asked_survey(member)
    hand.post(_url(member, "distribution-new", survey.pk), SENT)
    with tenant_bound(member.tenant_id):
        row = Distribution.objects.for_tenant(member.tenant).get()
    presses = [
        (_trying(member), TYPED),
        (_url(member, "contact-rule-change-try", held.pk), TYPED),
        (_url(member, "contact-rule-change-try", held.pk), {**TYPED, "days": "14"}),
        (_url(member, "distribution-try", row.pk), {"past_days": "90"}),
        (_url(member, "distribution-try", row.pk), {"past_days": "30"}),
    ]

    first, second = (
        [hand.post(where, told).headers["Location"] for where, told in presses] for _ in range(2)
    )
    with tenant_bound(member.tenant_id):
        begun = Job.objects.for_tenant(member.tenant).count()
        drain(member.tenant_id)
    where, told = presses[0]
    third = hand.post(where, told).headers["Location"]

    assert first == second
    assert len(set(first)) == begun == len(presses)
    assert third not in first


def test_a_distribution_that_asks_is_not_tried(hand: Client, member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        row = distribution(asked_survey(member), by=member)
    page = _url(member, "distribution", row.pk)

    tried = hand.post(_url(member, "distribution-try", row.pk), {"past_days": "30"})

    assert tried.headers["Location"] == page
    assert "asks already" in _shown(hand, page)
    with tenant_bound(member.tenant_id):
        assert _trials(member) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.ANALYST, Role.GUEST])
def test_who_may_not_change_sending_tries_nothing(member: Membership, role: Role) -> None:
    with tenant_bound(member.tenant_id):
        row = distribution(asked_survey(member), by=member)
        held = rule("quiet_period", of=member.tenant, days=30)
        trial = PolicyTrial.objects.create(
            tenant=member.tenant, days=30, distribution=row, created_at=NOW
        )
    hand = _browser(make.member(of=member.tenant, role=role))

    for where in (
        _trying(member),
        _url(member, "contact-rule-change-try", held.pk),
        _url(member, "distribution-try", row.pk),
    ):
        assert hand.post(where, TYPED).status_code == 404
    assert hand.get(_url(member, "policy-trial", trial.pk)).status_code == 404


def test_trials_of_others_are_not_there(hand: Client, member: Membership) -> None:
    other = make.member(of=make.tenant(name="Pier"), role=Role.ADMIN)
    with tenant_bound(other.tenant_id):
        row = distribution(asked_survey(other), by=other)
        held = rule("quiet_period", of=other.tenant, days=30)
        trial = PolicyTrial.objects.create(
            tenant=other.tenant, days=30, distribution=row, created_at=NOW
        )

    assert hand.get(_url(member, "policy-trial", trial.pk)).status_code == 404
    assert hand.post(_url(member, "contact-rule-change-try", held.pk), {}).status_code == 404
    assert hand.post(_url(member, "distribution-try", row.pk), {}).status_code == 404
