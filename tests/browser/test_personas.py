"""The way of a persona: built by mouse and by keyboard, by two people at once, on any screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.rules.templates import TEMPLATES
from personas.services.personas import create_persona
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme


def uma(by: Membership) -> str:
    """Make a persona from a template, and give the address of its page."""
    with tenant_bound(by.tenant_id):
        persona = create_persona(
            tenant=by.tenant, name="Uma", by=by, now=make.NOW, template=TEMPLATES["user"]
        )
    return f"/t/{by.tenant.slug}/personas/{persona.pk}/"


def saved(page: Page) -> None:
    """Wait until everything is saved."""
    expect(page.locator("[data-save-status]")).to_have_text("Saved")


def statements(page: Page, section: str) -> list[str]:
    """Read the statements of a section, in order."""
    texts = page.get_by_role("region", name=section, exact=True).get_by_label("Statement")
    found: list[str] = texts.evaluate_all("all => all.map((one) => one.value)")
    return found


@pytest.mark.parametrize("width", [1440, 390])
def test_a_persona_is_built_from_nothing_by_mouse(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/")

    page.get_by_role("link", name="Blank").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Mara")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Tagline").fill("Moves house every year")
    page.get_by_label("Status").select_option("researched")
    page.get_by_role("button", name="Add a section").click()
    page.get_by_role("button", name="Needs", exact=True).click()
    for need in ("Sleep", "Quiet"):
        page.get_by_label("New line in Needs").fill(need)
        page.get_by_role("button", name="Add to Needs").click()
        expect(page.get_by_label("New line in Needs")).to_have_value("")
    expect(page.get_by_label("Statement")).to_have_count(2)
    page.get_by_role("link", name="Picture").click()
    page.get_by_text("A headscarf").locator("xpath=..").click()
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_role("img", name="a headscarf")).to_be_visible()

    page.reload()
    expect(page.get_by_label("Tagline")).to_have_value("Moves house every year")
    expect(page.get_by_label("Status")).to_have_value("researched")
    assert statements(page, "Needs") == ["Sleep", "Quiet"]


@pytest.mark.parametrize("width", [1440, 390])
def test_statements_are_moved_deleted_and_brought_back_by_mouse(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(uma(member))
    lines = page.get_by_role("region", name="Pains").get_by_label("Statement")

    lines.first.hover()
    page.get_by_role("button", name="Move down: Types the same address").click()
    expect(page.get_by_role("button", name="Move up: Types the same address")).to_have_count(1)
    expect(page.get_by_role("button", name="Move “Types the same address")).to_be_focused()
    assert statements(page, "Pains")[1] == "Types the same address three times"
    lines.nth(1).hover()
    page.get_by_role("button", name="Delete “Types the same address").click()
    expect(lines).to_have_count(1)
    expect(page.get_by_label("New line in Pains")).to_be_focused()
    saved(page)
    page.get_by_role("button", name="Undo").click()
    expect(lines).to_have_count(2)
    page.get_by_role("button", name="Redo").click()
    expect(lines).to_have_count(1)
    page.get_by_role("button", name="More about the section Pains").click()
    page.get_by_role("button", name="Full width").locator("visible=true").click()
    expect(page.get_by_role("region", name="Pains")).to_have_class(re.compile("is-full"))


def test_a_persona_is_built_from_nothing_by_keyboard(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/")
    press, write = page.keyboard.press, page.keyboard.type

    press("n")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_be_focused()
    write("Mara")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mara")
    page.get_by_role("button", name="Add a section").press("Enter")
    page.get_by_role("button", name="Goals", exact=True).press("Enter")
    line = page.get_by_label("New line in Goals")
    expect(line).to_have_count(1)
    line.focus()
    for goal in ("One", "Two", "Three"):
        write(goal)
        press("Enter")
        expect(line).to_have_value("")
        expect(line).to_be_focused()
    expect(page.get_by_label("Statement")).to_have_count(3)

    page.reload()
    assert statements(page, "Goals") == ["One", "Two", "Three"]


def test_statements_are_moved_written_and_undone_by_keyboard(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page()
    sign_in(page, member)
    page.goto(uma(member))
    press = page.keyboard.press

    page.get_by_role("button", name="Move “Hands over what is left”").focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "ArrowUp", "Space"):
        press(key)
    saved(page)
    page.reload()
    assert statements(page, "A day in the life")[0] == "Hands over what is left"
    goal = page.get_by_role("region", name="Goals").get_by_label("Statement").first
    goal.focus()
    press("End")
    page.keyboard.type(" and rest")
    press("Enter")
    expect(page.get_by_label("New line in Goals")).to_be_focused()
    saved(page)
    page.get_by_role("button", name="Add a section").focus()
    press("Control+z")
    expect(goal).to_have_value("Finish the daily work in one go")


def test_traits_grow_and_go_row_by_row(open_page: OpenPage, sign_in: Callable[..., None]) -> None:
    member = make.member()
    page = open_page()
    sign_in(page, member)
    page.goto(uma(member))
    section = page.get_by_role("region", name="Personality")

    section.get_by_label("Trait 6, one end").fill("Early")
    section.get_by_label("Trait 6, other end").fill("Late")
    expect(section.get_by_label("Trait 7, one end")).to_be_visible()
    section.get_by_label("Trait 6, where between its ends").fill("80")
    saved(page)
    section.get_by_role("button", name="Remove the trait Spontaneous to Well organised").click()
    section.get_by_label("Trait 7, one end").press("Tab")
    saved(page)
    page.wait_for_timeout(1_000)
    saved(page)
    page.reload()

    ends = section.locator("[data-item] textarea:first-child")
    assert ends.evaluate_all("all => all.map((one) => one.value)") == [
        *("Keeps to what is known", "Reserved", "Sceptical", "Calm", "Early", ""),
    ]
    expect(section.get_by_label("Trait 5, where between its ends")).to_have_value("80")


@pytest.mark.parametrize("width", [1440, 390])
def test_half_a_link_is_said_where_one_sees_it_and_saved_when_it_is_whole(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(uma(member))
    page.get_by_role("button", name="Add a section").click()
    page.get_by_role("button", name="Files and links", exact=True).click()
    title, address = page.get_by_label("Link 1, title"), page.get_by_label("Link 1, address")
    told = page.locator("[data-save-status]")

    title.fill("Handbook")
    address.fill("handbook.example")
    address.blur()
    expect(told).to_contain_text("Not saved: A link needs a title, and an address that begins")
    expect(told).to_be_in_viewport()
    expect(address).to_have_attribute("aria-invalid", "true")
    address.fill("https://handbook.example")
    address.blur()
    saved(page)
    page.reload()
    expect(page.get_by_role("link", name="Open Handbook")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_long_ends_of_a_trait_are_read_to_their_end(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(uma(member))
    end = page.get_by_label("Trait 1, other end")

    end.fill("Improvises whenever there is a chance")
    end.press("Enter")
    saved(page)
    page.reload()

    expect(end).to_have_value("Improvises whenever there is a chance")
    assert end.evaluate(
        "(one) => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight"
    )


def test_two_people_change_different_things_and_lose_nothing(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    ana = make.member()
    bea = make.member(of=ana.tenant)
    address = uma(ana)
    pages = [open_page(), open_page()]
    for page, who in zip(pages, (ana, bea), strict=True):
        sign_in(page, who)
        page.goto(address)
    first, second = pages

    first.get_by_label("Tagline").fill("Of Ana")
    second.get_by_label("Quote").first.fill("Of Bea")
    first.get_by_label("Tagline").blur()
    second.get_by_label("Quote").first.blur()

    for page in pages:
        expect(page.get_by_label("Tagline")).to_have_value("Of Ana")
        expect(page.get_by_label("Quote").first).to_have_value("Of Bea")


def test_two_people_who_change_the_same_text_are_shown_both(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("409")
    ana = make.member()
    bea = make.member(of=ana.tenant)
    address = uma(ana)
    pages = [open_page(), open_page()]
    for page, who in zip(pages, (ana, bea), strict=True):
        sign_in(page, who)
        page.goto(address)
    first, second = pages
    second.get_by_label("Tagline").focus()
    first.get_by_label("Tagline").fill("Of Ana")
    first.keyboard.press("Tab")
    saved(first)
    second.get_by_label("Tagline").fill("Of Bea")
    second.keyboard.press("Tab")

    asking = second.get_by_role("dialog")
    expect(asking).to_contain_text("Of Ana")
    assert "Of Bea" in asking.evaluate(
        "one => one.textContent + [...one.querySelectorAll('textarea')].map((t) => t.value)"
    )


def test_without_script_everything_is_a_form_with_a_button(
    new_context: Callable[..., BrowserContext], sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, member)
    page.goto(uma(member))
    page.get_by_label("Tagline").fill("By hand")
    page.get_by_role("button", name="Save Tagline").click()
    page.get_by_label("New line in Pains").fill("Waits")
    page.get_by_role("button", name="Add to Pains").click()

    expect(page.get_by_label("Tagline")).to_have_value("By hand")
    assert "Waits" in statements(page, "Pains")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_are_accessible(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    viewer = make.member(of=member.tenant, role=Role.VIEWER)
    address = uma(member)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    library = f"/t/{member.tenant.slug}/personas/"
    for shown in (
        library,
        f"{library}?view=table",
        f"{library}new/",
        address,
        f"{address}picture/",
    ):
        page.goto(shown)
        assert axe(page) == [], shown
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    other = open_page(width=width, scheme=scheme)
    sign_in(other, viewer)
    other.goto(address)
    assert axe(other) == []


def test_opening_a_page_changes_nothing(open_page: OpenPage, sign_in: Callable[..., None]) -> None:
    member = make.member()
    address = uma(member)
    page = open_page()
    sign_in(page, member)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.post_data else None)

    page.goto(address)
    expect(page.locator("html.is-scripted")).to_be_attached()

    page.wait_for_load_state("networkidle")
    assert sent == []
