"""A map that is shown to people outside, and one that two people review before it is published."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from tests import make
from tests.journeys.reviewing import begun
from tests.journeys.sample import sample
from tests.journeys.sharing import link_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

pytestmark = pytest.mark.usefixtures("transactional_db")
SIZES = [
    pytest.param((1440, "light"), id="desktop-light"),
    pytest.param((390, "dark"), id="phone-dark"),
]


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where the variable SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def overflow(page: Page) -> int:
    wide: int = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return wide


def test_a_link_is_made_and_read_without_scripts_by_a_stranger(
    open_page: OpenPage, new_context: Callable[..., BrowserContext], sign_in: Callable[..., None]
) -> None:
    made = sample(make.member(role=Role.MANAGER))
    page = open_page()
    sign_in(page, made.member)
    page.goto(f"/t/{made.member.tenant.slug}/maps/{made.map_id}/")

    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_label("Who is it for?").fill("The agency")
    keep(page, "share")
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("The link is made").input_value()
    stranger = new_context(java_script_enabled=False).new_page()
    stranger.goto(address)

    expect(stranger.get_by_role("heading", level=1)).to_have_text("As it is")
    expect(stranger.get_by_role("columnheader", name="Orders online")).to_be_visible()
    expect(stranger.get_by_role("rowheader", name="Feels")).to_be_visible()
    expect(stranger.get_by_text("Fills a short form, picks a slot")).to_be_visible()
    expect(stranger.get_by_text("Field crew")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_what_strangers_see_of_a_map_is_accessible(
    open_page: OpenPage, axe: Callable[[Page], list[dict[str, Any]]], size: tuple[int, Scheme]
) -> None:
    made = sample(make.member(role=Role.MANAGER))
    page = open_page(width=size[0], scheme=size[1])

    page.goto(link_to(made.member, made.map_id))

    expect(page.get_by_role("table")).to_be_visible()
    keep(page, f"shared-{size[0]}")
    assert axe(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("size", SIZES)
def test_two_people_review_a_map_and_publish_it(
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    size: tuple[int, Scheme],
) -> None:
    made = begun()
    made.demand(1)

    def seen_by(member: Membership) -> Page:
        page = open_page(width=size[0], scheme=size[1])
        sign_in(page, member)
        page.goto(f"/t/{member.tenant.slug}/maps/{made.map_id}/review/")
        return page

    ana, bea = seen_by(made.ana), seen_by(made.bea)
    keep(ana, f"review-ask-{size[0]}")
    assert axe(ana) == []
    ana.get_by_label("Bea Boss").check()
    ana.get_by_label("What should they look at?").fill("Is the beginning right?")
    ana.get_by_role("button", name="Ask them").click()
    expect(ana.get_by_text("Waiting")).to_be_visible()

    bea.reload()
    bea.get_by_label("I approve it").check()
    bea.get_by_label("Why?").fill("Just as I know it")
    keep(bea, f"review-say-{size[0]}")
    assert axe(bea) == []
    assert overflow(bea) <= 0
    bea.get_by_role("button", name="Say it").click()
    expect(bea.get_by_text("This map has the approvals it needs.")).to_be_visible()

    bea.get_by_role("link", name="Publish").click()
    bea.get_by_label("What was decided, and why?").fill("We begin with the letters")
    keep(bea, f"publish-{size[0]}")
    assert axe(bea) == []
    bea.get_by_role("button", name="Publish").click()
    expect(bea.get_by_text("is published")).to_be_visible()
    keep(bea, f"published-{size[0]}")
