"""Where an invitation leads: joining with a new account or an old one, and what is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.accounts.models import User
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Invitation, Membership
from cxm.tenants.rules import Role
from cxm.tenants.services import invite
from tests import make

pytestmark = pytest.mark.django_db


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _invited(by: Membership, email: str = "ann@example.com") -> tuple[Invitation, str]:
    with tenant_bound(by.tenant_id):
        return invite(tenant=by.tenant, email=email, role=Role.ANALYST, by=by, now=now())


def test_a_new_person_joins_and_is_signed_in() -> None:
    owner = make.member(role=Role.OWNER)
    _, token = _invited(owner)
    client = Client()

    shown = client.get(reverse("tenants:invitation", args=[token]))
    answer = client.post(
        reverse("tenants:invitation-join", args=[token]),
        {"name": "Ann", "password": make.PASSWORD},
    )

    assert "ann@example.com" in _words(shown)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/t/{owner.tenant.slug}/")
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "", "password": make.PASSWORD}, "This field is required."),
        ({"name": "Ann", "password": ""}, "This field is required."),
        ({"name": "Ann", "password": "short"}, "too short"),
        ({"name": "Ann", "password": "ann@example.com"}, "too similar"),
        ({"name": "Ann", "password": "password1234"}, "too common"),
    ],
    ids=["no-name", "no-password", "short", "like-the-address", "common"],
)
def test_a_weak_password_is_refused_in_words(sent: dict[str, str], words: str) -> None:
    _, token = _invited(make.member(role=Role.OWNER))

    answer = Client().post(reverse("tenants:invitation-join", args=[token]), sent)

    assert answer.status_code == 422
    assert words in _words(answer)
    assert not User.objects.filter(email="ann@example.com").exists()


def test_who_has_an_account_is_asked_to_sign_in_first() -> None:
    make.user(email="ann@example.com")
    _, token = _invited(make.member(role=Role.OWNER))
    address = reverse("tenants:invitation", args=[token])

    shown = Client().get(address)
    forced = Client().post(
        reverse("tenants:invitation-join", args=[token]), {"name": "Eve", "password": make.PASSWORD}
    )

    assert f"/accounts/login/?next={address}" in shown.content.decode()
    assert forced.status_code == 422


def test_a_person_with_an_account_accepts() -> None:
    ann, owner = make.user(email="ann@example.com"), make.member(role=Role.OWNER)
    _, token = _invited(owner)
    client = Client()
    client.force_login(ann)

    answer = client.post(reverse("tenants:invitation", args=[token]))
    again = client.get(reverse("tenants:invitation", args=[token]))

    assert (answer.status_code, again.status_code) == (302, 410)
    assert answer["Location"].startswith(f"/t/{owner.tenant.slug}/")


def test_accepting_without_having_signed_in_leads_back_to_the_page() -> None:
    _, token = _invited(make.member(role=Role.OWNER))
    address = reverse("tenants:invitation", args=[token])

    answer = Client().post(address)

    assert (answer.status_code, answer["Location"]) == (302, address)


def test_somebody_else_is_told_whose_link_it_is() -> None:
    _, token = _invited(make.member(role=Role.OWNER))
    client = Client()
    client.force_login(make.user(email="eve@example.com"))

    answer = client.post(reverse("tenants:invitation", args=[token]))

    assert answer.status_code == 422
    assert "You are signed in as eve@example.com" in _words(answer)


def test_a_member_already_is_told_so() -> None:
    owner = make.member(role=Role.OWNER)
    _, token = _invited(owner)
    member = make.member(of=owner.tenant, email="ann@example.com")

    answer = _client(member).post(reverse("tenants:invitation", args=[token]))

    assert answer.status_code == 422
    assert "ann@example.com is a member already." in _words(answer)


def test_a_link_that_ran_out_or_never_was_says_so() -> None:
    owner = make.member(role=Role.OWNER)
    with tenant_bound(owner.tenant_id):
        long_ago = now() - timedelta(days=8)
        _, token = invite(
            tenant=owner.tenant, email="a@example.com", role=Role.VIEWER, by=owner, now=long_ago
        )

    statuses = [
        Client().get(reverse("tenants:invitation", args=[text])).status_code
        for text in (token, "never-was")
    ]

    assert statuses == [410, 410]
