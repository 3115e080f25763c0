"""The page where links to people outside are made, listed and revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.collaboration.models import ShareLink
from cxm.collaboration.services import sharing
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from personas.models import Persona, StakeholderMap
from tests import make
from tests.personas.editing import fact, persona, section
from tests.personas.mapping import client_of, map_of, placed, url
from tests.personas.shares import PASSWORD, change, link_to, loaded, opened, text, the_link

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from personas.selectors.shares import Shared

pytestmark = pytest.mark.django_db
FILLED = {"kinds": ["needs"], "state": "live", "days": "90", "label": "", "password": ""}


@pytest.fixture
def bea() -> Membership:
    return make.member(of=make.tenant(name="Acme Parcels"), role=Role.MANAGER)


@pytest.fixture
def sandra(bea: Membership) -> UUID:
    pk = persona(bea, "Sandra")
    fact(bea, pk, section(bea, pk), "A parcel on Saturday")
    return pk


def shown_address(page: str) -> str:
    found = re.search(r'value="http://testserver(/s/[\w-]{43})"', page)
    assert found
    return found[1]


def revoke_url(by: Membership, of: Shared, link: ShareLink) -> str:
    name = "persona-unshare" if isinstance(of, Persona) else "map-unshare"
    return url(by, name, of.pk, link.pk)


def test_a_link_is_made_shown_once_and_works(bea: Membership, sandra: UUID) -> None:
    client, here = client_of(bea), url(bea, "persona-share", sandra)
    made = client.post(here, {**FILLED, "label": "The agency", "password": PASSWORD})

    address = shown_address(text(made))
    link = the_link(bea)
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    assert (link.label, link.allow_kinds, link.freeze_seq) == ("The agency", ["needs"], None)
    assert link.by_id == bea.pk
    assert timedelta(days=89, hours=23) < link.expires_at - now() <= timedelta(days=90)
    assert "Enter the password" in text(opened(address))
    listed = text(client.get(here))
    assert address not in listed
    assert "The agency" in listed
    assert "Asked for" in listed


def test_a_link_can_be_frozen_at_what_holds_now(bea: Membership, sandra: UUID) -> None:
    client_of(bea).post(url(bea, "persona-share", sandra), {**FILLED, "state": "frozen"})

    assert the_link(bea).freeze_seq == loaded(bea, sandra).head_seq


def test_a_map_is_shared_by_its_layouts(bea: Membership) -> None:
    on = map_of(bea, "Deliveries")
    placed(bea, on, "Courier")
    page = text(client_of(bea).get(url(bea, "map-share", on.pk)))
    made = client_of(bea).post(url(bea, "map-share", on.pk), {**FILLED, "kinds": ["network"]})

    assert 'value="rings"' in page
    assert "power_interest" not in page
    assert "Courier" in text(opened(shown_address(text(made))))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"kinds": []}, "Choose one or more", id="nothing"),
        pytest.param({"kinds": ["metric"]}, "metric", id="figures"),
        pytest.param({"kinds": ["power_interest"]}, "power_interest", id="grid"),
        pytest.param({"days": "366"}, "366", id="too-long"),
        pytest.param({"days": "0"}, "Select a valid choice", id="no-days"),
        pytest.param({"password": "short"}, "8 to 128 characters", id="short-password"),
        pytest.param({"state": ""}, "This field is required", id="no-state"),
    ],
)
def test_what_is_entered_wrong_is_said_and_nothing_is_lost(
    bea: Membership, sandra: UUID, changed: dict[str, Any], words: str
) -> None:
    told = {**FILLED, "label": "The agency", **changed}

    answer = client_of(bea).post(url(bea, "persona-share", sandra), told)

    assert answer.status_code == 422
    assert words in text(answer)
    assert 'value="The agency"' in text(answer)
    with tenant_bound(bea.tenant_id):
        assert not ShareLink.objects.for_tenant(bea.tenant).exists()


def test_a_link_is_revoked_at_once(bea: Membership, sandra: UUID) -> None:
    address, of = link_to(bea, sandra, label="Agency"), loaded(bea, sandra)

    answer = client_of(bea).post(revoke_url(bea, of, the_link(bea)))

    assert (answer.status_code, answer["Location"]) == (302, url(bea, "persona-share", sandra))
    assert opened(address).status_code == 404
    page = text(client_of(bea).get(url(bea, "persona-share", sandra)))
    assert "Revoked" in page
    assert "unshare" not in page
    with tenant_bound(bea.tenant_id):
        entries = AuditEntry.objects.for_tenant(bea.tenant).filter(action__startswith="share-")
        told = [(one.action, one.object_kind, one.object_name) for one in entries.order_by("at")]
    assert told == [
        ("share-link-made", "persona", "Sandra"),
        ("share-link-revoked", "persona", "Sandra"),
    ]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CONTRIBUTOR, Role.VIEWER, Role.GUEST])
def test_who_may_not_share_finds_no_page_and_no_entry(
    bea: Membership, sandra: UUID, role: Role
) -> None:
    link_to(bea, sandra)
    client = client_of(make.member(of=bea.tenant, role=role))
    here, of = url(bea, "persona-share", sandra), loaded(bea, sandra)

    refused = [
        client.get(here).status_code,
        client.post(here, FILLED).status_code,
        client.post(revoke_url(bea, of, the_link(bea))).status_code,
    ]

    assert refused == [404, 404, 404]
    assert here not in text(client.get(url(bea, "persona-page", sandra)))
    assert the_link(bea).revoked_at is None


def test_the_menu_of_who_may_share_leads_there(bea: Membership, sandra: UUID) -> None:
    on, client = map_of(bea, "Deliveries"), client_of(bea)

    pages = [
        (client.get(url(bea, f"{name}-page", pk)), url(bea, f"{name}-share", pk))
        for name, pk in (("persona", sandra), ("map", on.pk))
    ]

    assert [f'href="{address}"' in text(page) for page, address in pages] == [True, True]


def test_links_of_others_are_not_found(bea: Membership, sandra: UUID) -> None:
    stranger = make.member(role=Role.OWNER)
    own, on = persona(bea, "Other"), map_of(bea, "Deliveries")
    link_to(bea, sandra)
    link = the_link(bea)
    client = client_of(stranger)

    tried = [
        client.get(url(stranger, "persona-share", sandra)),
        client.post(url(stranger, "persona-share", sandra), FILLED),
        client.post(url(stranger, "persona-unshare", sandra, link.pk)),
        # A link is found by what it belongs to only.
        client_of(bea).post(url(bea, "persona-unshare", own, link.pk)),
        client_of(bea).post(url(bea, "map-unshare", on.pk, link.pk)),
    ]

    assert [answer.status_code for answer in tried] == [404] * 5
    assert the_link(bea).revoked_at is None


def test_a_map_that_is_hidden_is_shared_by_its_owner_alone(bea: Membership) -> None:
    on = map_of(bea, "Deliveries", visibility="hidden")
    other = make.member(of=bea.tenant, role=Role.ADMIN)
    here = url(bea, "map-share", on.pk)

    assert client_of(other).get(here).status_code == 404
    assert client_of(other).post(here, {**FILLED, "kinds": ["rings"]}).status_code == 404
    assert client_of(bea).get(here).status_code == 200


def test_what_is_archived_is_not_shared(bea: Membership, sandra: UUID) -> None:
    change(loaded(bea, sandra), archived_at=make.NOW)
    client, here = client_of(bea), url(bea, "persona-share", sandra)

    answer = client.post(here, FILLED)

    assert answer.status_code == 409
    assert "Make a link" not in text(client.get(here))
    with tenant_bound(bea.tenant_id):
        assert not ShareLink.objects.for_tenant(bea.tenant).exists()


def test_there_are_only_so_many_links_at_once(
    bea: Membership, sandra: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MOST_LIVE", 1)
    link_to(bea, sandra)
    here = url(bea, "persona-share", sandra)

    refused = client_of(bea).post(here, FILLED)
    change(the_link(bea), revoked_at=make.NOW)
    made = client_of(bea).post(here, FILLED)

    assert (refused.status_code, made.status_code) == (422, 200)
    assert "Revoke one that nobody needs" in text(refused)


def test_visits_stand_with_their_link(bea: Membership, sandra: UUID) -> None:
    address = link_to(bea, sandra, label="Agency")
    opened(address, user_agent="Mozilla/5.0 Firefox/145.0")

    page = text(client_of(bea).get(url(bea, "persona-share", sandra)))

    assert "1 time, last" in page
    assert "Firefox, from 127.0.0.0/24" in page


def test_the_list_takes_the_same_queries_for_any_number_of_links(
    bea: Membership, sandra: UUID
) -> None:
    client, here = client_of(bea), url(bea, "persona-share", sandra)
    counts = []
    for _ in (1, 2, 3):
        opened(link_to(bea, sandra))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(here)
        counts.append(len(asked))

    assert counts == [12, 12, 12]


def test_a_hostile_label_is_text(bea: Membership, sandra: UUID) -> None:
    client, here = client_of(bea), url(bea, "persona-share", sandra)
    client.post(here, {**FILLED, "label": "<script>alert(1)</script>"})

    page = text(client.get(here))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_map_page_of_another_kind_is_not_mixed_up(bea: Membership, sandra: UUID) -> None:
    on = map_of(bea, "Deliveries")
    assert loaded(bea, on.pk, StakeholderMap).head_seq == 1

    answers = [
        client_of(bea).get(url(bea, "map-share", sandra)),
        client_of(bea).get(url(bea, "persona-share", on.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
