"""Archived personas and maps stay as they are over every door, until they are restored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import ArchivedDocumentError, Deed
from cxm.kernel.operations.store import restore
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from personas.models import Persona, StakeholderMap
from personas.services.maps import archive_map
from personas.services.personas import archive_persona
from personas.services.stakeholders import archive_stakeholder, restore_stakeholder
from personas.services.stores import PERSONAS
from tests import make
from tests.personas.editing import (
    asked,
    assert_true_log,
    do,
    persona,
    put,
    request,
    section,
    state_of,
    take_back,
)
from tests.personas.mapping import again, client_of, map_of, placed, url

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
NOW = make.NOW.isoformat()


def _archived_persona(member: Membership) -> UUID:
    pk = persona(member)
    do(member, pk, put(pk, "name", "Hasty Bea"))
    do(member, pk, put(pk, "archived_at", NOW))
    return pk


def _archived_map(member: Membership) -> StakeholderMap:
    on = map_of(member)
    with tenant_bound(member.tenant_id):
        archive_map(of=on, by=member, now=make.NOW)
    return on


@pytest.mark.parametrize(
    "deed", [Deed.CREATE, Deed.SET, Deed.DELETE, Deed.RESTORE, Deed.MOVE], ids=str
)
def test_no_operation_changes_an_archived_persona(bea: Membership, deed: Deed) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    do(bea, pk, put(pk, "archived_at", NOW))
    before = state_of(bea, pk)
    value: Any = {"values": {"kind": "needs", "title": "New"}, "parent": str(pk)}
    more = {
        Deed.CREATE: {"lineage": new_id(), "kind": "section", "value": value},
        Deed.SET: {"lineage": needs, "field": "title", "value": "Other"},
        Deed.MOVE: {"lineage": needs, "value": {"after": None}},
    }.get(deed, {"lineage": needs})

    with pytest.raises(ArchivedDocumentError, match=r"This persona is archived\. Restore it first"):
        do(bea, pk, asked(deed, **more))
    assert state_of(bea, pk) == before


def test_undo_redo_and_going_back_do_not_change_an_archived_persona(bea: Membership) -> None:
    pk = _archived_persona(bea)

    for is_redo in (False, True):
        with pytest.raises(ArchivedDocumentError):
            take_back(bea, pk, is_redo=is_redo)
    with tenant_bound(bea.tenant_id), pytest.raises(ArchivedDocumentError):
        restore(PERSONAS, request(bea, pk), until=1, as_batch=new_id())
    assert state_of(bea, pk)[pk].values["name"] == "Hasty Bea"


def test_what_was_done_before_is_answered_again_after_archiving(bea: Membership) -> None:
    pk = persona(bea)
    rename = put(pk, "name", "Hasty Bea")
    first = do(bea, pk, rename)
    do(bea, pk, put(pk, "archived_at", NOW))

    assert do(bea, pk, rename).operations == first.operations


def test_restoring_opens_a_persona_again(bea: Membership) -> None:
    pk = _archived_persona(bea)
    do(bea, pk, put(pk, "archived_at", None), put(pk, "name", "Calm Bea"))

    assert state_of(bea, pk)[pk].values["name"] == "Calm Bea"
    assert_true_log(bea, pk)


def test_going_back_to_an_archived_moment_does_not_archive(bea: Membership) -> None:
    pk = _archived_persona(bea)
    do(bea, pk, put(pk, "archived_at", None))
    do(bea, pk, put(pk, "name", "Calm Bea"))
    with tenant_bound(bea.tenant_id):
        restore(PERSONAS, request(bea, pk), until=3, as_batch=new_id())

    values = state_of(bea, pk)[pk].values
    assert (values["name"], values["archived_at"]) == ("Hasty Bea", None)


def test_scripts_are_told_that_a_persona_is_archived(bea: Membership) -> None:
    pk = _archived_persona(bea)
    base = f"/t/{bea.tenant.slug}/personas/{pk}/"
    one = {"id": str(new_id()), "batch": str(new_id()), "op": "set", "lineage": str(pk)}
    sent = json.dumps([{**one, "field": "name", "value": "Other"}])
    answers = [
        client_of(bea).post(f"{base}ops", sent, content_type="application/json"),
        client_of(bea).post(f"{base}change/", _rename(pk), headers={"Accept": "application/json"}),
        client_of(bea).post(f"{base}undo/", headers={"Accept": "application/json"}),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "archived")] * 3


def test_the_api_tells_that_a_persona_is_archived(bea: Membership) -> None:
    pk = _archived_persona(bea)
    _, key = make.api_key(of=bea.tenant, rights=[Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS])
    one = {"id": str(new_id()), "batch": str(new_id()), "op": "set", "lineage": str(pk)}
    answer = Client().post(
        f"/api/v1/personas/{pk}/operations/",
        json.dumps([{**one, "field": "name", "value": "Other"}]),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 409
    assert "This persona is archived. Restore it first" in answer.content.decode()


def test_forms_say_that_a_persona_is_archived(bea: Membership) -> None:
    pk = _archived_persona(bea)
    base = f"/t/{bea.tenant.slug}/personas/{pk}/"
    changed = client_of(bea).post(f"{base}change/", _rename(pk))
    back = client_of(bea).post(f"{base}go-back/", {"until": 1}, follow=True)

    assert changed.status_code == 409
    for answer in (changed, back):
        assert "This persona is archived. Restore it first" in answer.content.decode()
    assert state_of(bea, pk)[pk].values["name"] == "Hasty Bea"


def test_the_history_of_an_archived_persona_offers_no_way_back(bea: Membership) -> None:
    pk = _archived_persona(bea)
    page = client_of(bea).get(f"/t/{bea.tenant.slug}/personas/{pk}/history/?at=1").content.decode()

    assert "Busy Bea" in page
    assert "go-back" not in page


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("map-place", {"name": "Courier", "kind": "partner", "ring": "0"}),
        ("map-parts", {"rings": "Near\nFar", "sectors": ""}),
    ],
)
def test_an_archived_map_takes_nobody_and_keeps_its_ground(
    bea: Membership, name: str, sent: dict[str, str]
) -> None:
    on = _archived_map(bea)
    answer = client_of(bea).post(url(bea, name, on.pk), sent)

    assert answer.status_code == 409
    assert "archived" in answer.content.decode()


def test_nobody_is_moved_on_an_archived_map(bea: Membership) -> None:
    on = map_of(bea)
    courier = placed(bea, on)
    with tenant_bound(bea.tenant_id):
        archive_map(of=on, by=bea, now=make.NOW)
    sent = {"placement": courier.pk, "step": "0.05 0"}
    address = url(bea, "map-move", on.pk)
    plain = client_of(bea).post(address, sent)
    script = client_of(bea).post(address, sent, headers={"Accept": "application/json"})

    assert (plain.status_code, script.status_code) == (409, 409)
    assert script.json()["message"].startswith("This map is archived.")
    assert again(courier).x == courier.x


def test_the_register_takes_who_is_archived_off_archived_maps_too(bea: Membership) -> None:
    on = map_of(bea)
    courier = placed(bea, on)
    with tenant_bound(bea.tenant_id):
        archive_map(of=on, by=bea, now=make.NOW)
        archive_stakeholder(stakeholder=courier.stakeholder, by=bea, now=make.NOW)
    gone = again(courier).deleted_at
    with tenant_bound(bea.tenant_id):
        restore_stakeholder(stakeholder=courier.stakeholder, by=bea, now=make.NOW)

    assert gone is not None
    assert again(courier).deleted_at is None


def _rename(pk: UUID) -> dict[str, Any]:
    return {"op": "set", "lineage": pk, "field": "name", "value": "Other"}


def test_what_somebody_else_archived_a_moment_ago_is_archived(bea: Membership) -> None:
    pk, drawn = persona(bea), map_of(bea)
    with tenant_bound(bea.tenant_id):
        people = Persona.objects.for_tenant(bea.tenant).select_related("tenant")
        maps = StakeholderMap.objects.for_tenant(bea.tenant).select_related("tenant")
        stale = [people.get(pk=pk) for _ in range(2)], [maps.get(pk=drawn.pk) for _ in range(2)]

        for one in stale[0]:
            archive_persona(persona=one, by=bea, now=make.NOW)
        for other in stale[1]:
            archive_map(of=other, by=bea, now=make.NOW)

        assert people.get(pk=pk).archived_at == maps.get(pk=drawn.pk).archived_at == make.NOW
