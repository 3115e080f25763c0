"""The page that a CX manager begins the day with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme


def busy_member() -> Membership:
    """Make a manager whose tenant has two touchpoints, one of them bad."""
    tenant = make.tenant(name="Acme")
    good = [make.record(9, touchpoint="shop", channel="store", day=day) for day in range(40)]
    bad = [make.record(3, touchpoint="invoice", channel="email", day=day) for day in range(40)]
    make.load(*good, *bad, of=tenant)
    return make.member(of=tenant, role=Role.MANAGER)


def test_overview_leads_from_the_worst_touchpoint_to_its_figure(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = busy_member()
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/?period=365d")
    headline = page.locator(".pain-headline")
    expect(headline).to_contain_text("Invoice")
    headline.get_by_role("link").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Net Promoter Score")


def test_overview_of_an_empty_workspace_says_how_to_begin(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member(of=make.tenant())
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/")

    expect(page.get_by_role("heading", name="No answers yet")).to_be_visible()
    expect(page.get_by_role("link", name="Import a file")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_overview_is_accessible_and_fits(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = busy_member()
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/?period=365d")
    expect(page.get_by_role("heading", name="Where it hurts")).to_be_visible()

    assert axe(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
