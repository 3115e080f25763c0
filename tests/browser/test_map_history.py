"""A map through time in the browser: the slider by keys, played, compared, and brought back."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Deed
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import commit, read_state
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap
from journeys.services.snapshots import name_snapshot
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage, Scheme


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where the variable SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@dataclass(frozen=True, slots=True)
class Past:
    """A map, the number of its last operation at first, and what was changed since."""

    member: Membership
    made: Sample
    start: int

    def address(self, more: str = "") -> str:
        return f"/t/{self.member.tenant.slug}/maps/{self.made.map_id}/{more}"


def past() -> Past:
    """Draw a map, keep it by name, and change it on three days after."""
    member = make.member()
    made = sample(member)
    with tenant_bound(member.tenant_id):
        rows = JourneyMap.objects.for_tenant(member.tenant).select_related("tenant")
        row = rows.get(pk=made.map_id)
        state = read_state(MAPS, m.request(member, row.pk))
        name_snapshot(of=row, state=state, label="Before the workshop", by=member, now=make.NOW)
        for day, asked in enumerate(
            (
                [m.put(made.steps[2], "title", "Types the postcode")],
                [m.asked(Deed.DELETE, made.lanes["Does"])],
                [m.put(made.steps[3], "title", "Orders in the app")],
            ),
            start=1,
        ):
            when = make.NOW + timedelta(days=day)
            actor = Actor("member", member.pk)
            commit(MAPS, Request(member.tenant, row.pk, actor, when), asked)
    return Past(member, made, row.head_seq)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_map_is_gone_through_by_keys(
    *,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    told = past()
    page = open_page(width=width, scheme=scheme)
    sign_in(page, told.member)

    page.goto(told.address("history/"))
    assert axe(page) == []
    keep(page, f"history-{width}")
    page.get_by_role("link", name="Go through time").click()
    slider = page.get_by_role("slider", name="Moment")
    expect(page.get_by_text("As it is now.")).to_be_visible()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(rf"/then/{told.start + 1}/$"))
    expect(page.get_by_role("columnheader", name="Types the postcode")).to_be_attached()
    expect(page.get_by_role("rowheader", name="Does", exact=False).first).to_be_attached()
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("2026"))
    assert axe(page) == []
    keep(page, f"then-{width}")
    page.get_by_role("link", name="Before the workshop").click()
    expect(page).to_have_url(re.compile(rf"/then/{told.start}/$"))
    expect(page.get_by_role("columnheader", name="Checks the address")).to_be_attached()


def test_moments_are_played_and_stand_still_where_no_motion_is_wanted(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    told = past()
    page = open_page()
    page.emulate_media(reduced_motion="no-preference")
    sign_in(page, told.member)
    page.goto(told.address(f"then/{told.start + 1}/"))

    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text("As it is now.")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_role("button", name="Play")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_a_lane_is_brought_back_and_undone(
    *,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    told = past()
    lane = told.made.lanes["Does"]
    page = open_page(width=width, scheme=scheme)
    sign_in(page, told.member)

    page.goto(told.address(f"then/{told.start}/"))
    page.get_by_role("link", name="Details of lane Does").press("Enter")
    expect(page.get_by_text("Lane, as it was then")).to_be_visible()
    assert axe(page) == []
    keep(page, f"then-lane-{width}")
    page.get_by_role("link", name="Restore this lane").press("Enter")
    expect(page.get_by_role("heading", name="Restore “Does”")).to_be_visible()
    assert axe(page) == []
    keep(page, f"restore-{width}")
    page.get_by_role("button", name="Restore").press("Enter")
    expect(page.get_by_text("It is as it was then")).to_be_visible()
    expect(page.locator(f"#lane-{lane}")).to_be_attached()
    assert is_there(m.state_of(told.member, told.made.map_id), lane)
    keep(page, f"restored-{width}")
    page.get_by_role("button", name="Undo").first.press("Enter")
    expect(page.locator(f"#lane-{lane}")).to_have_count(0)
    assert not is_there(m.state_of(told.member, told.made.map_id), lane)


def test_writing_in_a_card_whose_lane_went_brings_both_back_at_once(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("410")
    told = past()
    lane, card = told.made.lanes["Does"], told.made.cards["Does 0"]
    m.do(told.member, told.made.map_id, m.asked(Deed.RESTORE, told.made.lanes["Does"]))
    page = open_page()
    sign_in(page, told.member)
    page.goto(told.address())
    page.locator(f"[data-lineage='{card}']").focus()
    page.keyboard.press("F2")
    m.do(told.member, told.made.map_id, m.asked(Deed.DELETE, told.made.lanes["Does"]))
    page.keyboard.press("Control+a")
    page.keyboard.type("Hears of it")
    page.keyboard.press("Control+Enter")

    page.get_by_role("button", name="Restore with my text").click()

    expect(page.locator("[data-map-editor][data-unsaved]")).to_have_count(0)
    expect(page.get_by_role("dialog", name="This was deleted meanwhile")).to_have_count(0)
    state = m.state_of(told.member, told.made.map_id)
    assert is_there(state, card)
    assert state[card].values["text"] == "Hears of it"
    assert is_there(state, lane)
