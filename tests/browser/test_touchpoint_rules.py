"""Events that belong nowhere become a touchpoint, today's and those of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

type Axe = Callable[[Page], list[dict[str, Any]]]


@pytest.mark.parametrize("width", [1440, 390])
def test_an_unmatched_event_gets_its_touchpoint_also_in_the_past(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Axe,
) -> None:
    member = make.member(role=Role.MANAGER)
    make.events("order_delivered", "order_delivered", "plan_opened", of=member.tenant)
    page = open_page(width=width)
    sign_in(page, member)

    _make_a_touchpoint(page, member, axe)
    _write_a_rule(page, member, axe)
    _try_all(page, axe)
    _apply(page, member, axe)


def _make_a_touchpoint(page: Page, member: Membership, axe: Axe) -> None:
    page.goto(f"/t/{member.tenant.slug}/touchpoints/events/")
    assert axe(page) == []
    page.get_by_role("button", name="Make it a touchpoint: order_delivered").click()
    expect(page.get_by_text("1 rule is made.")).to_be_visible()


def _write_a_rule(page: Page, member: Membership, axe: Axe) -> None:
    """Make a second rule from its event, try it before saving, and put it first."""
    page.get_by_role("link", name="Write a rule for plan_opened").click()
    expect(page.get_by_label("Event name")).to_have_value("plan_opened")
    page.get_by_label("Event name").fill("plan_*")
    page.get_by_label("Touchpoint", exact=True).select_option(label="Order delivered")
    page.get_by_role("button", name="Try it on the last events").click()
    expect(page.get_by_role("heading", name="What this rule would do")).to_be_visible()
    expect(page.locator("#rule-draft tbody tr")).to_have_count(1)
    assert axe(page) == []
    page.get_by_role("button", name="Save the rule").click()
    names = page.locator("#rule-rows tbody th")
    expect(names).to_have_text(["order_delivered Event", "plan_* Event"], use_inner_text=True)
    assert axe(page) == []
    page.get_by_role("button", name="Try rule 2 earlier").press("Enter")
    expect(names.first).to_contain_text("plan_*")
    # The keyboard stays with the rule that moved.
    expect(page.get_by_role("button", name="Try rule 1 earlier")).to_be_focused()


def _try_all(page: Page, axe: Axe) -> None:
    page.get_by_role("link", name="Dry run").click()
    expect(page.locator("dl").first).to_contain_text("Would change")
    expect(page.get_by_role("cell", name="Order delivered").first).to_be_visible()
    assert axe(page) == []


def _apply(page: Page, member: Membership, axe: Axe) -> None:
    """Apply the rules to everything, see it done without loading the page, and undo it."""
    page.locator(".tabs").get_by_role("link", name="Apply to the past").click()
    assert axe(page) == []
    page.get_by_role("button", name="Apply the rules").click()
    expect(page.get_by_text("Being applied", exact=True)).to_be_visible()
    drain(member.tenant.pk)
    expect(page.locator("#applied-rows").get_by_text("Applied", exact=True)).to_be_visible()
    expect(page.locator("#applied-rows [data-label=Changed]")).to_contain_text("3")
    assert axe(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Being taken back", exact=True)).to_be_visible()
    drain(member.tenant.pk)
    expect(page.locator("#applied-rows").get_by_text("Taken back", exact=True)).to_be_visible()
    assert axe(page) == []
