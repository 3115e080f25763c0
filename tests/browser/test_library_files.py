"""The ways of a library file and of a merge: by keyboard, on any screen, for everybody."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.personas.editing import fact, persona, section
from tests.personas.library import exported, template

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Complaints, OpenPage, Scheme


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where the variable SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def look_at(page: Page, file: Path) -> None:
    """Choose a file, and look at it."""
    page.get_by_label("Drop a file here").set_input_files(str(file))
    page.get_by_role("button", name="Look at the file").click()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_file_is_chosen_looked_at_and_imported(
    *,
    width: int,
    scheme: Scheme,
    tmp_path: Path,
    open_page: OpenPage,
    complaints: Complaints,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    complaints.expected.append("422")
    member = make.member()
    template(member)
    file = tmp_path / "library.yaml"
    text = exported(member).replace("name: Uma", "name: Ulla")
    file.write_text(f"{text}    - key: new\n      name: Newly here\n      nick: x\n")
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/")
    page.locator("#library-more").click()
    page.get_by_role("link", name="Import a file").click()
    assert axe(page) == []
    keep(page, f"import-{width}-{scheme}")

    look_at(page, file)
    expect(page.get_by_role("heading", name="1 thing to correct")).to_be_visible()
    assert axe(page) == []
    keep(page, f"faults-{width}-{scheme}")

    file.write_text(file.read_text().replace("      nick: x\n", ""))
    page.get_by_role("link", name="Another file").click()
    look_at(page, file)
    expect(page.get_by_role("heading", name="This would happen")).to_be_visible()
    assert axe(page) == []
    keep(page, f"preview-{width}-{scheme}")
    page.get_by_role("button", name="Import", exact=True).click()

    expect(page.get_by_role("heading", name="The file is imported")).to_be_visible()
    assert axe(page) == []
    keep(page, f"report-{width}-{scheme}")
    page.get_by_role("link", name="Ulla").click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Ulla")


def test_a_file_is_pasted_and_imported_by_keyboard(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/import/")

    page.get_by_text("Paste the text instead").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(
        "cxmap: 1\nprofile: library\nlibrary:\n  personas:\n    - key: uma\n      name: Uma\n"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What becomes of Uma")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).press("Enter")

    expect(page.get_by_role("link", name="Uma")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_personas_are_chosen_for_a_file(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    template(member)
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/export/")
    assert axe(page) == []
    keep(page, f"export-{width}")

    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()

    assert coming.value.suggested_filename == "uma.yaml"
    assert coming.value.path().read_text() == exported(member)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_two_personas_become_one(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    kept, other = template(member), persona(member, "Busy Bea")
    needs = section(member, other)
    for text in ("A quick answer", "To be left alone"):
        fact(member, other, needs, text)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/{kept.pk}/")
    page.locator("#persona-more").click()
    page.get_by_role("link", name="Merge with another").click()

    page.get_by_label("Merge with").select_option("Busy Bea")
    page.get_by_role("button", name="See what would come over").press("Enter")
    expect(page.get_by_role("heading", name="What comes over")).to_be_visible()
    assert axe(page) == []
    keep(page, f"merge-{width}-{scheme}")
    page.get_by_role("button", name="Merge", exact=True).press("Enter")

    expect(page.get_by_role("region", name="Needs", exact=True)).to_be_visible()
    page.goto(f"/t/{member.tenant.slug}/personas/{other}/")
    expect(page.get_by_text("It was merged into Uma.")).to_be_visible()
    keep(page, f"merged-{width}-{scheme}")
