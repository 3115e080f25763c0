"""Results of a survey: each number by hand, each opening to as many responses."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.selectors.persons import Reader
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import RIGHTS, Right, Role
from feedback.models import Response, SurveyQuestion
from feedback.rules.question_results import Asking, Tally, share_rows
from feedback.selectors.registry_names import read_names
from feedback.selectors.response_filter import read_filter
from feedback.selectors.response_rows import count_rows, rows_of
from feedback.selectors.survey_results import results_asked, survey_results
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add, add_question
from tests.feedback.resulting import answer, answer_all, wide_survey

if TYPE_CHECKING:
    from cxm.tenants.models import Membership
    from feedback.models import Survey
    from feedback.selectors.survey_results import QuestionResult, SurveyResults

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(member: Membership) -> Survey:
    return wide_survey(member)


@pytest.fixture
def answered(survey: Survey) -> Survey:
    answer_all(survey)
    return survey


def asked_for(survey: Survey, query: str = "") -> Any:
    return results_asked(survey, read_filter(parse_qs(query), read_names(survey.tenant)))


def found(survey: Survey, query: str = "", *, sees_persons: bool = True) -> SurveyResults:
    reader = Reader(survey.tenant, sees_persons=sees_persons)
    return survey_results(reader, survey, asked_for(survey, query), now=make.NOW)


def by_key(survey: Survey, query: str = "") -> dict[str, QuestionResult]:
    return {one.key: one for one in found(survey, query).results}


def page(member: Membership, survey: Survey, rest: str = "") -> Any:
    client = Client()
    client.force_login(member.user)
    here = reverse("feedback:survey-results", args=[member.tenant.slug, survey.pk])
    return client.get(f"{here}{rest}")


def test_every_question_is_counted_as_by_hand(answered: Survey) -> None:
    told = by_key(answered)

    score = told["nps"].figure
    assert score is not None
    assert (score.n, told["nps"].na) == (3, 1)
    assert score.value == pytest.approx(100 * (2 - 1) / 3)
    assert {row.title: row.n for row in told["nps"].shares if row.n} == {"3": 1, "9": 2}
    assert [(row.title, row.n, row.share.n) for row in told["why"].shares] == [
        ("Price", 2, 3),
        ("Service", 0, 3),
        ("Other", 1, 3),
    ]
    # Newcombe 1998, method 3: two of three, without continuity correction.
    price = told["why"].shares[0].share
    assert price.value == pytest.approx(66.667, abs=0.001)
    assert (price.ci_low, price.ci_high) == pytest.approx((20.77, 93.85), abs=0.01)
    assert [(row.title, row.n) for row in told["used"].shares] == [
        ("Price", 2),
        ("Service", 1),
        ("Other", 0),
    ]
    assert [(row.value, row.place.value, row.first.value) for row in told["order"].ranks] == [
        ("price", 1.5, 50.0),
        ("service", 1.5, 50.0),
        ("other", 3.0, 0.0),
    ]
    first = told["order"].ranks[0].place
    assert (first.ci_low, first.ci_high) == (1.0, 3.0)
    numbers = told["spent"].numbers
    assert numbers is not None
    assert (numbers.n, numbers.mean, numbers.median) == (3, 30, 20)
    # t(0.975, 2) = 4.302653 times 26.457513 / sqrt(3).
    assert numbers.estimate.ci_high == pytest.approx(30 + 65.724, abs=0.01)
    assert [(row.title, row.n) for row in told["again"].shares] == [("Yes", 1), ("No", 1)]
    assert (told["said"].n, told["mail"].n) == (1, 1)
    assert not told["mail"].shares


def test_every_number_opens_to_as_many_responses(answered: Survey) -> None:
    names = read_names(answered.tenant)
    opened = 0
    for result in found(answered).results:
        counts = {result.query: result.n}
        counts |= {result.query_of(row.value): row.n for row in result.shares}
        counts |= {result.query_of(row.value): row.n for row in result.ranks}
        if result.na:
            counts |= {result.query_of("na"): result.na, result.query: result.n + result.na}
        for query, n in counts.items():
            asked = read_filter(parse_qs(query), names)
            assert not asked.notes
            assert count_rows(rows_of(answered.tenant, asked)) == n, query
            opened += 1

    assert opened > 25


def test_an_answer_filters_all_questions_and_both_must_have_been_said(answered: Survey) -> None:
    assert found(answered, "answer=used:price").total == 2
    assert found(answered, "answer=used:price&answer=used:service").total == 1
    assert found(answered, "answer=why:price&answer=nps:3").total == 0
    told = by_key(answered, "answer=again:no")
    assert [row.n for row in told["why"].shares] == [1, 0, 0]


@pytest.mark.parametrize("wrong", ["answer=%3Aprice", f"answer={'x' * 301}", "version=two"])
def test_what_cannot_be_understood_is_said(
    answered: Survey, member: Membership, wrong: str
) -> None:
    html = page(member, answered, f"?{wrong}").content.decode()

    assert "it was left out" in html


def test_versions_stand_by_themselves(answered: Survey, member: Membership) -> None:
    pick = add_question(answered, "fresh", "single", by=member, title="Fresh?")
    add(answered, "choice", by=member, parent=pick, key="so", title="So")
    add(answered, "choice", by=member, parent=pick, key="not", title="Not")
    publish_survey(survey=answered, by=member, now=make.NOW)
    answered.refresh_from_db()
    answer(answered, "later", {"nps": "10", "fresh": "so"})

    assert [found(answered, f"version={one}").total for one in (1, 2)] == [4, 1]
    assert found(answered).total == 5
    html = page(member, answered).content.decode()
    assert "Version 2</a>" in html


def test_values_that_few_gave_are_told_together_to_those_who_see_no_persons() -> None:
    tallies = [Tally("Berlin", 9), Tally("Bonn", 5), Tally("Ann Lee", 1), Tally("Bob Low", 1)]

    masked = share_rows(Asking(), tallies, 16, tells_few=False)
    told = share_rows(Asking(), tallies, 16, tells_few=True)

    assert [(row.title, row.n) for row in masked] == [
        ("Berlin", 9),
        ("Bonn", 5),
        ("Other answers", 2),
    ]
    assert [row.title for row in told] == ["Berlin", "Bonn", "Ann Lee", "Bob Low"]


def test_imported_questions_are_told_value_by_value(answered: Survey) -> None:
    SurveyQuestion.objects.create(
        tenant=answered.tenant, survey=answered, key="city", text="City", kind="other", ord=99
    )
    for response, city in zip(
        Response.objects.for_tenant(answered.tenant), ["Bonn", "Bonn", "Ulm"], strict=False
    ):
        response.answers = {**response.answers, "city": city}
        response.save(update_fields=["answers"])

    told = by_key(answered)["city"]

    assert [(row.value, row.n) for row in told.shares] == [("Bonn", 2), ("Ulm", 1)]


def test_the_page_links_each_number(answered: Survey, member: Membership) -> None:
    html = page(member, answered).content.decode()

    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*answer=[^"]*)"', html)]
    client = Client()
    client.force_login(member.user)
    wanted = next(link for link in links if "answer=why%3Aprice" in link)
    assert urlsplit(wanted).path.endswith("/responses/")
    assert "2 responses" in " ".join(
        re.sub(r"<.*?>", "", client.get(wanted).content.decode()).split()
    )


def test_the_file_holds_what_the_page_shows(answered: Survey, member: Membership) -> None:
    answer_ = page(member, answered, "results.csv?answer=why:price")

    lines = list(csv.reader(StringIO(answer_.content.decode())))
    assert ["# responses", "2"] in lines
    [price] = [line for line in lines if line[0] == "why" and line[5] == "price"]
    assert price[6:10] == ["Price", "2", "100.0", price[9]]
    rows = AuditEntry.objects.for_tenant(member.tenant).filter(action="survey-results-exported")
    assert rows.count() == 1


def test_more_answers_and_questions_need_no_more_queries(
    answered: Survey, member: Membership
) -> None:
    client = Client()
    client.force_login(member.user)
    here = reverse("feedback:survey-results", args=[member.tenant.slug, answered.pk])
    client.get(here)
    counts = []
    for more in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(here).status_code == 200
        counts.append(len(queries))
        answer(answered, f"more {more}", {"nps": "7", "why": "service"})

    assert counts[0] == counts[1]


def test_the_api_tells_the_same(answered: Survey, member: Membership) -> None:
    at = f"/api/v1/surveys/{answered.pk}/results/"
    _, text = make.api_key(of=member.tenant, rights=tuple(Right))
    client = Client(headers={"X-Api-Key": text})

    told = {one["key"]: one for one in client.get(at).json()["questions"]}

    assert told["nps"]["figure"]["n"] == 3
    assert told["nps"]["na"] == 1
    [price, *_] = told["why"]["shares"]
    assert (price["answer"], price["n"], price["share"]["n"]) == ("price", 2, 3)
    listed = client.get(f"/api/v1/responses/?{price['query']}").json()["results"]
    assert len(listed) == 2
    assert told["order"]["ranks"][0]["place"]["value"] == 1.5
    assert told["spent"]["numbers"]["mean"]["value"] == 30
    assert client.get(f"{at}?metric=nps").status_code == 422


@pytest.mark.parametrize("rest", ["", "results.csv"])
def test_it_is_for_readers_of_responses(
    answered: Survey, monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    viewer = make.member(of=answered.tenant, role=Role.VIEWER)
    monkeypatch.setitem(RIGHTS, Role.VIEWER, RIGHTS[Role.VIEWER] | {Right.SEE_RESPONSES})
    assert page(viewer, answered, rest).status_code == 200

    monkeypatch.setitem(RIGHTS, Role.VIEWER, RIGHTS[Role.VIEWER] - {Right.SEE_RESPONSES})
    assert page(viewer, answered, rest).status_code == 404
