"""Connecting another tool: add it, keep its secret, see its answers arrive, score its questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.kernel.signatures import Family, Message, sign
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.models import Rating
from feedback.rules.senders import SenderKind
from tests import make
from tests.feedback.webhook_senders import BODIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize("width", [1440, 390])
def test_an_admin_connects_a_tool_and_scores_its_questions(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member(of=make.tenant(), role=Role.ADMIN)
    page = open_page(width=width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, member)

    address = _add_the_tool(page, member, axe)
    _send(address)
    page.get_by_role("link", name="Live", exact=True).click()
    expect(page.locator("tbody").get_by_text("Waiting", exact=True)).to_be_visible()
    drain(member.tenant_id)
    expect(page.locator("tbody").get_by_text("Loaded", exact=True)).to_be_visible()
    page.get_by_role("link", name="Questions", exact=True).click()
    assert axe(page) == []
    page.get_by_label("q1", exact=True).select_option(label="Net Promoter Score (0 to 10)")
    page.get_by_role("button", name="Save and read again").click()
    expect(page.get_by_text("Saved. What came before is read again")).to_be_visible()
    drain(member.tenant_id)

    with tenant_bound(member.tenant_id):
        assert list(Rating.objects.for_tenant(member.tenant).values_list("value")) == [(9,)]


def _add_the_tool(
    page: Page, member: Membership, axe: Callable[[Page], list[dict[str, Any]]]
) -> str:
    """Add a source of Formbricks with its secret; give the address as it is copied."""
    page.goto(f"/t/{member.tenant.slug}/settings/event-sources/")
    page.get_by_role("link", name="Add the first source").click()
    page.get_by_label("What sends the events?").fill("Surveys")
    page.get_by_label("How does it send?").select_option(label="Formbricks")
    assert axe(page) == []
    page.get_by_role("button", name="Add the source").click()
    expect(page.get_by_text("Whoever knows the address can send")).to_be_visible()
    page.get_by_label("Secret", exact=True).fill(SECRET)
    page.get_by_role("button", name="Add the secret").click()
    expect(page.get_by_text("The secret is kept.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    address: str = page.evaluate("() => navigator.clipboard.readText()")
    return address


def _send(address: str) -> None:
    """Send the sample as Formbricks does."""
    body = json.dumps(BODIES[SenderKind.FORMBRICKS]).encode()
    at = f"{now().timestamp():.0f}"
    message = Message(body, timestamp=at, message_id="m1")
    headers = {
        "Webhook-Id": "m1",
        "Webhook-Timestamp": at,
        "Webhook-Signature": sign(Family.STANDARD, secret=SECRET, message=message),
        "Content-Type": "application/json",
    }
    with urlopen(Request(address, body, headers)) as answer:  # noqa: S310 - the server of this test
        assert json.load(answer) == {"success": True}
