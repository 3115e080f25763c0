"""Repeat customers in a browser: chosen by keyboard, counted, opened to the customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.purchasing import bought, cohort, defined, fitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)
    bought(cohort(300), of=member.tenant)
    return member


def test_purchases_are_chosen_counted_and_their_customers_open(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/repeat-customers/")
    page.get_by_role("link", name="Choose the events").press("Enter")
    page.get_by_label("bought").press("Space")
    page.get_by_label("Margin, in percent").fill("40")
    page.get_by_role("button", name="Save and count").press("Enter")
    expect(page.get_by_role("heading", name="Being counted")).to_be_visible()

    drain(ann.tenant_id)
    expect(page.get_by_role("heading", name="Was the model right before?")).to_be_visible()
    past = page.get_by_role("region", name="Was the model right before?")
    past.get_by_text("Show as a table").click()
    expect(page.get_by_role("region", name="Repeat purchases so far")).to_be_visible()
    page.get_by_role("link", name="Those most likely gone").press("Enter")
    expect(page.get_by_role("columnheader", name="Still a customer")).to_have_attribute(
        "aria-sort", "ascending"
    )
    page.get_by_role("link", name="Value", exact=True).click()
    page.locator("tbody a").first.click()

    expect(page.get_by_role("link", name="Probably still a customer")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_fit_and_have_no_barriers(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[..., list[str]],
    width: int,
    scheme: Scheme,
) -> None:
    defined(ann.tenant)
    fitted(ann.tenant)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for path in ("", "customers/?sort=alive&order=up", "customers/?tenth=9", "settings/"):
        page.goto(f"/t/{ann.tenant.slug}/repeat-customers/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
