"""Who may change a map by operations, and who may read what was done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Right, Role
from tests import make
from tests.personas.mapping import again, client_of, map_of, placed, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
CHANGES = ("change/", "ops", "undo/", "redo/", "go-back/")
READS = ("history/", "changes?after=0")


@pytest.mark.parametrize("visibility", ["hidden", "listed", "viewable"])
def test_only_its_owner_changes_a_map_that_is_not_for_all(
    bea: Membership, ana: Membership, visibility: str
) -> None:
    on = map_of(bea, visibility=visibility)
    base = f"/t/{bea.tenant.slug}/stakeholder-maps/{on.pk}/"
    sent = {"op": "set", "lineage": on.pk, "field": "title", "value": "Mine"}
    statuses = {client_of(ana).post(f"{base}{rest}", sent).status_code for rest in CHANGES}

    assert statuses == {404}
    assert client_of(bea).post(f"{base}change/", sent).status_code == 302


def test_the_log_of_a_map_is_for_those_who_may_edit(bea: Membership, ana: Membership) -> None:
    on = map_of(bea)
    placed(bea, on, "Courier")
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    base = f"/t/{bea.tenant.slug}/stakeholder-maps/{on.pk}/"

    for rest in READS:
        assert client_of(ana).get(f"{base}{rest}").status_code == 200
        assert client_of(viewer).get(f"{base}{rest}").status_code == 404


def test_the_log_of_a_hidden_map_is_for_its_owner(bea: Membership, ana: Membership) -> None:
    on = map_of(bea, visibility="hidden")
    base = f"/t/{bea.tenant.slug}/stakeholder-maps/{on.pk}/"

    for rest in READS:
        assert client_of(bea).get(f"{base}{rest}").status_code == 200
        assert client_of(ana).get(f"{base}{rest}").status_code == 404


@pytest.mark.parametrize(
    ("rights", "visibility", "status"),
    [
        ([Right.SEE_JOURNEYS], "editable", 404),
        ([Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS], "editable", 200),
        ([Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS], "hidden", 404),
    ],
)
def test_a_program_reads_the_log_of_a_map_by_its_rights(
    bea: Membership, rights: list[Right], visibility: str, status: int
) -> None:
    on = map_of(bea, visibility=visibility)
    _, key = make.api_key(of=bea.tenant, rights=rights)
    heads = {"Authorization": f"Bearer {key}"}
    answer = Client().get(f"/api/v1/stakeholder-maps/{on.pk}/operations/", headers=heads)

    assert answer.status_code == status


def test_a_move_that_is_sent_again_has_one_effect(bea: Membership) -> None:
    on = map_of(bea)
    courier = placed(bea, on, "Courier")
    sent = {"id": new_id(), "placement": courier.pk, "step": "0.05 0"}
    client, address = client_of(bea), url(bea, "map-move", on.pk)
    answers = [client.post(address, sent, headers={"Accept": "application/json"}) for _ in "ab"]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert again(courier).x == pytest.approx(courier.x + 0.05, abs=0.001)
