"""A dashboard that is shown to people outside: the link is made, read without scripts, revoked."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from analytics.models import Dashboard
from analytics.selectors.shared_boards import SharedBoard
from cxm.collaboration.rules.links import Terms
from cxm.collaboration.services.sharing import share
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.boarding import board, tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme

pytestmark = pytest.mark.usefixtures("transactional_db")
FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def bea(transactional_db: None) -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.MANAGER)
    at = now()
    make.load(
        *(
            make.record(score, touchpoint=place, answered_at=at - timedelta(days=n, minutes=1))
            for place, score in (("checkout", 9), ("delivery", 3))
            for n in range(60)
        ),
        of=member.tenant,
    )
    return member


@pytest.fixture
def monday(bea: Membership) -> Dashboard:
    on = board(bea, "Monday meeting", sharing="everybody")
    tile(on, bea, "figure")
    tile(on, bea, "trend", title="NPS over time", width=2)
    tile(on, bea, "bars", by="touchpoint", title="By touchpoint", width=2)
    tile(on, bea, "table", by="channel", title="By channel")
    tile(on, bea, "distribution", title="Scores")
    tile(on, bea, "texts")
    return on


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where the variable SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_link_is_made_read_by_a_stranger_and_revoked(  # noqa: PLR0917 - fixtures
    bea: Membership,
    monday: Dashboard,
    open_page: OpenPage,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., None],
    complaints: Complaints,
) -> None:
    complaints.expected.append("404")
    page = open_page()
    sign_in(page, bea)
    page.goto(f"/t/{bea.tenant.slug}/dashboards/{monday.pk}/")
    page.get_by_role("link", name="Share a link").press("Enter")
    page.get_by_label("Who is it for?").fill("The board")
    page.get_by_label("Who is it for?").press("Enter")
    address = page.get_by_label("The link is made").input_value()
    keep(page, "board-share")
    stranger = new_context(java_script_enabled=False).new_page()
    stranger.goto(address)

    expect(stranger.get_by_role("heading", level=1)).to_have_text("Monday meeting")
    expect(stranger.get_by_text("Comments are words of persons")).to_be_visible()
    expect(stranger.locator("main a[href]")).to_have_count(0)

    page.get_by_role("button", name="Revoke The board").press("Enter")
    expect(page.get_by_text("Revoked").first).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_text("Monday meeting")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_what_strangers_see_of_a_dashboard_is_accessible_and_fits(  # noqa: PLR0917 - a table
    bea: Membership,
    monday: Dashboard,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    with tenant_bound(bea.tenant_id):
        row = Dashboard.objects.for_tenant(bea.tenant).select_related("tenant").get(pk=monday.pk)
        of, at = SharedBoard(row), now()
        terms = Terms(kinds=tuple(of.usual), expires_at=at + timedelta(days=90))
        _, token = share(of=of, terms=terms, by=bea, now=at)
    page = open_page(width=width, scheme=scheme)

    page.goto(f"/s/{token}")

    expect(page.get_by_text("By touchpoint").first).to_be_visible()
    keep(page, f"board-{width}-{scheme}")
    assert axe(page) == []
    assert page.evaluate(FITS)
