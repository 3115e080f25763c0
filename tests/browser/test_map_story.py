"""A map told frame by frame, looked at through kept views, and its steps split and joined."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.journeys import charting, shelving
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def made(db: None) -> Sample:
    found = sample(make.member())
    lane = charting.lane(found.member, found.map_id, "insight", "Heard")
    for kind, title in (("pain", "Nobody says when"), ("quote", "“I waited all day.”")):
        one = shelving.made(found.member, kind=kind, title=title)
        charting.card(found.member, found.map_id, lane, found.steps[4], insight=str(one.pk))
    return found


def address(made: Sample, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/{more}"


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (320, "dark")]
)
def test_a_story_is_accessible_and_fits(  # noqa: PLR0917 - a table and fixtures
    made: Sample,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page(width=width, scheme=scheme)
    sign_in(page, made.member)

    for more in (f"story/?step={made.steps[4]}", "story/?by=stage", "story/notes/"):
        page.goto(address(made, more))
        expect(page.get_by_role("main")).to_be_visible()
        _shoot(page, f"{more.split('?')[0].replace('/', '-')}{width}-{scheme}")
        assert axe(page) == [], more
        assert page.evaluate(FITS), more


def test_keys_lead_through_a_story_and_the_notes_go_along(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made, "story/"))
    title = page.locator("#story-title")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Notes window").click()
    notes = opened.value
    expect(notes.get_by_role("heading", name="Sees an ad for fibre")).to_be_visible()
    page.bring_to_front()
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Compares providers")
    expect(notes.get_by_role("heading", name="Compares providers")).to_be_visible()
    title.focus()
    page.keyboard.press(" ")
    expect(title).to_have_text("Checks the address")
    expect(notes.get_by_role("heading", name="Checks the address")).to_be_visible()
    notes.get_by_role("link", name="Back").click()

    expect(title).to_have_text("Compares providers")
    expect(notes.get_by_role("heading", name="Compares providers")).to_be_visible()


def test_a_view_is_kept_found_by_its_name_and_told_as_a_story(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made))

    page.locator("#map-grid td[data-cell]").first.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("/")
    page.keyboard.type("postcode")
    page.keyboard.press("Enter")
    expect(page.locator("#map-counts")).to_contain_text("1 card shown")
    page.get_by_text("Keep this view").click()
    page.get_by_label("Name", exact=True).fill("The postcode")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#map-counts")).to_have_text("")
    page.keyboard.press("Control+k")
    page.keyboard.type("postc")
    page.get_by_role("option", name=re.compile("The postcode")).click()

    expect(page).to_have_url(re.compile(r"\?filter=postcode$"))
    page.goto(address(made, "story/"))
    page.get_by_role("link", name="The postcode").click()
    expect(page.get_by_text("Cards are filtered.")).to_be_visible()


def test_a_step_is_split_from_its_menu_and_undone_at_once(
    made: Sample,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made))
    step = page.locator(f'th[data-lineage="{made.steps[4]}"]')
    step.focus()

    page.keyboard.press("Shift+S")
    page.wait_for_url(re.compile("/split/$"))
    _shoot(page, "split-1440")
    assert axe(page) == []
    page.get_by_role("textbox", name="The later part").fill("The bell rings")
    moved = page.get_by_role("group", name=re.compile("Gets three texts"))
    moved.get_by_label("Goes along").check()
    page.get_by_role("button", name="Split the step").click()
    later = page.locator("th[data-kind=step]").filter(has_text="The bell rings")
    expect(later).to_have_count(1)
    page.get_by_role("button", name="Undo").first.click()

    expect(later).to_have_count(0)
    page.goto(address(made, f"steps/{made.steps[5]}/merge/"))
    _shoot(page, "merge-1440")
    assert axe(page) == []
    page.get_by_label(re.compile("The step before")).check()
    page.get_by_role("button", name="Join the steps").click()
    expect(page.locator("th[data-kind=step]")).to_have_count(5)


def _shoot(page: Page, name: str) -> None:
    """Keep a picture, where somebody asks for one."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
