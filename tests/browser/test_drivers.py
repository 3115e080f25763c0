"""Drivers in a browser: asked by keyboard, worked out, read, and opened to the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.driving import crowd, told, worked_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)
    rare = [told(f"c-{n}", None, {"returns": 3 + n % 2}, day=2) for n in range(5)]
    make.load(*crowd(), *rare, of=member.tenant)
    return member


def test_drivers_are_asked_worked_out_and_open_their_answers(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/drivers/?period=all")
    page.get_by_label("What goes with").select_option(label="Net Promoter Score")
    page.get_by_role("button", name="Show").first.press("Enter")
    page.get_by_role("button", name="Work it out").press("Enter")
    expect(page.get_by_role("heading", name="Being worked out")).to_be_visible()

    drain(ann.tenant_id)
    expect(page.get_by_role("heading", name="Share against present value")).to_be_visible()
    expect(page.get_by_text("Delivery goes with Net Promoter Score most")).to_be_visible()
    page.get_by_text("How many rated both of two").click()
    expect(page.get_by_role("region", name="Pairs of inputs")).to_be_visible()
    page.get_by_role("link", name="Delivery", exact=True).click()

    expect(page.get_by_role("heading", name="Responses")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_and_has_no_barriers(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[..., list[str]],
    width: int,
    scheme: Scheme,
) -> None:
    worked_out(ann.tenant, "outcome=nps&period=all")
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for query in ("outcome=nps&period=all", "outcome=ces_2"):
        page.goto(f"/t/{ann.tenant.slug}/drivers/?{query}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (query, axe(page)) == (query, [])
        assert page.evaluate(FITS), query
