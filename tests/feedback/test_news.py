"""What other systems are told of feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.customers.models import Customer
from cxm.integrations.models import WebhookEvent
from cxm.tenants.binding import tenant_bound
from feedback.models import Response
from feedback.services.holding import delete_response, hold_response, restore_response
from feedback.services.news import KINDS
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.ways import way
from tests.integrations.hooking import webhook

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    member = make.member()
    webhook(member, kinds=[one.name for one in KINDS])
    return member


def _loaded(member: Membership) -> Response:
    """Load one answer by a known person; loading in bulk tells nothing of it."""
    [row] = make.load(
        make.record(
            3,
            touchpoint="checkout",
            survey="shop",
            customer="c-1",
            comment="Call me: ana@example.com",
        ),
        of=member.tenant,
    )
    with tenant_bound(member.tenant_id):
        rows = Response.objects.for_tenant(member.tenant)
        assert row.customer_id
        people = Customer.objects.for_tenant(member.tenant).filter(pk=row.customer_id)
        people.update(display_name="Ana Alves", email="ana@example.com")
        return rows.select_related("survey", "tenant").get(pk=row.pk)


def _told(member: Membership) -> list[tuple[str, dict[str, Any]]]:
    with tenant_bound(member.tenant_id):
        rows = WebhookEvent.objects.for_tenant(member.tenant).order_by("pk")
        return [(one.kind, one.content) for one in rows]


def test_holding_deleting_and_restoring_are_told_and_bulk_loading_is_not(
    member: Membership,
) -> None:
    response = _loaded(member)
    with tenant_bound(member.tenant_id):
        hold_response(response=response, reason="joke", by=member, now=make.NOW)
        delete_response(response=response, by=member, now=make.NOW)
        restore_response(response=response, by=member, now=make.NOW)

    held, deleted, restored = _told(member)
    assert [held[0], deleted[0], restored[0]] == [
        "rating.quarantined",
        "response.deleted",
        "response.updated",
    ]
    assert held[1]["held"] == 1
    assert [one["is_counted"] for one in held[1]["scores"]] == [False]
    assert deleted[1] == {
        "survey": {"key": "shop", "title": response.survey.title},
        "state": "deleted",
    }


def test_an_answer_is_told_with_its_scores_person_and_words_without_addresses(
    member: Membership,
) -> None:
    response = _loaded(member)
    with tenant_bound(member.tenant_id):
        hold_response(response=response, reason="joke", by=member, now=make.NOW)

    ((_, told),) = _told(member)
    assert told["customer"]["name"] == "Ana Alves"
    assert told["customer"]["email"] == "ana@example.com"
    assert [(one["metric"], one["value"], one["touchpoint"]) for one in told["scores"]] == [
        ("nps", 3, "checkout")
    ]
    (text,) = told["texts"]
    assert text["text"].startswith("Call me: [")
    assert "ana@" not in text["text"]


@pytest.mark.parametrize("anonymity", ["confidential", "anonymous"])
def test_nobody_is_named_behind_answers_that_do_not_name(
    anonymity: str, member: Membership
) -> None:
    response = _loaded(member)
    with tenant_bound(member.tenant_id):
        # Answers that came before it was said: the rule on news does not lean on the database's.
        response.survey.anonymity = anonymity
        hold_response(response=response, reason="joke", by=member, now=make.NOW)
        event = WebhookEvent.objects.for_tenant(member.tenant).get()

    assert event.content["customer"] is None
    assert event.person_id is None
    assert "Ana" not in str(event.content)


def test_answering_a_survey_page_by_page_is_told_page_by_page(member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
        address = f"/q/{member.tenant.slug}/{survey.public_id}/"
        for score in ("9", "2"):
            sent = {"pass": way(survey), "at": "nps", "q.nps": score}
            assert Client().post(address, sent).status_code == 303

    (first, created), (second, updated) = _told(member)
    assert [first, second] == ["response.created", "response.updated"]
    assert [told["scores"][0]["value"] for told in (created, updated)] == [9, 2]
    assert [told["state"] for told in (created, updated)] == ["partial", "partial"]
