"""The preview of a survey, and trying it out: nothing of it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import Rating, Response, SurveyTrial
from feedback.services import trials
from tests import make
from tests.feedback.drafting import put, survey_of
from tests.feedback.test_views_survey_builder import Builder, html

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(client: Client) -> Builder:
    made = Builder(client)
    made.question("nps", "nps", metric="nps", title="Would you recommend us?")
    made.question("why", "long_text", title="Why?")
    made.question("order", "hidden", title="Order")
    return made


def kept(built: Builder) -> list[SurveyTrial]:
    with tenant_bound(built.member.tenant_id):
        return list(SurveyTrial.objects.for_tenant(built.member.tenant).order_by("pk"))


def send(built: Builder, trial: UUID, at: str, **answers: Any) -> Any:
    return built.post("survey-trial", trial, at=at, **{f"q.{k}": v for k, v in answers.items()})


def test_the_draft_stands_in_frames_that_only_we_may_show(built: Builder) -> None:
    page = built.client.get(built.url("survey-preview") + "?order=4711")
    framed = built.client.get(built.url("survey-trial", new_id()))

    assert html(page).count("data-preview-frame") == 2
    assert "?lang=en&amp;order=4711" in html(page)
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "Would you recommend us?" in html(framed)
    assert "it counts nowhere" in html(framed)
    # Without its origin a browser's form would be taken for a forged one.
    assert 'name="referrer"' not in html(framed)


def test_a_trial_is_kept_and_is_in_no_number(built: Builder) -> None:
    trial = new_id()

    first = built.post("survey-trial", trial, at="nps", order="4711", **{"q.nps": "9"})
    last = send(built, trial, "why", why="Quick")
    end = html(built.client.get(built.url("survey-trial", trial)))

    [row] = kept(built)
    assert first["Location"] == f"{built.url('survey-trial', trial)}?at=why"
    assert last["Location"] == built.url("survey-trial", trial)
    assert (row.pk, row.hidden) == (trial, {"order": "4711"})
    assert row.answers == {"nps": 9, "why": "Quick", "order": "4711"}
    assert (row.state, row.by_id) == ("complete", built.member.pk)
    assert "Thank you. Your answers are in." in end
    with tenant_bound(built.member.tenant_id):
        assert not Response.objects.for_tenant(built.member.tenant).exists()
        assert not Rating.objects.for_tenant(built.member.tenant).exists()


def test_hidden_values_are_kept_without_signs_that_cannot_be(built: Builder) -> None:
    built.post("survey-trial", new_id(), at="nps", order="47\x0011\u202e")

    assert kept(built)[0].hidden == {"order": "4711"}


def test_the_first_page_sent_twice_is_one_trial(built: Builder) -> None:
    trial = new_id()

    send(built, trial, "nps", nps="9")
    send(built, trial, "nps", nps="9")

    assert [one.answers for one in kept(built)] == [{"nps": 9}]


def test_what_does_not_fit_is_said_at_its_question_and_stays(built: Builder) -> None:
    built.question("mail", "email", title="Your address")

    answer = send(built, new_id(), "mail", mail="ana at example")

    assert answer.status_code == 422
    assert 'value="ana at example"' in html(answer)
    assert "Write an e-mail address" in html(answer)
    assert kept(built) == []


def test_a_question_that_nothing_leads_to_yet_is_shown_by_itself(built: Builder) -> None:
    rule = {"of": "nps", "op": "<", "value": 7}
    built.question("worse", "short_text", title="What went wrong?", show=rule)

    shown = html(built.client.get(built.url("survey-trial", new_id()) + "?at=worse"))

    assert "What went wrong?" in shown


def test_the_preview_speaks_the_language_that_was_chosen(built: Builder) -> None:
    with tenant_bound(built.member.tenant_id):
        put(built.survey, "languages", ["de"], by=built.member)

    shown = html(built.client.get(built.url("survey-trial", new_id()) + "?lang=de"))

    assert '<html lang="de" dir="ltr">' in shown
    assert "Weiter" in shown


def test_trials_are_listed_in_words_and_thrown_away_at_once(built: Builder) -> None:
    send(built, new_id(), "nps", nps="9")
    send(built, new_id(), "nps", nps="3")

    before = html(built.client.get(built.url("survey-preview")))
    answer = built.post("survey-trials-clear")

    assert "Would you recommend us?</span> 9" in before
    assert answer["Location"] == built.url("survey-preview")
    assert kept(built) == []
    with tenant_bound(built.member.tenant_id):
        entry = AuditEntry.objects.for_tenant(built.member.tenant).get(
            action="survey-trials-cleared"
        )
    assert entry.changes == {"trials": [2, 0]}


def test_the_preview_reads_as_often_for_one_trial_as_for_three(
    built: Builder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(built, new_id(), "nps", nps="9")
    with django_assert_num_queries(20):
        built.client.get(built.url("survey-preview"))
    send(built, new_id(), "nps", nps="3")
    send(built, new_id(), "nps", nps="4")
    with django_assert_num_queries(20):
        built.client.get(built.url("survey-preview"))


def test_the_builder_says_which_answers_a_text_can_show(built: Builder) -> None:
    asked = built.asked().questions
    assert [one.key for one in asked] == ["nps", "why", "order"]

    page = html(built.client.get(built.url("survey-edit")))

    assert "<code>{{ order | … }}</code> Order" in page
    assert "<code>{{ nps | … }}</code>" not in page


def test_no_more_trials_are_kept_than_can_be_looked_at(
    built: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "MOST_TRIALS", 1)
    send(built, new_id(), "nps", nps="9")

    answer = send(built, new_id(), "nps", nps="9")

    assert answer.status_code == 422
    assert answer.content.decode().startswith("There are 1 trials: throw")
    assert len(kept(built)) == 1


def test_a_trial_of_another_workspace_is_left_alone(built: Builder, client: Client) -> None:
    trial = new_id()
    send(built, trial, "nps", nps="9")
    other = Builder(client)
    other.question("nps", "nps", metric="nps")

    shown = html(other.client.get(other.url("survey-trial", trial)))
    send(other, trial, "nps", nps="1")

    assert "checked" not in shown
    assert [one.answers for one in kept(built)] == [{"nps": 9}]


def test_a_trial_of_another_survey_is_nowhere(built: Builder) -> None:
    trial = new_id()
    send(built, trial, "nps", nps="9")
    with tenant_bound(built.member.tenant_id):
        built.survey = survey_of(built.member, "Another")
    built.question("nps", "nps", metric="nps")

    answer = send(built, trial, "nps", nps="1")

    assert answer.status_code == 404
    assert [one.answers for one in kept(built)] == [{"nps": 9}]


@pytest.mark.parametrize("name", ["survey-preview", "survey-trials-clear"])
def test_who_may_not_build_sees_no_preview(client: Client, name: str) -> None:
    built = Builder(client)
    viewer = make.member(of=built.member.tenant, role=Role.VIEWER)
    client.force_login(viewer.user)

    answer = client.get(built.url(name)) if name == "survey-preview" else built.post(name)

    assert answer.status_code == 404
