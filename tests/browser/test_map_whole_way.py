"""The whole way of a map: built, published, forked, promised, published again and taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

import journeys.tasks  # noqa: F401 - registers what makes the file
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.browser.map_editor import Editor
from tests.personas import editing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Download, Locator, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage
    from tests.browser.map_editor import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
MOST_TABS = 200
IN_GRID = "() => Boolean(document.activeElement.closest('#map-grid'))"
JOURNEY = "I send back shoes"
BUILT = {
    "stages": {
        "Decide": ["I try them on", "I ask for a label"],
        "Hand over": ["I bring the parcel"],
    },
    "lanes": {
        "Does": [
            ("Walks around at home", "I try them on", "I try them on"),
            ("Waits in the queue", "I bring the parcel", "I bring the parcel"),
        ],
        "Feels": [
            (0.2, "I try them on", "I try them on"),
            (-1.0, "I bring the parcel", "I bring the parcel"),
        ],
        "Touchpoints": [],
    },
}
AHEAD = "Drops it into a locker"


@dataclass(frozen=True)
class Way:
    """Somebody on the way, and what looks each page over."""

    page: Page
    member: Membership
    axe: Callable[[Page], list[dict[str, Any]]]

    @property
    def editor(self) -> Editor:
        """The map that the address names, once its scripts have begun."""
        self.page.wait_for_selector("[data-map-editor][data-scripted]")
        found = re.search(r"/maps/([0-9a-f-]{36})/", self.page.url)
        assert found is not None
        return Editor(self.page, self.member, UUID(found[1]))

    def look(self, heading: str) -> None:
        """See that the page with *heading* is there, and accessible."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert self.axe(self.page) == [], heading


@pytest.fixture
def way(
    open_page: OpenPage,
    sign_in: SignIn,
    axe: Callable[[Page], list[dict[str, Any]]],
    tmp_path: Path,
    settings: Any,
) -> Way:
    settings.MEDIA_ROOT = tmp_path
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    editing.persona(member, "Maya")
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/journeys/")
    return Way(page, member, axe)


def _words(taken: Download) -> str:
    """Read all text of a PDF, as one line."""
    pages = PdfReader(taken.path()).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def _check_paper(taken: Download) -> None:
    words = _words(taken)
    told = [
        JOURNEY,
        "Decide",
        "Hand over",
        "I try them on",
        "I ask for a label",
        "I bring the parcel",
    ]
    told += ["Walks around at home", AHEAD, "Web shop"]
    assert [one for one in told if one not in words] == []


# By keys


