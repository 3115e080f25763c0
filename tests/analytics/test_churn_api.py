"""Definitions of churn over the API: made, counted, read, changed, archived; and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.rules import Right
from cxm.work.engine import drain
from tests import make
from tests.analytics.churning import did

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
PATH = "/api/v1/churn-definitions/"
SILENT = {"title": "Silent", "kind": "inactivity", "rule": {"days": 30}}


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def call(
    client: Client, tenant: Tenant, method: str, path: str = "", body: object = None, **rights: Any
) -> Any:
    _, secret = make.api_key(of=tenant, rights=rights.get("rights", tuple(Right)))
    sent = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
    headers = {"Authorization": f"Bearer {secret}"}
    return getattr(client, method)(f"{PATH}{path}", headers=headers, **sent)


def test_a_definition_is_made_counted_changed_and_archived(client: Client, acme: Tenant) -> None:
    did("ana", "bought", 100, of=acme)
    did("ben", "bought", 45, of=acme)

    made = call(client, acme, "post", body=SILENT)
    drain(acme.pk)
    read = call(client, acme, "get", "silent/").json()
    changed = call(client, acme, "patch", "silent/", {"rule": {"days": 60}})
    drain(acme.pk)
    [listed] = call(client, acme, "get").json()["results"]
    call(client, acme, "post", "silent/archive/")

    assert (made.status_code, made.json()["result"]) == (201, None)
    assert (read["there"], read["gone"], read["leads"]) == (0, 2, True)
    assert [one["day"] for one in read["result"]["months"]][:1] == ["2026-08-01"]
    assert changed.json()["version"] == 2
    assert (listed["there"], listed["gone"], listed["rule"]["days"]) == (1, 1, 60)
    assert call(client, acme, "get").json()["results"] == []
    assert call(client, acme, "post", "silent/restore/").status_code == 204
    assert call(client, acme, "post", "silent/lead/").json()["leads"] is True


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({**SILENT, "rule": {}}, "days"),
        ({**SILENT, "rule": {"days": 0}}, "days"),
        ({**SILENT, "rule": {"days": True}}, "days"),
        ({**SILENT, "rule": {"days": 10, "hours": 3}}, "hours"),
        ({**SILENT, "rule": {"days": 10, "names": "bought"}}, "names"),
        ({**SILENT, "rule": {"days": 10, "names": ["x" * 201]}}, "names"),
        ({**SILENT, "rule": {"days": 10, "names": [f"n{i}" for i in range(51)]}}, "names"),
        ({**SILENT, "kind": "event", "rule": {}}, "ends"),
        ({**SILENT, "kind": "event", "rule": {"ends": ["a"], "starts": ["a"]}}, "starts"),
        ({**SILENT, "kind": "event", "rule": {"ends": ["a"], "grace_days": -1}}, "grace_days"),
        ({**SILENT, "kind": "hunch"}, "kind"),
        ({**SILENT, "title": ""}, "title"),
    ],
)
def test_what_is_wrong_is_named(
    client: Client, acme: Tenant, body: dict[str, object], attr: str
) -> None:
    answer = call(client, acme, "post", body=body)

    assert answer.status_code in {400, 422}
    assert attr in answer.content.decode()


def test_a_key_is_given_once(client: Client, acme: Tenant) -> None:
    first = call(client, acme, "post", body={**SILENT, "key": "mine"})
    second = call(client, acme, "post", body={**SILENT, "key": "mine"})

    assert (first.status_code, second.status_code) == (201, 409)


def test_rights_and_tenants_keep_apart(client: Client, acme: Tenant) -> None:
    call(client, acme, "post", body=SILENT)
    other, seeing = make.tenant(), (Right.SEE_FIGURES,)

    assert call(client, other, "get", "silent/").status_code == 404
    assert call(client, other, "patch", "silent/", {"title": "Ours"}).status_code == 404
    assert call(client, other, "post", "silent/archive/").status_code == 404
    assert call(client, acme, "get", "silent/", rights=seeing).status_code == 200
    assert call(client, acme, "post", "silent/lead/", rights=seeing).status_code == 403
