"""Files with maps in a browser: looked at, imported, saved as a template, put on a map again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.journeys.filing import HEAD, STAGES, exported, the_map
from tests.journeys.test_map_imports import LANES

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload, Page

    from tests.browser.conftest import Complaints, OpenPage

SMALL = HEAD + STAGES + LANES
# The stages with their steps, then the lanes, as SMALL has them.
PARTS = [
    "Hand over stage",
    "I show a code step",
    "I wait for the refund step",
    "Does lane",
    "Feels lane",
]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_file_becomes_a_map_and_the_map_a_template(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    complaints.expected.append("status of 422")
    member = make.member()
    slug = member.tenant.slug
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{slug}/journeys/import/")
    assert axe(page) == []
    _choose(page, SMALL.replace("wait-refund: -0.5", "wait-refund: -5"))
    expect(page.get_by_text("1 thing to correct")).to_be_visible()
    assert axe(page) == []

    page.get_by_role("link", name="Another file").click()
    _choose(page, SMALL)
    expect(page.get_by_role("heading", name="This would happen")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Import", exact=True).click()

    expect(page.locator("#map-grid")).to_contain_text("I search for the label")
    of = the_map(member)
    assert exported(member, of, profile="map") == SMALL

    page.goto(f"/t/{slug}/journeys/import/?onto={of.pk}")
    _choose(page, SMALL.replace("I search for the label", "I print the label"))
    expect(page.locator(".library-steps")).to_contain_text("I print the label")
    assert axe(page) == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#map-grid")).to_contain_text("I print the label")

    page.goto(f"/t/{slug}/maps/{of.pk}/template/")
    assert axe(page) == []
    _save_as_template(page, axe)


def _choose(page: Page, text: str) -> None:
    """Give the page a file, and look at it."""
    file: FilePayload = {
        "name": "1-current.yaml",
        "mimeType": "text/yaml",
        "buffer": text.encode(),
    }
    page.locator("[data-file]").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()


def _save_as_template(page: Page, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
    """Save the map at hand as a template with one locked part, and find it among one's own."""
    page.get_by_label("Title").fill("Our returns")
    page.get_by_role("button", name="Save the template").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parts of “Our returns”")
    expect(page.get_by_text("“Our returns” is a template now.")).to_be_visible()
    parts = page.get_by_role("region", name="Parts of the template").get_by_role("rowheader")
    expect(parts.filter(has=page.locator(".badge"))).to_have_text(PARTS)
    assert axe(page) == []

    page.get_by_role("checkbox", name="Locked: step I show a code").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Templates")
    kept = page.get_by_role("region", name="Your own templates").get_by_role("row")
    expect(kept.filter(has_text="Our returns")).to_contain_text("1 locked, 0 required")
    assert axe(page) == []
