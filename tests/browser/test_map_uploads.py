"""Files from the desktop on a map: dropped on a cell, and chosen beside it by keys."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.map_editor import Drawn, drawn, open_editor
from tests.collaboration.files import picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Complaints, OpenPage
    from tests.browser.map_editor import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
# A file of the desktop over a cell, as the browser tells of it.
DROP = """([cell, content, name]) => {
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name));
    const told = { bubbles: true, cancelable: true, dataTransfer };
    for (const type of ["dragover", "drop"]) cell.dispatchEvent(new DragEvent(type, told));
}"""


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def on() -> Drawn:
    made = drawn(("Buy", 2))
    made.lane("image", "Shots")
    made.lane("text", "Does")
    return made


def test_a_picture_is_dropped_on_a_cell_and_its_words_are_asked(
    open_page: OpenPage,
    sign_in: SignIn,
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
    on: Drawn,
) -> None:
    complaints.expected.append("422")
    editor = open_editor(open_page, sign_in, on)
    page = editor.page
    sent = base64.b64encode(picture()).decode()

    page.evaluate(DROP, [editor.cell(0, 1).element_handle(), "AA==", "x"])
    expect(page.locator(".toast")).to_contain_text("This kind of file is not taken")
    page.evaluate(DROP, [editor.cell(0, 1).element_handle(), sent, "desk.png"])

    expect(editor.cell(0, 1).locator("[data-kind=card] img")).to_be_visible()
    expect(page.locator(".map-upload")).to_contain_text("desk.png")
    expect(page.get_by_role("textbox", name="Words for the picture")).to_be_visible()
    assert axe(page) == []


def test_a_picture_is_chosen_beside_the_map_by_keys(
    open_page: OpenPage, sign_in: SignIn, on: Drawn
) -> None:
    editor = open_editor(open_page, sign_in, on)
    page = editor.page
    editor.cell(0, 0).focus()

    editor.press("Enter")
    file = FilePayload(name="desk.png", mimeType="image/png", buffer=picture())
    page.locator(".map-upload input[type=file]").set_input_files([file])
    page.locator(".map-upload").get_by_label("In words").fill("The counter")
    page.locator(".map-upload").get_by_role("button", name="Upload").press("Enter")

    expect(editor.cell(0, 0).get_by_role("img", name="The counter")).to_be_visible()
