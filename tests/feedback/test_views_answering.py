"""The public pages of a survey: a page at a time, nothing lost, nothing counted twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Rating, Response, Survey, SurveyPass, Verbatim
from feedback.rules.answer_words import WORDS
from feedback.services.holding import delete_response, restore_response
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add, add_question, asked_survey, put, survey_of
from tests.feedback.ways import way
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def address(survey: Survey, token: str = "") -> str:
    return f"/q/{survey.tenant.slug}/{survey.public_id}/{f'{token}/' if token else ''}"


def send(survey: Survey, at: str, token: str = "", **answers: Any) -> Any:
    fields = {f"q.{key}": value for key, value in answers.items() if key not in ("to", "website")}
    more = {key: answers[key] for key in ("to", "website") if key in answers}
    return Client().post(
        address(survey), {"pass": token or way(survey), "at": at, **fields, **more}
    )


def scores(survey: Survey) -> list[tuple[str, int]]:
    rows = Rating.objects.for_tenant(survey.tenant_id).counted().order_by("question_key")
    return list(rows.values_list("question_key", "value"))


def test_a_survey_opens_without_an_account_and_runs_nothing(member: Membership) -> None:
    survey = asked_survey(member)

    answer = Client().get(address(survey))

    assert answer.status_code == 200
    assert "Would you recommend us?" in answer.content.decode()
    assert b"<script" not in answer.content
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer
    assert SurveyPass.objects.for_tenant(member.tenant).count() == 0


def test_a_score_counts_as_soon_as_its_page_is_sent(member: Membership) -> None:
    survey = asked_survey(member)

    answer = send(survey, "nps", nps="9")

    assert answer.status_code == 303
    assert answer["Location"] == f"{address(survey, way(survey))}?at=why"
    assert scores(survey) == [("nps", 9)]
    assert Response.objects.for_tenant(member.tenant).get().state == "partial"


def test_the_rows_behind_a_number_are_there_before_the_survey_is_finished(
    member: Membership, client: Client
) -> None:
    survey = asked_survey(member)
    send(survey, "nps", nps="9")
    client.force_login(member.user)

    listed = client.get(f"/t/{member.tenant.slug}/responses/?metric=nps").content.decode()
    everything = client.get(f"/t/{member.tenant.slug}/responses/").content.decode()

    assert "1 answer" in listed
    assert "1 response" in everything


def test_a_partial_response_that_was_deleted_comes_back_as_one(member: Membership) -> None:
    survey = asked_survey(member)
    send(survey, "nps", nps="9")
    response = Response.objects.for_tenant(member.tenant).get()

    delete_response(response=response, by=member, reason="by mistake", now=NOW)
    assert scores(survey) == []
    restore_response(response=response, by=member, now=NOW)

    assert Response.objects.for_tenant(member.tenant).get().state == "partial"
    assert scores(survey) == [("nps", 9)]


def test_the_last_page_ends_the_survey(member: Membership) -> None:
    survey = asked_survey(member)

    send(survey, "nps", nps="9")
    send(survey, "why", why="The driver waved.")
    answer = send(survey, "used", used="app")

    assert answer["Location"] == address(survey, way(survey))
    assert "Thank you" in Client().get(answer["Location"]).content.decode()
    response = Response.objects.for_tenant(member.tenant).get()
    assert (response.state, response.answers) == ("complete", {"used": "app"})
    assert response.version == survey.head
    assert Verbatim.objects.for_tenant(member.tenant).get().text == "The driver waved."


def test_a_page_that_is_sent_twice_is_one_answer(member: Membership) -> None:
    survey = asked_survey(member)

    for _ in range(2):
        send(survey, "nps", nps="9")

    assert Response.objects.for_tenant(member.tenant).count() == 1
    assert Rating.objects.for_tenant(member.tenant).count() == 1


def test_a_score_that_is_changed_is_replaced(member: Membership) -> None:
    survey = asked_survey(member)
    send(survey, "nps", nps="9")

    send(survey, "nps", nps="3")

    assert scores(survey) == [("nps", 3)]
    kept = Rating.objects.for_tenant(member.tenant).order_by("recorded_at", "pk")
    assert {row.state for row in kept} == {"replaced", "counted"}


def test_what_does_not_fit_is_said_and_shown_again(member: Membership) -> None:
    survey = asked_survey(member)

    answer = send(survey, "nps", nps="11")

    assert answer.status_code == 422
    assert "Choose one of the points from 0 to 10." in answer.content.decode()
    assert scores(survey) == []


def test_typed_words_come_back_with_the_fault(member: Membership) -> None:
    survey = survey_of(member)
    add_question(survey, "mail", "email", by=member)
    publish_survey(survey=survey, by=member, now=NOW)
    survey.refresh_from_db()

    answer = send(survey, "mail", mail="<ana at example>")

    assert answer.status_code == 422
    assert 'value="&lt;ana at example&gt;"' in answer.content.decode()


def test_going_back_keeps_what_was_typed(member: Membership) -> None:
    survey = asked_survey(member)
    send(survey, "nps", nps="9")

    answer = send(survey, "why", why="half a sen", to="back")
    page = Client().get(answer["Location"]).content.decode()
    on = Client().get(f"{address(survey, way(survey))}?at=why").content.decode()

    assert answer["Location"].endswith("?at=nps")
    assert 'value="9" checked' in page
    assert "half a sen" in on


def test_a_field_that_nobody_sees_marks_programs(member: Membership) -> None:
    survey = asked_survey(member)

    answer = send(survey, "nps", nps="9", website="https://spam.example")

    assert answer.status_code == 200
    assert Response.objects.for_tenant(member.tenant).count() == 0


def test_somebody_who_is_screened_out_is_in_no_number(member: Membership) -> None:
    survey = survey_of(member)
    asked = add_question(survey, "nps", "nps", by=member, metric="nps")
    add_question(survey, "why", "long_text", by=member)
    out = {"of": "nps", "op": "<", "value": 5}
    add(survey, "jump", by=member, parent=asked, when=out, to="screen_out")
    publish_survey(survey=survey, by=member, now=NOW)
    survey.refresh_from_db()

    answer = send(survey, "nps", nps="1")

    assert "This survey is for others" in Client().get(answer["Location"]).content.decode()
    assert Response.objects.for_tenant(member.tenant).get().state == "screened_out"
    assert scores(survey) == []


@pytest.mark.parametrize("status", ["paused", "closed", "draft"])
def test_a_survey_that_is_not_open_takes_nothing(status: str, member: Membership) -> None:
    survey = asked_survey(member)
    Survey.objects.for_tenant(member.tenant).update(status=status)

    page, answer = Client().get(address(survey)), send(survey, "nps", nps="9")

    assert (page.status_code, answer.status_code) == (410, 410)
    assert "takes no answers" in page.content.decode()
    assert Response.objects.for_tenant(member.tenant).count() == 0


def test_who_began_may_finish_after_the_survey_is_paused(member: Membership) -> None:
    survey = asked_survey(member)
    send(survey, "nps", nps="9")
    Survey.objects.for_tenant(member.tenant).update(status="paused")

    answer = send(survey, "why", why="still here")

    assert answer.status_code == 303
    assert Verbatim.objects.for_tenant(member.tenant).get().text == "still here"


def test_whoever_began_a_version_goes_on_with_it(member: Membership) -> None:
    survey = asked_survey(member)
    send(survey, "nps", nps="9")
    add_question(survey, "more", "short_text", by=member, title="More?")
    publish_survey(survey=survey, by=member, now=NOW)

    send(survey, "why", why="x")
    answer = send(survey, "used", used="app")

    assert answer["Location"] == address(survey, way(survey))


def test_answers_can_be_changed_only_so_long(member: Membership) -> None:
    survey = asked_survey(member)
    with time_machine.travel(NOW, tick=False):
        for at, answer in (("nps", {"nps": "9"}), ("why", {}), ("used", {"used": "app"})):
            send(survey, at, **answer)
    with time_machine.travel(NOW + timedelta(hours=23), tick=False):
        assert send(survey, "nps", nps="8").status_code == 303
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        assert send(survey, "nps", nps="0").status_code == 410

    assert scores(survey) == [("nps", 8)]


def test_the_survey_speaks_the_language_of_the_browser(member: Membership) -> None:
    survey = survey_of(member)
    asked = add_question(survey, "why", "long_text", by=member, title="Why?", is_required=True)
    add(survey, "wording", by=member, parent=asked, language="de", field="title", text="Warum?")
    put(survey, "languages", ["de"], by=member)
    publish_survey(survey=survey, by=member, now=NOW)
    survey.refresh_from_db()
    german = {"accept-language": "de-AT,de;q=0.9"}

    page = Client().get(address(survey), headers=german).content.decode()
    refused = (
        Client()
        .post(address(survey), {"pass": way(survey), "at": "why"}, headers=german)
        .content.decode()
    )
    english = Client().get(f"{address(survey)}?lang=en", headers=german).content.decode()

    assert "Warum?" in page
    assert '<html lang="de"' in page
    assert "Bitte antworten Sie hier" in refused
    assert "Why?" in english


def test_addresses_that_lead_nowhere() -> None:
    manager, other = make.member(of=make.tenant(), role=Role.MANAGER), make.tenant()
    with tenant_bound(manager.tenant_id):
        survey = asked_survey(manager)
        home = address(survey)

    assert Client().get(f"/q/{other.slug}/{survey.public_id}/").status_code == 404
    assert Client().get(f"/q/{manager.tenant.slug}/nothing/").status_code == 404
    assert Client().get("/q/nobody/nothing/").status_code == 404
    assert Client().get(f"{home}{'x' * 32}/")["Location"] == home


def test_every_language_has_all_words_with_the_same_places() -> None:
    for language, words in WORDS.items():
        assert words.keys() == WORDS["en"].keys(), language
        for name, text in words.items():
            places = {part.split("}")[0] for part in text.split("{")[1:]}
            expected = {part.split("}")[0] for part in WORDS["en"][name].split("{")[1:]}
            assert places == expected, (language, name)
