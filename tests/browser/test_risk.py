"""Risk in a browser: a model with its trial, the customers behind it, and one that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from tests import make
from tests.analytics.risking import leavers, run_of, story

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)


def test_risks_open_from_the_trial_to_a_customer(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    story(600, of=ann.tenant)
    run_of(leavers(ann.tenant))
    page = open_page()
    sign_in(page, ann)

    page.goto(f"/t/{ann.tenant.slug}/risk/")
    expect(page.get_by_role("region", name="Expected and lost by tenth")).to_be_visible()
    page.get_by_role("link", name="Customers by risk").press("Enter")
    page.get_by_role("link", name="Within 30 days").press("Enter")
    expect(page.get_by_role("columnheader", name="Within 30 days")).to_have_attribute(
        "aria-sort", "descending"
    )
    page.locator("tbody a").first.click()

    expect(page.get_by_text("Risk to leave within 90 days").first).to_be_visible()


@pytest.mark.parametrize("size", [600, 30], ids=["offered", "refused"])
@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (390, "dark")], ids=["wide", "narrow"]
)
def test_the_pages_fit_and_have_no_barriers(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[..., list[str]],
    width: int,
    scheme: Scheme,
    size: int,
) -> None:
    story(size, of=ann.tenant)
    is_offered = run_of(leavers(ann.tenant)).is_offered
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    assert is_offered == (size > 100)
    for path in ("", *(["customers/"] if is_offered else [])):
        page.goto(f"/t/{ann.tenant.slug}/risk/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
