"""An order file through the wizard: what a line is, the columns, a customer's timeline, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage

MOST_LOOKS = 100
ORDERS = """order_id,customer_id,ordered_at,shipped_at,order_total,order_status
A-1001,C-17,2026-10-01 10:00,2026-10-02 09:00,"19,90",done
A-1002,C-18,2026-10-03 10:00,,5,open
A-1003,C-17,2026-10-05 10:00,2026-10-04 09:00,7,done
"""


@pytest.mark.parametrize("width", [1440, 390])
def test_an_order_file_becomes_a_timeline_and_is_taken_back(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    page = open_page(width=width)
    sign_in(page, member)
    complaints.expected.append("422")  # the currency is forgotten at first

    _say_what_a_line_is(page, member, axe)
    _say_what_the_columns_are(page, axe)
    _load(page, member, axe)
    report = page.url
    _open_timeline(page, axe)
    page.goto(report)
    page.get_by_role("button", name="Undo the import").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo the import").click()
    undone = page.get_by_role("heading", name="The import was taken back")
    _work_until(undone, member)
    assert axe(page) == []


def test_another_kind_of_line_and_back_loses_nothing(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    page = open_page()
    sign_in(page, member)
    _upload(page, member)
    page.get_by_role("button", name="Go on to the columns").click()
    page.get_by_label("Name of files of this kind").fill("Web shop orders")

    page.get_by_role("button", name="It is something else").click()
    page.get_by_role("radio", name="A customer One person").check()
    page.get_by_role("button", name="Go on to the columns").click()
    expect(page.get_by_text("A line is a customer.")).to_be_visible()
    page.get_by_role("button", name="Back to the lines").click()
    page.get_by_role("radio", name="An order or case").check()
    page.get_by_role("button", name="Go on to the columns").click()

    expect(page.get_by_label("Name of files of this kind")).to_have_value("Web shop orders")
    expect(page.get_by_text("Order shipped, touchpoint Shipping")).to_be_visible()


def _upload(page: Page, member: Membership) -> None:
    page.goto(f"/t/{member.tenant.slug}/imports/new/")
    page.locator("[data-file]").set_input_files(
        {"name": "shop.csv", "mimeType": "text/csv", "buffer": ORDERS.encode()}
    )
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("link", name="Yes, go on").click()


def _say_what_a_line_is(
    page: Page, member: Membership, axe: Callable[[Page], list[dict[str, Any]]]
) -> None:
    _upload(page, member)
    expect(page.get_by_role("radio", name="An order or case with several times")).to_be_checked()
    assert axe(page) == []
    page.get_by_role("button", name="Go on to the columns").click()


def _say_what_the_columns_are(page: Page, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
    """Leave out the status, name a step, and give the currency that the page asks for."""
    expect(page.get_by_text("Order placed, touchpoint Checkout")).to_be_visible()
    assert axe(page) == []
    page.get_by_text("Order shipped, touchpoint Shipping").click()
    page.get_by_label("What order_status is").select_option("Leave out")
    expect(page.locator(".column-row.is-left_out")).to_be_visible()
    page.get_by_label("What happened").last.fill("Parcel handed over")
    page.get_by_role("button", name="Save and check the file").last.click()
    expect(page.get_by_text("Say which currency this is")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Currency").fill("EUR")
    page.get_by_role("button", name="Save and check the file").last.click()


def _load(page: Page, member: Membership, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
    load = page.get_by_role("button", name="Load 3 lines")
    _work_until(load, member)
    expect(page.get_by_text("Parcel handed over before Order placed: 1 line")).to_be_visible()
    assert axe(page) == []
    load.click()
    _work_until(page.get_by_role("heading", name="The file is loaded"), member)
    assert axe(page) == []


def _open_timeline(page: Page, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
    page.get_by_role("link", name="See the customers").click()
    page.locator("main").get_by_role("link", name="C-17").first.click()
    expect(page.get_by_text("Parcel handed over")).to_have_count(2)
    assert axe(page) == []


def _work_until(target: Locator, member: Membership) -> None:
    """Be the worker until the page, which asks how far it is, shows *target*."""
    for _ in range(MOST_LOOKS):
        drain(member.tenant_id)
        if target.is_visible():
            break
        target.page.wait_for_timeout(100)
    expect(target).to_be_visible()
