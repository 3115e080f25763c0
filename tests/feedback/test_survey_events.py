"""PostHog's survey answers, loaded as responses."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.services.rollups import verify_rollups
from cxm.customers.models import Identity
from cxm.customers.rules.records import Ref
from cxm.customers.services.suppressing import suppress
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.models import Rating, Response, Survey, SurveyQuestion, Verbatim
from tests import make
from tests.feedback.senders import Sender, deliver, sender

pytestmark = pytest.mark.django_db


def answer(
    *values: Any,
    uuid: str = "p1",
    at: str = "2026-11-19T09:00:00Z",
    submission: str = "sub-1",
    is_known: bool = True,
) -> dict[str, Any]:
    ids = ["nps", "why", "which"][: len(values)]
    return {
        "event": "survey sent",
        "distinct_id": "u1",
        "uuid": uuid,
        "timestamp": at,
        "properties": {
            "$survey_id": "s1",
            "$survey_name": "Loyalty",
            "$survey_submission_id": submission,
            "$survey_questions": [{"id": i, "question": f"{i}?"} for i in ids],
            **{f"$survey_response_{i}": v for i, v in zip(ids, values, strict=True)},
            "$is_identified": is_known,
        },
    }


def arrive(of: Sender, *events: dict[str, Any]) -> None:
    deliver(of, "/batch/", {"batch": list(events), "api_key": of.key})


def scored(of: Sender) -> None:
    """Register the survey, and say that its first question is an NPS about the checkout."""
    arrive(of, answer("0", "-", submission="before"))
    touchpoint = make.touchpoint(of=of.tenant, key="checkout")
    with tenant_bound(of.tenant.pk):
        SurveyQuestion.objects.for_tenant(of.tenant).filter(key="nps").update(
            metric=make.metric(of=of.tenant), touchpoint=touchpoint
        )


def ratings(of: Sender) -> list[tuple[Any, ...]]:
    rows = Rating.objects.for_tenant(of.tenant)
    return of.rows(rows, "value", "state", "touchpoint__key", "metric__key")


def test_an_unknown_survey_is_registered_and_its_answers_kept() -> None:
    of = sender()

    arrive(of, answer("9", "Fast, thanks", ["a", "b"]))

    assert of.rows(Survey.objects.for_tenant(of.tenant), "key", "title") == [
        ("posthog-s1", "Loyalty")
    ]
    questions = of.rows(SurveyQuestion.objects.for_tenant(of.tenant), "key", "text", "kind")
    assert questions == [
        ("nps", "nps?", "score"),
        ("which", "which?", "other"),
        ("why", "why?", "text"),
    ]
    [(answers, value)] = of.rows(
        Response.objects.for_tenant(of.tenant), "answers", "customer__kind"
    )
    assert (answers, value) == ({"nps": "9", "which": ["a", "b"]}, "known")
    assert of.rows(Verbatim.objects.for_tenant(of.tenant), "text") == [("Fast, thanks",)]
    assert ratings(of) == []
    assert of.bodies()[0].counts["loaded"] == 1


def test_a_question_with_a_metric_gives_ratings() -> None:
    of = sender()
    scored(of)

    arrive(of, answer("9", "Fast"), answer(7, "Good", uuid="p2", submission="sub-2"))

    assert ratings(of) == [
        (7, "counted", "checkout", "nps"),
        (9, "counted", "checkout", "nps"),
    ]


@pytest.mark.parametrize("value", ["11", -1, 9.5, "nine", True, "1e1", [9], 10**30])
def test_a_score_off_the_scale_is_told_and_the_rest_loads(value: Any) -> None:
    of = sender()
    scored(of)

    arrive(of, answer(value, "Fast"))

    assert ratings(of) == []
    assert of.refusals() == [("off_scale", "properties.$survey_response_nps")]
    assert ("Fast",) in of.rows(Verbatim.objects.for_tenant(of.tenant), "text")
    body = of.bodies()[-1]
    assert (body.state, body.counts["loaded"], body.counts["refused"]) == ("partly", 1, 0)


def test_a_later_event_of_a_submission_takes_the_place_of_the_earlier() -> None:
    of = sender()
    scored(of)
    arrive(of, answer("3", "Slow"))

    arrive(of, answer("9", "Fast after all", uuid="p2", at="2026-11-19T09:05:00Z"))
    arrive(of, answer("1", "Stale", uuid="p3", at="2026-11-19T09:01:00Z"))

    assert ratings(of) == [
        (3, "replaced", "checkout", "nps"),
        (9, "counted", "checkout", "nps"),
    ]
    texts = of.rows(Verbatim.objects.for_tenant(of.tenant), "text")
    assert texts == [("-",), ("Fast after all",)]
    counts = [(b.counts["loaded"], b.counts["unchanged"]) for b in of.bodies()]
    assert counts == [(1, 0), (1, 0), (1, 0), (0, 1)]
    with tenant_bound(of.tenant.pk):
        assert verify_rollups(tenant=of.tenant, now=now()).differences == 0


def test_the_same_answer_again_changes_nothing() -> None:
    of = sender()
    arrive(of, answer("9", "Fast"))
    arrive(of, answer("9", "Fast"))

    assert [body.counts["unchanged"] for body in of.bodies()] == [0, 1]
    assert len(of.rows(Response.objects.for_tenant(of.tenant), "pk")) == 1


def test_a_visitor_who_answers_stays_a_visitor() -> None:
    of = sender()

    arrive(of, answer("9", "Fast", is_known=False))

    rows = Response.objects.for_tenant(of.tenant)
    assert of.rows(rows, "customer__kind") == [("visitor",)]
    assert of.rows(Identity.objects.for_tenant(of.tenant), "kind", "value") == [("anonymous", "u1")]


def test_an_erased_person_who_answers_is_nobody() -> None:
    of = sender()
    with tenant_bound(of.tenant.pk):
        suppress(tenant=of.tenant, refs=[Ref("external", "", "u1")], now=now())

    arrive(of, answer("9", "Fast"))

    assert of.rows(Response.objects.for_tenant(of.tenant), "customer") == [(None,)]
    assert of.rows(Identity.objects.for_tenant(of.tenant), "value") == []


def test_reading_again_renews_nothing() -> None:
    of = sender()
    arrive(of, answer("9", "Fast"))
    drain(of.tenant.pk)

    assert len(of.rows(Response.objects.for_tenant(of.tenant), "pk")) == 1
