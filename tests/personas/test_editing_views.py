"""Changing a persona over HTTP: from scripts, from plain forms, undo, history."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from cxm.collaboration.views.history import MOST_TOLD
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.collaboration.commenting import named
from tests.personas.editing import asked, do, fact, persona, put, section, state_of, value_of

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(member: Membership, pk: UUID, rest: str) -> str:
    return f"/t/{member.tenant.slug}/personas/{pk}/{rest}"


def _set(lineage: UUID, value: Any, field: str = "name", **more: Any) -> dict[str, Any]:
    told = {"id": str(new_id()), "batch": str(new_id()), "op": "set", "lineage": str(lineage)}
    return {**told, "field": field, "value": value, **more}


def _send(member: Membership, pk: UUID, body: Any) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return _client(member).post(_url(member, pk, "ops"), text, "application/json")


def _change(member: Membership, pk: UUID, headers: Any = None, **sent: Any) -> Any:
    return _client(member).post(_url(member, pk, "change/"), sent, headers=headers or {})


def test_operations_are_done_and_numbered(bea: Membership) -> None:
    pk = persona(bea)
    sent = [_set(pk, "Bea"), _set(pk, "Hurries", "tagline")]
    answer = _send(bea, pk, sent)

    assert answer.status_code == 200
    told = answer.json()
    assert (told["head"], [d["seq"] for d in told["done"]]) == (3, [2, 3])
    assert [d["id"] for d in told["done"]] == [one["id"] for one in sent]
    assert value_of(bea, pk, pk, "tagline") == "Hurries"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("[{", 400, "unreadable"),
        ("{", 422, "refused"),
        (b"\xff\xfe", 400, "unreadable"),
        ("[" * 100_000, 422, "refused"),
        ("x" * 1_000_001, 413, "too_large"),
        ("[]", 422, "refused"),
        ('[{"op": "set"}]', 422, "refused"),
        ('[{"op": "shout"}]', 422, "refused"),
    ],
)
def test_a_body_that_is_none_is_refused(
    bea: Membership, body: str | bytes, status: int, code: str
) -> None:
    answer = _send(bea, persona(bea), body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_both_versions_are_told_of_a_text_that_two_changed(
    bea: Membership, ana: Membership
) -> None:
    pk = persona(bea)
    do(ana, pk, put(pk, "name", "Ana's", base_rev=1))
    answer = _send(bea, pk, [_set(pk, "Bea's", base_rev=1)])

    assert answer.status_code == 409
    clash = answer.json()["clashes"][0]
    assert (clash["base"], clash["theirs"], clash["mine"]) == ("Busy Bea", "Ana's", "Bea's")
    assert (clash["by"], clash["rev"]) == ("A member", 2)


def test_who_has_a_name_is_called_by_it(bea: Membership, ana: Membership) -> None:
    ana.user.name = "Ana Alves"
    ana.user.save(update_fields=["name"])
    pk = persona(bea)
    do(ana, pk, put(pk, "name", "Ana's", base_rev=1))

    answer = _send(bea, pk, [_set(pk, "Bea's", base_rev=1)])

    assert answer.json()["clashes"][0]["by"] == "Ana Alves"


def test_what_is_deleted_is_gone_and_what_is_not_there_is_not_found(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    do(bea, pk, asked(Deed.DELETE, needs))

    assert _send(bea, pk, [_set(needs, "Wants", "title")]).status_code == 410
    assert _send(bea, pk, [_set(new_id(), "Wants", "title")]).status_code == 404
    assert _send(bea, new_id(), [_set(pk, "Bea")]).status_code == 404


def test_a_viewer_changes_nothing_and_a_stranger_finds_nothing(bea: Membership) -> None:
    pk = persona(bea)
    viewer, stranger = make.member(of=bea.tenant, role=Role.VIEWER), make.member()
    for member in (viewer, stranger):
        client = _client(member)
        for rest in ("ops", "change/", "undo/", "redo/", "go-back/"):
            assert client.post(_url(bea, pk, rest), {}).status_code == 404, rest
    assert _client(viewer).get(_url(bea, pk, "history/")).status_code == 200
    for rest in ("history/", "changes?after=0"):
        assert _client(stranger).get(_url(bea, pk, rest)).status_code == 404
        assert _client(stranger).get(_url(stranger, pk, rest)).status_code == 404
    assert _send(stranger, pk, [_set(pk, "Mine")]).status_code == 404

    assert value_of(bea, pk, pk, "name") == "Busy Bea"


def test_a_plain_form_changes_and_leads_back(bea: Membership) -> None:
    pk = persona(bea)
    back = f"/t/{bea.tenant.slug}/personas/?view=table"
    sent = {"op": "set", "lineage": pk, "field": "name", "value": "Bea", "next": back}
    answer = _change(bea, pk, base_rev=1, **sent)

    assert (answer.status_code, answer["Location"]) == (302, back)
    assert value_of(bea, pk, pk, "name") == "Bea"


def test_nobody_is_led_to_another_site(bea: Membership) -> None:
    pk = persona(bea)
    sent = {"op": "set", "lineage": pk, "field": "name", "value": "Bea"}
    answer = _change(bea, pk, next="https://evil.example/", **sent)

    assert answer["Location"] == _url(bea, pk, "")


def test_a_plain_form_that_empties_the_moment_restores_what_is_archived(bea: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "archived_at", "2026-11-30T09:30:00Z"))

    answer = _change(bea, pk, op="set", lineage=pk, field="archived_at", value="")

    assert answer.status_code == 302
    assert value_of(bea, pk, pk, "archived_at") is None


def test_a_plain_form_creates_moves_and_deletes(bea: Membership) -> None:
    pk = persona(bea)
    new = {"op": "create", "kind": "section", "parent": pk, "value.title": "About"}
    _change(bea, pk, **new, **{"value.kind": "text", "value.content.text": "She hurries."})
    about = next(e.id for e in state_of(bea, pk).values() if e.kind == "section")
    needs = section(bea, pk)
    first, second = (fact(bea, pk, needs, text) for text in ("one", "two"))
    _change(bea, pk, op="move", lineage=second, parent=needs, after="")
    _change(bea, pk, op="delete", lineage=about)

    state = state_of(bea, pk)
    assert state[about].values["content"] == {"text": "She hurries."}
    assert state[about].is_deleted
    assert state[second].ord < state[first].ord


def test_lists_and_numbers_of_forms_are_read_as_such(bea: Membership) -> None:
    pk = persona(bea)
    traits = section(bea, pk, "traits", "Traits")
    sent = {
        "value.content.traits.0.low": "Calm",
        "value.content.traits.0.high": "Restless",
        "value.content.traits.0.value": "80",
        "value.content.traits.1.low": "",
        "value.content.traits.1.high": "",
        "value.content.traits.1.value": "50",
    }
    answer = _change(bea, pk, op="set", lineage=traits, field="content", **sent)

    assert answer.status_code == 302
    assert value_of(bea, pk, traits, "content") == {
        "traits": [{"low": "Calm", "high": "Restless", "value": 80}]
    }


def test_what_a_form_cannot_change_is_shown_again(bea: Membership) -> None:
    pk = persona(bea)
    answer = _change(bea, pk, op="set", lineage=pk, field="name", value="x" * 121)

    assert answer.status_code == 422
    assert "x" * 121 in answer.content.decode()
    assert "Name" in answer.content.decode()


def test_what_is_not_of_the_type_is_shown_again_with_the_name_of_the_field(
    bea: Membership,
) -> None:
    pk = persona(bea)
    sent = {"op": "set", "lineage": pk, "field": "reviewed_on", "value": "last Tuesday"}
    answer = _change(bea, pk, **sent)
    told = _change(bea, pk, JSON, **sent)

    shown = answer.content.decode()
    assert (answer.status_code, told.status_code) == (422, 422)
    assert "Reviewed on: write a date, such as 2026-11-30." in shown
    assert ">last Tuesday</textarea>" in shown
    assert told.json() == {
        "code": "refused",
        "field": "reviewed_on",
        "message": "Reviewed on: write a date, such as 2026-11-30.",
    }


def test_a_form_that_comes_too_late_shows_both_versions(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    do(ana, pk, put(pk, "name", "Of Ana"))
    sent = {"op": "set", "lineage": pk, "field": "name", "value": "Of Bea", "base_rev": 1}
    answer = _change(bea, pk, **sent)

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert all(text in shown for text in ("Of Ana", "Of Bea", "Busy Bea", "A member"))
    assert 'name="base_rev" type="hidden" value="2"' in shown
    told = _change(bea, pk, JSON, **sent).json()
    assert (told["code"], told["clashes"][0]["theirs"]) == ("stale", "Of Ana")


def test_undo_and_redo_by_forms(bea: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "Bea"))
    client = _client(bea)
    client.post(_url(bea, pk, "undo/"))
    undone = value_of(bea, pk, pk, "name")
    batch = str(new_id())
    for _ in range(2):
        client.post(_url(bea, pk, "redo/"), {"batch": batch}, headers=JSON)

    assert (undone, value_of(bea, pk, pk, "name")) == ("Busy Bea", "Bea")


def test_an_undo_that_harms_another_asks_first(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "Of Bea"))
    do(ana, pk, put(pk, "name", "Of Ana"))
    client = _client(bea)
    answer = client.post(_url(bea, pk, "undo/"))

    assert "Of Ana" in answer.content.decode()
    assert value_of(bea, pk, pk, "name") == "Of Ana"
    client.post(_url(bea, pk, "undo/"), {"choice": "mine"})
    assert value_of(bea, pk, pk, "name") == "Busy Bea"


def test_changes_of_others_are_told_once(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    client = _client(bea)
    assert client.get(_url(bea, pk, "changes?after=1")).status_code == 204
    do(ana, pk, put(pk, "name", "Of Ana"))
    told = client.get(_url(bea, pk, "changes?after=1")).json()

    assert told["head"] == 2
    assert [(c["by"], c["is_mine"], c["words"]) for c in told["changes"]] == [
        ("A member", False, "changed Name to “Of Ana”")
    ]
    assert [(c["deed"], c["kind"], c["lineage"], c["field"]) for c in told["changes"]] == [
        ("set", "persona", str(pk), "name")
    ]
    assert client.get(_url(bea, pk, "changes?after=x")).status_code == 422


def test_of_many_changes_the_last_are_told_and_the_others_counted(
    bea: Membership, ana: Membership
) -> None:
    pk = persona(bea)
    do(ana, pk, *(put(pk, "tagline", f"Line {number}") for number in range(MOST_TOLD + 3)))

    told = _client(bea).get(_url(bea, pk, "changes?after=1")).json()

    assert (len(told["changes"]), told["left_out"]) == (MOST_TOLD, 3)
    assert told["changes"][-1]["words"] == f"changed Tagline to “Line {MOST_TOLD + 2}”"


def test_the_history_says_choices_in_the_words_of_the_page(bea: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "kind", "anti"))

    shown = _client(bea).get(_url(bea, pk, "history/")).content.decode()

    assert "hanged Kind to “Anti-persona”" in shown


def test_the_history_tells_times_of_the_workspace(bea: Membership) -> None:
    bea.tenant.time_zone = "Asia/Tokyo"
    with tenant_bound(bea.tenant_id):
        bea.tenant.save(update_fields=["time_zone"])
    pk = persona(bea)
    there = make.NOW.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%H:%M")

    shown = _client(bea).get(_url(bea, pk, "history/?at=1")).content.decode()

    assert shown.count(f", {there}<") == 2


def test_the_history_says_who_did_what_and_brings_it_back(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    do(named(ana, "Ana Alves"), pk, put(needs, "title", "Wants"))
    client = _client(bea)
    shown = client.get(_url(bea, pk, "history/")).content.decode()
    then = client.get(_url(bea, pk, "history/?at=2")).content.decode()
    answer = client.post(_url(bea, pk, "go-back/"), {"until": "2"})

    assert "Added section “Wants”" in shown
    assert re.findall(r"<h2>(\w+ Alves|A member)", shown) == ["Ana Alves", "A member"]
    assert ">Needs</dd>" in then
    assert answer.status_code == 302
    assert value_of(bea, pk, needs, "title") == "Needs"
