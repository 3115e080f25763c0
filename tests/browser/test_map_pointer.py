"""A journey map drawn and changed by the pointer; each drag has a key and a menu entry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.map_editor import drawn, open_editor

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import OpenPage
    from tests.browser.map_editor import Editor, SignIn

pytestmark = pytest.mark.django_db(transaction=True)
MOST_UNDONE = 40
TWINS = """async () => {
    const { COMMANDS, DRAGS } = await import('/static/js/map-commands.js');
    const { KINDS } = await import('/static/js/map-drag.js');
    const isOffered = (one) => one.keys.length > 0 && !one.isPlain;
    const has = (name) => COMMANDS.some((one) => one.name === name && isOffered(one));
    const lacks = ([, names]) => !names.every(has);
    return {
        kinds: Object.keys(KINDS).sort(),
        told: Object.keys(DRAGS).sort(),
        without: Object.entries(DRAGS).filter(lacks).map(([kind]) => kind),
    };
}"""


@pytest.fixture
def editor(open_page: OpenPage, sign_in: SignIn) -> Editor:
    on = drawn(("Buy", 2), ("Use", 2))
    does, feels = on.lane("text", "Does"), on.lane("emotion", "Feels")
    on.card(does, 0, text="Orders")
    on.card(does, 1, text="Pays")
    on.card(feels, 0, value=1)
    return open_editor(open_page, sign_in, on)


def _middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _drag(
    editor: Editor, start: tuple[float, float], end: tuple[float, float], *, drops: bool = True
) -> None:
    mouse = editor.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + 3, start[1])
    mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=3)
    mouse.move(*end, steps=3)
    if drops:
        mouse.up()
        editor.saved()


def _menu(editor: Editor, of: Locator, words: str) -> None:
    """Open the menu of an element by its button, and choose in it."""
    of.hover()
    editor.page.get_by_role("button", name="What to do with this").click()
    menu = editor.page.locator("#map-element-menu")
    menu.get_by_role("button", name=words).click()


def _draw_by_pointer(editor: Editor) -> None:
    page = editor.page
    editor.named("First 1").hover()
    page.get_by_role("button", name="Add a step here").click()
    page.keyboard.type("I pay")
    page.locator("h1").click()
    editor.saved()
    _menu(editor, page.locator("th[data-kind=stage]").last, "Add a stage")
    page.keyboard.type("Use")
    page.locator("h1").click()
    editor.saved()
    for title in ("Does", "Feels"):
        page.locator("#map-more").click()
        page.locator("#map-menu").get_by_role("button", name="Add a lane").click()
        page.locator(".map-picker input").fill(title)
        page.locator(".map-picker [role=option]", has_text=title).first.click()
        editor.saved()
    editor.cell(0, 1).hover()
    page.get_by_role("button", name="Add to this cell").click()
    page.keyboard.type("Types the card")
    page.locator("h1").click()
    editor.saved()
    page.get_by_role("button", name="Add a value at Step 2").click()
    editor.saved()
    _menu(editor, page.locator(".curve-point"), "Lower by 1")
    expect(page.locator(".curve-point")).to_have_text("−1")


def test_a_map_is_built_by_the_pointer_and_taken_back(open_page: OpenPage, sign_in: SignIn) -> None:
    editor = open_editor(open_page, sign_in, drawn(("First", 1)))
    before = editor.map()

    _draw_by_pointer(editor)
    editor.page.locator("h1").click()
    editor.saved()

    assert editor.map() == {
        "stages": {"First": ["First 1", "I pay"], "Use": ["New step"]},
        "lanes": {
            "Does": [("Types the card", "I pay", "I pay")],
            "Feels": [(-1.0, "I pay", "I pay")],
        },
    }
    undo = editor.page.locator("form[data-undo=undo] button")
    for _ in range(MOST_UNDONE):
        with editor.page.expect_response(re.compile("/undo/?$")) as answer:
            undo.click()
        if answer.value.json()["is_empty"]:
            break
    assert editor.map() == before


def test_what_is_dragged_goes_where_it_is_dropped(editor: Editor) -> None:
    x, y = _middle(editor.cell(0, 3))

    _drag(editor, _middle(editor.named("Orders")), (x, y))
    head = _middle(editor.named("Buy 1"))
    _drag(editor, _middle(editor.named("Use 1")), (head[0] + 40, head[1]))

    assert editor.map() == {
        "stages": {"Buy": ["Buy 1", "Use 1", "Buy 2"], "Use": ["Use 2"]},
        "lanes": {
            "Does": [("Pays", "Buy 2", "Buy 2"), ("Orders", "Use 2", "Use 2")],
            "Feels": [(1.0, "Buy 1", "Buy 1")],
        },
    }


def test_the_edge_of_a_card_is_dragged_over_more_steps(editor: Editor) -> None:
    box = editor.named("Pays").bounding_box()
    assert box is not None
    x, y = _middle(editor.cell(0, 2))

    _drag(editor, (box["x"] + box["width"] - 3, box["y"] + box["height"] / 2), (x, y))

    assert editor.map()["lanes"]["Does"][1] == ("Pays", "Buy 2", "Use 1")


def test_stages_lanes_and_values_are_dragged(editor: Editor) -> None:
    x, y = _middle(editor.page.locator("th[data-kind=stage]").first)

    _drag(editor, _middle(editor.page.locator("th[data-kind=stage]").last), (x - 60, y))
    point = _middle(editor.page.locator(".curve-point"))
    _drag(editor, point, (point[0], point[1] + 200))
    lanes = editor.page.locator("tbody th[scope=row]")
    x, y = _middle(lanes.first)
    _drag(editor, _middle(lanes.last), (x, y - 15))

    told = editor.map()
    assert list(told["stages"]) == ["Use", "Buy"]
    assert told["lanes"]["Feels"] == [(-2.0, "Buy 1", "Buy 1")]
    assert list(told["lanes"]) == ["Feels", "Does"]


def test_dropped_where_it_was_or_let_go_by_escape_nothing_is_done(editor: Editor) -> None:
    head = editor.page.locator("[data-map-editor]").get_attribute("data-head")
    x, y = _middle(editor.named("Orders"))

    _drag(editor, (x, y), (x + 30, y))
    _drag(editor, _middle(editor.named("Pays")), (x, y), drops=False)
    expect(editor.page.locator(".map-ghost")).to_be_visible()
    editor.press("Escape")
    expect(editor.page.locator(".map-ghost")).to_have_count(0)
    editor.page.mouse.up()

    expect(editor.page.locator("[data-map-editor]")).to_have_attribute("data-head", str(head))


def test_every_way_of_dragging_has_a_key_and_a_menu_entry(editor: Editor) -> None:
    found = editor.page.evaluate(TWINS)

    assert found == {"kinds": found["told"], "told": found["told"], "without": []}
