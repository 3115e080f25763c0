"""Pictures of personas by keyboard: uploaded, described, moved, and still there afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests import make
from tests.browser.test_personas import saved, uma
from tests.collaboration.files import picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Complaints, OpenPage


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def chosen(page: Page, control: Locator, name: str, content: bytes) -> None:
    """Choose a file by keyboard, as the dialog of the system gives it."""
    with page.expect_file_chooser() as dialog:
        control.focus()
        page.keyboard.press("Enter")
    file = FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
    dialog.value.set_files([file])


def pressed(page: Page, control: Locator) -> None:
    control.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_picture_is_uploaded_by_keyboard(
    width: int, open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("422")
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(uma(member))

    pressed(page, page.get_by_role("link", name="Picture", exact=True))
    own = page.get_by_role("region", name="A picture of your own")
    chosen(page, own.get_by_label("Picture"), "notes.png", b"no picture at all")
    own.get_by_label("In words").fill("Uma at her desk")
    pressed(page, own.get_by_role("button", name="Upload the picture"))
    expect(own.get_by_text("Choose a PNG, JPEG, WebP or GIF picture.")).to_be_visible()
    expect(own.get_by_label("In words")).to_have_value("Uma at her desk")
    chosen(page, own.get_by_label("Picture"), "uma.png", picture(size=(90, 90)))
    pressed(page, own.get_by_role("button", name="Upload the picture"))

    face = page.get_by_role("img", name="Uma at her desk")
    expect(face).to_be_visible()
    assert face.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 90
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("img", name="Uma at her desk")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_pictures_in_a_section_are_added_described_and_moved_by_keyboard(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(uma(member))
    page.get_by_role("button", name="Add a section").click()
    page.get_by_role("button", name="Pictures", exact=True).click()
    section = page.get_by_role("region", name="Pictures", exact=True)
    for name, colour in (("Door", "red"), ("Shelf", "blue")):
        pressed(page, section.get_by_role("link", name="Add a picture"))
        form = page.get_by_role("complementary", name="Details")
        chosen(page, form.get_by_label("Picture"), "a.png", picture(size=(40, 30), colour=colour))
        form.get_by_label("Title").fill(name)
        pressed(page, form.get_by_role("button", name="Add the picture"))
        expect(section.get_by_label("Title", exact=True).last).to_have_value(name)

    expect(section.get_by_text("do not know yet what it shows")).to_have_count(2)
    section.get_by_label("In words").first.fill("A red door")
    section.get_by_label("What it is for").last.select_option("Decoration only")
    saved(page)
    expect(section.get_by_text("do not know yet what it shows")).to_have_count(0)
    pressed(page, section.get_by_role("button", name="Move up: Shelf"))
    expect(section.get_by_label("Title", exact=True).first).to_have_value("Shelf")
    saved(page)

    page.reload()
    expect(section.get_by_label("Title", exact=True).first).to_have_value("Shelf")
    expect(section.get_by_role("img", name="A red door")).to_be_visible()
    assert axe(page) == []
