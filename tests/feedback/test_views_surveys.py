"""The pages of surveys, through the browser's door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.models import Survey, SurveyQuestion
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db


def signed_in(client: Client, role: Role = Role.MANAGER) -> Membership:
    member = make.member(role=role)
    client.force_login(member.user)
    return member


def html(response: Any) -> str:
    return " ".join(response.content.decode().split())


def survey_of(tenant: Tenant, key: str = "survey", **fields: Any) -> Survey:
    """Make a survey with one answer, and change its *fields*."""
    make.load(make.record(9, survey=key, comment="Good"), of=tenant)
    with tenant_bound(tenant.pk):
        Survey.objects.for_tenant(tenant).filter(key=key).update(**{"title": key.title(), **fields})
        return Survey.objects.for_tenant(tenant).get(key=key)


def url_of(name: str, tenant: Tenant, survey: Survey | None = None) -> str:
    args = [tenant.slug, survey.pk] if survey else [tenant.slug]
    return reverse(f"feedback:survey-{name}", args=args)


def test_list_shows_how_much_each_survey_is_answered(client: Client) -> None:
    member = signed_in(client)
    survey_of(member.tenant)
    make.load(make.record(3, day=2), make.record(None, comment="x"), of=member.tenant)

    page = html(client.get(url_of("list", member.tenant)))

    assert f'href="/t/{member.tenant.slug}/responses/?survey=survey">3</a>' in page
    assert "20 Nov 2026" in page


def test_list_reads_as_often_for_one_survey_as_for_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few, many = signed_in(client), make.member(role=Role.MANAGER)
    survey_of(few.tenant)
    for key in ("a", "b", "c"):
        survey_of(many.tenant, key)

    for member in (few, many):
        client.force_login(member.user)
        with django_assert_num_queries(12):
            client.get(url_of("list", member.tenant))


def test_list_finds_by_title_and_leaves_archived_ones_out(client: Client) -> None:
    member = signed_in(client)
    survey_of(member.tenant, "arrivals")
    survey_of(member.tenant, "departures", archived_at=make.NOW)
    url = url_of("list", member.tenant)

    pages = [html(client.get(url, query)) for query in ({}, {"q": "DEPART"}, {"archived": "1"})]

    assert [("Arrivals<" in page, "Departures<" in page) for page in pages] == [
        (True, False),
        (False, False),
        (False, True),
    ]


def test_survey_page_lists_questions_with_their_answers(client: Client) -> None:
    member = signed_in(client)
    survey = survey_of(member.tenant)
    kinds = SurveyQuestion.Kind
    with tenant_bound(member.tenant.pk):
        for place, (key, kind) in enumerate(
            (("q1", kinds.SCORE), ("why", kinds.TEXT), ("age", kinds.OTHER))
        ):
            SurveyQuestion.objects.create(
                tenant=member.tenant,
                survey=survey,
                key=key,
                text=f"Text {key}",
                kind=kind,
                ord=place,
            )

    page = html(client.get(url_of("detail", member.tenant, survey)))

    cells = [part.split("</td>")[0] for part in page.split('data-label="Answers" class="num">')[1:]]
    assert cells == ["1", "1", "0"]


def test_edit_changes_title_and_purpose_and_writes_it_down(client: Client) -> None:
    member = signed_in(client)
    survey = survey_of(member.tenant)

    answer = client.post(
        url_of("settings", member.tenant, survey), {"title": "Autumn", "purpose": "pulse"}
    )

    assert answer["Location"] == url_of("detail", member.tenant, survey)
    with tenant_bound(member.tenant.pk):
        stored = Survey.objects.for_tenant(member.tenant).get(pk=survey.pk)
        entry = AuditEntry.objects.for_tenant(member.tenant).get(action="survey-changed")
    assert (stored.key, stored.title, stored.purpose) == ("survey", "Autumn", "pulse")
    assert entry.changes == {
        "title": ["Survey", "Autumn"],
        "purpose": ["transactional", "pulse"],
    }


def test_edit_refuses_an_empty_title_at_its_field(client: Client) -> None:
    member = signed_in(client)
    survey = survey_of(member.tenant)

    answer = client.post(
        url_of("settings", member.tenant, survey), {"title": "", "purpose": "love"}
    )

    assert answer.status_code == 422
    assert "This field is required." in html(answer)
    assert "love is not one of the available choices" in html(answer)


def test_archive_and_restore_move_a_survey_off_the_list_and_back(client: Client) -> None:
    member = signed_in(client)
    survey = survey_of(member.tenant)
    seen = []

    for name in ("archive", "archive", "restore"):
        client.post(url_of(name, member.tenant, survey))
        seen.append("No surveys yet" not in html(client.get(url_of("list", member.tenant))))

    assert seen == [False, False, True]
    with tenant_bound(member.tenant.pk):
        deeds = AuditEntry.objects.for_tenant(member.tenant).filter(object_id=survey.pk)
        actions = list(deeds.order_by("at", "pk").values_list("action", flat=True))
    assert actions == ["survey-archived", "survey-restored"]


@pytest.mark.parametrize("name", ["settings", "archive", "restore"])
def test_deeds_are_not_found_for_viewers_and_strangers(client: Client, name: str) -> None:
    viewer, stranger = make.member(role=Role.VIEWER), make.member()
    survey = survey_of(viewer.tenant)
    sent = {"title": "Mine", "purpose": "pulse"}
    statuses = []

    for member in (viewer, stranger):
        client.force_login(member.user)
        statuses.append(client.post(url_of(name, viewer.tenant, survey), sent).status_code)
        statuses.append(client.post(url_of(name, stranger.tenant, survey), sent).status_code)

    assert statuses == [404] * 4
    with tenant_bound(viewer.tenant.pk):
        assert Survey.objects.for_tenant(viewer.tenant).get(pk=survey.pk).title == "Survey"


def test_guests_find_no_surveys(client: Client) -> None:
    member = signed_in(client, Role.GUEST)
    survey_of(member.tenant)

    assert client.get(url_of("list", member.tenant)).status_code == 404
