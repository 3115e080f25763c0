"""Answering without a name: nothing leads to a person, and few answers are shown to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cxm.customers.models import Customer, Interaction
from cxm.kernel.erasing import Leaving
from feedback.adapters.events.parsed import SurveyAnswer
from feedback.adapters.records import ResponseRecord
from feedback.models import (
    EmbedShow,
    Rating,
    Response,
    Survey,
    SurveyPass,
    Verbatim,
    WaitingAnswer,
)
from feedback.rules.privacy_words import LANGUAGES, told
from feedback.selectors.door_counts import door_counts
from feedback.services.embedding import note_shown
from feedback.services.erasing import erase_answers
from feedback.services.survey_events import load_answers
from tests.feedback.drafting import asked_survey
from tests.feedback.elsewhere import embedded, invited
from tests.feedback.nameless import address, answer_all, nameless_survey, send, settings_of
from tests.feedback.ways import way
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(member: Membership) -> Survey:
    return nameless_survey(member)


def rows(survey: Survey) -> tuple[int, int, int]:
    of = survey.tenant_id
    return (
        Response.objects.for_tenant(of).count(),
        Rating.objects.for_tenant(of).count(),
        Verbatim.objects.for_tenant(of).count(),
    )


def test_nothing_is_shown_before_enough_people_have_answered(survey: Survey) -> None:
    for number in range(4):
        answer_all(survey, number)
    before = rows(survey), WaitingAnswer.objects.for_tenant(survey.tenant_id).count()

    answer_all(survey, 4)

    assert before == ((0, 0, 0), 4)
    assert rows(survey) == (5, 5, 5)
    assert WaitingAnswer.objects.for_tenant(survey.tenant_id).count() == 0


def test_what_is_kept_holds_no_person_and_no_time_of_day(survey: Survey) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(5):
            answer_all(survey, number)
            clock.shift(timedelta(minutes=7))

    kept = Response.objects.for_tenant(survey.tenant_id)
    told_of = kept.values_list(
        "customer", "interaction", "started_at", "finished_at", "hidden", "language"
    )
    assert set(map(str, told_of)) == {"(None, None, None, None, {}, '')"}
    assert len({(one.answered_at, one.received_at) for one in kept}) == 1
    assert {one.answered_at.minute for one in kept} == {0}
    assert all(one.pk.version == 4 for one in kept)
    times = Rating.objects.for_tenant(survey.tenant_id).values_list("answered_at", "recorded_at")
    assert len(set(times)) == 1
    assert not Interaction.objects.for_tenant(survey.tenant_id).exists()


def test_a_way_that_is_over_keeps_nothing_of_what_was_said(survey: Survey) -> None:
    answer_all(survey, 1)

    kept = SurveyPass.objects.for_tenant(survey.tenant_id).get()

    assert (kept.answers, kept.aside, kept.hidden, kept.response) == ({}, {}, {}, None)
    assert kept.started_at == kept.last_at == kept.finished_at
    assert kept.pk.version == 4
    assert "Thank you" in Client().get(address(survey, way(survey, "1"))).content.decode()


def test_the_last_page_sent_twice_is_one_answer(survey: Survey) -> None:
    answer_all(survey, 1)

    again = send(survey, "used", way(survey, "1"), used="shop")

    assert again.status_code == 303
    assert WaitingAnswer.objects.for_tenant(survey.tenant_id).get().answers["used"] == "app"
    assert door_counts(survey).refused == []


def test_an_invitation_is_used_up_without_a_time_and_leads_nowhere(survey: Survey) -> None:
    invitation, token = invited(survey)
    before = invitation.state_at

    first = send(survey, "nps", token, nps="9")
    again = send(survey, "nps", token, nps="1")
    opened = Client().get(address(survey, token))

    invitation.refresh_from_db()
    assert first.status_code == 303
    assert token not in first["Location"]
    assert (invitation.state, invitation.answered_at, invitation.response) == (
        "complete",
        None,
        None,
    )
    assert invitation.state_at == before
    assert (again.status_code, opened.status_code) == (410, 410)
    assert "This link was used" in opened.content.decode()
    assert [(kind.value, count) for kind, count in door_counts(survey).refused] == [("replayed", 1)]
    assert SurveyPass.objects.for_tenant(survey.tenant_id).get().invitation_id is None


def test_no_path_of_keys_leads_from_an_anonymous_answer_to_a_person(survey: Survey) -> None:
    invited(survey)
    for number in range(5):
        answer_all(survey, number)

    reached = _reached_from("feedback_response") | _reached_from("feedback_waitinganswer")
    empty = {
        column
        for column in ("customer_id", "interaction_id", "batch_id")
        if not Response.objects.for_tenant(survey.tenant_id).exclude(**{column: None}).exists()
    }

    assert empty == {"customer_id", "interaction_id", "batch_id"}
    assert {"feedback_survey", "feedback_surveyversion"} <= reached
    assert not reached & {
        "customers_customer",
        "customers_interaction",
        "feedback_invitation",
        "feedback_surveypass",
    }


# What the CHECK on anonymous rows keeps empty, so that no key leads on by them.
_EMPTY = {
    ("feedback_response", "customer_id"),
    ("feedback_response", "interaction_id"),
    ("feedback_response", "batch_id"),
}


def _reached_from(start: str) -> set[str]:
    """Follow the references of the catalogue from a table, but for what a CHECK keeps empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, a.attname"
            " FROM pg_constraint c JOIN pg_attribute a"
            " ON a.attrelid = c.conrelid AND a.attnum = c.conkey[array_length(c.conkey, 1)]"
            " WHERE c.contype = 'f'"
        )
        keys = cursor.fetchall()
    reached, waiting = set(), {start}
    while waiting:
        table = waiting.pop()
        reached.add(table)
        # A registry is shared by all answers: what stands behind it says nothing of one.
        if table.startswith("feedback_survey") or not table.startswith("feedback_"):
            continue
        waiting |= {
            to for of, to, column in keys if of == table and (of, column) not in _EMPTY
        } - reached
    return reached


