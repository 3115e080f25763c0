"""Journeys inside a map: into their map by a key and back up, with their figures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.browser.map_editor import Editor
from tests.journeys import charting
from tests.journeys.promising import bound

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage

type Axe = Callable[[Page], list[dict[str, Any]]]
type SignIn = Callable[..., None]


def around(made: World) -> tuple[UUID, UUID]:
    """Draw a map with the journey of *made*, live, inside its second step; give it and the chip."""
    member = made.member
    load_scores({5: 40, 1: 10}, touchpoint="shop", of=member.tenant, metric="csat_5")
    with tenant_bound(member.tenant_id):
        live = JourneyMap.objects.for_tenant(member.tenant).filter(pk=made.map_id)
        live.update(status="published", valid_from=make.NOW, name="The way inside")
        bound(made)
    outer = charting.blank_map(member, charting.journey(member, "Being a customer"))
    _, _, second = charting.stage(member, outer, "Stay", steps=2)
    chip = new_id()
    lane = {"kind": "nested", "title": "Inside", "config": {"rollup": "metrics"}}
    charting.do(
        member,
        outer,
        charting.create(new_id(), "lane", lane, outer),
        charting.create(chip, "nested", {"journey": str(made.journey_id)}, second),
    )
    return outer, chip


@pytest.mark.parametrize("width", [1440, 390])
def test_enter_leads_into_the_map_inside_and_alt_home_back_to_the_chip(
    open_page: OpenPage, sign_in: SignIn, axe: Axe, width: int
) -> None:
    made, page = world("shop", "parcel"), open_page(width=width)
    outer, chip = around(made)
    sign_in(page, made.member)
    page.goto(f"/t/{made.member.tenant.slug}/maps/{outer}/")
    inside = page.locator(f'[data-lineage="{chip}"]')
    inside.scroll_into_view_if_needed()
    expect(inside).to_contain_text(re.compile(r"80\.0%, 50 answers"))
    assert [one for one in axe(page) if "chip" in str(one["where"])] == []

    inside.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The way inside")).to_be_visible()
    page.locator("#map-grid th[data-kind=step]").first.focus()
    page.keyboard.press("Alt+Home")

    expect(page.locator(f'[data-lineage="{chip}"]:focus')).to_be_visible()
    expect(page).to_have_url(re.compile(f"/maps/{outer}/"))


def test_the_way_in_and_up_are_links_as_well(open_page: OpenPage, sign_in: SignIn) -> None:
    made, page = world("shop"), open_page()
    outer, _ = around(made)
    sign_in(page, made.member)
    page.goto(f"/t/{made.member.tenant.slug}/maps/{outer}/")

    page.get_by_role("link", name=re.compile("^Open the map of")).click()
    page.locator("a[data-map-up]").click()

    expect(page).to_have_url(re.compile(f"/maps/{outer}/"))


def test_a_card_goes_to_another_lane_of_its_kind_by_a_list(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    member = make.member()
    on = charting.blank_map(member, charting.journey(member))
    _, _, second = charting.stage(member, on, "Buy", steps=2)
    does, _, _ = (
        charting.lane(member, on, kind, title)
        for kind, title in (("text", "Does"), ("link", "Links"), ("text", "Thinks"))
    )
    charting.card(member, on, does, second, text="Where is it?")
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/maps/{on}/")
    editor = Editor(page, member, on)

    editor.named("Where is it?").click()
    editor.press("Alt+m")
    expect(page.locator("#map-picks").get_by_role("option")).to_have_text(["Thinks"])
    editor.press("Enter")
    editor.saved()
    expect(editor.cell(2, 1).locator("[data-kind=card]:focus")).to_have_text("Where is it?")
    moved = editor.map()["lanes"]
    editor.press("Control+z")

    expect(editor.cell(0, 1)).to_contain_text("Where is it?")
    assert moved["Thinks"] == [("Where is it?", "Buy 2", "Buy 2")]
    assert editor.map()["lanes"]["Does"] == [("Where is it?", "Buy 2", "Buy 2")]
