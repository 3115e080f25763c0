"""The way of evidence: cited under a statement by mouse and by keyboard, weighed, taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from personas.models import PersonaFact
from personas.rules.templates import TEMPLATES
from personas.services.personas import create_persona
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme

STATEMENT = "Types the same address three times"


def uma(by: Membership) -> tuple[str, str]:
    """Make a persona; gives the address of its page, and the mark of one of its statements."""
    with tenant_bound(by.tenant_id):
        persona = create_persona(
            tenant=by.tenant, name="Uma", by=by, now=now(), template=TEMPLATES["user"]
        )
        rows = PersonaFact.objects.for_tenant(by.tenant)
        statement = rows.get(persona=persona, text=STATEMENT)
    return f"/t/{by.tenant.slug}/personas/{persona.pk}/", f"#grade-{statement.pk}"


def write_down(page: Page, source: str, people: str) -> None:
    """Fill in and send the form of the open panel."""
    panel = page.locator("#panel")
    panel.get_by_label("What was said or seen").fill("Three times, and the third was wrong.")
    panel.get_by_label("Source").fill(source)
    panel.get_by_label("How many people").fill(people)
    panel.get_by_role("button", name="Add it").click()


def sum_of(page: Page) -> Locator:
    return page.locator(".grade-sum")


@pytest.mark.parametrize("width", [1440, 390])
def test_evidence_is_cited_weighed_and_taken_off_by_mouse(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    address, mark = uma(member)
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(address)

    expect(page.locator(mark)).to_contain_text("Assumed")
    page.locator(mark).click()
    write_down(page, "Visits in Kiel", "6")
    expect(sum_of(page)).to_contain_text("Some evidence")
    expect(sum_of(page)).to_contain_text("2.00 points for it, none against")
    expect(page.locator(mark)).to_contain_text("Some")
    page.get_by_text("Write down new evidence").click()
    page.locator("#panel").get_by_label("What it says").select_option("contradicts")
    write_down(page, "Calls", "9")
    expect(sum_of(page)).to_contain_text("Contradicted")
    expect(page.locator(mark)).to_contain_text("Contradicted")
    page.get_by_role("button", name="Take off").nth(1).click()
    expect(sum_of(page)).to_contain_text("Some evidence")
    page.locator("#panel").get_by_role("link", name="Close").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(mark)).to_contain_text("Contradicted")


def test_evidence_is_cited_and_graded_by_keyboard(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    address, mark = uma(member)
    page = open_page()
    sign_in(page, member)
    page.goto(address)
    press, write = page.keyboard.press, page.keyboard.type

    page.locator(mark).press("Enter")
    expect(page.locator("#panel")).to_be_focused()
    panel = page.locator("#panel")
    panel.get_by_label("What was said or seen").focus()
    write("Three times.")
    panel.get_by_label("Source").focus()
    write("Visits")
    press("Enter")
    expect(sum_of(page)).to_contain_text("1.00 points for it")
    panel.get_by_text("Grade by hand").press("Enter")
    panel.get_by_label("Grade", exact=True).select_option("strong")
    panel.get_by_role("button", name="Set the grade").press("Enter")
    expect(sum_of(page)).to_contain_text("Set by hand")
    expect(page.locator(mark)).to_contain_text("Strong")
    press("Escape")
    expect(panel).to_be_empty()
    expect(page.locator(mark)).to_be_focused()


def test_validated_is_refused_in_words_until_half_is_backed(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("422")
    member = make.member()
    address, _ = uma(member)
    page = open_page()
    sign_in(page, member)
    page.goto(address)

    page.get_by_label("Status").select_option("validated")

    told = page.locator("[data-save-status]")
    expect(told).to_contain_text("Not saved: Validated needs evidence for half of the statements.")
    page.reload()
    expect(page.get_by_label("Status")).to_have_value("assumed")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_evidence_are_accessible(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    member = make.member()
    address, mark = uma(member)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(address)
    page.locator(mark).click()
    write_down(page, "Visits in Kiel", "6")
    expect(sum_of(page)).to_contain_text("Some evidence")

    assert axe(page) == []
    page.goto(f"/t/{member.tenant.slug}/evidence/")
    assert axe(page) == []
    page.get_by_role("link", name="Write down evidence").first.click()
    expect(page.get_by_role("heading", name="Write down evidence")).to_have_count(1)
    assert axe(page) == []
