"""One decision for pages and programs alike: who shares, exports, and sees only what holds now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from journeys.models import JourneyMap, ReviewRules
from journeys.selectors.shares import offered
from tests import make
from tests.journeys import charting
from tests.journeys.ahead import Told
from tests.journeys.sample import sample
from tests.journeys.sharing import change_journey, link_to, the_map
from tests.journeys.test_access import granted
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import colleague, url
from tests.personas.shares import the_link

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from tests.journeys.sample import Sample

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member(role=Role.MANAGER))


def links(made: Sample, by: Membership) -> list[int]:
    """Ask as *by* for the links of the map: the page, a new one, the list of the API."""
    client, page = client_of(by), url(made.member, made.map_id, "share/")
    told = {"kinds": ["text"], "state": "live", "days": "90", "personas": []}
    headers = {"X-Tenant": made.member.tenant.slug}
    address = f"/api/v1/journey-maps/{made.map_id}/share-links/"
    return [
        client.get(page).status_code,
        client.post(page, told).status_code,
        client.get(address, headers=headers).status_code,
    ]


def test_a_manager_who_was_only_let_in_to_read_makes_no_links(made: Sample) -> None:
    change_journey(made.member, made.map_id, visibility="listed")
    ada = colleague(made.member, Role.MANAGER)
    granted(ada, the_map(made.member, made.map_id).journey_id, "contributor")

    page = client_of(ada).get(url(made.member, made.map_id)).content.decode()

    assert links(made, ada) == [404, 404, 404]
    assert url(made.member, made.map_id, "share/") not in page


def test_links_of_a_journey_that_became_restricted_are_still_revoked(made: Sample) -> None:
    link_to(made.member, made.map_id)
    change_journey(made.member, made.map_id, sensitivity="restricted")
    client = client_of(colleague(made.member, Role.MANAGER))

    answer = client.post(url(made.member, made.map_id, f"share/{the_link(made.member).pk}/revoke/"))

    assert answer.status_code == 302
    assert the_link(made.member).revoked_at is not None


def test_neither_grades_nor_files_can_be_chosen_for_a_link(made: Sample) -> None:
    for kind in ("grade", "file", "text"):
        charting.lane(made.member, made.map_id, kind)

    with tenant_bound(made.member.tenant_id):
        found = {kind for kind, _ in offered(the_map(made.member, made.map_id))}

    assert "text" in found
    assert not found & {"grade", "file"}


def exports(made: Sample, by: Membership) -> list[int]:
    """Ask as *by* for files over the API: a drawing, text, the journey as a zip."""
    journey = the_map(made.member, made.map_id).journey_id
    one, headers = f"/api/v1/journey-maps/{made.map_id}", {"X-Tenant": made.member.tenant.slug}
    addresses = [f"{one}/map.svg", f"{one}/file/", f"/api/v1/journeys/{journey}/file/"]
    client = client_of(by)
    return [client.get(address, headers=headers).status_code for address in addresses]


def test_viewers_export_over_the_api_where_their_workspace_lets_them(made: Sample) -> None:
    vic = colleague(made.member, Role.VIEWER)

    before = exports(made, vic)
    with tenant_bound(made.member.tenant_id):
        ReviewRules.objects.create(tenant=made.member.tenant, viewers_export=True)
    after = exports(made, vic)
    change_journey(made.member, made.map_id, sensitivity="restricted")

    assert before == [403, 403, 403]
    assert after == [200, 200, 200]
    assert exports(made, vic) == [403, 403, 403]


def test_who_was_let_in_to_read_takes_nothing_out_over_the_api(made: Sample) -> None:
    change_journey(made.member, made.map_id, visibility="listed")
    ann = colleague(made.member, Role.ANALYST)
    granted(ann, the_map(made.member, made.map_id).journey_id, "viewer")

    assert exports(made, ann) == [404, 404, 404]


def test_a_key_that_may_export_does_and_another_does_not(made: Sample) -> None:
    address = f"/api/v1/journey-maps/{made.map_id}/file/"
    found = []
    for right in (Right.EXPORT_JOURNEYS, Right.SEE_JOURNEYS):
        _, secret = make.api_key(of=made.member.tenant, rights=[right])
        found.append(client_of(made.member).get(address, headers={"X-Api-Key": secret}))

    assert [one.status_code for one in found] == [200, 403]


@pytest.fixture
def told() -> Told:
    return Told(make.member())


def statuses(told: Told, by: Membership, *more: str) -> list[int]:
    """Ask as *by* for the diff of the published map, as a page and over the API."""
    slug, pk = told.member.tenant.slug, told.current.pk
    client, headers = client_of(by), {"X-Tenant": slug}
    pages = [client.get(f"/t/{slug}/maps/{pk}/diff/{one}").status_code for one in more]
    api = [f"/api/v1/journey-maps/{pk}/diff/{one}" for one in more]
    return [*pages, *(client.get(one, headers=headers).status_code for one in api)]


def test_whoever_sees_only_what_holds_now_is_told_of_no_earlier_moment(told: Told) -> None:
    agent = make.member(of=told.member.tenant, role=Role.AGENT)
    viewer = make.member(of=told.member.tenant, role=Role.VIEWER)

    assert statuses(told, viewer, "?at=1") == [200, 200]
    assert statuses(told, agent, "?at=1") == [404, 404]
    assert statuses(told, agent, f"?against={told.current.pk}&at=1") == [404, 404]
    slug = told.member.tenant.slug
    page = f"/t/{slug}/maps/{told.current.pk}/diff/"
    asked = [client_of(agent).get(f"{page}{one}") for one in ("?on=2026-01-01", "?asof=1", "")]
    assert [one.status_code for one in asked] == [404, 404, 200]


def test_a_draft_that_holds_now_hides_what_it_was_forked_from_from_agents(told: Told) -> None:
    draft = told.publish(told.draft())
    agent = make.member(of=told.member.tenant, role=Role.AGENT)
    slug = told.member.tenant.slug

    answer = client_of(agent).get(
        f"/api/v1/journey-maps/{draft.pk}/diff/", headers={"X-Tenant": slug}
    )

    assert answer.status_code == 404


def in_review(told: Told) -> JourneyMap:
    draft = told.draft()
    with tenant_bound(told.member.tenant_id):
        JourneyMap.objects.for_tenant(told.member.tenant).filter(pk=draft.pk).update(
            status="in_review"
        )
    return draft


def deed(told: Told, on: UUID, what: str, **values: Any) -> Any:
    address = f"/t/{told.member.tenant.slug}/maps/{on}/{what}/"
    return client_of(told.member).post(address, values, follow=True)


def test_a_draft_in_review_is_the_open_draft_and_that_is_said(told: Told) -> None:
    draft = in_review(told)

    answer = deed(told, told.current.pk, "draft")

    assert answer.redirect_chain[-1][0].endswith(f"/maps/{draft.pk}/")
    assert "It is in review" in answer.content.decode()
    assert told.draft().pk == draft.pk


def test_nothing_is_promoted_under_the_eyes_of_reviewers(told: Told) -> None:
    told.title(told.future, told.pay, "I pay by a click")
    draft = in_review(told)

    answer = deed(told, told.future.pk, "promote", steps=[str(told.pay)])

    assert answer.status_code == 409
    assert f"map {draft.number}, is in review" in answer.content.decode()
    with tenant_bound(told.member.tenant_id):
        assert JourneyMap.objects.for_tenant(told.member.tenant).count() == 3
