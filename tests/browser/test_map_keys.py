"""A journey map drawn, changed and taken back by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.map_editor import drawn, open_editor

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.browser.map_editor import Editor, SignIn

pytestmark = pytest.mark.django_db(transaction=True)
IN_GRID = "() => Boolean(document.activeElement.closest('#map-grid'))"
MOST_TABS, MOST_UNDONE = 80, 60


@pytest.fixture
def blank(open_page: OpenPage, sign_in: SignIn) -> Editor:
    return open_editor(open_page, sign_in, drawn(("First", 1)))


def _tab_into_grid(editor: Editor) -> None:
    for _ in range(MOST_TABS):
        editor.press("Tab")
        if editor.page.evaluate(IN_GRID):
            return
    pytest.fail("Tab never comes to the map.")


def _choose(editor: Editor, text: str) -> None:
    """Type into the list that is open, and take what it offers first."""
    picker = editor.page.locator(".map-picker[open]")
    expect(picker).to_be_visible()
    editor.page.keyboard.type(text)
    first = picker.locator("[role=option]").first
    expect(first).to_have_text(re.compile(f"^{text}"))
    editor.press("Enter")


def _draw_stages(editor: Editor) -> None:
    editor.press("Control+Home", "ArrowRight", "F2")
    editor.write("Become aware")
    editor.press("ArrowDown", "F2")
    editor.write("I notice", "Enter")
    editor.write("I hear of you")
    editor.saved()
    editor.press("Control+Shift+Enter")
    editor.write("Choose", "Enter")
    editor.write("I compare")
    editor.saved()


def _draw_lanes(editor: Editor) -> None:
    for title in ("Does", "Feels"):
        editor.press("Alt+Insert")
        _choose(editor, title)
        expect(editor.page.locator("#map-grid th:focus")).to_contain_text(title)


def _draw_cells(editor: Editor) -> None:
    point = editor.page.locator(".curve-point:focus")
    editor.press("ArrowRight", "Enter")
    expect(point).to_have_text("0")
    editor.press("ArrowUp", "ArrowUp", "Escape", "ArrowRight", "Enter")
    expect(point).to_have_text("0")
    editor.press("Shift+ArrowDown", "Escape", "Home", "ArrowUp", "ArrowRight")
    editor.page.keyboard.type("Sees an ad")
    editor.press("Tab")
    editor.page.keyboard.type("Asks friends")
    editor.press("Control+Enter")
    editor.saved()
    editor.press("Alt+Shift+ArrowRight")
    editor.saved()


def test_a_map_is_built_by_keys_alone_and_all_of_it_taken_back(blank: Editor) -> None:
    before = blank.map()

    _tab_into_grid(blank)
    _draw_stages(blank)
    _draw_lanes(blank)
    _draw_cells(blank)

    assert blank.map() == {
        "stages": {"Become aware": ["I notice", "I hear of you"], "Choose": ["I compare"]},
        "lanes": {
            "Does": [
                ("Sees an ad", "I notice", "I notice"),
                ("Asks friends", "I hear of you", "I compare"),
            ],
            "Feels": [(0.2, "I notice", "I notice"), (-1.0, "I hear of you", "I hear of you")],
        },
    }
    for _ in range(MOST_UNDONE):
        with blank.page.expect_response(re.compile("/undo/?$")) as answer:
            blank.press("Control+z")
        if answer.value.json()["is_empty"]:
            break
    assert blank.map() == before
    expect(blank.page.locator("#map-grid th[data-kind=step]")).to_have_count(1)


def test_cards_move_by_keys_and_the_focus_goes_with_them(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    on = drawn(("Buy", 3))
    does, thinks = on.lane("text", "Does"), on.lane("text", "Thinks")
    on.card(does, 0, text="Orders")
    on.card(does, 0, text="Pays")
    on.card(thinks, 2, text="Worth it?")
    editor = open_editor(open_page, sign_in, on)
    editor.cell(0, 0).focus()

    editor.press("Enter", "ArrowDown", "Alt+ArrowUp")
    editor.saved()
    assert editor.lanes()[0] == ["Does", ["Pays", "Orders"]]
    editor.press("m", "ArrowRight", "ArrowDown")
    expect(editor.page.locator("td.is-target")).to_have_count(1)
    editor.press("Enter")
    editor.saved()
    assert editor.lanes() == [["Does", ["Orders"]], ["Thinks", ["Pays", "Worth it?"]]]
    editor.press("m", "ArrowRight", "Escape")
    expect(editor.page.locator("#map-grid article:focus")).to_have_text("Pays")
    editor.press("Control+d")
    expect(editor.page.locator("#map-grid article", has_text="Pays")).to_have_count(2)
    assert editor.map()["lanes"]["Thinks"][:2] == [("Pays", "Buy 2", "Buy 2")] * 2


def test_steps_stages_and_lanes_move_by_keys(open_page: OpenPage, sign_in: SignIn) -> None:
    on = drawn(("Buy", 2), ("Use", 1))
    on.lane("text", "Does")
    on.lane("text", "Thinks")
    editor = open_editor(open_page, sign_in, on)

    editor.named("Buy 1").focus()
    editor.press("Alt+ArrowRight")
    editor.saved()
    editor.press("m", "ArrowRight", "ArrowRight", "Enter")
    editor.saved()
    editor.press("ArrowUp", "Alt+ArrowLeft")
    editor.saved()
    editor.named("Thinks").focus()
    editor.press("Alt+ArrowUp")
    editor.saved()

    assert editor.map()["stages"] == {"Use": ["Use 1", "Buy 1"], "Buy": ["Buy 2"]}
    assert [title for title, _ in editor.lanes()] == ["Thinks", "Does"]


def test_what_is_selected_is_copied_cut_and_deleted_as_one(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    on = drawn(("Buy", 3))
    does, thinks = on.lane("text", "Does"), on.lane("text", "Thinks")
    on.card(does, 0, text="Orders")
    on.card(does, 1, text="Pays")
    on.card(thinks, 0, text="Worth it?")
    editor = open_editor(open_page, sign_in, on)
    editor.cell(0, 0).focus()

    editor.press("Shift+ArrowRight")
    expect(editor.page.locator("td[aria-selected=true]")).to_have_count(2)
    editor.press("Control+x", "Escape", "ArrowDown", "Control+v")
    editor.saved()
    assert editor.lanes() == [["Does", []], ["Thinks", ["Worth it?", "Orders", "Pays"]]]
    editor.press("Control+a", "Delete")
    editor.saved()
    expect(editor.page.locator(".toast")).to_contain_text("deleted")
    editor.page.locator(".toast button", has_text="Undo").click()
    expect(editor.page.locator("#map-grid article")).to_have_count(3)


def test_deleting_the_last_step_of_a_stage_asks_for_the_stage(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    editor = open_editor(open_page, sign_in, drawn(("Buy", 1), ("Use", 1)))
    editor.named("Use 1").focus()

    editor.press("Delete")
    editor.page.get_by_role("button", name="Remove the stage, too").click()
    editor.saved()

    assert editor.map()["stages"] == {"Buy": ["Buy 1"]}
    expect(editor.page.locator("#map-grid :focus")).to_have_count(1)


def test_single_letters_can_be_switched_off_and_the_help_lists_every_command(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    on = drawn(("Buy", 2))
    on.card(on.lane("text", "Does"), 0, text="Orders")
    editor = open_editor(open_page, sign_in, on)
    editor.cell(0, 0).focus()

    editor.press("Enter", "?")
    words = editor.page.evaluate(
        "async () => (await import('/static/js/map-commands.js')).COMMANDS"
        ".filter((one) => one.words).map((one) => one.words)"
    )
    help_text = editor.page.locator("#shortcuts").inner_text()
    assert [one for one in words if one not in help_text] == []
    editor.page.locator("#shortcuts-on").uncheck()
    editor.press("Escape")
    editor.page.locator("#map-grid article").focus()
    editor.press("m")
    expect(editor.page.locator(".is-held")).to_have_count(0)


def test_the_command_list_does_what_the_keys_do(open_page: OpenPage, sign_in: SignIn) -> None:
    on = drawn(("Buy", 2))
    on.card(on.lane("text", "Does"), 0, text="Orders")
    editor = open_editor(open_page, sign_in, on)
    editor.cell(0, 0).focus()

    editor.press("Enter", "Control+k")
    editor.page.keyboard.type("one place right")
    expect(editor.page.locator("#palette [role=option]").first).to_contain_text(
        "Move one place right"
    )
    editor.press("Enter")
    editor.saved()

    assert editor.map()["lanes"]["Does"] == [("Orders", "Buy 2", "Buy 2")]
