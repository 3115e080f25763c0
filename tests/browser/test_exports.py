"""Taking a persona and a stakeholder map with one, by keyboard, as people who look at it do."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from tests import make
from tests.personas import editing
from tests.personas.mapping import map_of, placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage


def _downloaded(page: Page, item: str) -> tuple[str, bytes]:
    """Choose *item* of the menu More by keyboard, and give the file's name and bytes."""
    more = page.locator("#persona-more, #map-more")
    more.focus()
    page.keyboard.press("Enter")
    link = page.locator("#persona-menu, #map-menu").get_by_role("link", name=item, exact=True)
    expect(link).to_be_visible()
    link.focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    file = waiting.value
    content = Path(file.path()).read_bytes()
    page.keyboard.press("Escape")
    return file.suggested_filename, content


def test_a_persona_is_taken_out_as_pdf_and_picture(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    of = editing.persona(member, "Busy Bea")
    editing.fact(member, of, editing.section(member, of), "A quick answer")
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/{of}/")

    name, pdf = _downloaded(page, "PDF")
    picture, png = _downloaded(page, "PNG")

    assert (name, picture) == ("Busy Bea.pdf", "Busy Bea.png")
    assert "A quick answer" in PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert Image.open(BytesIO(png)).format == "PNG"


@pytest.mark.parametrize("width", [1_440, 390])
def test_a_map_is_taken_out_in_the_layout_that_is_looked_at(
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    width: int,
) -> None:
    member = make.member()
    on = map_of(member, "Getting a parcel")
    placed(member, on, "Courier")
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/{on.pk}/?layout=network")

    files = [_downloaded(page, item)[0] for item in ("PDF", "PNG, large", "SVG", "XLSX")]
    page.locator("#map-more").click()

    title = "Getting a parcel, network"
    assert files == [f"{title}.pdf", f"{title}.png", f"{title}.svg", "Getting a parcel.xlsx"]
    assert axe(page) == []
    page.keyboard.press("Escape")


def test_a_file_that_cannot_be_made_says_why(
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    complaints: Complaints,
) -> None:
    complaints.expected.append("422")
    member = make.member()
    on = map_of(member)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/{on.pk}/map.png?scale=9")

    expect(page.get_by_role("heading", level=1)).to_have_text("No file was made")
    expect(page.get_by_text("Choose a scale of 1, 2, 3 or 4.")).to_be_visible()
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deliveries")
