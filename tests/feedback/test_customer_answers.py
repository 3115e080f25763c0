"""What one customer answered, as their page, the timeline and JSON tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.customers.models import Customer
from cxm.customers.selectors.subjects import Looking, Subject, read_subject
from cxm.kernel.context_parts import ToldScore
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role, may
from feedback.models import Rating, Response
from feedback.selectors.customer_answers import (
    answers_json,
    answers_told,
    customer_answers,
    last_answer_line,
)
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant that the test is bound to."""
    made = make.tenant()
    with tenant_bound(made.pk):
        yield made


def subject_of(tenant: Tenant, role: Role = Role.AGENT) -> Subject:
    """Look at the only customer of a tenant."""
    looking = Looking(tenant, lambda right: may(role, right), make.NOW)
    subject = read_subject(looking, Customer.objects.for_tenant(tenant).get().pk)
    assert subject is not None
    return subject


def said(value: int | None = 2, **more: Any) -> Any:
    """A record of the customer C-1."""
    return make.record(value, customer="C-1", **more)


def test_the_last_five_answers_come_newest_first_in_one_query(tenant: Tenant) -> None:
    make.load(*[said(day, day=day) for day in range(7)], of=tenant)
    subject = subject_of(tenant)

    with CaptureQueriesContext(connection) as asked:
        answers = customer_answers(subject)

    assert [answer.scores[0].value for answer in answers] == [0, 1, 2, 3, 4]
    assert len(asked) == 1


def test_an_answer_tells_its_scores_words_and_touchpoint(tenant: Tenant) -> None:
    make.load(said(touchpoint="delivery", channel="app", comment="Late", day=2), of=tenant)

    [answer] = customer_answers(subject_of(tenant))
    [told] = answers_json([answer])

    assert told == {
        "response": str(answer.response_id),
        "answered_at": "2026-11-18T12:00:00+00:00",
        "survey": "Survey",
        "touchpoint": "Delivery",
        "channel": "App",
        "scores": [{"metric": "nps", "value": 2, "tone": "unfavourable", "touchpoint": "Delivery"}],
        "words": ["Late"],
    }
    line = last_answer_line([answer])
    assert line is not None
    assert line.words == ("Last answer 2 days ago about Delivery: Net Promoter Score 2: “Late”.")


def test_words_are_masked_for_those_who_may_not_see_persons(tenant: Tenant) -> None:
    make.load(said(comment="I am C-1, write to c1@example.com"), of=tenant)

    [answer] = customer_answers(subject_of(tenant, Role.ANALYST))

    assert answer.words == ["I am [name], write to [email]"]


def test_deleted_answers_and_held_scores_are_left_out(tenant: Tenant) -> None:
    kept, deleted = make.load(said(2, day=1), said(9), of=tenant)
    Response.objects.for_tenant(tenant).filter(pk=deleted.pk).update(state="deleted")
    Rating.objects.for_tenant(tenant).filter(response=kept).update(state="quarantined")

    [answer] = customer_answers(subject_of(tenant))

    assert (answer.response_id, answer.scores) == (kept.pk, [])


def test_the_timeline_is_told_scores_and_words(tenant: Tenant) -> None:
    [response] = make.load(said(9, comment="Fine"), of=tenant)
    assert response.interaction_id

    told = answers_told(subject_of(tenant), [response.interaction_id])[response.interaction_id]

    assert told.scores == [ToldScore(9, "favourable", "Net Promoter Score")]
    assert (told.words, told.url.endswith(f"/responses/{response.pk}/")) == (["Fine"], True)


def test_those_who_may_not_read_answers_get_none(tenant: Tenant) -> None:
    [response] = make.load(said(9), of=tenant)
    assert response.interaction_id
    subject = subject_of(tenant, Role.GUEST)

    assert customer_answers(subject) == []
    assert answers_told(subject, [response.interaction_id]) == {}


def test_nothing_answered_is_no_line() -> None:
    assert last_answer_line([]) is None


def test_a_long_comment_is_cut_at_a_word(tenant: Tenant) -> None:
    make.load(said(comment="word " * 80), of=tenant)

    line = last_answer_line(customer_answers(subject_of(tenant)))

    assert line is not None
    assert line.words.endswith("word …”.")
    assert len(line.words) < 230
