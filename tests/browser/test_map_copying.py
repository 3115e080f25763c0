"""A map is copied into another journey, and a future one forked with its promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_map_futures import ahead, keep
from tests.journeys import charting as m

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_map_is_copied_into_another_journey(
    *,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    told = ahead()
    m.journey(told.member, "I exchange shoes")
    page = open_page(width=width, scheme=scheme)
    sign_in(page, told.member)

    page.goto(told.address("fork/"))
    expect(page.get_by_label("Take its promises along")).to_be_visible()
    assert axe(page) == []
    keep(page, f"map-fork-{width}")
    page.get_by_label("In which journey").select_option(label="I exchange shoes")
    page.get_by_label("Name", exact=True).fill("As with fibre")
    page.get_by_role("button", name="Make the map").click()

    expect(page.get_by_text("Copied into “I exchange shoes”.")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Plugs the box in")).to_be_attached()
    keep(page, f"map-copied-{width}")