@pytest.mark.parametrize(
    "change",
    [
        {"is_anonymous": False},
        {"language": "de"},
        {"hidden": {"order": "4711"}},
        {"started_at": NOW},
        {"finished_at": NOW},
        {"received_at": NOW},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_what_would_tell_who_answered(
    survey: Survey, change: dict[str, Any]
) -> None:
    for number in range(5):
        answer_all(survey, number)

    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.for_tenant(survey.tenant_id).update(**change)


def test_the_database_refuses_to_break_the_promise_once_somebody_answered(survey: Survey) -> None:
    send(survey, "nps", way(survey, "a"), nps="9")

    for change in ({"anonymity": "named"}, {"anonymity": "confidential"}, {"least_shown": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Survey.objects.for_tenant(survey.tenant_id).update(**change)


def test_a_survey_with_answers_does_not_become_anonymous(member: Membership) -> None:
    survey = asked_survey(member)
    send(survey, "nps", way(survey, "a"), nps="9")

    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.for_tenant(survey.tenant_id).update(anonymity="anonymous")


def test_the_page_says_what_is_kept_and_what_not(survey: Survey) -> None:
    words = Client().get(address(survey)).content.decode()

    assert told("en", "anonymous", least=5) in words
    assert "no link to an invitation" in words


def test_a_named_survey_says_so_to_whom_it_knows(member: Membership) -> None:
    survey = asked_survey(member)
    _, token = invited(survey)

    known = Client().get(address(survey, token)).content.decode()
    unknown = Client().get(address(survey)).content.decode()

    assert told("en", "named") in known
    assert told("en", "named") not in unknown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_it(language: str) -> None:
    said = told(language, "anonymous", least=5)

    assert "5" in said
    assert language == "en" or said != told("en", "anonymous", least=5)


def test_a_program_that_fills_in_the_hidden_field_is_counted(survey: Survey) -> None:
    Client().post(
        address(survey), {"pass": way(survey, "a"), "at": "nps", "q.nps": "9", "website": "x"}
    )

    assert [(kind.value, count) for kind, count in door_counts(survey).refused] == [("program", 1)]
    assert not SurveyPass.objects.for_tenant(survey.tenant_id).exists()


def test_too_many_pages_from_an_address_are_refused_and_counted(
    survey: Survey, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.views.answering.PAGES_A_MINUTE", 1)
    other = asked_survey(member)

    with time_machine.travel(NOW, tick=False):
        answers = [send(survey, "nps", way(survey, "a"), nps="9") for _ in range(3)]
        elsewhere = send(other, "nps", way(other, "b"), nps="9")

    assert [one.status_code for one in answers] == [303, 429, 429]
    assert elsewhere.status_code == 303
    assert [(kind.value, count) for kind, count in door_counts(survey).refused] == [("fast", 2)]
    assert door_counts(survey).days == [(NOW.date(), 2)]


def test_a_survey_becomes_anonymous_by_its_settings(member: Membership) -> None:
    survey = asked_survey(member)

    saved = settings_of(survey, member, anonymity="anonymous", least_shown="7")

    survey.refresh_from_db()
    assert saved.status_code == 302
    assert (survey.anonymity, survey.least_shown) == ("anonymous", 7)


@pytest.mark.parametrize(
    ("before", "change", "status"),
    [
        ("named", {"anonymity": "confidential"}, 302),
        ("named", {"anonymity": "anonymous"}, 422),
        ("named", {"least_shown": "3"}, 302),
        ("confidential", {"anonymity": "named"}, 422),
        ("anonymous", {"anonymity": "named"}, 422),
        ("anonymous", {"least_shown": "3"}, 422),
        ("anonymous", {"least_shown": "9"}, 302),
        ("anonymous", {"least_shown": "2"}, 422),
    ],
    ids=str,
)
def test_what_people_who_answered_were_promised_is_kept(
    member: Membership, before: str, change: dict[str, str], status: int
) -> None:
    survey = asked_survey(member)
    settings_of(survey, member, anonymity=before)
    send(survey, "nps", way(survey, "a"), nps="9")

    answer = settings_of(survey, member, **change)

    survey.refresh_from_db()
    assert answer.status_code == status
    is_kept = (survey.anonymity, survey.least_shown) == (before, 5)
    assert is_kept is (status == 422)


def test_the_page_of_a_survey_tells_who_was_refused_and_what_waits(
    survey: Survey, member: Membership
) -> None:
    answer_all(survey, 1)
    Client().post(address(survey), {"pass": way(survey, "a"), "at": "nps", "website": "x"})
    client = Client()
    client.force_login(member.user)

    words = client.get(f"/t/{survey.tenant.slug}/surveys/{survey.pk}/").content.decode()

    assert "1 for filled in a field that people do not see" in " ".join(words.split())
    assert "1 more wait until 5 people have answered" in " ".join(words.split())


def test_events_for_an_anonymous_survey_are_refused_in_words(survey: Survey) -> None:
    record = ResponseRecord(line=1, key="k", answered_at=NOW, survey=survey.key, answers={"nps": 9})
    told_elsewhere = replace(record, key="other", survey="their-own")
    answers = [
        SurveyAnswer(place, one, "A survey") for place, one in enumerate([record, told_elsewhere])
    ]

    loaded = load_answers(tenant=survey.tenant, source="shop", answers=answers, now=NOW)

    assert loaded.loaded == 1
    assert [(one.position, one.code) for one in loaded.losses] == [(0, "anonymous_survey")]
    assert not Response.objects.for_tenant(survey.tenant_id).filter(survey=survey).exists()


def test_erasing_a_person_forgets_what_a_site_showed_them(member: Membership) -> None:
    survey = embedded(asked_survey(member), by=member)
    _, _ = invited(survey)
    who = Customer.objects.for_tenant(survey.tenant_id).get()
    token = note_shown(survey=survey, customer=who, language="en", now=NOW)
    SurveyPass.objects.for_tenant(survey.tenant_id).update(answers={"why": "I am Ana"})

    erase_answers(Leaving(survey.tenant_id, (who.pk,), NOW), "")

    assert not EmbedShow.objects.for_tenant(survey.tenant_id).exists()
    assert SurveyPass.objects.for_tenant(survey.tenant_id).get().answers == {}
    assert len(token) == 32
