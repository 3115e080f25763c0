"""Ways between steps in the browser: made, described, taken back; and what a guest draws."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import JourneyMap
from tests import make
from tests.browser.map_editor import Editor, drawn, open_editor
from tests.journeys.test_access import granted

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.browser.map_editor import SignIn

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_way_is_made_described_deleted_and_brought_back_by_keys(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    of = drawn(("First", 2))
    of.lane("flow", "Ways")
    editor = open_editor(open_page, sign_in, of)
    page, ways = editor.page, editor.page.locator("#map-grid [data-kind=flow]")

    editor.cell(0, 0).click()
    editor.press("Enter")
    page.locator(".map-picker[open] [role=option]").nth(1).click()
    expect(page.locator("#map-panel h2")).to_have_text("Branch")
    page.locator("#map-panel").get_by_label("Kind of way").select_option("alternative")
    expect(ways).to_have_text(["Alternative"])
    editor.saved()
    editor.press("Escape")
    expect(page.locator("#map-grid [data-kind=flow]:focus")).to_have_count(1)

    editor.press("Shift+F10")
    offered = page.locator("#map-element-menu button")
    expect(offered).to_contain_text(["Choose what lies here", "Delete", "Details", "Comments"])
    editor.press("Escape", "Delete")
    expect(ways).to_have_count(0)
    editor.saved()
    editor.press("Control+z")
    expect(ways).to_have_text(["Alternative"])

    ways.hover()
    page.locator(".map-tool.is-menu").click()
    offered.filter(has_text="Details").click()
    expect(page.locator("#map-panel h2")).to_have_text("Alternative")


def test_a_guest_who_draws_adds_a_lane_and_is_offered_nothing_that_is_refused(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    of = drawn(("First", 1))
    does = of.lane("text", "Does")
    of.card(does, 0, text="Pays")
    guest = make.member(of=of.by.tenant, role=Role.GUEST)
    with tenant_bound(of.by.tenant_id):
        journey = JourneyMap.objects.for_tenant(of.by.tenant).get(pk=of.map_id).journey_id
    granted(guest, journey, "contributor")
    page = open_page()
    sign_in(page, guest)
    page.goto(reverse("journeys:map-page", args=[of.by.tenant.slug, of.map_id]))
    page.wait_for_selector("[data-map-editor][data-scripted]")
    editor = Editor(page, guest, of.map_id)

    editor.named("Pays").click()
    editor.press("Control+d")
    expect(page.locator("#map-grid [data-kind=card]")).to_have_text(["Pays", "Pays"])
    editor.saved()
    editor.press("Shift+F10")
    menu = page.locator("#map-element-menu")
    expect(menu).to_contain_text("Duplicate")
    expect(menu).not_to_contain_text(re.compile("opportunity|insight|evidence"))
    editor.press("Escape", "k")
    page.locator(".map-picker[open] [role=option]").filter(has_text="Green").click()
    expect(page.locator("#map-grid [data-kind=card].persona-c7")).to_have_count(1)
    editor.saved()
    page.locator("#map-more").click()
    page.locator("#map-menu").get_by_role("button", name="Add a lane").click()
    page.locator(".map-picker[open] [role=option]").filter(has_text="Feels").first.click()
    expect(page.locator("#map-grid tbody[data-lineage]")).to_have_count(2)
