"""Signing in, staying in, getting out, and getting a new password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cxm.accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


def _sign_in(client: Client, email: str, password: str = make.PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def _is_in(client: Client) -> bool:
    return client.get("/workspaces/").status_code == 200


def test_a_person_signs_in_with_address_and_password() -> None:
    person, client = make.user(), Client()

    answer = _sign_in(client, person.email.upper())

    assert (answer.status_code, answer["Location"], _is_in(client)) == (302, "/", True)


@pytest.mark.parametrize("path", [LOGIN, "/accounts/password/reset/"])
def test_the_address_is_called_as_everywhere_else(path: str) -> None:
    shown = Client().get(path).content.decode()

    assert re.search(r"<label[^>]*>\s*E-mail\s*</label>", shown)
    assert "placeholder" not in shown


def test_the_session_is_new_after_signing_in() -> None:
    person, client = make.user(), Client()
    client.get(LOGIN)
    client.session["planted"] = True
    before = client.session.session_key

    _sign_in(client, person.email)

    assert client.session.session_key != before


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites() -> None:
    person, client = make.user(), Client()

    _sign_in(client, person.email)

    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_wrong_password_and_an_unknown_address_look_the_same() -> None:
    person = make.user()

    wrong = _sign_in(Client(), person.email, "wrong-password")
    unknown = _sign_in(Client(), "nobody@example.com", "wrong-password")

    def shown(answer: Any) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        return text.replace(person.email, "X").replace("nobody@example.com", "X")

    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert shown(wrong) == shown(unknown)
    assert "not correct" in shown(wrong)


def test_a_person_who_was_switched_off_does_not_get_in() -> None:
    person, client = make.user(), Client()
    User.objects.filter(pk=person.pk).update(is_active=False)

    _sign_in(client, person.email)

    assert not _is_in(client)


@pytest.mark.slow
def test_guessing_a_password_is_stopped() -> None:
    person = make.user()
    client = Client()

    answers = [_sign_in(client, person.email, f"guess-number-{n}") for n in range(7)]
    right = _sign_in(client, person.email)

    assert "Too many" in answers[-1].content.decode()
    assert (right.status_code, _is_in(client)) == (200, False)


@pytest.mark.slow
def test_many_attempts_from_one_address_are_429() -> None:
    client = Client()

    statuses = [_sign_in(client, f"p{n}@example.com").status_code for n in range(31)]

    assert statuses[-1] == 429


def test_signing_out_is_a_deed_and_ends_the_session() -> None:
    person, client = make.user(), Client()
    client.force_login(person)

    looked = client.get("/accounts/logout/").status_code
    still_in = _is_in(client)
    client.post("/accounts/logout/")

    assert (looked, still_in, _is_in(client)) == (200, True, False)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_to_another_site(address: str) -> None:
    person, client = make.user(), Client()

    answer = _sign_in(client, person.email, next=address)

    assert answer["Location"] == "/"


def test_a_person_is_sent_back_to_where_they_wanted_to_go() -> None:
    member, client = make.member(), Client()
    wanted = reverse("tenants:member-list", args=[member.tenant.slug])

    asked = client.get(wanted)
    answer = _sign_in(client, member.user.email, next=wanted)

    assert asked["Location"] == f"{LOGIN}?next={wanted}"
    assert answer["Location"] == wanted


def test_nobody_makes_an_account_from_the_open_web() -> None:
    client = Client()

    shown = client.get("/accounts/signup/")
    client.post(
        "/accounts/signup/", {"email": "eve@example.com", "password1": "correct-horse-battery"}
    )

    assert "Accounts come by invitation" in shown.content.decode()
    assert not User.objects.filter(email="eve@example.com").exists()


def test_a_new_password_is_set_by_a_link_in_a_mail() -> None:
    person, client = make.user(), Client()

    client.post("/accounts/password/reset/", {"email": person.email})
    [letter] = mail.outbox
    [link] = re.findall(r"http://\S+/accounts/password/reset/key/\S+", str(letter.body))
    form = client.get(link, follow=True)
    client.post(
        form.request["PATH_INFO"],
        {"password1": "another-long-password", "password2": "another-long-password"},
    )

    assert letter.to == [person.email]
    assert _sign_in(Client(), person.email).status_code == 200
    assert _sign_in(Client(), person.email, "another-long-password").status_code == 302


def test_a_link_to_a_new_password_works_once() -> None:
    person, client = make.user(), Client()
    client.post("/accounts/password/reset/", {"email": person.email})
    [link] = re.findall(r"http://\S+/accounts/password/reset/key/\S+", str(mail.outbox[0].body))
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    client.post(client.get(link, follow=True).request["PATH_INFO"], new)

    second = Client()
    again = second.get(link, follow=True)
    second.post(again.request["PATH_INFO"], dict.fromkeys(new, "third-long-password"))

    person.refresh_from_db()
    assert person.check_password("another-long-password")


def test_asking_for_a_new_password_does_not_tell_who_has_an_account() -> None:
    person = make.user()

    known = Client().post("/accounts/password/reset/", {"email": person.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_people_are_stored_under_one_spelling_of_their_address() -> None:
    person = User.objects.create_user("  Ann@Example.COM ")

    assert (person.email, str(person)) == ("ann@example.com",) * 2
    assert not person.has_usable_password()


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "confirm-email/abc/"])
def test_an_address_cannot_be_changed_by_its_holder(path: str, client: Client) -> None:
    client.force_login(make.member().user)

    assert client.get(f"/accounts/{path}").status_code == 404
