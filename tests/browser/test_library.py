"""The library in a browser: an insight is made, captured from a map, and moved over a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.collaboration.commenting import named
from tests.journeys import charting, shelving

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from playwright.sync_api import Locator, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import Complaints, OpenPage


def column(page: Page, name: str) -> Locator:
    return page.locator(f"[data-board-column={name}]")


def status_of(member: Membership) -> str:
    [item] = shelving.all_of(member, "opportunity")
    return str(item.status)


@pytest.mark.parametrize("width", [1440, 390])
def test_an_insight_is_made_and_becomes_an_opportunity(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/insights/")
    assert axe(page) == []
    page.locator("#add").click()
    page.get_by_label("Title").fill("Nobody says when the money comes")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody says when the money comes")

    page.get_by_label("Status").select_option("validated")
    expect(page.locator("[data-save-status]")).to_have_text("Saved")
    assert axe(page) == []
    page.locator("#begin-opportunity").click()
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_role("link", name="Nobody says when the money comes").first).to_be_visible()
    assert axe(page) == []
    [insight] = shelving.all_of(member, "insight")
    [chance] = shelving.all_of(member, "opportunity")
    assert insight.status == "validated"
    assert shelving.links_of(member, chance, "answers") == [insight.pk]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_card_moves_over_the_board_by_keys_by_choice_and_by_drag(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    shelving.made(member, "opportunity", "Say the day")
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/opportunities/")
    assert axe(page) == []
    handle, said = page.locator("[data-board-handle]"), page.locator("[data-board-status]")

    handle.focus()
    handle.press("ArrowRight")
    expect(said).to_have_text("Say the day is in Exploring now. Saved.")
    expect(handle).to_be_focused()
    page.get_by_label("Status of Say the day").select_option("new")
    expect(said).to_have_text("Say the day is in New now. Saved.")
    assert status_of(member) == "new"

    handle.scroll_into_view_if_needed()
    box, to = handle.bounding_box(), column(page, "exploring").bounding_box()
    assert box
    assert to
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(to["x"] + 30, to["y"] + 60, steps=8)
    page.mouse.up()

    expect(said).to_have_text("Say the day is in Exploring now. Saved.")
    expect(column(page, "exploring").locator("[data-board-count]")).to_have_text("1")
    page.reload()
    expect(column(page, "exploring").get_by_role("link", name="Say the day")).to_be_visible()
    assert status_of(member) == "exploring"


def owned(page: Page, sign_in: Callable[..., None]) -> tuple[Membership, Membership, Any]:
    """Open a board by owner with a card of each of two people; give them, and the first one's."""
    ana = named(make.member(), "Ana Alt")
    bea = named(make.member(of=ana.tenant, email="bea@example.org"), "Bea Berg")
    item = shelving.made(ana, "opportunity", "Say the day", owner=str(ana.pk))
    shelving.made(bea, "opportunity", "Call back", owner=str(bea.pk))
    sign_in(page, ana)
    page.goto(f"/t/{ana.tenant.slug}/opportunities/?lanes=owner")
    return ana, bea, item


def test_a_card_goes_to_another_owner_by_keys_and_by_choice(
    open_page: OpenPage, sign_in: Callable[..., None], axe: Callable[[Page], list[dict[str, Any]]]
) -> None:
    page = open_page()
    ana, bea, item = owned(page, sign_in)
    assert axe(page) == []
    handle = page.get_by_role("button", name="Move Say the day: arrows")
    said = page.locator("[data-board-status]")

    handle.press("ArrowDown")
    expect(said).to_have_text("Say the day is in New, Bea Berg now. Saved.")
    given = shelving.fresh(ana, item).owner_id
    page.get_by_label("Owner of Say the day").select_option(label="Nobody’s")
    expect(said).to_have_text("Say the day is in New, Nobody’s now. Saved.")

    assert given == bea.pk
    assert shelving.fresh(ana, item).owner_id is None


def test_a_card_that_is_dragged_to_another_lane_changes_owner_and_status_at_once(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    ana, bea, item = owned(page, sign_in)
    handle = page.get_by_role("button", name="Move Say the day: arrows")
    to = page.locator(f'[data-board-lane="{bea.pk}"] [data-board-column=exploring]')
    box, place = handle.bounding_box(), to.bounding_box()
    assert box
    assert place

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + 30, place["y"] + 30, steps=8)
    page.mouse.up()
    expected = "Say the day is in Exploring, Bea Berg now. Saved."
    expect(page.locator("[data-board-status]")).to_have_text(expected)
    given = shelving.fresh(ana, item)
    shelving.take_back(ana, item)
    back = shelving.fresh(ana, item)

    assert (given.owner_id, given.status) == (bea.pk, "exploring")
    assert (back.owner_id, back.status) == (ana.pk, "new")


