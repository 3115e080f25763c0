"""Answers, hidden values and calculated numbers on the public pages of a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from feedback.models import Rating, Response
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add_question, put, survey_of
from tests.feedback.test_views_answering import address, send

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import Survey

pytestmark = pytest.mark.django_db


def published(survey: Survey, member: Membership) -> Survey:
    publish_survey(survey=survey, by=member, now=make.NOW)
    survey.refresh_from_db()
    return survey


def page(url: str) -> str:
    return " ".join(Client().get(url).content.decode().split())


def piped(member: Membership, **hidden: Any) -> Survey:
    survey = survey_of(member)
    add_question(survey, "order", "hidden", by=member, **hidden)
    add_question(survey, "name", "short_text", by=member, title="About {{ order | your order }}")
    add_question(survey, "why", "long_text", by=member, title="Why, {{ name | dear customer }}?")
    put(survey, "thanks", "Bye, {{ name | dear customer }}", by=member)
    return published(survey, member)


def test_answers_and_hidden_values_stand_in_later_texts_and_run_nothing(
    member: Membership,
) -> None:
    survey = piped(member)

    first = page(f"{address(survey)}?order=%3Cb%3E4711")
    second = page(send(survey, "name", name="<script>Ana</script>")["Location"])
    last = page(send(survey, "why", why="So")["Location"])

    assert "About &lt;b&gt;4711" in first
    assert "Why, &lt;script&gt;Ana&lt;/script&gt;?" in second
    assert "Bye, &lt;script&gt;Ana&lt;/script&gt;" in last


def test_without_an_answer_the_words_for_that_stand_there(member: Membership) -> None:
    survey = piped(member)

    first, second = page(address(survey)), page(send(survey, "name", name="")["Location"])

    assert "About your order" in first
    assert "Why, dear customer?" in second


def test_a_hidden_value_that_did_not_come_is_what_its_question_says(member: Membership) -> None:
    survey = piped(member, fallback="the shop")

    assert "About the shop" in page(address(survey))


def test_what_is_calculated_is_kept_and_is_a_score_where_it_lies_on_the_scale(
    member: Membership,
) -> None:
    survey = survey_of(member)
    for key in ("a", "b"):
        add_question(survey, key, "number", by=member)
    add_question(survey, "sum", "calculated", by=member, metric="nps", formula="a + b")
    survey = published(survey, member)

    send(survey, "a", a="3")
    send(survey, "b", b="4")
    [rating] = Rating.objects.for_tenant(survey.tenant_id).counted()
    send(survey, "b", b="40")

    response = Response.objects.for_tenant(survey.tenant_id).get()
    assert (rating.question_key, rating.value) == ("sum", 7)
    assert response.answers == {"a": 3, "b": 40, "sum": 43}
    assert not Rating.objects.for_tenant(survey.tenant_id).counted().exists()
