"""Connecting a program: make a source, copy its key, send, and watch what becomes of it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage

BATCH: list[dict[str, Any]] = [
    {
        "type": "track",
        "event": "Order placed",
        "userId": "u-1042",
        "messageId": "m1",
        "properties": {"total": 49.9},
    },
    {"type": "track", "userId": "u-1042", "messageId": "m2"},
]


@pytest.mark.parametrize("width", [1440, 390])
def test_an_integrator_sees_events_arrive_and_why_one_is_refused(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
    base_url: str,
) -> None:
    member = make.member(of=make.tenant(), role=Role.ADMIN)
    page = open_page(width=width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, member)

    key = _make_source(page, member, axe)
    page.get_by_role("link", name="Live", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing has arrived yet")).to_be_visible()
    assert axe(page) == []
    _send(base_url, key, BATCH)

    # Nobody reloads: the page looks again by itself.
    expect(page.locator("tbody").get_by_text("Waiting", exact=True)).to_have_count(2)
    drain(member.tenant_id)
    row = page.locator("tr", has_text="Order placed")
    expect(row.get_by_text("Loaded", exact=True)).to_be_visible()
    expect(row.get_by_role("link", name="id u-1042")).to_be_visible()
    expect(row.get_by_role("link", name="Make a rule")).to_be_visible()
    expect(page.locator("tr", has_text="The event has no name")).to_contain_text("Refused")
    assert axe(page) == []
    _open_and_filter(page, axe)
    _find_refused(page, axe)


def test_the_code_for_websites_sends_its_event(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member(of=make.tenant(), role=Role.ADMIN)
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/settings/event-sources/new/")
    page.get_by_label("What sends the events?").fill("Web shop")
    page.get_by_role("button", name="Add the source").click()

    code = page.locator("#code-browser").text_content()
    page.evaluate(f"async () => {{ {code} }}")
    page.get_by_role("link", name="Live", exact=True).click()

    row = page.locator("tr", has_text="Order placed")
    expect(row.get_by_text("Waiting", exact=True)).to_be_visible()
    drain(member.tenant_id)
    expect(row.get_by_text("Loaded", exact=True)).to_be_visible()
    expect(row).to_contain_text("visitor ")


def _make_source(
    page: Page, member: Membership, axe: Callable[[Page], list[dict[str, Any]]]
) -> str:
    page.goto(f"/t/{member.tenant.slug}/settings/event-sources/")
    assert axe(page) == []
    page.get_by_role("link", name="Add the first source").click()
    page.get_by_label("What sends the events?").fill("Web shop")
    assert axe(page) == []
    page.get_by_role("button", name="Add the source").click()
    page.get_by_role("button", name="Copy", exact=True).first.click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert axe(page) == []
    key: str = page.evaluate("() => navigator.clipboard.readText()")
    expect(page.locator("#code-python")).to_contain_text(key)
    return key


def _send(base_url: str, key: str, batch: list[dict[str, Any]]) -> None:
    """Post a batch the way that the clients of Segment do."""
    password = base64.b64encode(f"{key}:".encode()).decode()
    request = Request(  # noqa: S310 - the address is that of the server of this test
        f"{base_url}/v1/batch",
        json.dumps({"batch": batch}).encode(),
        {"Authorization": f"Basic {password}", "Content-Type": "application/json"},
    )
    with urlopen(request) as answer:  # noqa: S310 - as above
        assert json.load(answer) == {"success": True}


def _open_and_filter(page: Page, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
    page.get_by_role("link", name="Order placed").click()
    panel = page.locator("#panel")
    expect(panel.locator("pre")).to_contain_text('"total": 49.9')
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.get_by_label("State").select_option("Refused")
    expect(page.locator("tr", has_text="Order placed")).to_have_count(0)
    page.get_by_role("link", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()


def _find_refused(page: Page, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
    page.get_by_role("link", name="Refused", exact=True).click()
    expect(page.get_by_text("no_name").first).to_be_visible()
    page.get_by_text("The item as it came").click()
    expect(page.locator("main pre")).to_contain_text('"messageId": "m2"')
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Refused (CSV)").click()
    assert download.value.suggested_filename == "refused-web-shop.csv"
