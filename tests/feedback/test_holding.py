"""Holding back, releasing, deleting and restoring responses; what becomes of the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.models import Interaction
from cxm.metrics.rules.histogram import Histogram
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import Rating, Response
from tests import make
from tests.feedback.response_pages import counted, html, list_url, signed_in, title, url_of

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def deed(client: Client, name: str, tenant: Tenant, response: Response, **data: str) -> Any:
    return client.post(url_of(name, tenant, response), data)


def states(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant_bound(tenant.pk):
        rows = Rating.objects.for_tenant(tenant).order_by("value", "pk")
        return list(rows.values_list("state", "reason"))


def test_hold_takes_scores_out_of_the_numbers_at_once(client: Client) -> None:
    member = signed_in(client)
    response, _ = make.load(make.record(0), make.record(9), of=member.tenant)

    answer = deed(client, "hold", member.tenant, response, reason="Our own test")

    assert answer.status_code == 302
    assert counted(member.tenant) == Histogram.of([9])
    assert states(member.tenant) == [("quarantined", "manual"), ("counted", "")]
    page = html(client.get(answer["Location"]))
    assert "1 score held back from the numbers" in page
    assert "“Our own test”" in page


def test_hold_can_be_of_one_score_of_many(client: Client) -> None:
    member = signed_in(client)
    rating = make.rating(4, of=member.tenant)
    other = _second_rating(rating)

    deed(
        client, "hold", member.tenant, _response(rating), reason="Wrong row", rating=str(rating.pk)
    )

    assert counted(member.tenant) == Histogram.of([other.value])


def test_hold_refuses_the_score_of_another_response(client: Client) -> None:
    member = signed_in(client)
    mine, other = make.rating(4, of=member.tenant), make.rating(5, of=member.tenant)

    answer = deed(
        client, "hold", member.tenant, _response(mine), reason="Wrong row", rating=str(other.pk)
    )

    assert answer.status_code == 422
    assert counted(member.tenant) == Histogram.of([4, 5])


def test_release_lets_scores_count_again(client: Client) -> None:
    member = signed_in(client)
    [response] = make.load(make.record(4), of=member.tenant)
    deed(client, "hold", member.tenant, response, reason="Test")

    deed(client, "release", member.tenant, response)

    assert counted(member.tenant) == Histogram.of([4])
    assert states(member.tenant) == [("counted", "")]


def test_delete_takes_a_response_out_of_lists_numbers_and_timeline(client: Client) -> None:
    member = signed_in(client)
    response, _ = make.load(make.record(4), make.record(9), of=member.tenant)

    answer = deed(client, "delete", member.tenant, response, reason="Asked us to")

    assert answer.status_code == 302
    assert counted(member.tenant) == Histogram.of([9])
    assert title(html(client.get(list_url(member.tenant)))) == "1 response"
    assert title(html(client.get(list_url(member.tenant, "state=deleted")))) == "1 response"
    with tenant_bound(member.tenant.pk):
        interactions = Interaction.objects.for_tenant(member.tenant)
        assert interactions.filter(deleted_at=None).count() == 1


def test_restore_brings_a_response_back_as_it_was(client: Client) -> None:
    member = signed_in(client)
    rating = make.rating(4, of=member.tenant)
    _second_rating(rating)
    response = _response(rating)
    deed(client, "hold", member.tenant, response, reason="Test", rating=str(rating.pk))
    before = states(member.tenant)
    deed(client, "delete", member.tenant, response, reason="Oops")

    deed(client, "restore", member.tenant, response)

    assert states(member.tenant) == before
    assert counted(member.tenant) == Histogram.of([7])
    with tenant_bound(member.tenant.pk):
        interactions = Interaction.objects.for_tenant(member.tenant)
        assert interactions.filter(deleted_at=None).count() == 1


def test_deeds_are_written_down_with_their_reason(client: Client) -> None:
    member = signed_in(client)
    [response] = make.load(make.record(4), of=member.tenant)

    deed(client, "hold", member.tenant, response, reason="Test")
    deed(client, "release", member.tenant, response)
    deed(client, "delete", member.tenant, response, reason="Asked us to")
    deed(client, "restore", member.tenant, response)

    with tenant_bound(member.tenant.pk):
        entries = AuditEntry.objects.for_tenant(member.tenant).filter(object_id=response.pk)
        assert list(entries.order_by("at", "pk").values_list("action", "actor", "changes")) == [
            ("response-held", member.pk, {"reason": "Test", "scores": 1}),
            ("response-released", member.pk, {"scores": 1}),
            ("response-deleted", member.pk, {"reason": "Asked us to", "scores": 1}),
            ("response-restored", member.pk, {"scores": 1}),
        ]


@pytest.mark.parametrize("name", ["hold", "delete"])
def test_a_deed_without_a_reason_is_refused_at_its_field(client: Client, name: str) -> None:
    member = signed_in(client)
    [response] = make.load(make.record(4), of=member.tenant)

    answer = deed(client, name, member.tenant, response, reason=" ")

    assert answer.status_code == 422
    assert "This field is required." in html(answer)
    assert counted(member.tenant) == Histogram.of([4])


@pytest.mark.parametrize(
    ("deeds", "words"),
    [
        (["hold", "hold"], "there is nothing to hold back"),
        (["release"], "there is nothing to release"),
        (["delete", "delete"], "This response is deleted. Restore it first."),
        (["delete", "hold"], "This response is deleted. Restore it first."),
        (["restore"], "there is nothing to restore"),
    ],
    ids=["hold twice", "release counted", "delete twice", "hold deleted", "restore present"],
)
def test_a_deed_that_makes_no_sense_is_refused_in_words(
    client: Client, deeds: list[str], words: str
) -> None:
    member = signed_in(client)
    [response] = make.load(make.record(4), of=member.tenant)

    answers = [deed(client, name, member.tenant, response, reason="Test") for name in deeds]

    assert answers[-1].status_code == 422
    assert words in html(answers[-1])


@pytest.mark.parametrize("name", ["hold", "release", "delete", "restore"])
def test_deeds_are_not_found_for_viewers(client: Client, name: str) -> None:
    member = signed_in(client, Role.VIEWER)
    [response] = make.load(make.record(4), of=member.tenant)

    answer = deed(client, name, member.tenant, response, reason="Test")

    assert answer.status_code == 404
    assert counted(member.tenant) == Histogram.of([4])


def _response(rating: Rating) -> Response:
    with tenant_bound(rating.tenant_id):
        return Response.objects.for_tenant(rating.tenant_id).get(pk=rating.response_id)


def _second_rating(rating: Rating, value: int = 7) -> Rating:
    """Add a score to the response of *rating*, about another question."""
    with tenant_bound(rating.tenant_id):
        return Rating.objects.create(
            tenant_id=rating.tenant_id,
            response_id=rating.response_id,
            metric_id=rating.metric_id,
            question_key="q2",
            value=value,
            survey_id=rating.survey_id,
            answered_at=rating.answered_at,
            day=rating.day,
            recorded_at=rating.recorded_at,
        )
