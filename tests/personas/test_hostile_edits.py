"""What hostile and broken clients send to the doors of the operation engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from tests import make
from tests.personas.editing import (
    assert_true_log,
    persona,
    section,
    state_of,
    take_back,
    value_of,
)

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def _client(member: Membership, **how: Any) -> Client:
    # What breaks answers 500: the traces of deep recursions take minutes to print.
    client = Client(raise_request_exception=False, **how)
    client.force_login(member.user)
    return client


def _url(member: Membership, pk: UUID, rest: str) -> str:
    return f"/t/{member.tenant.slug}/personas/{pk}/{rest}"


def _one(op: str, lineage: UUID, **more: Any) -> dict[str, Any]:
    told = {"id": str(new_id()), "batch": str(new_id()), "op": op, "lineage": str(lineage)}
    return {**told, **more}


def _send(member: Membership, pk: UUID, body: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return _client(member).post(_url(member, pk, "ops"), text, "application/json")


def _change(member: Membership, pk: UUID, sent: dict[str, Any]) -> Any:
    return _client(member).post(_url(member, pk, "change/"), urlencode(sent), FORM)


@pytest.mark.parametrize("depth", [50, 500, 900, 9_000])
def test_a_content_that_is_nested_deeply_is_refused(bea: Membership, depth: int) -> None:
    pk = persona(bea)
    about = section(bea, pk, "text", "About")
    body = json.dumps([_one("set", about, field="content", value="deep")])
    answer = _send(bea, pk, body.replace('"deep"', '{"a":' * depth + "1" + "}" * depth))

    # Beyond what the JSON reader of a Python follows it is not read at all.
    assert answer.status_code in {400, 422}
    assert_true_log(bea, pk)


@pytest.mark.parametrize("op", ["set", "create"])
@pytest.mark.parametrize("part", [".a", ".0"])
def test_a_name_of_ten_thousand_parts_is_refused(bea: Membership, op: str, part: str) -> None:
    pk = persona(bea)
    about = section(bea, pk, "text", "About")
    sent = {"op": op, "field": "content", "value.content" + part * 10_000: "x"}
    if op == "set":
        sent["lineage"] = str(about)
    else:
        sent |= {"kind": "section", "parent": str(pk)}
        sent |= {"value.kind": "text", "value.title": "More"}
    answer = _change(bea, pk, sent)

    assert answer.status_code == 422
    assert_true_log(bea, pk)


@pytest.mark.parametrize("number", ["nan", "1e999", "-inf", "1e300", "1" * 5_000])
@pytest.mark.parametrize("name", ["avatar.face", "review_every_days"])
def test_a_number_that_is_none_is_refused(bea: Membership, number: str, name: str) -> None:
    pk = persona(bea)
    field = name.partition(".")[0]
    sent = {"op": "set", "lineage": pk, "field": field, "value": number, f"value.{name}": number}

    assert _change(bea, pk, sent).status_code == 422


@pytest.mark.parametrize("number", ["000000001" + "1" * 5_000, "1" * 5_000, "٣", "-1", ""])
def test_a_history_is_shown_whatever_moment_is_asked_for(bea: Membership, number: str) -> None:
    pk = persona(bea)
    client = _client(bea)

    for name in ("at", "from"):
        assert client.get(_url(bea, pk, "history/"), {name: number}).status_code == 200
    assert client.get(_url(bea, pk, "changes"), {"after": number}).status_code in {204, 422}


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00Z",
        "2026-01-01T00:00:00",
    ],
)
def test_a_moment_that_no_database_gives_back_is_refused(bea: Membership, moment: str) -> None:
    pk = persona(bea)
    answer = _send(bea, pk, [_one("set", pk, field="archived_at", value=moment)])

    assert (answer.status_code, answer.json()["field"]) == (422, "archived_at")
    assert _client(bea).get(_url(bea, pk, "")).status_code == 200


def test_a_backslash_that_somebody_typed_is_kept_and_nul_is_refused(bea: Membership) -> None:
    pk = persona(bea)
    typed = _send(bea, pk, [_one("set", pk, field="name", value="say \\u0000")])
    nul = [
        _send(bea, pk, [_one("set", pk, field="name", value=text)])
        for text in ("a\0", "\\\0", "\0")
    ]

    assert typed.status_code == 200
    assert [answer.status_code for answer in nul] == [422] * 3
    assert value_of(bea, pk, pk, "name") == "say \\u0000"


def test_a_key_that_another_has_is_refused_in_words(bea: Membership) -> None:
    pk, other = persona(bea), persona(bea)
    key = value_of(bea, other, other, "key")
    answer = _send(bea, pk, [_one("set", pk, field="key", value=key)])

    assert (answer.status_code, answer.json()["field"]) == (422, "key")
    assert_true_log(bea, pk)


def test_an_id_that_lies_in_another_document_is_refused(bea: Membership) -> None:
    pk, other = persona(bea), persona(bea)
    there = section(bea, other)
    told = {"values": {"kind": "text", "title": "Mine"}, "parent": str(pk)}
    answer = _send(bea, pk, [_one("create", there, kind="section", value=told)])

    assert (answer.status_code, answer.json()["field"]) == (422, "lineage")
    assert there not in state_of(bea, pk)
    assert value_of(bea, other, there, "title") == "Needs"


def test_ids_of_another_tenant_are_as_free_as_any(bea: Membership) -> None:
    stranger = make.member()
    theirs = persona(stranger)
    inside = section(stranger, theirs)
    pk = persona(bea)
    told = {"values": {"kind": "text", "title": "Mine"}, "parent": str(pk)}
    whole = {"values": {"key": "mine", "name": "Mine"}}
    answers = [
        _send(bea, pk, [_one("create", inside, kind="section", value=told)]),
        _send(bea, theirs, [_one("create", theirs, kind="persona", value=whole)]),
    ]

    # A new document is not made over this door.
    assert [answer.status_code for answer in answers] == [200, 404]
    assert value_of(stranger, theirs, inside, "title") == "Needs"
    assert value_of(stranger, theirs, theirs, "name") == "Busy Bea"


def test_a_form_where_operations_belong_is_refused(bea: Membership) -> None:
    pk = persona(bea)
    client = _client(bea, enforce_csrf_checks=True)
    client.cookies["csrftoken"] = token = "a" * 32
    answer = client.post(_url(bea, pk, "ops"), {"csrfmiddlewaretoken": token})

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_undo_never_takes_the_whole_document_away(bea: Membership) -> None:
    pk = persona(bea)
    section(bea, pk)
    steps = [take_back(bea, pk) for _ in range(3)]

    assert [step is None for step in steps] == [False, True, True]
    assert not state_of(bea, pk)[pk].is_deleted
    assert _client(bea).get(_url(bea, pk, "")).status_code == 200
    assert_true_log(bea, pk)
