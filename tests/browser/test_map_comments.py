"""Comments on a map: by keys alone, seen by others at once, kept when their element goes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.map_editor import drawn, open_editor
from tests.collaboration.commenting import begun, named, of_journey_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme
    from tests.browser.map_editor import Drawn, SignIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def on() -> Drawn:
    return drawn(("Buy", 3))


@pytest.fixture
def card(on: Drawn) -> UUID:
    return on.card(on.lane("text", "Does"), 0, text="Orders")


def test_a_step_is_talked_about_by_keys_alone_and_others_see_it(
    on: Drawn, open_page: OpenPage, sign_in: SignIn
) -> None:
    ana = named(make.member(of=on.by.tenant), "Ana Alves")
    mine, theirs = open_editor(open_page, sign_in, on), open_page()
    sign_in(theirs, ana)
    theirs.goto(mine.page.url)
    step = mine.page.locator("th[data-kind=step]").nth(1)

    step.focus()
    mine.press("c")
    expect(mine.page.get_by_label("New comment")).to_be_focused()
    mine.page.keyboard.type("Is this so, @an")
    mine.press("Enter", "Control+Enter")
    expect(mine.page.locator(".comment-body")).to_have_text("Is this so, @Ana Alves")
    expect(step.locator(".map-talk")).to_have_text("11 open thread")
    mine.press("Escape")
    expect(mine.page.locator(".comment-body")).to_have_count(0)
    expect(step).to_be_focused()

    mark = theirs.locator("th[data-kind=step]").nth(1).locator(".map-talk")
    expect(mark).to_be_visible()
    theirs.goto(f"/t/{ana.tenant.slug}/notices/")
    theirs.get_by_role("link", name=re.compile("Buy 2")).click()
    expect(theirs.locator(".thread-card.is-chosen")).to_be_in_viewport()
    theirs.get_by_role("button", name="Resolve").click()
    expect(theirs.get_by_text("Resolved by Ana Alves")).to_be_visible()
    expect(mark).to_have_count(0)
    expect(step.locator(".map-talk")).to_have_count(0)


@pytest.mark.usefixtures("card")
def test_escape_ends_the_names_and_not_what_is_written(
    on: Drawn, open_page: OpenPage, sign_in: SignIn
) -> None:
    named(make.member(of=on.by.tenant), "Ana Alves")
    editor = open_editor(open_page, sign_in, on)

    editor.named("Orders").focus()
    editor.press("c")
    expect(editor.page.get_by_label("New comment")).to_be_focused()
    names = editor.page.get_by_role("listbox", name="Whom to name").get_by_role("option")
    editor.page.keyboard.type("@a")
    expect(names).to_have_count(1)
    editor.press("Escape")

    expect(names).to_have_count(0)
    expect(editor.page.get_by_label("New comment")).to_have_value("@a")


def test_what_was_said_of_a_card_is_kept_when_it_goes(
    on: Drawn, card: UUID, open_page: OpenPage, sign_in: SignIn
) -> None:
    subject = of_journey_map(on.by, on.map_id)
    begun(on.by, subject, "Keep this", card)
    editor = open_editor(open_page, sign_in, on)

    editor.named("Orders").focus()
    editor.press("Delete")
    editor.saved()
    editor.named("Buy 1").focus()
    editor.press("Shift+C")
    editor.page.get_by_role("link", name="Unanchored 1").click()

    expect(editor.page.get_by_role("heading", name="No longer on the page")).to_be_visible()
    expect(editor.page.locator(".comment-body")).to_have_text("Keep this")


@pytest.mark.parametrize("looked", [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_comments_on_a_map_are_accessible(  # noqa: PLR0917 - fixtures
    looked: tuple[int, Scheme],
    on: Drawn,
    card: UUID,
    open_page: OpenPage,
    sign_in: SignIn,
    axe: Callable[[Page], list[object]],
) -> None:
    width, scheme = looked
    subject = of_journey_map(on.by, on.map_id)
    begun(on.by, subject, "Is this **all**?", card)
    begun(on.by, subject, "Who drew this?")
    page = open_page(width=width, scheme=scheme)
    sign_in(page, on.by)

    found = []
    for asked in ("?comments=open", f"?of={card}&tab=comments"):
        page.goto(f"/t/{on.by.tenant.slug}/maps/{on.map_id}/{asked}")
        expect(page.locator(".comment-body").first).to_be_visible()
        expect(page.locator(".map-talk")).to_have_count(1)
        found += axe(page)
        if "SHOTS" in os.environ:
            name = f"{width}-{scheme}-{'tab' if 'tab' in asked else 'all'}.png"
            page.screenshot(path=Path(os.environ["SHOTS"]) / name)

    assert found == []
