"""The pages about people, invitations, keys and the audit list, from outside."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import ApiKey, Invitation, Membership
from cxm.tenants.rules import Right, Role
from cxm.tenants.services import create_api_key, invite, withdraw_invitation
from tests import make

pytestmark = pytest.mark.django_db


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _url(name: str, member: Membership, *ids: Any) -> str:
    return reverse(f"tenants:{name}", args=[member.tenant.slug, *ids])


def _words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _invited(by: Membership, email: str = "ann@example.com") -> tuple[Invitation, str]:
    with tenant_bound(by.tenant_id):
        return invite(tenant=by.tenant, email=email, role=Role.ANALYST, by=by, now=now())


# Members


def test_members_are_listed_with_role_and_state() -> None:
    owner = make.member(role=Role.OWNER, email="owner@example.com")
    make.member(of=owner.tenant, role=Role.ANALYST, email="ann@example.com")

    answer = _client(owner).get(_url("member-list", owner))

    assert [m.user.email for m in answer.context["page"].rows] == [
        "ann@example.com",
        "owner@example.com",
    ]
    assert answer.context["page"].shown == "1 to 2 of 2"


@pytest.mark.parametrize("members", [1, 3])
def test_the_list_of_members_asks_the_same_number_of_queries(
    members: int, django_assert_num_queries: Any
) -> None:
    owner = make.member(role=Role.OWNER)
    for _ in range(members - 1):
        make.member(of=owner.tenant)
    client = _client(owner)

    with django_assert_num_queries(10):
        client.get(_url("member-list", owner))


def test_a_manager_sees_the_members_but_changes_nothing() -> None:
    manager = make.member(role=Role.MANAGER)

    answer = _client(manager).get(_url("member-list", manager))

    assert answer.status_code == 200
    assert (
        'method="post"' not in answer.content.decode().partition("<main")[2].partition("</main")[0]
    )


def test_a_role_is_changed() -> None:
    owner = make.member(role=Role.OWNER)
    viewer = make.member(of=owner.tenant, role=Role.VIEWER)

    answer = _client(owner).post(
        _url("member-change", owner, viewer.pk), {"role": "analyst", "is_active": "on"}
    )

    with tenant_bound(owner.tenant_id):
        viewer.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, _url("member-list", owner))
    assert (viewer.role, viewer.is_active) == ("analyst", True)


def test_a_removed_member_is_out_at_once_and_can_be_brought_back() -> None:
    owner = make.member(role=Role.OWNER)
    viewer = make.member(of=owner.tenant, role=Role.MANAGER)
    client, theirs = _client(owner), _client(viewer)
    page, change = _url("member-list", owner), _url("member-change", owner, viewer.pk)

    client.post(change, {"role": "manager"})
    removed = theirs.get(page).status_code
    client.post(change, {"role": "manager", "is_active": "on"})

    assert (removed, theirs.get(page).status_code) == (404, 200)


def test_the_last_owner_is_kept_in_words() -> None:
    owner = make.member(role=Role.OWNER)

    answer = _client(owner).post(_url("member-change", owner, owner.pk), {"role": "owner"})

    assert answer.status_code == 422
    assert "This is the last owner: make somebody else owner first." in _words(answer)


def test_an_unknown_role_is_refused_in_words() -> None:
    owner = make.member(role=Role.OWNER)

    answer = _client(owner).post(_url("member-change", owner, owner.pk), {"role": "king"})

    assert answer.status_code == 422
    assert "choose one of the roles" in _words(answer)


# Invitations


def test_an_invitation_shows_its_link_this_once() -> None:
    owner = make.member(role=Role.OWNER)
    client = _client(owner)

    answer = client.post(
        _url("invitation-create", owner), {"email": "ann@example.com", "role": "viewer"}
    )
    link = answer.context["link"]

    assert link.startswith("http://testserver/invitations/")
    assert link in answer.content.decode()
    later = client.get(_url("invitation-list", owner)).content.decode()
    assert ("ann@example.com" in later, link in later) == (True, False)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"email": "no address", "role": "viewer"}, "Enter a valid email address."),
        ({"email": "a@example.com", "role": "king"}, "Select a valid choice."),
        ({"email": "OWNER@example.com", "role": "viewer"}, "is a member already"),
    ],
    ids=["address", "role", "member"],
)
def test_a_wrong_invitation_is_refused_in_words(sent: dict[str, str], words: str) -> None:
    owner = make.member(role=Role.OWNER, email="owner@example.com")

    answer = _client(owner).post(_url("invitation-create", owner), sent)

    assert answer.status_code == 422
    assert words in _words(answer)


def test_an_admin_is_not_offered_to_make_owners() -> None:
    admin = make.member(role=Role.ADMIN)

    answer = _client(admin).get(_url("invitation-list", admin))

    offered = [value for value, _ in answer.context["form"].fields["role"].choices]
    assert ("owner" in offered, "admin" in offered) == (False, True)


def test_a_withdrawn_link_says_that_it_is_over() -> None:
    owner = make.member(role=Role.OWNER)
    invitation, token = _invited(owner)
    client = _client(owner)

    client.post(_url("invitation-withdraw", owner, invitation.pk))
    again = client.post(_url("invitation-withdraw", owner, invitation.pk), follow=True)
    opened = Client().get(reverse("tenants:invitation", args=[token]))

    assert opened.status_code == 410
    assert "This invitation is over" in _words(opened)
    assert "ask for a new one" in _words(again)


@pytest.mark.parametrize("invitations", [1, 3])
def test_the_list_of_invitations_asks_the_same_number_of_queries(
    invitations: int, django_assert_num_queries: Any
) -> None:
    owner = make.member(role=Role.OWNER)
    for number in range(invitations):
        _invited(owner, f"person{number}@example.com")
    client = _client(owner)

    with django_assert_num_queries(10):
        client.get(_url("invitation-list", owner))


# Keys


def test_a_key_shows_its_text_this_once_and_works() -> None:
    owner = make.member(role=Role.OWNER)
    client = _client(owner)

    answer = client.post(
        _url("key-create", owner), {"name": "Export", "rights": ["see_people", "comment"]}
    )
    text = answer.context["text"]

    assert text in answer.content.decode()
    assert text not in client.get(_url("key-list", owner)).content.decode()
    read = Client().get("/api/v1/members/", headers={"Authorization": f"Bearer {text}"})
    assert [row["email"] for row in read.json()["results"]] == [owner.user.email]


def test_the_last_day_of_a_key_is_one_of_the_tenant() -> None:
    owner = make.member(of=make.tenant(time_zone="Pacific/Auckland"), role=Role.OWNER)

    _client(owner).post(
        _url("key-create", owner),
        {"name": "Export", "rights": ["comment"], "expires_on": "2099-01-31"},
    )

    with tenant_bound(owner.tenant_id):
        key = ApiKey.objects.for_tenant(owner.tenant).get()
    assert key.expires_at is not None
    assert key.expires_at.isoformat() == "2099-01-31T11:00:00+00:00"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "", "rights": ["comment"]}, "This field is required."),
        ({"name": "x", "rights": []}, "This field is required."),
        ({"name": "x", "rights": ["rule"]}, "Select a valid choice."),
        ({"name": "x", "rights": ["comment"], "expires_on": "2020-01-01"}, "would never work"),
        ({"name": "x", "rights": ["comment"], "expires_on": "soon"}, "Enter a valid date."),
        (
            {"name": "x", "rights": ["comment"], "expires_on": "9999-12-31"},
            "Choose an earlier day, or none for a key without end.",
        ),
    ],
    ids=["no-name", "no-rights", "unknown-right", "past-day", "no-day", "last-day"],
)
def test_a_wrong_key_is_refused_in_words(sent: dict[str, Any], words: str) -> None:
    owner = make.member(role=Role.OWNER)

    answer = _client(owner).post(_url("key-create", owner), sent)

    assert answer.status_code == 422
    assert words in _words(answer)


def test_a_revoked_key_stops_at_once() -> None:
    owner = make.member(role=Role.OWNER)
    key, text = make.api_key(of=owner.tenant)
    api, headers = Client(), {"X-Api-Key": text}

    before = api.get("/api/v1/members/", headers=headers).status_code
    _client(owner).post(_url("key-revoke", owner, key.pk))

    assert (before, api.get("/api/v1/members/", headers=headers).status_code) == (200, 401)


@pytest.mark.parametrize("keys", [1, 3])
def test_the_list_of_keys_asks_the_same_number_of_queries(
    keys: int, django_assert_num_queries: Any
) -> None:
    owner = make.member(role=Role.OWNER)
    for _ in range(keys):
        with tenant_bound(owner.tenant_id):
            create_api_key(
                tenant=owner.tenant, name="x", rights=[Right.COMMENT], by=owner, now=make.NOW
            )
    client = _client(owner)

    with django_assert_num_queries(10):
        client.get(_url("key-list", owner))


# Audit


def test_the_audit_list_says_who_did_what() -> None:
    owner = make.member(role=Role.OWNER, email="owner@example.com")
    invitation, _ = _invited(owner)
    with tenant_bound(owner.tenant_id):
        withdraw_invitation(invitation=invitation, by=owner, now=now())

    words = _words(_client(owner).get(_url("audit-list", owner)))

    assert "owner@example.com Invitation withdrawn ann@example.com as analyst" in words


def test_the_audit_list_is_filtered_by_deed_and_person() -> None:
    owner = make.member(role=Role.OWNER)
    _invited(owner)
    client, address = _client(owner), _url("audit-list", owner)

    def deeds(**query: Any) -> list[str]:
        rows = client.get(address, query).context["page"].rows
        return [entry.action for entry in rows]

    assert deeds(action="member-invited") == ["member-invited"]
    assert deeds(person=owner.pk) == ["member-invited"]
    assert deeds(action="member-added", person=owner.pk) == []
    assert len(deeds()) > 1


def test_an_unknown_deed_or_person_is_refused() -> None:
    owner = make.member(role=Role.OWNER)
    address = _url("audit-list", owner)

    statuses = [
        _client(owner).get(address, query).status_code
        for query in ({"action": "x"}, {"person": "x"})
    ]

    assert statuses == [422, 422]


@pytest.mark.parametrize("deeds", [1, 3])
def test_the_audit_list_asks_the_same_number_of_queries(
    deeds: int, django_assert_num_queries: Any
) -> None:
    owner = make.member(role=Role.OWNER)
    for number in range(deeds):
        _invited(owner, f"person{number}@example.com")
    client = _client(owner)

    with django_assert_num_queries(12):
        client.get(_url("audit-list", owner))
