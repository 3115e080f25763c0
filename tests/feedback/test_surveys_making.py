"""Making surveys of our own, and freezing what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import RefusedError
from cxm.kernel.operations.store import undo
from feedback.errors import SurveyNotReadyError, SurveyTitleError
from feedback.models import Survey, SurveyQuestion, SurveyVersion
from feedback.rules.questionnaires import Scale, read_questionnaire
from feedback.services.survey_store import SURVEYS
from feedback.services.surveys_making import (
    create_survey,
    draft_of,
    publish_survey,
    questionnaire_now,
)
from personas.services.personas import actor_of
from tests.feedback.drafting import add, add_question, asked_survey, put, survey_of
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def test_a_new_survey_is_a_draft_with_an_address(member: Membership) -> None:
    first, second = survey_of(member), survey_of(member)

    assert (first.status, first.owner, first.title) == ("draft", member, "How was it?")
    assert (first.key, second.key) == ("how-was-it", "how-was-it-2")
    assert len(first.public_id) == 16
    assert first.public_id != second.public_id


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_a_survey_needs_a_title(title: str, member: Membership) -> None:
    with pytest.raises(SurveyTitleError, match="1 to 200"):
        create_survey(tenant=member.tenant, title=title, by=member, now=NOW)


def test_publishing_freezes_what_the_draft_asks(member: Membership) -> None:
    survey = asked_survey(member)

    assert survey.head is not None
    assert (survey.status, survey.head.number) == ("live", 1)
    asked = read_questionnaire(survey.head.document)
    assert [one.key for one in asked.questions] == ["nps", "why", "used"]
    assert asked.questions[0].scale == Scale(0, 10)
    assert [one.key for one in asked.questions[2].choices] == ["app", "shop", "phone"]
    kept = SurveyQuestion.objects.for_tenant(member.tenant).order_by("ord")
    assert [(one.key, one.kind) for one in kept] == [
        ("nps", "score"),
        ("why", "text"),
        ("used", "other"),
    ]


def test_publishing_again_makes_a_version_only_where_something_changed(member: Membership) -> None:
    survey = asked_survey(member)

    same = publish_survey(survey=survey, by=member, now=NOW)
    add_question(survey, "more", "short_text", by=member)
    other = publish_survey(survey=survey, by=member, now=NOW)

    assert (same.number, other.number) == (1, 2)
    assert SurveyVersion.objects.for_tenant(member.tenant).count() == 2


def test_a_published_version_is_never_changed(member: Membership) -> None:
    asked_survey(member)

    with pytest.raises(DatabaseError), transaction.atomic():
        SurveyVersion.objects.for_tenant(member.tenant).update(document={})


def test_what_nobody_could_answer_is_not_published(member: Membership) -> None:
    survey = survey_of(member)
    add_question(survey, "score", "nps", by=member)
    add_question(survey, "pick", "single", by=member, title="")
    add_question(survey, "parts", "matrix", by=member, metric="csat_5")

    with pytest.raises(SurveyNotReadyError) as refused:
        publish_survey(survey=survey, by=member, now=NOW)

    assert refused.value.findings == (
        "“score” names no figure, so that it has no scale.",
        "The question “pick” has no words.",
        "“pick” offers fewer than two choices.",
        "“parts” has no rows.",
    )


def test_an_empty_survey_is_not_published(member: Membership) -> None:
    survey = survey_of(member)
    add_question(survey, "hello", "statement", by=member)

    with pytest.raises(SurveyNotReadyError, match="no question yet"):
        publish_survey(survey=survey, by=member, now=NOW)


def test_rows_of_a_table_are_questions_of_their_own(member: Membership) -> None:
    survey = survey_of(member)
    table = add_question(survey, "parts", "matrix", by=member, metric="csat_5", title="Rate")
    add(survey, "row", by=member, parent=table, key="driver", title="the driver")

    publish_survey(survey=survey, by=member, now=NOW)

    kept = SurveyQuestion.objects.for_tenant(member.tenant).get()
    assert (kept.key, kept.text, kept.kind) == ("parts.driver", "Rate the driver", "score")


def test_texts_are_translated(member: Membership) -> None:
    survey = survey_of(member)
    asked = add_question(survey, "why", "long_text", by=member, title="Why?")
    add(survey, "wording", by=member, parent=asked, language="de", field="title", text="Warum?")

    found = questionnaire_now(survey, now=NOW).questions[0]

    assert found.title == {"en": "Why?", "de": "Warum?"}


def test_parts_lie_only_where_they_can(member: Membership) -> None:
    survey = survey_of(member)
    text = add_question(survey, "why", "long_text", by=member)

    with pytest.raises(RefusedError, match="has no choices"):
        add(survey, "choice", by=member, parent=text, key="a", title="A")
    with pytest.raises(RefusedError, match="Only a table"):
        add(survey, "row", by=member, parent=text, key="a", title="A")
    with pytest.raises(RefusedError, match="no such text"):
        add(survey, "wording", by=member, parent=text, language="de", field="intro", text="x")


def test_the_survey_is_called_what_its_draft_is_called(member: Membership) -> None:
    survey = survey_of(member, "Old")

    put(survey, "title", "New", by=member)

    assert Survey.objects.for_tenant(member.tenant).get().title == "New"


def test_the_survey_is_called_so_again_when_that_is_undone(member: Membership) -> None:
    survey = survey_of(member, "Old")
    put(survey, "title", "New", by=member)
    request = Request(survey.tenant, draft_of(survey).pk, actor_of(member), NOW)

    undo(SURVEYS, request, as_batch=new_id())

    assert Survey.objects.for_tenant(member.tenant).get().title == "Old"
