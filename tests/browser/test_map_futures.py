"""A future map beside the current one: what differs, what is promoted, how far it is real."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap
from journeys.rules.kinds import MapState
from journeys.rules.promises import Realisation
from journeys.services.maps import fork_map, open_draft, publish_map
from journeys.services.realising import note_realisation
from tests import make
from tests.journeys import charting as m
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

LATER = make.NOW + timedelta(hours=1)


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where the variable SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A current map that holds, and a future one that differs in a bit of everything."""

    member: Membership
    made: Sample
    future: JourneyMap
    new_step: UUID

    def address(self, more: str) -> str:
        return f"/t/{self.member.tenant.slug}/maps/{self.future.pk}/{more}"


def ahead() -> Ahead:
    member = make.member()
    made = sample(member)
    rows = JourneyMap.objects.for_tenant(member.tenant).select_related("tenant", "journey")
    with tenant_bound(member.tenant_id):
        current = rows.get(pk=made.map_id)
        publish_map(of=current, by=member, now=make.NOW)
        current = rows.get(pk=made.map_id)
        future = fork_map(
            of=current, name="Fibre in a day", state=MapState.FUTURE, by=member, now=LATER
        )
        draft = open_draft(of=current, by=member, now=LATER)
    step = new_id()
    does, card = made.lanes["Does"], new_id()
    ends = {"step_from": str(step), "step_to": str(step)}
    m.do(
        member,
        future.pk,
        m.put(made.steps[3], "title", "Orders in the app"),
        m.create(step, "step", {"title": "Plugs the box in"}, made.stages[2]),
        m.create(card, "card", {"text": "A film shows how, in a minute", **ends}, does),
        m.asked(Deed.DELETE, made.cards["Does 1"]),
        m.put(made.cards["Does 3"], "text", "Fills a very short form, picks an hour"),
        m.asked(Deed.MOVE, made.steps[1], value={"after": None}),
    )
    m.do(member, draft.pk, m.put(made.steps[3], "title", "Orders by phone"))
    with tenant_bound(member.tenant_id):
        for one, state in ((step, Realisation.BUILDING), (made.steps[3], Realisation.LIVE)):
            note_realisation(
                of=future, step=one, state=state, by=member, now=LATER, due=LATER.date()
            )
    return Ahead(member, made, future, step)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_what_differs_is_seen_in_three_ways_and_taken_back(
    *,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    told = ahead()
    page = open_page(width=width, scheme=scheme)
    sign_in(page, told.member)

    page.goto(told.address("diff/"))
    expect(page.get_by_text("Added step “Plugs the box in”")).to_be_visible()
    assert axe(page) == []
    keep(page, f"diff-list-{width}")
    page.get_by_role("link", name="Overlay").click()
    expect(page.get_by_role("columnheader", name="Plugs the box in added")).to_be_attached()
    assert axe(page) == []
    keep(page, f"diff-overlay-{width}")
    page.get_by_role("link", name="Side by side").click()
    expect(page.get_by_role("rowheader", name="Before").first).to_be_attached()
    assert axe(page) == []
    keep(page, f"diff-sides-{width}")
    page.get_by_role("link", name="List").click()
    page.get_by_role("button", name="Take back: Added step “Plugs the box in”").click()
    expect(page.get_by_text("Changed in “Fibre in a day”")).to_be_visible()
    expect(page.get_by_text("Added step “Plugs the box in”")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_what_is_real_is_promoted_by_keyboard(
    *,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    told = ahead()
    page = open_page(width=width, scheme=scheme)
    sign_in(page, told.member)

    page.goto(told.address("realisation/"))
    expect(page.get_by_role("heading", name="Building 1")).to_be_visible()
    assert axe(page) == []
    keep(page, f"board-{width}")
    page.get_by_role("link", name="Promote", exact=True).press("Enter")
    expect(page.get_by_label("Orders in the app")).to_be_checked()
    page.get_by_label("Plugs the box in").press("Space")
    assert axe(page) == []
    keep(page, f"promote-{width}")
    page.get_by_role("button", name="See what would change").press("Enter")
    expect(page.get_by_role("heading", name="Both maps changed this")).to_be_visible()
    assert axe(page) == []
    keep(page, f"promote-look-{width}")
    page.get_by_role("radio", name="This map: Fibre in a day").press("Space")
    page.get_by_role("button", name="Bring into a draft").press("Enter")
    expect(page.get_by_text("Brought into draft 3")).to_be_visible()
    expect(page.get_by_text("Plugs the box in").first).to_be_attached()
    keep(page, f"promoted-{width}")
