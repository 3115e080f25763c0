"""Numbers, sliders and yes or no that are about a figure; rows of tables with one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from cxm.metrics.models import Metric
from feedback.models import Rating, Response
from feedback.rules.answer_reading import AnswerRefusedError, answer_sent, slider_points
from feedback.rules.questionnaires import Question, Scale
from feedback.rules.survey_checks import Level, checked
from feedback.selectors.surveys import survey_questions
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.asking import CSAT, NPS, asked, question
from tests.feedback.drafting import add, add_question, survey_of
from tests.feedback.nameless import address
from tests.feedback.ways import way

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

TWO = Scale(1, 2)


def test_a_slider_of_a_figure_has_its_points() -> None:
    slider = question("n", "slider", metric="nps", scale=NPS)

    assert slider_points(slider) == tuple(str(point) for point in range(11))
    assert answer_sent(slider, {"q.n": ["10"]}) == 10


@pytest.mark.parametrize(("sent", "words"), [("11", "from 0 to 10"), ("7.5", "what is offered")])
def test_a_number_off_the_scale_of_its_figure_is_refused(sent: str, words: str) -> None:
    number = question("n", "number", metric="nps", scale=NPS)

    with pytest.raises(AnswerRefusedError) as refused:
        answer_sent(number, {"q.n": [sent]})

    assert words in refused.value.words("en")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (question("n", "number", metric="nps", scale=NPS, most=5.0), "other bounds or steps"),
        (question("n", "slider", metric="nps", scale=NPS, step=2.0), "other bounds or steps"),
        (question("n", "yes_no", metric="csat_5", scale=CSAT), "a figure of two points"),
    ],
    ids=["most", "step", "points"],
)
def test_what_does_not_fit_its_figure_cannot_be_published(wrong: Question, words: str) -> None:
    found = checked(asked(wrong), {"nps": NPS, "csat_5": CSAT})

    assert [one.level for one in found if words in one.words] == [Level.ERROR]


@pytest.mark.parametrize(
    "right",
    [
        question("n", "number", metric="nps", scale=NPS, least=0.0, most=10.0),
        question("n", "yes_no", metric="csat_2", scale=TWO),
    ],
    ids=["number", "yes_no"],
)
def test_what_fits_its_figure_can_be_published(right: Question) -> None:
    assert checked(asked(right), {"nps": NPS, "csat_2": TWO}) == []


@pytest.mark.django_db
def test_answers_to_them_are_scores(member: Membership) -> None:
    survey = survey_of(member)
    for key, sort, metric in (
        ("likely", "slider", "nps"),
        ("pleased", "number", "csat_5"),
        ("solved", "yes_no", "csat_2"),
        ("plain", "number", ""),
    ):
        add_question(survey, key, sort, by=member, **({"metric": metric} if metric else {}))
    publish_survey(survey=survey, by=member, now=make.NOW)
    survey.refresh_from_db()

    token = way(survey)
    for key, told in (("likely", "9"), ("pleased", "4"), ("solved", "yes"), ("plain", "12.5")):
        sent = Client().post(address(survey), {"pass": token, "at": key, f"q.{key}": told})
        assert sent.status_code == 303

    two = Metric.objects.for_tenant(member.tenant).get(key="csat_2")
    rows = Rating.objects.for_tenant(member.tenant).counted().order_by("question_key")
    assert [(row.question_key, row.value) for row in rows] == [
        ("likely", 9),
        ("pleased", 4),
        ("solved", two.scale_max),
    ]
    # Yes stays readable beside the score that it counts as.
    [response] = Response.objects.for_tenant(member.tenant)
    assert response.answers == {"solved": True, "plain": 12.5}
    uses = {one.question.key: one.answers for one in survey_questions(survey)}
    assert uses == {"likely": 1, "pleased": 1, "solved": 1, "plain": 1}


@pytest.mark.django_db
def test_the_builder_offers_a_figure_and_each_row_one_of_its_own(
    client: Client, member: Membership
) -> None:
    client.force_login(member.user)
    survey = survey_of(member)
    table = add_question(survey, "rate", "matrix", by=member, metric="csat_5")
    gone = make.touchpoint(of=member.tenant, key="gone", title="Old desk")
    add(survey, "row", by=member, parent=table, key="staff", title="Staff", touchpoint=str(gone.pk))
    gone.archived_at = make.NOW
    gone.save()
    solved = add_question(survey, "solved", "yes_no", by=member)
    address = reverse("feedback:survey-edit", args=[member.tenant.slug, survey.pk])

    of_table = client.get(f"{address}?question={table}").content.decode()
    of_solved = client.get(f"{address}?question={solved}").content.decode()

    assert of_table.count("As the table has it") == 3
    # What was chosen stays to be seen, though nothing else may choose it any more.
    assert of_table.count("Old desk") == 2
    assert "(1 to 2)" in of_solved or "(0 to 1)" in of_solved
    assert "(0 to 10)" not in of_solved


@pytest.mark.django_db
def test_a_row_counts_for_its_own_touchpoint(member: Membership) -> None:
    desk = make.touchpoint(of=member.tenant, key="desk", title="Desk")
    survey = survey_of(member)
    table = add_question(survey, "rate", "matrix", by=member, metric="csat_5")
    add(survey, "row", by=member, parent=table, key="staff", title="Staff", touchpoint=str(desk.pk))
    add(survey, "row", by=member, parent=table, key="room", title="Room")
    publish_survey(survey=survey, by=member, now=make.NOW)
    survey.refresh_from_db()

    told = {"pass": way(survey), "at": "rate", "q.rate.staff": "5", "q.rate.room": "2"}
    assert Client().post(address(survey), told).status_code == 303

    rows = Rating.objects.for_tenant(member.tenant).counted().order_by("question_key")
    assert [(row.question_key, row.touchpoint_id) for row in rows] == [
        ("rate.room", None),
        ("rate.staff", desk.pk),
    ]
