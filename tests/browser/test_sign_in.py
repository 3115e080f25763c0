"""A person signs in, with the keyboard alone if they like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.tenants.services import add_member
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Complaints, OpenPage, Scheme

SIGN_IN = "/accounts/login/"


def test_sign_in_by_keyboard_leads_to_the_workspace(open_page: OpenPage) -> None:
    tenant = make.tenant(name="Acme")
    make.member(of=tenant, email="robin@example.com")
    page = open_page()

    page.goto("/")
    page.get_by_label("E-mail").focus()
    page.keyboard.type("robin@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/t/{tenant.slug}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_wrong_password_is_told_and_the_address_kept(
    open_page: OpenPage, complaints: Complaints
) -> None:
    complaints.expected += ["422", "400"]
    make.member(email="robin@example.com")
    page = open_page()

    page.goto(SIGN_IN)
    page.get_by_label("E-mail").fill("robin@example.com")
    page.get_by_label("Password").fill("not-the-password")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("not correct")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("robin@example.com")


def test_person_with_two_workspaces_can_switch(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member(of=make.tenant(name="Acme"))
    other = make.tenant(name="Zenith")
    with tenant_bound(other.pk):
        add_member(tenant=other, user=member.user, role=Role.VIEWER, by=None)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/")
    page.get_by_role("button", name="Acme").click()
    page.get_by_role("link", name="Zenith").click()

    page.wait_for_url(f"**/t/{other.slug}/**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_sign_in_page_is_accessible_and_fits(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page(width=width, scheme=scheme)

    page.goto(SIGN_IN)

    assert axe(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
