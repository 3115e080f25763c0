"""A key is changed and a text taken out of the history, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from tests import make
from tests.journeys import charting
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_page import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenPage


@pytest.fixture
def made(db: None) -> Sample:
    return sample(make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN))


# The menu and the bars of a map come before what stands beside it.
MOST_STOPS = 150


def reach(page: Page, wanted: Locator) -> None:
    """Go on with Tab until *wanted* has the focus."""
    for _ in range(MOST_STOPS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def test_a_key_is_changed_and_a_text_taken_out_by_keyboard(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    # What it was called first stands in two operations: that which made it, and this one.
    charting.do(made.member, made.map_id, charting.put(made.steps[0], "title", "Sees an ad"))
    page.goto(url(made.member, made.map_id, f"?of={made.steps[0]}"))

    reach(page, page.get_by_role("link", name="Change the key"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("textbox", name="Key"))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("another-key")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is called another-key in files")).to_be_visible()

    reach(page, page.get_by_role("link", name="Take a text out of the history"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("What was written in"))
    reach(page, page.get_by_role("textbox", name="Why"))
    page.keyboard.type("she asked us to")
    reach(page, page.get_by_role("button", name="Take it out"))
    page.keyboard.press("Enter")
    # A menu that is closed speaks of maps that are “taken out of use”: the whole words are asked.
    expect(page.get_by_text("Taken out of 2 changes and of the versions")).to_be_visible()
