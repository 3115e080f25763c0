"""A table pasted into a map by keys: looked at, pasted, undone; and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.map_editor import Drawn, drawn, open_editor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage
    from tests.browser.map_editor import SignIn

type Axe = Callable[[Page], list[dict[str, Any]]]

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = 'Waits\t"Looks\nagain"\tLeft\n1\tgood\t'


@pytest.fixture
def on() -> Drawn:
    made = drawn(("Buy", 3))
    does = made.lane("text", "Does")
    made.lane("emotion", "Feels")
    made.card(does, 1, text="Orders")
    return made


def test_a_table_is_looked_at_pasted_and_undone_by_keys(
    open_page: OpenPage, sign_in: SignIn, axe: Axe, on: Drawn
) -> None:
    editor = open_editor(open_page, sign_in, on)
    page = editor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    before = editor.map()
    editor.cell(0, 1).focus()

    page.evaluate("(text) => navigator.clipboard.writeText(text)", TABLE)
    editor.press("Control+v")
    expect(page.get_by_role("heading", name="This would happen")).to_be_visible()
    expect(page.locator(".paste-table .is-fault")).to_contain_text("Does not fit")
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Paste", exact=True).press("Enter")
    expect(page.locator(".toast")).to_contain_text("5 cards. 1 cell did not fit.")

    told = editor.map()
    assert told["stages"] == {"Buy": ["Buy 1", "Buy 2", "Buy 3", "Untitled"]}
    assert told["lanes"]["Does"] == [
        ("Orders", "Buy 2", "Buy 2"),
        ("Waits", "Buy 2", "Buy 2"),
        ("Looks", "Buy 3", "Buy 3"),
        ("again", "Buy 3", "Buy 3"),
        ("Left", "Untitled", "Untitled"),
    ]
    editor.cell(0, 1).focus()
    editor.press("Control+z")
    expect(page.locator("th[data-kind=step]")).to_have_count(3)
    assert editor.map() == before


def test_a_table_is_asked_for_at_the_cell_at_hand(
    open_page: OpenPage, sign_in: SignIn, axe: Axe, on: Drawn
) -> None:
    editor = open_editor(open_page, sign_in, on)
    page = editor.page
    editor.cell(0, 2).focus()

    editor.press("Alt+v")
    expect(page.get_by_label("From the step on")).to_have_value(str(on.steps[2]))
    assert axe(page) == []
    page.get_by_label("Table").fill("Old\nNew")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("One card for each line").uncheck()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_label("One card for each line")).not_to_be_checked()
    page.get_by_role("button", name="Paste", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("2 cards")

    assert editor.map()["lanes"]["Does"][1:] == [
        ("Old", "Buy 3", "Buy 3"),
        ("New", "Buy 3", "Buy 3"),
    ]
