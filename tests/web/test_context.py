"""The frame of a page: what each role finds in it."""

from __future__ import annotations

from typing import cast

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import include, path

from cxm.accounts.models import User
from cxm.kernel.navigation import Entry, Group, navigation
from cxm.tenants.access import TenantRequest
from cxm.tenants.models import Membership, Tenant
from cxm.tenants.rules import Right, Role
from cxm.web.context import Shell, shell
from cxm.web.selectors import pages_called


def _page(_request: HttpRequest, tenant_slug: str) -> HttpResponse:
    return HttpResponse(tenant_slug)


_told = ([path("t/<slug:tenant_slug>/notices/", _page, name="notice-list")], "collaboration")
_work = ([path("t/<slug:tenant_slug>/jobs/strip/", _page, name="job-strip")], "work")
_pages = [
    "overview",
    "responses",
    "imports",
    "surveys",
    "channels",
    "personas",
    "customers",
    "audit",
]
urlpatterns = [
    *(path(f"t/<slug:tenant_slug>/{name}/", _page, name=name) for name in _pages),
    path("", include(_work)),
    path("", include(_told)),
]
ENTRIES = {
    "overview": Entry(
        "overview", "Overview", "map", "overview", Group.METRICS, Right.SEE_FIGURES, letter="o"
    ),
    "personas": Entry(
        "personas", "Personas", "map", "personas", Group.JOURNEYS, Right.SEE_JOURNEYS
    ),
    "responses": Entry(
        "responses", "Responses", "map", "responses", Group.FEEDBACK, Right.SEE_RESPONSES
    ),
    "customers": Entry(
        "customers", "Customers", "map", "customers", Group.PEOPLE, Right.SEE_CUSTOMERS
    ),
    "audit": Entry("audit", "Audit", "map", "audit", Group.SETTINGS, Right.SEE_AUDIT),
}
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def _few_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", dict(ENTRIES))


def inside(role: Role) -> TenantRequest:
    """Make a request that came through the door of "acme" as *role*."""
    request = cast("TenantRequest", RequestFactory().get("/t/acme/overview/"))
    request.tenant = Tenant(slug="acme", name="Acme")
    request.membership = Membership(role=role, user=User(email="maya@example.com"))
    return request


def shell_of(role: Role) -> Shell:
    return shell(inside(role))["shell"]


def test_pages_outside_a_workspace_have_no_frame() -> None:
    assert shell(RequestFactory().get("/")) == {}


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        (Role.GUEST, []),
        (Role.VIEWER, ["overview", "personas", "responses"]),
        (Role.ADMIN, ["overview", "personas", "responses", "customers", "audit"]),
    ],
)
def test_each_role_finds_only_what_it_may_open(role: Role, keys: list[str]) -> None:
    assert [link.entry.key for link in shell_of(role).links] == keys


def test_the_page_shown_is_marked() -> None:
    frame = shell_of(Role.ADMIN)

    assert [link.entry.key for link in frame.links if link.is_current] == ["overview"]
    assert [link.entry.letter for link in frame.lettered_links] == ["o"]
    assert [group for group, _ in frame.groups] == list(Group)


def test_on_the_page_of_the_notices_no_link_is_current_but_the_bell() -> None:
    frames = {role: shell_of(role) for role in (Role.ADMIN, Role.GUEST)}
    for frame in frames.values():
        frame.path = "/t/acme/notices/"

    assert {role: (one.may_be_told, one.is_at_notices) for role, one in frames.items()} == {
        Role.ADMIN: (True, True),
        Role.GUEST: (True, True),
    }
    assert not any(link.is_current for link in frames[Role.ADMIN].links)


def test_the_bottom_bar_holds_four_links_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["overview", "responses", "imports", "surveys", "channels"]
    many = {
        name: Entry(
            name, name, "map", name, Group.METRICS, Right.SEE_FIGURES, is_on_bottom_bar=True
        )
        for name in names
    }
    monkeypatch.setattr(navigation, "_entries", {**ENTRIES, **many})

    assert len(shell_of(Role.ADMIN).bottom_links) == 4


@pytest.mark.parametrize(("role", "url"), [(Role.VIEWER, "/t/acme/jobs/strip/"), (Role.GUEST, "")])
def test_running_work_is_shown_to_those_who_may_see_it(role: Role, url: str) -> None:
    assert shell_of(role).job_strip_url == url


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("", ["Overview", "Personas", "Responses"]),
        ("RESP", ["Responses"]),
        ("audit", []),
        ("zebra", []),
    ],
)
def test_the_palette_finds_pages_that_the_role_may_open(query: str, labels: list[str]) -> None:
    assert [hit.label for hit in pages_called(inside(Role.VIEWER), query)] == labels
