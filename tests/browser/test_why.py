"""Why did it change in a browser: from the metric to the reason, to the answers behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.reading import load_scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    """An analyst of a company whose app grew, and stands below its website as it did before."""
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ANALYST)
    ago = (now() - make.NOW).days
    for channel, day, scores in (
        ("web", 100, {10: 112, 8: 32, 0: 16}),
        ("app", 100, {10: 12, 8: 8, 0: 20}),
        ("web", 1, {10: 56, 8: 16, 0: 8}),
        ("app", 1, {10: 36, 8: 24, 0: 60}),
    ):
        touchpoint = "checkout" if channel == "app" else None
        of = member.tenant
        load_scores(scores, of=of, channel=channel, touchpoint=touchpoint, day=day - ago)
    return member


def test_a_person_goes_from_a_metric_to_why_it_fell_and_to_the_answers(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/metrics/nps/")
    page.get_by_role("link", name="Why did it change?").press("Enter")
    expect(page.get_by_role("heading", name="Why did it change?")).to_be_visible()
    expect(page.get_by_text("Nothing got better or worse anywhere")).to_be_visible()

    tabs = page.get_by_role("navigation", name="Parted by")
    tabs.get_by_role("link", name="Touchpoints").click()
    expect(page.locator(".why-groups")).to_contain_text("Checkout")
    expect(page.locator(".why-groups")).to_contain_text("Without a touchpoint")
    tabs.get_by_role("link", name="Channels").click()
    page.locator(".why-groups tr", has_text="App").locator("a").last.click()

    expect(page.locator("main")).to_contain_text("120")
    assert "channel=app" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_accessible_and_fits(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for query in ("", "?by=touchpoint", "?period=all"):
        page.goto(f"/t/{ann.tenant.slug}/metrics/nps/why/{query}")
        assert not axe(page)
        assert page.evaluate(FITS)
