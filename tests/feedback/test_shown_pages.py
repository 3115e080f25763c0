"""The first page of a survey: who was shown it can send it, once it can be read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from feedback.models import Response, Survey, SurveyPass
from feedback.rules.door_words import DoorCount
from feedback.rules.survey_words import Anonymity
from feedback.selectors.door_counts import door_counts
from feedback.services.shown_pages import doubt, shown_token
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.nameless import address, send
from tests.feedback.ways import SHOWN_AT, way

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
TYPED = "It came <b>late</b>, but it came."


@pytest.fixture
def survey(member: Membership) -> Survey:
    return asked_survey(member)


def token_in(answer: Any) -> str:
    [token] = re.findall(r'name="pass" value="([^"]+)"', answer.content.decode())
    return str(token)


def refused(survey: Survey) -> dict[str, int]:
    return {kind.value: count for kind, count in door_counts(survey).refused}


def kept(survey: Survey) -> int:
    return SurveyPass.objects.for_tenant(survey.tenant_id).count()


@pytest.mark.parametrize("token", ["a" * 32, "", "short", "a/" * 16, "ä" * 32, "=" * 32])
def test_a_page_that_nobody_was_shown_is_refused_and_counted(survey: Survey, token: str) -> None:
    answer = send(survey, "nps", token, nps="9")

    assert answer.status_code == 422
    assert refused(survey) == {"made_up": 1}
    assert kept(survey) == 0
    assert not Response.objects.for_tenant(survey.tenant_id).exists()


def test_who_sends_it_once_more_has_lost_nothing(survey: Survey) -> None:
    answer = send(survey, "nps", "a" * 32, nps="9")
    page = answer.content.decode()

    assert "What you entered is still here" in page
    assert re.search(r'value="9"[^>]*checked', page)
    again = send(survey, "nps", token_in(answer), nps="9")
    assert again.status_code == 303
    assert Response.objects.for_tenant(survey.tenant_id).count() == 1


def test_a_seal_is_for_one_survey(survey: Survey, member: Membership) -> None:
    other = asked_survey(member)

    assert send(survey, "nps", way(other), nps="9").status_code == 422
    assert send(other, "nps", way(other), nps="9").status_code == 303


def test_one_changed_letter_breaks_a_seal(survey: Survey) -> None:
    token = way(survey)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        assert doubt(survey, changed, now=make.NOW) is DoorCount.MADE_UP
    assert doubt(survey, token, now=make.NOW) is None


def test_what_is_sent_sooner_than_anybody_reads_waits_for_another_press(
    survey: Survey, settings: Any
) -> None:
    settings.SURVEY_QUICKEST_SECONDS = 1
    with time_machine.travel(make.NOW, tick=False) as clock:
        token = token_in(Client().get(address(survey)))
        clock.shift(timedelta(seconds=0.9))
        hasty = send(survey, "nps", token, nps="9")
        clock.shift(timedelta(seconds=0.2))
        again = send(survey, "nps", token_in(hasty), nps="9")
        # Whoever is on the way may be as quick as they like.
        on = send(survey, "why", token, why=TYPED)

    assert (hasty.status_code, again.status_code, on.status_code) == (422, 303, 303)
    assert token_in(hasty) == token
    assert refused(survey) == {"hasty": 1}


def test_a_page_of_the_future_was_not_read_yet(survey: Survey) -> None:
    token = shown_token(survey, now=SHOWN_AT + timedelta(minutes=5))

    assert doubt(survey, token, now=SHOWN_AT) is DoorCount.HASTY


def test_a_page_that_lay_open_for_a_year_is_taken(survey: Survey) -> None:
    assert doubt(survey, way(survey), now=SHOWN_AT + timedelta(days=365)) is None


def test_an_anonymous_survey_asks_for_it_too(survey: Survey) -> None:
    survey.anonymity = Anonymity.ANONYMOUS
    survey.save(update_fields=["anonymity"])

    assert send(survey, "nps", "a" * 32, nps="9").status_code == 422
    assert send(survey, "nps", way(survey), nps="9").status_code == 303
    assert refused(survey) == {"made_up": 1}


def test_a_survey_that_is_closed_says_so_to_everybody(survey: Survey) -> None:
    survey.closes_at = make.NOW
    survey.save(update_fields=["closes_at"])

    with time_machine.travel(make.NOW + timedelta(days=1), tick=False):
        answers = [send(survey, "nps", token, nps="9") for token in ("a" * 32, way(survey))]

    assert [one.status_code for one in answers] == [410, 410]


def test_a_way_that_is_over_used_again_later_is_refused_and_counted(survey: Survey) -> None:
    token = way(survey)
    pages = {"nps": "9", "why": TYPED, "used": "app"}
    with time_machine.travel(make.NOW, tick=False) as clock:
        for at, answer in pages.items():
            send(survey, at, token, **{at: answer})
        changed = send(survey, "nps", token, nps="8")
        clock.shift(timedelta(hours=25))
        late = send(survey, "nps", token, nps="0")

    assert (changed.status_code, late.status_code) == (303, 410)
    assert refused(survey) == {"replayed": 1}
    assert SurveyPass.objects.for_tenant(survey.tenant_id).get().answers["nps"] == 8
    assert Response.objects.for_tenant(survey.tenant_id).count() == 1
