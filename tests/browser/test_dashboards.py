"""Dashboards in a browser: built by mouse and by keyboard, filtered, on a wall and on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.boarding import board, every_kind, order, tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from analytics.models import Dashboard
    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ANALYST)
    at = now()
    make.load(
        *(
            make.record(
                score,
                touchpoint=place,
                channel="web",
                comment=f"It took {n} days until somebody called back." if n < 6 else "",
                answered_at=at - timedelta(days=n, minutes=1),
            )
            for place, score in (("checkout", 9), ("delivery", 3))
            for n in range(60)
        ),
        of=member.tenant,
    )
    return member


@pytest.fixture
def full(ann: Membership) -> Dashboard:
    """A dashboard with every kind of tile."""
    kinds = every_kind(ann)
    on = board(ann, "Monday meeting", sharing="everybody")
    tile(on, ann, "note", text="**Look** at what has changed.", width=3)
    tile(on, ann, "figure")
    tile(on, ann, "trend", title="NPS over time", width=2)
    tile(on, ann, "bars", by="touchpoint", title="By touchpoint", width=2)
    tile(on, ann, "table", by="channel", title="By channel", filter="period=28d")
    tile(on, ann, "distribution", title="Scores")
    titled = ("note", "figure", "trend", "bars", "table", "distribution")
    for kind in (one for one in kinds if one not in titled):
        tile(on, ann, kind, **kinds[kind])
    return on


def test_a_dashboard_is_built_by_keyboard(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/dashboards/")
    page.get_by_role("link", name="First dashboard").press("Enter")
    title = page.get_by_label("What do you call it?")
    title.fill("Monday")
    title.press("Enter")
    page.get_by_role("link", name="One figure").press("Enter")
    page.get_by_label("Title").fill("How we stand")
    page.get_by_role("button", name="Add it").press("Enter")
    page.get_by_role("link", name="Bars", exact=False).first.press("Enter")
    page.get_by_label("Title").fill("Where")
    page.get_by_role("button", name="Add it").press("Enter")

    later = page.get_by_role("button", name="Move How we stand later")
    later.press("Enter")
    expect(page.locator("#live")).to_have_text("Moved to place 2.")
    handle = page.get_by_role("button", name="Move How we stand with the arrow keys")
    expect(handle).to_be_focused()
    handle.press("ArrowLeft")
    expect(page.locator("#live")).to_have_text("Moved to place 1.")
    expect(handle).to_be_focused()
    wider = page.get_by_role("button", name="Make Where wider")
    wider.press("Enter")
    expect(page.locator("#live")).to_have_text("It takes 2 of 3 columns.")
    page.get_by_role("link", name="Done").press("Enter")

    expect(page.get_by_role("heading", name="Where")).to_be_visible()
    expect(page.get_by_role("group", name="Change Where")).to_have_count(0)


def test_tiles_are_dragged_taken_away_and_brought_back(
    ann: Membership, full: Dashboard, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page(width=1440)
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/dashboards/{full.pk}/")
    page.get_by_role("link", name="Change", exact=True).click()

    grip = page.get_by_role("button", name="Move NPS over time with the arrow keys")
    target = page.locator("[data-tile='1']")
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), target.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 60, steps=6)
    page.mouse.up()
    expect(page.locator("#live")).to_have_text("Moved to place 2.")
    assert order(full)[1] == "NPS over time"

    page.get_by_role("button", name="Take Scores away").click()
    expect(page.get_by_text("The tile is taken away.")).to_be_visible()
    expect(page.get_by_role("heading", name="Scores")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", name="Scores")).to_be_visible()


def test_a_filter_goes_for_all_tiles_but_those_with_their_own(
    ann: Membership, full: Dashboard, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/dashboards/{full.pk}/")
    expect(page.get_by_role("article", name="Net Promoter Score", exact=True)).to_contain_text(
        "120 answers"
    )

    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Touchpoints").select_option("checkout")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.get_by_role("article", name="Net Promoter Score", exact=True)).to_contain_text(
        "60 answers"
    )
    expect(page.get_by_role("article", name="By channel")).to_contain_text("56 answers")
    expect(page.get_by_role("article", name="By channel")).to_contain_text("Own filter")


def test_the_wall_has_no_frame_and_paper_no_buttons(
    ann: Membership, full: Dashboard, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/dashboards/{full.pk}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Wall")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_have_count(1)
    expect(page.get_by_role("heading", name="NPS over time")).to_be_visible()
    page.emulate_media(media="screen")

    page.get_by_role("link", name="Wall").click()

    expect(page.get_by_role("heading", name="Monday meeting", level=1)).to_be_visible()
    expect(page.locator(".side")).to_have_count(0)
    page.get_by_role("link", name="Leave the wall").press("Enter")
    expect(page.get_by_role("link", name="Wall")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_dashboards_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    full: Dashboard,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for path in (
        "",
        "new/",
        f"{full.pk}/",
        f"{full.pk}/?edit=1",
        f"{full.pk}/settings/",
        f"{full.pk}/wall/",
        f"{full.pk}/tiles/new/?kind=bars",
        f"{full.pk}/tiles/new/?kind=drivers",
        f"{full.pk}/tiles/new/?kind=results",
    ):
        page.goto(f"/t/{ann.tenant.slug}/dashboards/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
