"""The register of stakeholders: its pages, and what archiving and restoring do to maps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from personas.models import Persona, Stakeholder
from personas.services import stakeholders as services
from personas.services.maps import place_stakeholder
from tests import make
from tests.personas.mapping import again, client_of, map_of, placed, put, related, stakeholder, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

NEW = {"name": " Data  protection officer ", "kind": "role", "description": "", "member": ""}


def _row(of: Stakeholder) -> Stakeholder:
    with tenant_bound(of.tenant_id):
        rows = Stakeholder.objects.for_tenant(of.tenant_id)
        return rows.select_related("persona", "member", "tenant").get(pk=of.pk)


def _text(member: Membership, name: str, *args: object, query: str = "") -> str:
    answer = client_of(member).get(f"{url(member, name, *args)}?{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def _post(member: Membership, name: str, of: Stakeholder, /, **sent: Any) -> Any:
    return client_of(member).post(url(member, name, of.pk), sent)


def test_somebody_is_put_on_the_register(bea: Membership) -> None:
    sent = NEW | {"member": str(bea.pk), "description": "Answers within a month."}
    answer = client_of(bea).post(url(bea, "stakeholder-add"), sent)

    with tenant_bound(bea.tenant_id):
        made = Stakeholder.objects.for_tenant(bea.tenant).get()
        actions = list(AuditEntry.objects.for_tenant(bea.tenant).values_list("action", flat=True))
    assert answer["Location"] == url(bea, "stakeholder-list")
    told = (made.key, made.name, made.kind, made.description, made.member_id, made.by_id)
    words = "Answers within a month."
    name = "Data protection officer"
    assert told == ("data-protection-officer", name, "role", words, bea.pk, bea.pk)
    assert "stakeholder-added" in actions


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "COURIER"}, "“COURIER” is on the register already."),
        ({"name": ""}, "This field is required."),
        ({"kind": "ghost"}, "Select a valid choice."),
        ({"member": "11111111-1111-1111-1111-111111111111"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(
    bea: Membership, changed: dict[str, str], words: str
) -> None:
    stakeholder(bea, "Courier")

    answer = client_of(bea).post(url(bea, "stakeholder-add"), NEW | changed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    with tenant_bound(bea.tenant_id):
        assert Stakeholder.objects.for_tenant(bea.tenant).count() == 1


def test_somebody_is_changed_and_keeps_the_key(bea: Membership) -> None:
    who = stakeholder(bea, "Courier", member=bea)

    _post(bea, "stakeholder-edit", who, **NEW)
    same_name = _post(bea, "stakeholder-edit", who, **NEW)

    changed = _row(who)
    told = (changed.key, changed.name, changed.kind, changed.member_id)
    assert told == ("courier", "Data protection officer", "role", None)
    assert same_name.status_code == 302


def test_the_form_is_filled_with_what_is_known(bea: Membership) -> None:
    who = stakeholder(bea, "Courier", "team", description="Drives", member=bea)

    text = _text(bea, "stakeholder-edit", who.pk)

    assert 'value="Courier"' in text
    assert '<option value="team" selected>' in text
    assert f'<option value="{bea.pk}" selected>' in text


def test_the_register_is_filtered(bea: Membership) -> None:
    stakeholder(bea, "Courier", "partner")
    stakeholder(bea, "Agency", "regulator", description="Watches couriers")

    by_text = _text(bea, "stakeholder-list", query="q=COURIER")
    by_kind = _text(bea, "stakeholder-list", query="kind=regulator")

    assert ("Courier</a>" in by_text, "Agency</a>" in by_text) == (True, True)
    assert ("Courier</a>" in by_kind, "Agency</a>" in by_kind) == (False, True)
    assert "Nobody like this" in _text(bea, "stakeholder-list", query="q=nothing")


def test_the_register_costs_the_same_for_one_and_for_three(bea: Membership) -> None:
    client, on, counts = client_of(bea), map_of(bea), []
    for names in (["A"], ["B", "C"]):
        for name in names:
            placed(bea, on, name)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(bea, "stakeholder-list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_before_archiving_maps_and_relations_are_shown(bea: Membership, ana: Membership) -> None:
    open_map, hidden = map_of(bea, "Deliveries"), map_of(bea, "Secret", visibility="hidden")
    courier = placed(bea, open_map, "Courier")
    related(bea, open_map, courier, placed(bea, open_map, "Shop"))
    with tenant_bound(bea.tenant_id):
        told = {"stakeholder": courier.stakeholder, "by": bea, "now": make.NOW}
        place_stakeholder(on=hidden, **told)

    mine = _text(bea, "stakeholder-archive", courier.stakeholder_id)
    hers = _text(ana, "stakeholder-archive", courier.stakeholder_id)

    assert "Deliveries</a>" in mine
    assert '<td class="num">1</td>' in mine
    assert ("Secret</a>" in mine, "Secret" in hers) == (True, False)
    assert "1 more map, hidden from you, shows them, too." in hers


def test_archiving_takes_off_all_maps_and_restoring_brings_back(bea: Membership) -> None:
    first, second = map_of(bea, "First"), map_of(bea, "Second")
    courier = placed(bea, first, "Courier")
    put(bea, first, courier.pk, note="Slow on Mondays")
    who = courier.stakeholder
    with tenant_bound(bea.tenant_id):
        told = {"stakeholder": who, "by": bea, "now": make.NOW}
        other = place_stakeholder(on=second, **told)

    _post(bea, "stakeholder-archive", who)
    archived, gone = _row(who).archived_at, again(courier).deleted_at
    _post(bea, "stakeholder-archive", who)
    _post(bea, "stakeholder-restore", who)

    assert archived is not None
    assert gone is not None
    back = again(courier)
    assert (_row(who).archived_at, back.deleted_at, back.note) == (None, None, "Slow on Mondays")
    assert f'data-placement="{other}"' in _text(bea, "map-page", second.pk)


def test_restoring_brings_nobody_to_a_map_they_had_left_before(bea: Membership) -> None:
    on = map_of(bea)
    courier = placed(bea, on, "Courier")
    client_of(bea).post(url(bea, "map-change", on.pk), {"op": "delete", "lineage": courier.pk})

    _post(bea, "stakeholder-archive", courier.stakeholder)
    _post(bea, "stakeholder-restore", courier.stakeholder)

    assert again(courier).deleted_at is not None


def test_who_left_a_map_comes_back_with_what_was_said(bea: Membership) -> None:
    on = map_of(bea)
    courier = placed(bea, on, "Courier")
    put(bea, on, courier.pk, note="Slow on Mondays", power=4.0)
    client_of(bea).post(url(bea, "map-change", on.pk), {"op": "delete", "lineage": courier.pk})

    sent = {"stakeholder": courier.stakeholder_id, "ring": "2", "sector": ""}
    client_of(bea).post(url(bea, "map-place", on.pk), sent)

    back = again(courier)
    assert (back.deleted_at, back.ring, back.note, back.power) == (None, 2, "Slow on Mondays", 4.0)


def test_a_persona_is_made_once_and_both_stay_linked(bea: Membership) -> None:
    who = stakeholder(bea, "Courier")

    answer = _post(bea, "stakeholder-persona", who)
    second = _post(bea, "stakeholder-persona", who)

    with tenant_bound(bea.tenant_id):
        made = Persona.objects.for_tenant(bea.tenant).get()
    assert answer["Location"] == url(bea, "persona-page", made.pk)
    assert (made.name, _row(who).persona_id) == ("Courier", made.pk)
    assert second.status_code == 422
    assert "“Courier” has a persona already." in second.content.decode()
    assert "Persona Courier</a>" in _text(bea, "stakeholder-list")


@pytest.mark.parametrize("name", ["edit", "archive", "restore", "persona"])
def test_changing_the_register_is_refused_to_viewers_and_strangers(
    bea: Membership, name: str
) -> None:
    who = stakeholder(bea)
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    stranger = make.member()

    assert _post(viewer, f"stakeholder-{name}", who).status_code == 404
    assert _post(stranger, f"stakeholder-{name}", who).status_code == 404
    assert client_of(viewer).post(url(viewer, "stakeholder-add"), NEW).status_code == 404


def test_a_viewer_reads_the_register_without_buttons(bea: Membership) -> None:
    stakeholder(bea, "Courier")
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)

    text = _text(viewer, "stakeholder-list")

    assert "Courier" in text
    assert "Archive Courier" not in text
    assert "Add a stakeholder" not in text


def test_the_register_has_an_end(bea: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_STAKEHOLDERS", 1)
    stakeholder(bea, "Courier")

    answer = client_of(bea).post(url(bea, "stakeholder-add"), NEW)

    assert answer.status_code == 422
    assert "The register holds up to 1 stakeholders." in answer.content.decode()
