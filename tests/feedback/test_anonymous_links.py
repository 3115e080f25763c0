"""Links for one answer to an anonymous survey: used once, lost never, and tied to nothing."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from feedback.models import Distribution, Invitation, Response, Survey, SurveyPass, WaitingAnswer
from feedback.rules.turning import Turn
from feedback.selectors.distributions import cohorts_of, standings_of
from feedback.services.anonymous import send_without_name
from feedback.services.answering import Arrival, PageSent
from feedback.services.distribution.suppressions import opt_out
from tests.feedback.drafting import asked_survey
from tests.feedback.elsewhere import invited
from tests.feedback.nameless import address, answer_all, nameless_survey, send, settings_of
from tests.feedback.ways import way
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
NEXT = "n" * 32


@pytest.fixture
def survey(member: Membership) -> Survey:
    return nameless_survey(member)


def next_in(survey: Survey, token: str = "") -> list[str]:
    page = Client().get(address(survey, token)).content.decode()
    return re.findall(r'name="next" value="([^"]*)"', page)


def kept(survey: Survey) -> tuple[int, int]:
    """Count the responses of *survey*, and the answers that wait."""
    of = survey.tenant_id
    return Response.objects.for_tenant(of).count(), WaitingAnswer.objects.for_tenant(of).count()


def test_a_page_by_an_invitation_says_what_it_goes_on_with(
    survey: Survey, member: Membership
) -> None:
    _, token = invited(survey)
    named = asked_survey(member)
    _, of_named = invited(named, number=2)

    first, again = next_in(survey, token), next_in(survey, token)

    assert [len(one) for one in first + again] == [32, 32]
    assert first != again
    assert next_in(survey) == next_in(named, of_named) == []


def test_the_first_page_sent_twice_is_one_way(survey: Survey) -> None:
    invitation, token = invited(survey)

    answers = [send(survey, "nps", token, NEXT, nps="9") for _ in range(2)]

    invitation.refresh_from_db()
    assert [one.status_code for one in answers] == [303, 303]
    assert {one["Location"] for one in answers} == {f"{address(survey, NEXT)}?at=why"}
    assert SurveyPass.objects.for_tenant(survey.tenant_id).get().answers == {"nps": 9}
    assert invitation.state == "complete"


def test_a_page_sent_again_after_the_last_one_gives_the_end(survey: Survey) -> None:
    _, token = invited(survey)
    send(survey, "nps", token, NEXT, nps="9")
    send(survey, "why", NEXT, why="Quick.")
    send(survey, "used", NEXT, used="app")

    again = send(survey, "nps", token, NEXT, nps="1")
    end = Client().get(again["Location"])

    assert (again.status_code, again["Location"]) == (303, address(survey, NEXT))
    assert "Thank you" in end.content.decode()
    assert WaitingAnswer.objects.for_tenant(survey.tenant_id).get().answers["nps"] == 9


@pytest.mark.parametrize("other", ["m" * 32, "", "short", "a/" * 16])
def test_a_link_that_was_used_begins_no_other_way(survey: Survey, other: str) -> None:
    _, token = invited(survey)
    send(survey, "nps", token, NEXT, nps="9")

    again = send(survey, "nps", token, other, nps="9")

    assert again.status_code == 410
    assert SurveyPass.objects.for_tenant(survey.tenant_id).count() == 1


def test_what_can_be_no_token_is_not_put_into_an_address(survey: Survey) -> None:
    _, token = invited(survey)

    by_link = send(survey, "nps", token, "a/" * 16, nps="9")
    by_hand = send(survey, "nps", "a/" * 16, nps="9")

    assert by_link.status_code == 303
    assert "a/a" not in by_link["Location"]
    assert by_hand.status_code == 422
    assert "a/a" not in by_hand.content.decode()


def test_nothing_on_an_invitation_tells_which_way_was_begun_by_it(survey: Survey) -> None:
    invitation, token = invited(survey)
    before = Invitation.objects.for_tenant(survey.tenant_id).filter(pk=invitation.pk).values().get()

    send(survey, "nps", token, NEXT, nps="9")

    after = Invitation.objects.for_tenant(survey.tenant_id).filter(pk=invitation.pk).values().get()
    kept = SurveyPass.objects.for_tenant(survey.tenant_id).get()
    assert kept.token_hash == hashlib.sha256(NEXT.encode()).hexdigest()
    assert dict(after) == {**before, "state": "complete"}
    assert kept.pk.version == 4


@pytest.mark.parametrize(
    "change", [{"status": "paused"}, {"status": "closed"}, {"closes_at": NOW}], ids=str
)
def test_a_link_is_not_used_up_while_the_survey_takes_no_answers(
    survey: Survey, change: dict[str, object]
) -> None:
    invitation, token = invited(survey)
    Survey.objects.for_tenant(survey.tenant_id).update(**change)

    answer = send(survey, "nps", token, NEXT, nps="9")

    invitation.refresh_from_db()
    assert (answer.status_code, invitation.state) == (410, "sent")


def test_a_link_is_not_used_up_where_its_page_cannot_be_kept(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConnectionError

    invitation, token = invited(survey)
    monkeypatch.setattr("feedback.services.anonymous.take_page", broken)

    sent = PageSent(token, Arrival("en", {}), "nps", {"q.nps": ["9"]}, Turn.ON, NEXT)

    with pytest.raises(ConnectionError):
        send_without_name(survey=survey, sent=sent, is_known=True, now=NOW)

    invitation.refresh_from_db()
    assert invitation.state == "sent"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("complete", "complete"),
        ("partial", "partial"),
        ("screened_out", "screened_out"),
        ("sent", "opted_out"),
        ("opened", "opted_out"),
    ],
)
def test_whoever_opts_out_keeps_what_says_that_the_link_was_used(
    survey: Survey, before: str, after: str
) -> None:
    invitation, _ = invited(survey)
    Invitation.objects.for_tenant(survey.tenant_id).update(state=before)

    opt_out(invitation=invitation, now=NOW)

    invitation.refresh_from_db()
    assert invitation.state == after


def test_a_link_that_was_used_stays_so_when_its_person_opts_out(survey: Survey) -> None:
    invitation, token = invited(survey)
    send(survey, "nps", token, NEXT, nps="9")

    opt_out(invitation=invitation, now=NOW)

    assert send(survey, "nps", token, "m" * 32, nps="9").status_code == 410


def test_an_invitation_that_was_used_counts_as_answered(survey: Survey, member: Membership) -> None:
    named = asked_survey(member)
    _, token = invited(survey)
    invited(survey, number=2)
    invited(named, number=3)
    send(survey, "nps", token, NEXT, nps="9")
    of = survey.tenant_id
    rows = Invitation.objects.for_tenant(of)
    rows.filter(state="sent", survey=survey).update(state="delivered")
    rows.filter(survey=named).update(state="complete")

    ours, theirs = (Distribution.objects.for_tenant(of).get(survey=one) for one in (survey, named))
    counted = standings_of(survey.tenant, [ours, theirs])

    assert (counted[ours.pk].rate.delivered, counted[ours.pk].rate.answered) == (2, 1)
    assert (counted[theirs.pk].rate.delivered, counted[theirs.pk].rate.answered) == (1, 0)
    assert [week.rate.answered for week in cohorts_of(ours)] == [1]


def waits(survey: Survey, state: str, answers: dict[str, object]) -> None:
    WaitingAnswer.objects.create(
        tenant=survey.tenant, survey=survey, version=survey.head, answers=answers, state=state
    )


def test_who_says_nothing_hides_nobody(survey: Survey) -> None:
    waits(survey, "screened_out", {"nps": 3})
    waits(survey, "complete", {})
    for number in range(4):
        answer_all(survey, number)
    before = kept(survey)

    answer_all(survey, 4)

    assert (before, kept(survey)) == ((0, 6), (7, 0))


def test_answers_that_wait_count_towards_the_most_a_survey_takes(survey: Survey) -> None:
    Survey.objects.for_tenant(survey.tenant_id).update(closes_after=2)
    waits(survey, "screened_out", {})
    answer_all(survey, 1)
    second = answer_all(survey, 2)

    third = send(survey, "nps", way(survey, "c"), nps="9")

    assert (second.status_code, third.status_code) == (303, 410)
    assert kept(survey) == (0, 3)


def test_the_last_answers_are_shown_when_their_number_closes_the_survey(survey: Survey) -> None:
    Survey.objects.for_tenant(survey.tenant_id).update(closes_after=7)
    for number in range(6):
        answer_all(survey, number)
    before = kept(survey)

    answer_all(survey, 6)

    assert (before, kept(survey)) == ((5, 1), (7, 0))


@pytest.mark.parametrize(("least", "status"), [("4", 422), ("5", 302)])
def test_no_survey_closes_before_its_answers_can_be_shown(
    survey: Survey, member: Membership, least: str, status: int
) -> None:
    answer = settings_of(survey, member, closes_after=least)

    survey.refresh_from_db()
    assert answer.status_code == status
    assert survey.closes_after == (None if status == 422 else 5)
    assert ("Anonymous answers are shown from 5" in answer.content.decode()) is (status == 422)


def test_a_survey_with_names_closes_after_as_few_as_one_likes(member: Membership) -> None:
    named = asked_survey(member)

    assert settings_of(named, member, closes_after="1").status_code == 302
