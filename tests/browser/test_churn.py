"""Churn in a browser: defined by keyboard, counted, parted by channel, opened to its customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.churning import counted, definition, did

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)
    for key in ("web", "shop"):
        make.channel(of=member.tenant, key=key, title=key.title())
    for number in range(12):
        did(f"web {number}", "bought", 150 - number, of=member.tenant, channel="web")
        did(f"shop {number}", "bought", 140 - number, 110, 90, of=member.tenant, channel="shop")
    return member


def test_a_rule_is_written_counted_and_its_numbers_open(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/churn/")
    page.get_by_role("link", name="Inactivity rule").press("Enter")
    page.get_by_label("What do you call it?").fill("Silent a month")
    page.get_by_label("After how many days").fill("30")
    page.get_by_label("What do you call it?").press("Enter")
    expect(page.get_by_role("heading", name="Being counted")).to_be_visible()

    drain(ann.tenant_id)
    page.get_by_role("link", name="First channel").click()

    expect(page.locator(".survival-legend")).to_contain_text("Shop 12 customers")
    expect(page.get_by_text("Log-rank test of all groups")).to_be_visible()
    page.get_by_role("link", name="24", exact=True).first.click()
    expect(page.get_by_role("heading", name="Customers who are gone")).to_be_visible()
    expect(page.get_by_text("24 customers")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_churn_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    found = definition(of=ann.tenant, days=30)
    counted(found)
    counted(definition("event", of=ann.tenant, ends=["left"], title="Left"))
    counted(found)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for path in (
        "?by=channel",
        "?definition=left",
        "definitions/new/?kind=event",
        f"definitions/{found.pk}/edit/",
        f"definitions/{found.pk}/customers/?what=gone",
    ):
        page.goto(f"/t/{ann.tenant.slug}/churn/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
