"""Relations that hold on every map: where they are drawn, and who changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from personas.models import CommonRelation
from personas.rules.stakeholder_errors import ArchivedError, OneEndError
from personas.services.maps import place_stakeholder
from personas.services.stakeholders import archive_stakeholder
from tests import make
from tests.personas.mapping import (
    client_of,
    map_of,
    placed,
    related_everywhere,
    stakeholder,
    url,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _rows(member: Membership) -> list[CommonRelation]:
    with tenant_bound(member.tenant_id):
        return list(CommonRelation.objects.for_tenant(member.tenant).order_by("created_at", "pk"))


def _text(member: Membership, address: str) -> str:
    return client_of(member).get(address).content.decode()


def test_a_relation_everywhere_is_drawn_where_both_ends_stand(bea: Membership) -> None:
    both, one = map_of(bea, "Deliveries"), map_of(bea, "Refunds")
    courier, shop = placed(bea, both, "Courier"), placed(bea, both, "Shop")
    with tenant_bound(bea.tenant_id):
        place_stakeholder(on=one, stakeholder=courier.stakeholder, by=bea, now=make.NOW)
    related_everywhere(bea, courier.stakeholder, shop.stakeholder, "goods", title="Parcels")

    for query in ("?layout=network", "?view=matrix", "?layout=rings"):
        assert "Parcels" in _text(bea, url(bea, "map-page", both.pk) + query)
        assert "Parcels" not in _text(bea, url(bea, "map-page", one.pk) + query)
    assert "Goods: Parcels (on every map)" in _text(
        bea, url(bea, "map-drawing", both.pk) + "?layout=network"
    )


def test_the_api_tells_on_a_map_what_holds_everywhere_between_those_who_are_there(
    bea: Membership,
) -> None:
    both, one = map_of(bea, "Deliveries"), map_of(bea, "Refunds")
    courier, shop = placed(bea, both, "Courier"), placed(bea, both, "Shop")
    with tenant_bound(bea.tenant_id):
        place_stakeholder(on=one, stakeholder=courier.stakeholder, by=bea, now=make.NOW)
    row = related_everywhere(bea, courier.stakeholder, shop.stakeholder, "goods")
    client, _ = _api(bea)
    found = [client.get(f"/api/v1/stakeholder-maps/{on.pk}/").json() for on in (both, one)]

    assert [[r["id"] for r in told["common_relations"]] for told in found] == [[str(row.pk)], []]


def test_the_matrix_and_the_details_show_what_holds_everywhere(bea: Membership) -> None:
    on = map_of(bea)
    courier, shop = placed(bea, on, "Courier"), placed(bea, on, "Shop")
    row = related_everywhere(bea, courier.stakeholder, shop.stakeholder, "money")
    page = url(bea, "map-page", on.pk)

    assert 'aria-label="Courier to Shop: money"' in _text(bea, page + "?view=matrix")
    near = _text(bea, f"{page}?chosen={courier.pk}").partition("<h3>Relations</h3>")[2]
    assert 'class="badge">On every map' in near.partition("</ul>")[0]
    details = _text(bea, f"{page}?chosen={row.pk}")
    assert "Edit on every map" in details
    assert 'name="lineage" value="' + str(row.pk) not in details


def test_a_relation_is_made_on_every_map_from_a_map(bea: Membership) -> None:
    on = map_of(bea)
    courier, shop = placed(bea, on, "Courier"), placed(bea, on, "Shop")
    here = url(bea, "map-page", on.pk)
    sent = {
        "value.start": courier.stakeholder_id,
        "value.end": shop.stakeholder_id,
        "value.kind": "goods",
        "value.direction": "both",
        "value.strength": "3",
        "next": here,
    }
    answer = client_of(bea).post(url(bea, "map-relate", on.pk), sent)

    assert (answer.status_code, answer["Location"]) == (302, here)
    [row] = _rows(bea)
    assert (row.kind, row.direction, row.strength) == ("goods", "both", 3)
    assert (row.start_id, row.end_id) == (courier.stakeholder_id, shop.stakeholder_id)


def test_what_is_wrong_with_a_relation_is_said_beside_its_field(bea: Membership) -> None:
    courier = stakeholder(bea, "Courier")
    sent = {
        "start": courier.pk,
        "end": courier.pk,
        "kind": "trust",
        "direction": "one",
        "strength": "2",
    }
    same = client_of(bea).post(url(bea, "relation-add"), sent)
    wrong = client_of(bea).post(url(bea, "relation-add"), {**sent, "kind": "gossip", "end": ""})

    assert (same.status_code, wrong.status_code) == (422, 422)
    assert "between two different stakeholders" in same.content.decode()
    assert "gossip is not one of the available choices" in wrong.content.decode()
    assert _rows(bea) == []


def test_relations_are_added_changed_archived_and_restored_on_the_register(
    bea: Membership,
) -> None:
    courier, shop = stakeholder(bea, "Courier"), stakeholder(bea, "Shop")
    sent = {
        "start": courier.pk,
        "end": shop.pk,
        "kind": "trust",
        "direction": "one",
        "strength": "2",
    }
    client = client_of(bea)
    client.post(url(bea, "relation-add"), sent)
    [row] = _rows(bea)
    client.post(url(bea, "relation-edit", row.pk), {**sent, "kind": "conflict", "title": "Fees"})
    client.post(url(bea, "relation-archive", row.pk))
    gone, listed = _rows(bea)[0].archived_at, _text(bea, url(bea, "relation-list"))
    archived = _text(bea, url(bea, "relation-list") + "?archived=1")
    client.post(url(bea, "relation-restore", row.pk))

    [row] = _rows(bea)
    assert (row.kind, row.title, row.archived_at) == ("conflict", "Fees", None)
    assert gone is not None
    assert ("Fees" in listed, "Fees" in archived) == (False, True)
    with tenant_bound(bea.tenant_id):
        entries = AuditEntry.objects.for_tenant(bea.tenant).filter(action__startswith="relation-")
        actions = list(entries.order_by("at", "pk").values_list("action", "object_name"))
    assert actions == [
        (f"relation-{deed}", "Courier") for deed in ("added", "changed", "archived", "restored")
    ]


@pytest.mark.parametrize("name", ["nowhere", "https://other.example/", "//other.example", "/\\x.y"])
def test_one_is_led_to_no_address_but_ours(bea: Membership, name: str) -> None:
    one, other = (stakeholder(bea, title) for title in ("Courier", "Warehouse"))
    row = related_everywhere(bea, one, other)

    answer = client_of(bea).post(url(bea, "relation-archive", row.pk), {"next": name})

    assert (answer.status_code, answer["Location"]) == (302, url(bea, "relation-list"))


def test_who_is_archived_is_related_to_nobody(bea: Membership) -> None:
    courier, shop = stakeholder(bea, "Courier"), stakeholder(bea, "Shop")
    row = related_everywhere(bea, courier, shop, title="Parcels")
    with tenant_bound(bea.tenant_id):
        archive_stakeholder(stakeholder=shop, by=bea, now=make.NOW)

    assert "Parcels" not in _text(bea, url(bea, "relation-list"))
    with pytest.raises(ArchivedError):
        related_everywhere(bea, courier, shop)
    with pytest.raises(OneEndError):
        related_everywhere(bea, courier, courier)
    assert _rows(bea) == [row]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Fees", "Parcels"]),
        ("?q=cour", ["Parcels"]),
        ("?q=fee", ["Fees"]),
        ("?kind=money", ["Fees"]),
        ("?kind=none", ["Fees", "Parcels"]),
        ("?archived=1", []),
    ],
)
def test_the_list_of_relations_is_filtered(bea: Membership, query: str, found: list[str]) -> None:
    bank, courier, shop = (stakeholder(bea, name) for name in ("Bank", "Courier", "Shop"))
    related_everywhere(bea, courier, shop, "goods", title="Parcels")
    related_everywhere(bea, bank, shop, "money", title="Fees")
    page = _text(bea, url(bea, "relation-list") + query)

    assert [words for words in ("Fees", "Parcels") if f">{words}</td>" in page] == found


def test_the_list_of_relations_takes_as_many_queries_for_one_as_for_three(
    bea: Membership, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    client, address = client_of(bea), url(bea, "relation-list")
    shop = stakeholder(bea, "Shop")
    for number in range(3):
        related_everywhere(bea, stakeholder(bea, f"Courier {number}"), shop)
        if number in {0, 2}:
            client.get(address)
            with django_assert_num_queries(10):
                client.get(address)


def test_a_viewer_reads_relations_without_notes_and_changes_none(bea: Membership) -> None:
    courier, shop = stakeholder(bea, "Courier"), stakeholder(bea, "Shop")
    row = related_everywhere(bea, courier, shop, title="Parcels", note="They quarrel")
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    client = client_of(viewer)
    listed = _text(viewer, url(bea, "relation-list"))

    assert ("Parcels" in listed, "They quarrel" in listed, "relation-archive" in listed) == (
        True,
        False,
        False,
    )
    for name in ("relation-edit", "relation-archive", "relation-restore"):
        assert client.post(url(bea, name, row.pk)).status_code == 404
    assert client.get(url(bea, "relation-add")).status_code == 404
    assert _rows(bea) == [row]


def test_a_relation_of_another_tenant_is_not_found(bea: Membership) -> None:
    stranger = make.member()
    row = related_everywhere(stranger, stakeholder(stranger, "A"), stakeholder(stranger, "B"))
    mine = stakeholder(bea, "Courier")
    client = client_of(bea)

    for name in ("relation-edit", "relation-archive", "relation-restore"):
        assert client.post(url(bea, name, row.pk), {"kind": "bad"}).status_code == 404
    sent = {"start": mine.pk, "end": row.end_id, "kind": "trust", "direction": "one", "strength": 2}
    assert client.post(url(bea, "relation-add"), sent).status_code == 422
    assert _rows(bea) == []


def _api(member: Membership, *rights: Right) -> tuple[Client, dict[str, Any]]:
    _, key = make.api_key(of=member.tenant, rights=rights or tuple(Right))
    return Client(headers={"Authorization": f"Bearer {key}"}), {"content_type": "application/json"}


def _path(pk: UUID | str = "") -> str:
    return f"/api/v1/stakeholder-relations/{f'{pk}/' if pk else ''}"


def test_the_api_makes_reads_changes_and_archives_relations(bea: Membership) -> None:
    courier, shop = stakeholder(bea, "Courier"), stakeholder(bea, "Shop")
    client, as_json = _api(bea)
    body = {"start": str(courier.pk), "end": str(shop.pk), "kind": "goods", "note": "Late"}
    made = client.post(_path(), body, **as_json)
    pk = made.json()["id"]
    changed = client.patch(_path(pk), {"strength": 3}, **as_json)
    read, listed = client.get(_path(pk)).json(), client.get(_path()).json()["results"]
    gone = client.delete(_path(pk))

    assert (made.status_code, changed.status_code, gone.status_code) == (201, 200, 204)
    assert (read["strength"], read["note"], read["direction"]) == (3, "Late", "one")
    assert listed == [read]
    assert client.get(_path()).json()["results"] == []


def test_the_api_refuses_relations_that_cannot_be(bea: Membership) -> None:
    stranger = make.member()
    courier, foreign = stakeholder(bea, "Courier"), stakeholder(stranger, "B")
    client, as_json = _api(bea)
    body = {"start": str(courier.pk), "end": str(courier.pk), "kind": "goods"}
    bad = [body, {**body, "end": str(foreign.pk)}, {**body, "kind": "gossip"}, {**body, "x": 1}]

    assert [client.post(_path(), one, **as_json).status_code for one in bad] == [422] * 4
    theirs = related_everywhere(stranger, foreign, stakeholder(stranger, "C"))
    assert client.get(_path(theirs.pk)).status_code == 404
    assert client.patch(_path(theirs.pk), {"strength": 9}, **as_json).status_code == 404
    assert client.delete(_path(theirs.pk)).status_code == 404


def test_a_key_that_may_only_read_gets_no_notes(bea: Membership) -> None:
    on = map_of(bea)
    courier, shop = placed(bea, on, "Courier"), placed(bea, on, "Shop")
    row = related_everywhere(bea, courier.stakeholder, shop.stakeholder, note="They quarrel")
    client, as_json = _api(bea, Right.SEE_JOURNEYS)
    answers = [_path(), _path(row.pk), f"/api/v1/stakeholder-maps/{on.pk}/"]
    texts = [client.get(one).content.decode() for one in answers]

    assert all(str(row.pk) in text and "They quarrel" not in text for text in texts)
    assert client.patch(_path(row.pk), {"strength": 3}, **as_json).status_code == 403
