"""The way of a segment: built by mouse and by keyboard, counted, used on the page of a metric."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.customers.models import AttributeDef, Customer, Identity
from cxm.customers.rules.records import Ref
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme


def manager_with_customers() -> Membership:
    """Make a manager with six customers, of whom two are on the plan pro, and their answers."""
    tenant = make.tenant(name="Acme")
    make.load(
        *(make.record(value, customer=f"c{value}", touchpoint="shop") for value in range(5, 11)),
        of=tenant,
    )
    with tenant_bound(tenant.pk):
        pros = Identity.objects.for_tenant(tenant).filter(value__in=["c9", "c10"])
        owners = list(pros.values_list("customer", flat=True))
        Customer.objects.for_tenant(tenant).filter(pk__in=owners).update(attributes={"plan": "pro"})
        AttributeDef.objects.create(tenant=tenant, key="plan", title="Plan")
    return make.member(of=tenant, role=Role.MANAGER)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_segment_is_built_by_mouse_and_used_on_the_page_of_a_metric(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = manager_with_customers()
    slug = member.tenant.slug
    page = open_page(width=width)
    sign_in(page, member)

    page.goto(f"/t/{slug}/segments/")
    page.get_by_role("link", name="Make a segment").first.click()
    page.get_by_label("Title").fill("Professionals")
    expect(page.locator("#segment-size")).to_have_text("6")
    page.get_by_role("button", name="Add a line").click()
    line = page.get_by_role("group", name="Line 0.1")
    line.get_by_label("Attribute").fill("plan")
    line.get_by_label("Value").fill("pro")

    expect(page.locator("#segment-size")).to_have_text("2")
    expect(line.locator(".segment-count")).to_contain_text("2")
    expect(page.locator("#segment-sentence")).to_have_text(
        "Customers whose kind of customer is “known” and whose Plan is “pro”."
    )
    expect(line.get_by_label("Value")).to_be_focused()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Professionals")
    drain(member.tenant_id)
    page.reload()
    expect(page.locator(".facts").first).to_contain_text("2, 33.3 % of all customers")

    page.goto(f"/t/{slug}/metrics/nps/?period=all")
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Segments").select_option("professionals")
    page.get_by_role("button", name="Show").click()

    expect(page).to_have_url(re.compile(r"[?&]segment=professionals"))
    expect(page.get_by_role("link", name=re.compile("Segment Professionals"))).to_be_visible()
    expect(page.locator(".figure").first).to_contain_text("2 answers")


def test_a_segment_is_built_by_keyboard_alone(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = manager_with_customers()
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/segments/new/")
    press = page.keyboard.press

    page.get_by_label("Title").focus()
    page.keyboard.type("Pros")
    expect(page.locator("#segment-size")).to_have_text("6")
    page.locator("#add-test-0").focus()
    press("Enter")
    expect(page.get_by_role("group", name="Line 0.1")).to_be_visible()
    page.get_by_role("group", name="Line 0.1").get_by_label("What").focus()
    press("Tab")
    page.keyboard.type("plan")
    press("Tab")
    press("Tab")
    page.keyboard.type("pro")
    expect(page.locator("#segment-size")).to_have_text("2")
    # Enter counts; it neither saves nor takes a line away.
    press("Enter")
    expect(page.get_by_role("group", name="Line 0.1").get_by_label("Value")).to_have_value("pro")
    page.get_by_role("button", name="Save").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Pros")


def test_what_is_wrong_is_said_beside_its_line_and_nothing_is_lost(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("422")
    member = manager_with_customers()
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/segments/new/")
    page.get_by_label("Title").fill("Busy")
    page.get_by_role("button", name="Add a line").click()
    line = page.get_by_role("group", name="Line 0.1")
    line.get_by_label("What").select_option("did")
    line.get_by_label("Name").fill("order")
    line.get_by_label("Times").fill("many")
    page.get_by_role("button", name="Save").click()

    expect(line.locator(".error")).to_contain_text("Write a whole number")
    expect(line.get_by_label("Name")).to_have_value("order")
    expect(line.get_by_label("Times")).to_have_value("many")


def test_what_is_changed_during_a_count_is_counted_too(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = manager_with_customers()
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/segments/new/")
    page.get_by_role("button", name="Add a line").click()
    line = page.get_by_role("group", name="Line 0.1")
    line.get_by_label("What").select_option("did")
    held: list[Route] = []
    # Playwright marks the functions it is given, which `list.append` does not allow.
    page.route("**/segments/new/", lambda route: held.append(route), times=1)  # noqa: PLW0108

    with page.expect_request("**/segments/new/"):
        line.get_by_label("Kind").select_option("order_step")
    line.get_by_label("When").select_option("days")
    held[0].continue_()

    line.get_by_label("Days").fill("30")
    expect(page.locator("#segment-sentence")).to_contain_text("in the last 30 days")


def test_a_property_is_asked_for_before_there_is_a_title_and_the_rule_is_read_as_text(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("422")
    member = manager_with_customers()
    make.events(
        "order", of=member.tenant, refs=(Ref("external", "crm", "c9"),), props={"plan": "pro"}
    )
    make.events(
        "order", of=member.tenant, refs=(Ref("external", "crm", "c8"),), props={"plan": "free"}
    )
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/segments/new/")
    expect(page.locator("#segment-size")).to_have_text("6")

    page.get_by_role("button", name="Add a line").click()
    line = page.get_by_role("group", name="Line 0.1")
    line.get_by_label("What").select_option("did")
    line.get_by_label("Name").fill("order")
    expect(page.locator("#segment-size")).to_have_text("2")
    line.get_by_label("Whose property").fill("plan")
    line.get_by_label("Value").fill("pro")
    expect(page.locator("#segment-size")).to_have_text("1")
    expect(page.locator("#segment-sentence")).to_contain_text("had “order” where plan is “pro”.")

    page.get_by_role("button", name="Write it as text").click()
    expect(page.get_by_role("button", name="Close the text")).to_be_focused()
    text = page.get_by_label("The same rule as JSON")
    text.fill('{"attr": "plan", "op":')
    page.get_by_role("button", name="Use this text").click()
    expect(page.get_by_role("alert")).to_contain_text("this is not JSON")
    expect(text).to_have_value('{"attr": "plan", "op":')
    text.fill('{"attr": "plan", "op": "=", "value": "pro"}')
    page.get_by_role("button", name="Use this text").click()
    expect(page.locator("#segment-sentence")).to_have_text("Customers whose Plan is “pro”.")
    page.get_by_label("Title").fill("Pros")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pros")


@pytest.mark.parametrize("width", [1440, 390])
def test_members_then_and_the_overlap_with_another_segment_are_looked_at(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = manager_with_customers()
    tenant = member.tenant
    make.segment(of=tenant, title="Pros")
    make.segment(of=tenant, title="All", rule={"attr": "$kind", "op": "exists"})
    make.segment(of=tenant, title="Few")
    drain(tenant.pk)
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{tenant.slug}/segments/pros/")

    page.get_by_label("Overlap with", exact=True).select_option("all")
    table = page.get_by_role("region", name="Overlap with other segments")
    expect(table).to_contain_text("100.0 % of Pros")
    expect(table).to_contain_text("33.3 % of All")
    page.get_by_label("Overlap with", exact=True).select_option("few")
    expect(table.get_by_role("row")).to_have_count(3)
    page.get_by_role("checkbox", name="Few").uncheck()
    expect(table.get_by_role("row")).to_have_count(2)
    page.get_by_label("Members on the day").fill("2026-11-01")
    expect(page.get_by_role("heading", name="Members on")).to_be_visible()
    expect(page.get_by_text("Not known for this day.")).to_be_visible()
    page.get_by_role("link", name="Clear").click()

    expect(page.get_by_role("heading", name="Members now")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_segments_are_accessible_and_fit(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = manager_with_customers()
    tenant = member.tenant
    parts = [
        {"attr": "plan", "op": "!=", "value": "basic"},
        {
            "any": [
                {"did": {"touchpoint": "shop", "where": [{"prop": "a", "op": "=", "value": 1}]}},
                {"rated": "nps", "mean": {"op": ">", "value": 8}},
            ]
        },
        {"company": {"attr": "tier", "op": "in", "value": ["gold", "silver"]}},
    ]
    make.segment(of=tenant, title="Pros")
    make.segment(of=tenant, title="Deep", rule={"any": parts})
    drain(tenant.pk)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)

    look = "segments/pros/?other=deep&on=2026-11-20"
    for place in ("segments/", "segments/pros/", look, "segments/deep/edit/", "segments/new/"):
        page.goto(f"/t/{tenant.slug}/{place}")

        assert axe(page) == [], place
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, place
    # The strip of jobs asks again and again: not while the tables are emptied.
    page.goto("about:blank")
