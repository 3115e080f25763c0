"""The main job: a survey file becomes true numbers on a page, down to the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload, Locator, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage

SCORES = [10] * 14 + [9] * 6 + [8] * 7 + [7] * 3 + [6] * 4 + [3] * 5 + [0]
MOST_TABS = 200
FILE = "response,customer,answered at,How likely are you to recommend us?,Why?\n" + "".join(
    f"r{n},c{n % 30},2026-11-{1 + n % 20:02} 10:00,{score},It was score {score}\n"
    for n, score in enumerate(SCORES)
)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_file_becomes_a_number_that_opens_down_to_an_answer(
    width: int, open_page: OpenPage, axe: Callable[[Page], list[dict[str, Any]]]
) -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    page = open_page(width=width)

    _sign_in(page, member)
    _import(page, member, axe)
    page.goto(f"/t/{member.tenant.slug}/?period=all")
    assert axe(page) == []
    page.get_by_role("link", name="Trend and breakdown of Net Promoter Score").click()

    # 20 promoters and 10 detractors among 40: 100 (20 - 10) / 40.
    figure = page.locator(".figure-value").first
    expect(figure).to_contain_text("25")
    assert axe(page) == []
    figure.click()
    expect(page.get_by_text("40 answers", exact=True)).to_be_visible()
    assert axe(page) == []
    page.locator("main table tbody a").first.click()
    expect(page.locator("#panel")).to_contain_text("It was score")
    assert axe(page) == []


def test_the_whole_job_is_done_by_keyboard_alone(open_page: OpenPage) -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    page = open_page()

    page.goto("/")
    _tab_to(page.get_by_label("E-mail"))
    page.keyboard.type(member.user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")
    _enter(page.get_by_role("link", name="Imports", exact=True).first)
    _enter(page.get_by_role("link", name="Import a file").first)
    _choose_file(page)
    _go_on_to_the_columns(page)
    _enter(page.get_by_role("button", name="Save and check").last)
    load = page.get_by_role("button", name="Load 40 answers")
    _work_until(load, member)
    _enter(load)
    _work_until(page.get_by_role("heading", name="The file is loaded"), member)
    _enter(page.get_by_role("link", name="Overview", exact=True).first)
    _enter(page.get_by_role("link", name="Trend and breakdown of Net Promoter Score"))
    _enter(page.locator("a.figure-value, .figure-value a").first)
    expect(page.get_by_text("40 answers", exact=True)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    panel = page.locator("#panel")
    expect(panel).to_contain_text("It was score")
    expect(panel).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_empty()
    expect(page.locator("main table tbody a").first).to_be_focused()


def _tab_to(target: Locator) -> None:
    """Press Tab, as a person would, until *target* has the focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    expect(target).to_be_focused()


def _enter(target: Locator) -> None:
    _tab_to(target)
    target.page.keyboard.press("Enter")


def _choose_file(page: Page) -> None:
    file: FilePayload = {"name": "answers.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    _tab_to(page.locator("input[type=file]"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(file)


def _go_on_to_the_columns(page: Page) -> None:
    _enter(page.get_by_role("button", name="Look at the file"))
    _enter(page.get_by_role("link", name="Yes, go on"))
    _enter(page.get_by_role("button", name="Go on to the columns"))


def _sign_in(page: Page, member: Membership) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(member.user.email)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def _import(page: Page, member: Membership, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
    page.goto(f"/t/{member.tenant.slug}/imports/new/")
    file: FilePayload = {"name": "answers.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    lines = page.get_by_role("link", name="Yes, go on")
    expect(lines).to_be_visible()
    assert axe(page) == []
    lines.click()
    columns = page.get_by_role("button", name="Go on to the columns")
    expect(columns).to_be_visible()
    assert axe(page) == []
    columns.click()
    save = page.get_by_role("button", name="Save and check").last
    expect(save).to_be_visible()
    assert axe(page) == []
    save.click()
    load = page.get_by_role("button", name="Load 40 answers")
    _work_until(load, member)
    assert axe(page) == []
    load.click()
    _work_until(page.get_by_role("heading", name="The file is loaded"), member)
    assert axe(page) == []


def _work_until(awaited: Locator, member: Membership) -> None:
    """Be the worker until the page shows that the work is done."""
    for _ in range(100):
        drain(member.tenant_id)
        if awaited.is_visible():
            break
        awaited.page.wait_for_timeout(100)
    expect(awaited).to_be_visible()