def test_what_cannot_be_moved_goes_back(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    member = make.member()
    item: Any = shelving.made(member, "opportunity", "Say the day")
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/opportunities/")
    shelving.archive(member, item)
    complaints.expected.append("409")

    page.locator("[data-board-handle]").press("ArrowRight")

    expect(page.locator("[data-board-status]")).to_contain_text("archived")
    expect(column(page, "new").get_by_role("link", name="Say the day")).to_be_visible()


def test_a_pain_on_a_map_becomes_an_opportunity(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    on = charting.blank_map(member, charting.journey(member))
    [_, step] = charting.stage(member, on)
    insight = shelving.made(member, title="No date")
    lane = charting.lane(member, on, "insight")
    card = charting.card(member, on, lane, step, insight=str(insight.pk))
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/maps/{on}/")

    told = page.evaluate(
        """async ([url, card]) => {
            const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
            const headers = { Accept: "application/json", "X-CSRFToken": token };
            const body = new URLSearchParams({ card });
            const answer = await fetch(url, { method: "POST", body, headers });
            return answer.json();
        }""",
        [f"/t/{member.tenant.slug}/maps/{on}/capture/", str(card)],
    )
    page.goto(told["url"])

    expect(page.get_by_role("heading", level=1)).to_have_text("No date")
    expect(page.locator("#links-lies-at")).to_contain_text("Hand over 1")


def serving(page: Page, sign_in: Callable[..., None]) -> tuple[Membership, Any, dict[str, UUID]]:
    """Open a board by goal with a card that serves two goals of three; give it, and the goals."""
    ana = make.member()
    made = [shelving.made(ana, "goal", title) for title in ("A pay", "B wait", "C ask")]
    goals = {goal.title[0]: goal.pk for goal in made}
    item = shelving.made(ana, "opportunity", "Say the day", [("serves", goals[n]) for n in "AB"])
    shelving.made(ana, "opportunity", "Call back", [("serves", goals["C"])])
    sign_in(page, ana)
    page.goto(f"/t/{ana.tenant.slug}/opportunities/?lanes=goal")
    return ana, item, goals


def cards_of(page: Page, lane: UUID | str) -> Locator:
    """Find the cards of the opportunity in the lane of a goal."""
    return page.locator(f'[data-board-lane="{lane}"] [data-title="Say the day"]')


def test_a_card_goes_to_another_goal_by_keys_and_gives_way_where_it_is_already(
    open_page: OpenPage, sign_in: Callable[..., None], axe: Callable[[Page], list[dict[str, Any]]]
) -> None:
    page = open_page()
    ana, item, goals = serving(page, sign_in)
    said = page.locator("[data-board-status]")
    assert axe(page) == []

    cards_of(page, goals["B"]).locator("[data-board-handle]").press("ArrowDown")
    expect(said).to_have_text("Say the day is in New, C ask now. Saved.")
    moved = set(shelving.links_of(ana, item, "serves"))
    cards_of(page, goals["A"]).get_by_label("Goal of Say the day").select_option(label="C ask")
    expect(cards_of(page, goals["A"])).to_have_count(0)
    expect(cards_of(page, goals["C"])).to_have_count(1)

    assert moved == {goals["A"], goals["C"]}
    assert shelving.links_of(ana, item, "serves") == [goals["C"]]
    expect(cards_of(page, goals["C"]).locator("[data-board-handle]")).to_be_focused()


def test_a_card_is_dragged_to_another_goal_and_to_none(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    page.set_viewport_size({"width": 1440, "height": 1800})
    ana, item, goals = serving(page, sign_in)
    to = page.locator(f'[data-board-lane="{goals["C"]}"] [data-board-column=exploring]')
    box = cards_of(page, goals["A"]).locator("[data-board-handle]").bounding_box()
    assert box

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    # Lanes are as high as what stands in them: while it is carried they move.
    for _ in range(2):
        place = to.bounding_box()
        assert place
        page.mouse.move(place["x"] + 30, place["y"] + 30, steps=8)
    page.mouse.up()
    said = page.locator("[data-board-status]")
    expect(said).to_have_text("Say the day is in Exploring, C ask now. Saved.")
    moved = (set(shelving.links_of(ana, item, "serves")), shelving.fresh(ana, item).status)
    cards_of(page, goals["B"]).get_by_label("Goal of Say the day").select_option(value="")
    expect(cards_of(page, goals["B"])).to_have_count(0)
    expect(cards_of(page, "")).to_have_count(0)

    assert moved == ({goals["B"], goals["C"]}, "exploring")
    assert shelving.links_of(ana, item, "serves") == [goals["C"]]