def _tab_to(target: Locator) -> None:
    """Press Tab, as a person would, until *target* has the focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    expect(target).to_be_focused()


def _enter(target: Locator) -> None:
    _tab_to(target)
    target.page.keyboard.press("Enter")


def _tab_into_grid(editor: Editor) -> None:
    for _ in range(MOST_TABS):
        if editor.page.evaluate(IN_GRID):
            return
        editor.press("Tab")
    pytest.fail("Tab never comes to the map.")


def _command(editor: Editor, words: str) -> None:
    """Do a command of the map by its name."""
    editor.press("Control+k")
    editor.page.keyboard.type(words)
    expect(editor.page.locator("#palette [role=option]").first).to_contain_text(words)
    editor.press("Enter")


def _pick(editor: Editor, text: str, first: str = "") -> None:
    """Type into the list that is open, and take what it offers first."""
    picker = editor.page.locator(".map-picker[open]")
    expect(picker).to_be_visible()
    editor.page.keyboard.type(text)
    expect(picker.locator("[role=option]").first).to_contain_text(first or text)
    editor.press("Enter")
    expect(picker).to_be_hidden()
    editor.saved()


def _menu_by_keys(way: Way, name: str) -> None:
    """Choose in the menu of the map."""
    _enter(way.page.locator("#map-more"))
    _enter(way.page.locator("#map-menu").get_by_role("link", name=name, exact=True))


def _draw_by_keys(way: Way) -> None:
    editor = way.editor
    _tab_into_grid(editor)
    editor.press("Control+Home", "ArrowRight", "F2")
    editor.write("Decide")
    editor.press("ArrowDown", "F2")
    editor.write("I try them on", "Enter")
    editor.write("I ask for a label")
    editor.saved()
    editor.press("Control+Shift+Enter")
    editor.write("Hand over", "Enter")
    editor.write("I bring the parcel")
    editor.saved()
    for title in ("Does", "Feels", "Touchpoints"):
        editor.press("Alt+Insert")
        _pick(editor, title)
        expect(editor.page.locator("#map-grid th:focus")).to_contain_text(title)
    _command(editor, "Add a persona")
    _pick(editor, "Maya")
    _fill_by_keys(editor)


def _fill_by_keys(editor: Editor) -> None:
    editor.press("Control+Home", "ArrowDown", "ArrowRight")
    editor.page.keyboard.type("Walks around at home")
    editor.press("Control+Enter")
    editor.saved()
    editor.press("Escape", "ArrowRight", "ArrowRight")
    editor.page.keyboard.type("Waits in the queue")
    editor.press("Control+Enter")
    editor.saved()
    editor.press("Escape", "ArrowDown", "Enter")
    editor.saved()
    editor.press("Shift+ArrowDown", "Escape", "Home", "ArrowRight", "Enter")
    editor.saved()
    editor.press("ArrowUp", "ArrowUp", "Escape", "ArrowDown", "Enter")
    _pick(editor, "Web shop", "Create “Web shop”")


def _publish_by_keys(way: Way, note: str) -> None:
    _menu_by_keys(way, "Publish")
    way.look("Publish this map")
    _tab_to(way.page.get_by_role("textbox").first)
    way.page.keyboard.type(note)
    _enter(way.page.get_by_role("button", name="Publish", exact=True))
    expect(way.page.locator(".map-badge.is-published")).to_be_visible()


def _fork_by_keys(way: Way) -> None:
    _menu_by_keys(way, "Fork to a new map")
    way.look("Fork to a new map")
    _enter(way.page.get_by_role("button", name="Make the map"))
    expect(way.page.locator(".map-badge.is-future")).to_be_visible()
    editor = way.editor
    _tab_into_grid(editor)
    editor.press("Control+Home", "ArrowDown", "End", "Enter", "F2")
    editor.write(AHEAD)
    editor.saved()
    _command(editor, "Go to a step")
    _pick(editor, "I bring the parcel")
    editor.press("i")


def _promise_by_keys(way: Way) -> None:
    panel = way.page.locator("#map-panel")
    _enter(panel.get_by_role("link", name="Metrics"))
    _enter(panel.get_by_role("link", name="Show a figure"))
    way.look("Show a figure")
    _enter(way.page.get_by_role("button", name="Show it"))
    assert way.axe(way.page) == []
    _enter(panel.get_by_role("link", name="Set a target"))
    way.look("Set a target")
    _tab_to(way.page.get_by_label("Value"))
    way.page.keyboard.type("60")
    _tab_to(way.page.get_by_role("textbox", name="By", exact=True))
    way.page.keyboard.type("05052028")
    _enter(way.page.get_by_role("button", name="Promise it"))
    expect(panel.get_by_text("up to 60")).to_be_visible()


def test_the_whole_way_is_gone_by_keys_alone(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.services.exports.LARGE", 1)
    page = way.page
    way.look("Journeys")
    page.keyboard.press("n")
    way.look("New journey")
    _tab_to(page.get_by_label("Title"))
    page.keyboard.type(JOURNEY)
    _enter(page.get_by_role("button", name="Make the journey"))
    _draw_by_keys(way)
    way.look("As it is today")
    assert way.editor.map() == BUILT
    _publish_by_keys(way, "This is how it goes")

    _fork_by_keys(way)
    _promise_by_keys(way)
    _publish_by_keys(way, "Lockers are ordered")

    _menu_by_keys(way, "Export")
    way.look("Export")
    _enter(page.get_by_role("button", name="Make the file"))
    made = page.get_by_role("region", name="Made in the background")
    expect(made).to_contain_text("Waiting")
    drain(way.member.tenant_id)
    link = made.get_by_role("link", name="Download PDF")
    with page.expect_download() as taken:
        _enter(link)
    _check_paper(taken.value)


# By mouse


def _menu_by_mouse(way: Way, name: str) -> None:
    way.page.locator("#map-more").click()
    way.page.locator("#map-menu").get_by_role("link", name=name, exact=True).click()


def _element_menu(editor: Editor, of: Locator, words: str) -> None:
    """Open the menu of an element by its button, and choose in it."""
    of.hover()
    editor.page.get_by_role("button", name="What to do with this").click()
    editor.page.locator("#map-element-menu").get_by_role("button", name=words).click()


def _type_and_leave(editor: Editor, text: str) -> None:
    """Write what the open field is to hold, and end it by a click elsewhere."""
    field = editor.page.locator(".map-writing")
    expect(field).to_be_focused()
    field.fill(text)
    editor.page.locator("h1").click()
    editor.saved()


def _pick_by_mouse(editor: Editor, text: str, option: str = "") -> None:
    editor.page.locator(".map-picker input").fill(text)
    editor.page.locator(".map-picker [role=option]", has_text=option or text).first.click()
    editor.saved()


def _draw_by_mouse(way: Way) -> None:
    editor, page = way.editor, way.page
    editor.named("First stage").dblclick()
    _type_and_leave(editor, "Decide")
    editor.named("First step").dblclick()
    _type_and_leave(editor, "I try them on")
    editor.named("I try them on").hover()
    page.get_by_role("button", name="Add a step here").click()
    _type_and_leave(editor, "I ask for a label")
    _element_menu(editor, page.locator("th[data-kind=stage]").last, "Add a stage")
    _type_and_leave(editor, "Hand over")
    editor.named("New step").dblclick()
    _type_and_leave(editor, "I bring the parcel")
    for title in ("Does", "Feels", "Touchpoints"):
        page.locator("#map-more").click()
        page.locator("#map-menu").get_by_role("button", name="Add a lane").click()
        _pick_by_mouse(editor, title)
    page.get_by_role("link", name="Persona", exact=True).click()
    _pick_by_mouse(editor, "Maya")
    _fill_by_mouse(editor)


def _fill_by_mouse(editor: Editor) -> None:
    page = editor.page
    for step, text in ((0, "Walks around at home"), (2, "Waits in the queue")):
        editor.cell(0, step).hover()
        page.get_by_role("button", name="Add to this cell").click()
        _type_and_leave(editor, text)
    for step, words, times in ((1, "Raise by 0.1", 2), (3, "Lower by 1", 1)):
        page.get_by_role("button", name=f"Add a value for Maya at Step {step}").click()
        editor.saved()
        for _ in range(times):
            _element_menu(editor, page.locator(".curve-point").last, words)
            editor.saved()
    editor.cell(2, 0).hover()
    page.get_by_role("button", name="Add to this cell").click()
    _pick_by_mouse(editor, "Web shop", "Create “Web shop”")


def _publish_by_mouse(way: Way, note: str) -> None:
    _menu_by_mouse(way, "Publish")
    way.look("Publish this map")
    way.page.get_by_role("textbox").first.fill(note)
    way.page.get_by_role("button", name="Publish", exact=True).click()
    expect(way.page.locator(".map-badge.is-published")).to_be_visible()


def _promise_by_mouse(way: Way) -> None:
    page, panel = way.page, way.page.locator("#map-panel")
    page.get_by_role("link", name="Details of step 3").click()
    panel.get_by_role("link", name="Metrics").click()
    panel.get_by_role("link", name="Show a figure").click()
    page.get_by_role("button", name="Show it").click()
    panel.get_by_role("link", name="Set a target").click()
    page.get_by_label("Value").fill("60")
    page.get_by_role("textbox", name="By", exact=True).fill("2028-03-31")
    page.get_by_role("button", name="Promise it").click()
    expect(panel.get_by_text("up to 60")).to_be_visible()
    assert way.axe(page) == []


def test_the_whole_way_is_gone_by_mouse_alone(way: Way) -> None:
    page = way.page
    page.get_by_role("link", name="New journey").first.click()
    page.get_by_label("Title").fill(JOURNEY)
    page.get_by_role("button", name="Make the journey").click()
    _draw_by_mouse(way)
    way.look("As it is today")
    assert way.editor.map() == BUILT
    _publish_by_mouse(way, "This is how it goes")

    _menu_by_mouse(way, "Fork to a new map")
    page.get_by_role("button", name="Make the map").click()
    expect(page.locator(".map-badge.is-future")).to_be_visible()
    editor = way.editor
    editor.named("Waits in the queue").dblclick()
    _type_and_leave(editor, AHEAD)
    _promise_by_mouse(way)
    _publish_by_mouse(way, "Lockers are ordered")

    _menu_by_mouse(way, "Export")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download", exact=True).click()
    _check_paper(taken.value)
