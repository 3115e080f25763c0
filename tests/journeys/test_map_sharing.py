"""The page and the API where links to journey maps are made, listed and revoked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cxm.collaboration.models import ShareLink
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from journeys.models import MapShare
from tests import make
from tests.journeys import charting
from tests.journeys.sample import sample
from tests.journeys.sharing import change_journey, link_to, the_map
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import colleague, url
from tests.personas.shares import opened, text, the_link

if TYPE_CHECKING:
    from tests.journeys.sample import Sample

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member(role=Role.MANAGER))


def filled(made: Sample, **more: Any) -> dict[str, Any]:
    told = {"kinds": ["emotion", "text"], "state": "live", "days": "90"}
    return {**told, "personas": [str(pk) for pk in made.personas], **more}


def page_url(made: Sample) -> str:
    return url(made.member, made.map_id, "share/")


def api_url(made: Sample, more: str = "") -> str:
    return f"/api/v1/journey-maps/{made.map_id}/share-links/{more}"


def key_of(made: Sample, *rights: Right) -> dict[str, str]:
    given = rights or (Right.SHARE_JOURNEYS, Right.SEE_JOURNEYS)
    _, secret = make.api_key(of=made.member.tenant, rights=given)
    return {"X-Api-Key": secret}


def test_a_link_is_made_from_what_is_on_the_map(made: Sample) -> None:
    client, here = client_of(made.member), page_url(made)
    page = text(client.get(here))
    answer = text(client.post(here, filled(made, personas=[str(made.personas[0])])))

    found = re.search(r'value="http://testserver(/s/[\w-]{43})"', answer)
    assert found
    shown = text(opened(found[1]))
    assert 'value="goal"' not in page
    assert 'value="file"' not in page
    assert 'value="quotes"' in page
    assert "Maya" in shown
    assert "Piet" not in shown
    assert "Does, Feels" not in text(client.get(here))
    assert "Emotion curve" in text(client.get(here))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param({"kinds": []}, "Choose one or more", id="no-lanes"),
        pytest.param({"kinds": ["file"]}, "file", id="files"),
        pytest.param({"personas": []}, "Choose one or more personas", id="nobody"),
        pytest.param({"personas": ["x"]}, "Select a valid choice", id="no-persona"),
        pytest.param({"days": "400"}, "Select a valid choice", id="too-long"),
        pytest.param({"password": "short"}, "8 to 128", id="short-password"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    made: Sample, more: dict[str, Any], words: str
) -> None:
    answer = client_of(made.member).post(page_url(made), filled(made, **more))

    assert answer.status_code == 422
    assert words in text(answer)
    with tenant_bound(made.member.tenant_id):
        assert not ShareLink.objects.for_tenant(made.member.tenant).exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sensitivity": "restricted"}, "This journey is restricted"),
        ({"visibility": "hidden"}, "This journey is hidden"),
        ({"archived_at": make.NOW}, "This journey is archived"),
    ],
)
def test_maps_of_closed_journeys_are_not_shared(
    made: Sample, changed: dict[str, Any], words: str
) -> None:
    change_journey(made.member, made.map_id, **changed)
    client, here = client_of(made.member), page_url(made)

    refused = client.post(here, filled(made))

    assert refused.status_code == 403
    assert words in text(refused)
    page = text(client.get(here))
    assert words in page
    assert "Make a link" not in page


def test_a_link_is_revoked_and_both_stand_in_the_audit_list(made: Sample) -> None:
    address = link_to(made.member, made.map_id)
    link = the_link(made.member)

    answer = client_of(made.member).post(f"{page_url(made)}{link.pk}/revoke/")

    assert (answer.status_code, answer["Location"]) == (302, page_url(made))
    assert opened(address).status_code == 404
    with tenant_bound(made.member.tenant_id):
        entries = AuditEntry.objects.for_tenant(made.member.tenant)
        told = entries.filter(action__startswith="share-").order_by("at")
        assert [(one.action, one.object_name) for one in told] == [
            ("share-link-made", "As it is"),
            ("share-link-revoked", "As it is"),
        ]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CONTRIBUTOR, Role.VIEWER, Role.GUEST])
def test_who_may_not_share_finds_no_page_and_no_entry(made: Sample, role: Role) -> None:
    link_to(made.member, made.map_id)
    link = the_link(made.member)
    client = client_of(colleague(made.member, role))

    refused = [
        client.get(page_url(made)).status_code,
        client.post(page_url(made), filled(made)).status_code,
        client.post(f"{page_url(made)}{link.pk}/revoke/").status_code,
    ]

    assert refused == [404, 404, 404]
    assert page_url(made) not in text(client.get(url(made.member, made.map_id)))
    assert the_link(made.member).revoked_at is None


def test_links_of_other_maps_and_workspaces_are_not_found(made: Sample) -> None:
    link_to(made.member, made.map_id)
    link, stranger = the_link(made.member), make.member(role=Role.OWNER)
    other = charting.blank_map(made.member, the_map(made.member, made.map_id).journey_id, number=2)
    slug = stranger.tenant.slug

    tried = [
        client_of(stranger).get(f"/t/{slug}/maps/{made.map_id}/share/"),
        client_of(stranger).post(f"/t/{slug}/maps/{made.map_id}/share/{link.pk}/revoke/"),
        client_of(made.member).post(url(made.member, other, f"share/{link.pk}/revoke/")),
    ]

    assert [answer.status_code for answer in tried] == [404, 404, 404]
    assert the_link(made.member).revoked_at is None


def test_a_hidden_journey_is_not_found_by_other_managers(made: Sample) -> None:
    change_journey(made.member, made.map_id, visibility="hidden")

    answer = client_of(colleague(made.member, Role.ADMIN)).get(page_url(made))

    assert answer.status_code == 404


def test_the_menu_of_the_map_leads_there(made: Sample) -> None:
    assert page_url(made) in text(client_of(made.member).get(url(made.member, made.map_id)))


def test_links_are_made_listed_and_revoked_over_the_api(made: Sample) -> None:
    client, headers = client_of(made.member), key_of(made)
    body = {"label": "The agency", "personas": [str(made.personas[0])], "freeze_seq": 3}

    told = client.post(api_url(made), body, "application/json", headers=headers)
    listed = client.get(api_url(made), headers=headers).json()["results"]
    gone = client.delete(api_url(made, f"{told.json()['id']}/"), headers=headers)

    assert told.status_code == 201
    assert told.json()["url"].startswith("http://testserver/s/")
    assert (told.json()["freeze_seq"], told.json()["shows"][0]) == (3, "text")
    assert [(one["label"], "url" in one) for one in listed] == [("The agency", False)]
    assert gone.status_code == 204
    assert the_link(made.member).revoked_at is not None
    with tenant_bound(made.member.tenant_id):
        share = MapShare.objects.for_tenant(made.member.tenant).get()
    assert share.personas == [made.personas[0]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"shows": ["file"]}, "shows"),
        ({"shows": []}, "shows"),
        ({"personas": ["00000000-0000-0000-0000-000000000001"]}, "personas"),
        ({"personas": [""]}, "personas"),
        ({"freeze_seq": 2_000_000}, "freeze_seq"),
        ({"password": "short"}, "password"),
        ({"expires_at": "2050-01-01T00:00:00Z"}, "expires_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_api_names_the_field_that_cannot_be(
    made: Sample, body: dict[str, Any], field: str
) -> None:
    headers = key_of(made)

    answer = client_of(made.member).post(api_url(made), body, "application/json", headers=headers)

    assert answer.status_code == 422
    assert field in text(answer)


def test_the_api_finds_nothing_of_others_and_refuses_who_may_not_share(made: Sample) -> None:
    client, other = client_of(made.member), sample(make.member())
    link_to(made.member, made.map_id)

    answers = [
        client.post(api_url(made), {}, "application/json", headers=key_of(other)),
        client.get(api_url(made), headers=key_of(other)),
        client.delete(api_url(made, f"{the_link(made.member).pk}/"), headers=key_of(other)),
        client.get(api_url(made), headers=key_of(made, Right.SEE_JOURNEYS)),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404, 403]
