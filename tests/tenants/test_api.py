"""The JSON API about people, invitations, keys, the audit list and the workspace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantThrottle
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import ApiKey, Membership
from cxm.tenants.rules import Right, Role
from tests import make

pytestmark = pytest.mark.django_db

API = "/api/v1"


def _headers(of: Any, rights: list[Right] | None = None) -> dict[str, str]:
    _, text = make.api_key(of=of, rights=list(Right) if rights is None else rights)
    return {"Authorization": f"Bearer {text}"}


def _send(method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    send = getattr(Client(), method)
    return send(f"{API}{path}", body, content_type="application/json", headers=headers)


def test_members_are_listed_and_read() -> None:
    member = make.member(email="ann@example.com")
    headers = _headers(member.tenant)

    listed = Client().get(f"{API}/members/", headers=headers).json()
    read = Client().get(f"{API}/members/{member.pk}/", headers=headers).json()

    assert listed == {"results": [read], "next": None}
    assert (read["email"], read["role"], read["is_active"]) == ("ann@example.com", "admin", True)


def test_a_member_is_changed() -> None:
    member = make.member(role=Role.VIEWER)

    answer = _send("patch", f"/members/{member.pk}/", {"role": "analyst"}, _headers(member.tenant))

    assert (answer.status_code, answer.json()["role"]) == (200, "analyst")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"role": "king"}, "role"), ({"name": "x"}, "name"), ({"role": "owner"}, "role")],
    ids=["unknown-role", "unknown-field", "not-theirs-to-give"],
)
def test_a_wrong_change_names_the_field(body: dict[str, str], field: str) -> None:
    member = make.member(role=Role.VIEWER)

    answer = _send("patch", f"/members/{member.pk}/", body, _headers(member.tenant))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_an_invitation_is_made_listed_and_withdrawn() -> None:
    tenant = make.tenant()
    headers = _headers(tenant)

    made = _send("post", "/invitations/", {"email": "a@example.com", "role": "viewer"}, headers)
    listed = Client().get(f"{API}/invitations/", headers=headers).json()["results"]
    gone = _send("delete", f"/invitations/{made.json()['id']}/", {}, headers)
    again = _send("delete", f"/invitations/{made.json()['id']}/", {}, headers)

    body = made.json()
    link = body.pop("link")
    assert (made.status_code, listed) == (201, [body])
    assert (gone.status_code, again.status_code) == (204, 422)
    assert Client().get(link).status_code == 410


def test_a_key_is_made_listed_and_revoked() -> None:
    tenant = make.tenant()
    headers = _headers(tenant)

    made = _send("post", "/keys/", {"name": "Export", "rights": ["see_people"]}, headers)
    own = {"X-Api-Key": made.json()["text"]}
    used = Client().get(f"{API}/members/", headers=own).status_code
    listed = Client().get(f"{API}/keys/", headers=headers).json()["results"]
    gone = _send("delete", f"/keys/{made.json()['id']}/", {}, headers)

    assert (made.status_code, used, gone.status_code) == (201, 200, 204)
    assert [(key["name"], key["state"], "text" in key) for key in listed] == [
        ("Export", "live", False),
        ("key", "live", False),
    ]
    assert Client().get(f"{API}/members/", headers=own).status_code == 401


def test_a_key_gives_no_rights_that_it_lacks() -> None:
    headers = _headers(make.tenant(), [Right.MANAGE_KEYS])

    answer = _send("post", "/keys/", {"name": "x", "rights": ["manage_people"]}, headers)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "rights")


def test_the_audit_list_is_filtered() -> None:
    member = make.member()
    headers = _headers(member.tenant)

    everything = Client().get(f"{API}/audit/", headers=headers).json()["results"]
    added = Client().get(f"{API}/audit/?action=member-added", headers=headers).json()["results"]
    by_nobody = Client().get(f"{API}/audit/?actor_id={member.pk}", headers=headers).json()

    assert {entry["action"] for entry in everything} >= {"tenant-created", "key-created"}
    assert [(e["object_kind"], e["object_id"]) for e in added] == [("membership", str(member.pk))]
    assert by_nobody["results"] == []


def test_the_workspace_is_read_and_changed() -> None:
    tenant = make.tenant(time_zone="Europe/Berlin")
    headers = _headers(tenant)

    read = Client().get(f"{API}/tenant/", headers=headers).json()
    changed = _send("patch", "/tenant/", {"name": "New", "time_zone": "Asia/Tokyo"}, headers).json()

    assert (read["slug"], read["time_zone"]) == (tenant.slug, "Europe/Berlin")
    # The old zone is in force until all days are moved.
    assert changed == {**read, "name": "New"}


def test_an_unknown_zone_names_the_field() -> None:
    answer = _send("patch", "/tenant/", {"time_zone": "Mars/Olympus"}, _headers(make.tenant()))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "time_zone")


# The door


def test_a_person_names_the_tenant_in_a_header() -> None:
    member = make.member()
    client = Client()
    client.force_login(member.user)

    inside = client.get(f"{API}/tenant/", headers={"X-Tenant": member.tenant.slug})
    outside = client.get(f"{API}/tenant/")

    assert (inside.json()["slug"], outside.status_code) == (member.tenant.slug, 404)


def test_a_person_without_the_right_is_refused() -> None:
    member = make.member(role=Role.GUEST)
    client = Client()
    client.force_login(member.user)

    answer = client.get(f"{API}/members/", headers={"X-Tenant": member.tenant.slug})

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize(
    "text",
    ["nonsense", "cxm_unknown_secret", "cxm__", "abc_def_ghi", "cxm_{public_id}_wrong"],
)
def test_a_wrong_key_is_401_and_says_how_to_authenticate(text: str) -> None:
    key, _ = make.api_key()
    wrong = text.replace("{public_id}", key.public_id)

    answer = Client().get(f"{API}/tenant/", headers={"Authorization": f"Bearer {wrong}"})

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_key_that_ran_out_is_401() -> None:
    key, text = make.api_key()
    with tenant_bound(key.tenant_id):
        rows = ApiKey.objects.for_tenant(key.tenant_id)
        rows.update(expires_at=now() - timedelta(seconds=1))

    answer = Client().get(f"{API}/tenant/", headers={"X-Api-Key": text})

    assert answer.status_code == 401


def test_the_last_use_of_a_key_is_noted_once_a_minute() -> None:
    key, text = make.api_key()

    def used_at() -> Any:
        Client().get(f"{API}/tenant/", headers={"X-Api-Key": text})
        with tenant_bound(key.tenant_id):
            return ApiKey.objects.for_tenant(key.tenant_id).get().last_used_at

    first, second = used_at(), used_at()
    with tenant_bound(key.tenant_id):
        rows = ApiKey.objects.for_tenant(key.tenant_id)
        rows.update(last_used_at=first - timedelta(minutes=2))
    third = used_at()

    assert first == second
    assert third > first


def test_a_refused_request_changes_nothing() -> None:
    owner = make.member(role=Role.OWNER)

    answer = _send("patch", f"/members/{owner.pk}/", {"is_active": False}, _headers(owner.tenant))

    with tenant_bound(owner.tenant_id):
        found = Membership.objects.for_tenant(owner.tenant).get(pk=owner.pk)
    assert (answer.status_code, found.is_active) == (422, True)


def test_an_unknown_method_is_405() -> None:
    answer = _send("put", "/tenant/", {}, _headers(make.tenant()))

    assert answer.status_code == 405


def test_too_many_requests_are_429_with_the_time_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TenantThrottle.THROTTLE_RATES, "tenant", "2/minute")
    headers = _headers(make.tenant())

    answers = [Client().get(f"{API}/tenant/", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
