"""A person says what they are called: from the menu, on a desktop and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Complaints, OpenPage

# Which button opens the menu of the person, by the width of the page.
MENUS = {1440: "A member", 390: "More"}


@pytest.mark.parametrize("width", MENUS)
def test_a_person_changes_their_name_from_their_menu(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    complaints.expected.append("status of 422")
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/journeys/")
    page.get_by_role("button", name=MENUS[width]).click()
    page.get_by_role("link", name="Change your name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your name")
    assert axe(page) == []

    page.get_by_label("Name").fill("ana@x.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Leave the e-mail address out")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("ana@x.example")
    assert axe(page) == []

    page.get_by_label("Name").fill("Ana Alves")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved. Others read “Ana Alves” from now on.")
    assert axe(page) == []
