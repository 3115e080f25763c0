"""The pages around the product, through the browser's door."""

from __future__ import annotations

import json
from typing import Any, Protocol

import pytest
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.web.selectors import workspaces_of
from cxm.web.terms import CHAPTERS
from feedback.models import Survey
from tests import make

HTMX = {"HX-Request": "true"}


class Answer(Protocol):
    """What tests need of any kind of response."""

    @property
    def content(self) -> bytes: ...


def html(response: Answer) -> str:
    return response.content.decode()


def test_health_answers_without_the_database(client: Client) -> None:
    response = client.get("/health/")

    assert (response.status_code, json.loads(response.content)) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_deep_health_asks_the_database(client: Client) -> None:
    response = client.get("/health/?deep=1")

    assert json.loads(response.content) == {"status": "ok", "database": "ok"}


def test_deep_health_says_when_the_database_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)

    response = client.get("/health/?deep=1")

    assert response.status_code == 503
    assert json.loads(response.content)["database"] == "unreachable"


@pytest.mark.django_db
def test_home_sends_strangers_to_sign_in(client: Client) -> None:
    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/")


@pytest.mark.django_db
def test_home_sends_members_to_the_start_of_their_first_workspace(client: Client) -> None:
    member = make.member(role=Role.VIEWER)
    client.force_login(member.user)

    response = client.get("/")

    assert response["Location"] == workspaces_of(member.user)[0].url


@pytest.mark.django_db
def test_home_tells_people_without_a_workspace_how_to_join_one(client: Client) -> None:
    client.force_login(make.user(email="maya@example.com"))

    response = client.get("/")

    assert "Ask an admin of yours to invite <strong>maya@example.com</strong>" in html(response)


@pytest.mark.django_db
def test_workspaces_lists_only_ones_own(client: Client) -> None:
    member = make.member(of=make.tenant(name="Ours"))
    make.member(of=make.tenant(name="Theirs"))
    client.force_login(member.user)

    response = client.get("/workspaces/")

    assert "Ours" in html(response)
    assert "Theirs" not in html(response)


@pytest.mark.django_db
def test_the_workspace_menu_gets_only_the_entries(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)

    response = client.get("/workspaces/", {"current": member.tenant.slug}, headers=HTMX)

    assert html(response).strip().startswith('<div id="workspace-entries"')
    assert 'aria-current="true"' in html(response)


@pytest.mark.django_db
def test_the_palette_finds_nothing_under_a_strange_name_and_says_so(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)

    response = client.get(f"/t/{member.tenant.slug}/find/", {"q": "<zebra>"}, headers=HTMX)

    assert html(response).strip().startswith('<div class="results" id="palette-results"')
    assert "Nothing is called “&lt;zebra&gt;”" in html(response)


@pytest.mark.django_db
def test_the_palette_is_not_found_by_strangers(client: Client) -> None:
    client.force_login(make.member().user)

    assert client.get(f"/t/{make.tenant().slug}/find/").status_code == 404


def test_the_words_of_the_product_are_explained(client: Client) -> None:
    response = client.get("/help/terms")

    for chapter in CHAPTERS:
        for term in chapter.terms:
            assert f'<div id="{term.key}">' in html(response)


def test_no_term_is_explained_twice() -> None:
    keys = [term.key for chapter in CHAPTERS for term in chapter.terms]

    assert len(keys) == len(set(keys))


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})

    assert response.status_code == 403
    assert "This form is too old to send" in html(response)


def test_an_address_that_does_not_exist_is_answered_in_words(client: Client) -> None:
    response = client.get("/no/such/page")

    assert response.status_code == 404
    assert "There is nothing here" in html(response)


@pytest.mark.django_db
def test_a_form_that_is_too_long_is_refused_as_such(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    member = make.member()
    client = Client()
    client.force_login(member.user)

    answer = client.post(
        f"/t/{member.tenant.slug}/journeys/new/",
        "title=" + "x" * 200,
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 413
    assert "too much at once" in html(answer)


@pytest.mark.parametrize("code", ["400", "403", "404", "413", "429", "500", "503"])
def test_error_pages_need_no_request(code: str) -> None:
    page = render_to_string(f"{code}.html")

    assert "<h1>" in page
    assert 'href="/"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/accounts/login/", "Welcome back"),
        ("/accounts/signup/", "Accounts come by invitation"),
        ("/accounts/password/reset/", "Set a new password"),
        ("/accounts/password/reset/done/", "Look into your mail"),
        ("/accounts/password/reset/key/1-set-password/", "This link is used up"),
        ("/accounts/password/reset/key/done/", "Your new password is set"),
        ("/accounts/inactive/", "This account is switched off"),
    ],
)
def test_sign_in_pages_wear_our_look(client: Client, address: str, words: str) -> None:
    response = client.get(address)

    assert words in html(response)
    assert '<body class="plain">' in html(response)
    assert " style=" not in html(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/accounts/password/change/", "Change your password"),
        ("/accounts/logout/", "Sign out?"),
    ],
)
def test_account_pages_wear_our_look(client: Client, address: str, words: str) -> None:
    client.force_login(make.user())

    response = client.get(address)

    assert f"<h1>{words}</h1>" in html(response)
    assert " style=" not in html(response)


@pytest.mark.django_db
def test_a_wrong_password_is_said_above_the_form(client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "maya@example.com", "password": "wrong"})

    assert '<div class="form-errors" role="alert">' in html(response)


@pytest.mark.django_db
def test_people_sign_in_with_address_and_password(client: Client) -> None:
    make.user(email="maya@example.com")

    response = client.post(
        "/accounts/login/", {"login": "maya@example.com", "password": make.PASSWORD}
    )

    assert (response.status_code, response["Location"]) == (302, "/")


def test_the_gallery_renders_with_every_component() -> None:
    from cxm.web.gallery import gallery  # noqa: PLC0415 - the route exists only while debugging

    response = gallery(RequestFactory().get("/"))

    assert html(response).count('class="figure is-') == 6
    assert " style=" not in html(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "found"),
    [
        (Role.VIEWER, ["Invoice", "Invoice survey"]),
        (Role.AGENT, ["Invoice", "Invoice survey"]),
    ],
)
def test_the_palette_finds_things_by_name_that_the_role_may_see(
    role: Role, found: list[str], client: Client
) -> None:
    member = make.member(role=role)
    make.touchpoint(of=member.tenant, title="Invoice")
    make.touchpoint(of=make.tenant(), title="Invoice of another")
    make.load(make.record(9, survey="invoice survey"), of=member.tenant)
    with tenant_bound(member.tenant_id):
        Survey.objects.for_tenant(member.tenant).update(title="Invoice survey")
    client.force_login(member.user)

    response = client.get(f"/t/{member.tenant.slug}/find/", {"q": "invoice"}, headers=HTMX)

    assert [hit.label for hit in response.context["hits"]] == found
