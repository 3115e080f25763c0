"""Whom a site merely showed a survey: they have answered nothing, and hold nothing fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from cxm.customers.models import Customer, Identity
from feedback.models import Response, Survey, SurveyPass
from feedback.rules.embedding import signature_of
from feedback.services.embedding import note_shown, renew_identity_key
from tests.feedback.drafting import asked_survey
from tests.feedback.elsewhere import SHOP, embedded
from tests.feedback.nameless import address, send, settings_of
from tests.feedback.outreach import delivered
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(member: Membership) -> Survey:
    return embedded(asked_survey(member), by=member)


@pytest.fixture
def token(survey: Survey) -> str:
    """Show *survey* to a person whom the shop names; give the token of their way."""
    delivered(survey.tenant, "ana@example.com")
    ana = Customer.objects.for_tenant(survey.tenant_id).get()
    return note_shown(survey=survey, customer=ana, language="en", now=NOW)


def pause(survey: Survey) -> None:
    Survey.objects.for_tenant(survey.tenant_id).update(status="paused")


def test_whom_it_was_merely_shown_cannot_begin_once_it_is_paused(
    survey: Survey, token: str
) -> None:
    pause(survey)

    seen = Client().get(address(survey, token))
    sent = send(survey, "nps", token, nps="9")

    assert (seen.status_code, sent.status_code) == (410, 410)
    assert not Response.objects.for_tenant(survey.tenant_id).exists()


def test_who_has_begun_goes_on_when_it_is_paused(survey: Survey, token: str) -> None:
    send(survey, "nps", token, nps="9")
    pause(survey)

    seen = Client().get(address(survey, token))
    sent = send(survey, "why", token, why="Quick.")

    assert (seen.status_code, sent.status_code) == (200, 303)


def test_who_was_merely_shown_it_holds_no_survey_to_its_promise(
    survey: Survey, member: Membership, token: str
) -> None:
    saved = settings_of(survey, member, anonymity="anonymous")
    sent = send(survey, "nps", token, nps="9")

    survey.refresh_from_db()
    assert (saved.status_code, survey.anonymity) == (302, "anonymous")
    assert sent.status_code == 303
    assert SurveyPass.objects.for_tenant(survey.tenant_id).get().customer is None


def test_who_has_answered_holds_a_survey_to_its_promise(
    survey: Survey, member: Membership, token: str
) -> None:
    send(survey, "nps", token, nps="9")

    saved = settings_of(survey, member, anonymity="anonymous")

    survey.refresh_from_db()
    assert (saved.status_code, survey.anonymity) == (422, "named")
    assert SurveyPass.objects.for_tenant(survey.tenant_id).get().customer


def test_a_survey_that_takes_no_answers_makes_no_customer(
    survey: Survey, member: Membership
) -> None:
    key = renew_identity_key(survey=survey, by=member)
    pause(survey)
    expires = str(int(NOW.timestamp()) + 600)
    signature = signature_of(key, survey.public_id, "4711", expires)
    told = {"what": "shown", "person": "4711", "expires": expires, "signature": signature}

    with time_machine.travel(NOW, tick=False):
        answer = Client().post(f"{address(survey)}embed/", told, headers={"origin": SHOP})

    assert answer.status_code == 403
    assert not Identity.objects.for_tenant(survey.tenant_id).exists()
