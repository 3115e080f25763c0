"""Journeys in a browser: begun from a template, put into the tree, and seen from above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Journey
from tests import make
from tests.journeys import charting
from tests.journeys.sample import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage


def test_a_journey_is_begun_put_into_the_tree_and_seen_from_above(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member()
    charting.journey(member, "Being a customer")
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/journeys/")
    page.get_by_role("link", name="New journey").click()
    page.get_by_label("Title").fill("I send back shoes")
    page.get_by_role("radio", name=re.compile("^Customer journey")).check()
    page.get_by_role("button", name="Make the journey").click()
    expect(page).to_have_url(re.compile("/maps/"))

    page.goto(f"/t/{member.tenant.slug}/journeys/")
    page.get_by_role("link", name="I send back shoes", exact=True).click()
    page.get_by_label("Part of").select_option(label="Being a customer")
    expect(page.get_by_role("navigation", name="Home in the tree")).to_contain_text("Being a")

    page.goto(f"/t/{member.tenant.slug}/journeys/heat/")
    page.get_by_label("Coloured by").select_option("freshness")
    expect(page.locator("#heat-table")).to_contain_text("From 0 to 100".lower())
    page.locator(".heat-table td a").nth(1).click()
    expect(page).to_have_url(re.compile(r"/maps/[^/]+/\?of="))


def test_several_journeys_are_tagged_and_the_view_is_kept(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    member = make.member()
    for title in ("A bill", "A parcel"):
        charting.journey(member, title)
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/journeys/")
    page.get_by_label("Tick A bill").check()
    bulk = page.get_by_role("form", name="With the ticked journeys")
    bulk.get_by_label("Tag").fill("Money")
    bulk.get_by_role("button", name="Tag").click()
    page.get_by_label("Tag", exact=True).first.select_option("Money")
    expect(page.get_by_role("link", name="A parcel")).to_have_count(0)
    page.get_by_text("Keep this view").click()
    page.get_by_role("textbox", name="Name").fill("Money only")
    page.get_by_role("button", name="Keep").click()

    expect(page.get_by_role("link", name="Money only")).to_have_attribute("aria-current", "true")


def test_a_part_is_chosen_in_the_matrix(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    made = sample(make.member())
    page = open_page()
    sign_in(page, made.member)

    page.goto(f"/t/{made.member.tenant.slug}/maps/{made.map_id}/raci/")
    with page.expect_navigation():
        page.get_by_label("Field crew in The engineer visits").select_option("RA")

    expect(page.get_by_label("Field crew in The engineer visits")).to_have_value("RA")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_journeys_keep_the_rules_of_accessibility(
    width: int,
    scheme: Any,
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    made = sample(make.member(role=Role.ADMIN))
    member = made.member
    with tenant_bound(member.tenant_id):
        journey = Journey.objects.for_tenant(member.tenant).get(title__startswith="Switching")
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    start = f"/t/{member.tenant.slug}"

    for address in (
        "journeys/?owner=me",
        "journeys/new/",
        f"journeys/{journey.pk}/",
        f"journeys/{journey.pk}/maps/new/",
        f"journeys/{journey.pk}/peek/",
        "journeys/heat/",
        "journeys/heat/?by=levels&measure=pains",
        "journeys/mine/",
        f"maps/{made.map_id}/raci/",
    ):
        page.goto(f"{start}/{address}")
        assert (address, axe(page)) == (address, [])
