"""Operations over the JSON API: with keys, once each, and the log to read on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.rules import Right
from tests import make
from tests.personas.editing import asked, do, persona, put, section, value_of

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _send(key: str, pk: UUID, body: Any) -> Any:
    heads = {"Authorization": f"Bearer {key}"}
    address = f"/api/v1/personas/{pk}/operations/"
    return Client().post(address, json.dumps(body), "application/json", headers=heads)


def _log(key: str, pk: UUID, query: str = "") -> Any:
    heads = {"Authorization": f"Bearer {key}"}
    return Client().get(f"/api/v1/personas/{pk}/operations/{query}", headers=heads)


def _set(lineage: UUID, value: Any, field: str = "name", **more: Any) -> dict[str, Any]:
    told = {"id": str(new_id()), "batch": str(new_id()), "op": "set", "lineage": str(lineage)}
    return {**told, "field": field, "value": value, **more}


def test_a_program_changes_a_persona_once(bea: Membership) -> None:
    pk = persona(bea)
    _, key = make.api_key(of=bea.tenant)
    sent = [_set(pk, "Bea", base_rev=1)]
    first, again = _send(key, pk, sent), _send(key, pk, sent)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert value_of(bea, pk, pk, "name") == "Bea"


def test_the_log_is_read_on_from_where_one_stopped(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    _, key = make.api_key(of=bea.tenant, rights=[Right.SEE_JOURNEYS])
    told = _log(key, pk, "?after=1").json()

    assert told["head"] == 2
    assert [(o["seq"], o["op"], o["lineage"]) for o in told["operations"]] == [
        (2, "create", str(needs))
    ]
    assert _log(key, pk, "?after=-1").status_code == 422


def test_refusals_are_problems_that_tell_both_versions(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    do(bea, pk, put(pk, "name", "Of Bea"), asked(Deed.DELETE, needs))
    _, key = make.api_key(of=bea.tenant)
    stale = _send(key, pk, [_set(pk, "Of a program", base_rev=1)])
    gone = _send(key, pk, [_set(needs, "Wants", "title")])
    bad = _send(key, pk, [_set(pk, "x" * 121)])

    assert (stale.status_code, gone.status_code, bad.status_code) == (409, 410, 422)
    clash = stale.json()["clashes"][0]
    assert (clash["theirs"], clash["mine"]) == ("Of Bea", "Of a program")
    assert bad.json()["errors"][0]["field"] == "name"


def test_keys_without_the_right_and_of_others_are_refused(bea: Membership) -> None:
    pk = persona(bea)
    _, reader = make.api_key(of=bea.tenant, rights=[Right.SEE_JOURNEYS])
    _, stranger = make.api_key()

    assert _send(reader, pk, [_set(pk, "Mine")]).status_code == 403
    assert _send(stranger, pk, [_set(pk, "Mine")]).status_code == 404
    assert _log(stranger, pk).status_code == 404
    assert value_of(bea, pk, pk, "name") == "Busy Bea"
