"""The way of a comment: written, answered and settled, by mouse and by keyboard, on any screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import make
from tests.collaboration.commenting import begun, named, of_map, of_persona, said
from tests.personas import mapping
from tests.personas.editing import persona, section

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from playwright.sync_api import BrowserContext, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme


@pytest.fixture
def bea() -> Membership:
    return named(make.member(), "Bea Berg")


def address(of: Membership, pk: UUID) -> str:
    return f"/t/{of.tenant.slug}/personas/{pk}/"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_question_is_asked_answered_and_settled_by_mouse(
    width: int, bea: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    ana = named(make.member(of=bea.tenant), "Ana Alves")
    uma = persona(bea, "Uma")
    section(bea, uma)
    page = open_page(width=width)
    sign_in(page, bea)
    page.goto(address(bea, uma))

    page.get_by_role("link", name="Comments on Needs: none open").click()
    page.get_by_label("New comment").fill("Is this so, @Ana Alves?")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("link", name="Comments on Needs: 1 open")).to_have_count(1)
    expect(page.locator(".comment-body")).to_have_text("Is this so, @Ana Alves?")

    theirs = open_page(width=width)
    sign_in(theirs, ana)
    theirs.goto(f"/t/{ana.tenant.slug}/notices/")
    theirs.get_by_role("link", name="Needs · Uma").click()
    expect(theirs.locator(".thread-card")).to_be_in_viewport()
    theirs.get_by_text("Reply", exact=True).first.click()
    theirs.get_by_label("Reply", exact=True).fill("Nine people said so.")
    theirs.get_by_role("button", name="Reply").click()
    expect(theirs.locator(".comment-body")).to_have_count(2)
    theirs.get_by_role("button", name="Resolve").click()
    expect(theirs.get_by_text("Resolved by Ana Alves")).to_be_visible()
    expect(theirs.get_by_role("link", name="Comments on Needs: none open")).to_have_count(1)


def test_a_comment_is_written_and_somebody_named_by_keyboard(
    bea: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    for name in ("Ana Alves", "Anton Arndt"):
        named(make.member(of=bea.tenant), name)
    uma = persona(bea, "Uma")
    page = open_page()
    sign_in(page, bea)
    page.goto(address(bea, uma))
    press, write = page.keyboard.press, page.keyboard.type

    page.locator("#main").focus()
    press("c")
    expect(page.locator("#panel")).to_be_focused()
    for _ in range(10):
        press("Tab")
        if page.evaluate("document.activeElement.name") == "body":
            break
    write("Please look, @an")
    expect(page.get_by_role("listbox", name="Whom to name").get_by_role("option")).to_have_text(
        ["Ana Alves", "Anton Arndt"]
    )
    press("ArrowDown")
    press("Enter")
    expect(page.get_by_label("New comment")).to_have_value("Please look, @Anton Arndt ")
    press("Control+Enter")

    expect(page.locator(".comment-body")).to_have_text("Please look, @Anton Arndt")
    expect(page.locator(".thread-card")).to_be_focused()
    press("Escape")
    expect(page.get_by_role("heading", name="Comments")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("^Comments"))).to_be_focused()


def test_nothing_that_was_typed_is_lost(
    bea: Membership,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    complaints: Complaints,
) -> None:
    uma = persona(bea, "Uma")
    begun(bea, of_persona(bea, uma), "Well?")
    page = open_page()
    sign_in(page, bea)
    page.goto(f"{address(bea, uma)}?comments=open")
    new = page.get_by_label("New comment")

    new.fill("Half a thou")
    page.get_by_text("Reply", exact=True).first.click()
    page.get_by_label("Reply", exact=True).fill("Quite so.")
    page.get_by_role("button", name="Reply").click()
    expect(page.locator(".comment-body")).to_have_count(2)
    expect(new).to_have_value("Half a thou")

    page.reload()
    expect(new).to_have_value("Half a thou")
    complaints.expected.append("status of 422")
    new.evaluate("field => { field.removeAttribute('maxlength'); field.value = 'x'.repeat(4001); }")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("A comment holds 4,000 characters")
    expect(new).to_have_value("x" * 4001)
    expect(new).to_be_focused()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_comments_and_notices_are_accessible(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[object]],
) -> None:
    bea = named(make.member(), "Bea Berg")
    ana = named(make.member(of=bea.tenant), "Ana Alves")
    drawn = mapping.map_of(bea)
    courier = mapping.placed(bea, drawn)
    thread = begun(bea, of_map(drawn), "Who pays, @Ana Alves?", courier.stakeholder_id)
    said(ana, of_map(drawn), thread, "We do.\n\n- each **visit**\n- finished or not")
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ana)

    found = []
    for path in (f"stakeholder-maps/{drawn.pk}/?comments=open", "notices/"):
        page.goto(f"/t/{ana.tenant.slug}/{path}")
        if "comments" in path:
            page.get_by_text("Reply", exact=True).first.click()
        found += axe(page)

    assert found == []


def test_without_scripts_a_comment_is_sent_as_a_form(
    bea: Membership, new_context: Callable[..., BrowserContext], sign_in: Callable[..., None]
) -> None:
    uma = persona(bea, "Uma")
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, bea)
    page.goto(address(bea, uma))

    page.get_by_role("link", name="Comments").click()
    page.get_by_label("New comment").fill("Without scripts")
    page.get_by_role("button", name="Comment", exact=True).click()

    expect(page.locator(".comment-body")).to_have_text("Without scripts")
    assert "comments=open" in page.url
