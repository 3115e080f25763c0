"""The way of a stakeholder map: made from nothing by mouse alone and by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import StakeholderMap, StakeholderPlacement, StakeholderRelation
from tests import make
from tests.personas.mapping import (
    map_of,
    placed,
    put,
    related,
    related_everywhere,
    stakeholder,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme


def _manager() -> Membership:
    return make.member(of=make.tenant(name="Acme"), role=Role.MANAGER)


def _placements(member: Membership) -> dict[str, StakeholderPlacement]:
    with tenant_bound(member.tenant_id):
        rows = StakeholderPlacement.objects.for_tenant(member.tenant).filter(deleted_at=None)
        return {row.stakeholder.name: row for row in rows.select_related("stakeholder")}


def _full_map(member: Membership) -> StakeholderMap:
    on = map_of(member, "Getting a parcel")
    people = [
        placed(member, on, "Courier", "partner", ring=0, sector=1),
        placed(member, on, "Warehouse team", "team", ring=0, sector=0),
        placed(member, on, "Federal network agency", "regulator", ring=2, sector=3),
        placed(member, on, "Billing system", "system", ring=1, sector=0),
        placed(member, on, "Neighbour who takes it in", "person", ring=1, sector=2),
    ]
    numbers = ((4.5, 4.0, 1), (4.0, 2.0, 0), (5.0, 1.5, -1), (2.0, 2.0, None), (1.5, 4.5, 2))
    for one, (power, interest, attitude) in zip(people, numbers, strict=True):
        put(member, on, one.pk, power=power, interest=interest, attitude=attitude)
    related(member, on, people[1], people[0], "goods", strength=3)
    related(member, on, people[0], people[1], "information")
    related(member, on, people[2], people[0], "authority", title="Sets the rules")
    related_everywhere(member, people[3].stakeholder, people[0].stakeholder, "money")
    put(member, on, on.pk, ring_colours=["c1", "c6", "c3"])
    return on


def test_a_map_is_made_from_nothing_by_mouse_alone(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    stakeholder(member, "Courier", "partner")
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/")
    page.get_by_role("link", name="Make a map").first.click()
    page.get_by_label("Title", exact=True).fill("Getting a parcel")
    page.get_by_role("button", name="Make", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Getting a parcel")
    page.get_by_label("From the register").select_option("Courier")
    page.get_by_role("button", name="Put on the map", exact=True).click()
    courier = page.locator("a.stakeholder-node", has_text="Courier")
    expect(courier).to_be_visible()

    _drag_outwards(page, courier)
    assert _placements(member)["Courier"].ring == 2

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Ring", exact=True)).to_have_value("0")
    page.get_by_role("link", name="Close").click()
    page.get_by_label("Name", exact=True).fill("Warehouse")
    page.get_by_role("button", name="Add and put on the map").click()
    expect(page.get_by_role("heading", name="Warehouse")).to_be_visible()
    page.get_by_label("To", exact=True).select_option("Courier")
    page.get_by_label("What passes").select_option("goods")
    page.get_by_role("button", name="Add the relation").click()
    expect(page.locator(".map-relations")).to_contain_text("Warehouse → Courier: goods")

    page.get_by_role("link", name="Network").click()
    expect(page.locator(".stakeholder-lines path")).to_have_count(1)
    with tenant_bound(member.tenant_id):
        assert StakeholderRelation.objects.for_tenant(member.tenant).get().kind == "goods"
    page.goto("about:blank")


def test_a_map_is_made_from_nothing_by_keyboard_alone(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    page = open_page()
    sign_in(page, member)
    press, write = page.keyboard.press, page.keyboard.type
    courier = page.locator("a.stakeholder-node", has_text="Courier")

    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/new/")
    page.get_by_label("Title", exact=True).focus()
    write("Getting a parcel")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Getting a parcel")
    page.get_by_label("Name", exact=True).focus()
    write("Courier")
    press("Enter")
    expect(courier).to_be_visible()
    before = _placements(member)["Courier"]

    courier.focus()
    press("ArrowRight")
    press("Shift+ArrowRight")
    expect(page.locator("[data-save-status]")).to_have_text("Saved")
    expect(courier).to_be_focused()
    assert _placements(member)["Courier"].x == pytest.approx(before.x + 0.06, abs=0.002)

    for _ in range(8):
        press("Shift+ArrowDown")
    expect(courier.locator("title")).to_contain_text(re.compile("Interesting|Important"))
    page.locator("#details").get_by_label("Power (1 to 5)").focus()
    write("4.5")
    page.locator("#details").get_by_label("Interest (1 to 5)").focus()
    write("3")
    press("Tab")
    expect(page.locator(".details-quadrant")).to_have_text("Manage closely")
    page.goto("about:blank")


def test_a_drawing_that_is_wider_than_the_phone_begins_in_its_middle(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    page = open_page(width=390)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/{_full_map(member).pk}/")

    ahead, behind = page.locator(".map-drawing").evaluate(
        "(one) => [one.scrollLeft, one.scrollWidth - one.clientWidth - one.scrollLeft]"
    )

    assert ahead > 100
    assert abs(ahead - behind) <= 2


def test_choosing_somebody_shows_them_in_place_and_the_way_back_works(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    on = _full_map(member)
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/{on.pk}/")

    page.locator("a.stakeholder-node", has_text="Billing").click()
    expect(page.locator("#details h2")).to_have_text("Billing system")
    page.get_by_role("combobox", name="Around whom").select_option(label="Around Courier")
    expect(page.locator("a.stakeholder-node")).to_have_count(4)
    page.go_back()
    expect(page.locator("a.stakeholder-node")).to_have_count(5)
    page.goto("about:blank")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_stakeholders_are_accessible_and_fit(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = _manager()
    on = _full_map(member)
    chosen = _placements(member)["Courier"]
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)

    places = (
        "stakeholders/",
        "stakeholders/new/",
        f"stakeholders/{chosen.stakeholder_id}/archive/",
        "stakeholders/relations/",
        "stakeholders/relations/new/",
        "stakeholder-maps/",
        f"stakeholder-maps/{on.pk}/",
        f"stakeholder-maps/{on.pk}/?layout=sectors",
        f"stakeholder-maps/{on.pk}/?layout=network&chosen={chosen.pk}",
        f"stakeholder-maps/{on.pk}/?layout=power_interest",
        f"stakeholder-maps/{on.pk}/?view=matrix",
        f"stakeholder-maps/{on.pk}/parts/",
    )
    for place in places:
        page.goto(f"/t/{member.tenant.slug}/{place}")

        assert axe(page) == [], place
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, place
    page.goto("about:blank")


def test_a_drag_may_end_outside_of_the_drawing(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    page, courier = _opened_on_courier(member, open_page, sign_in)

    page.mouse.move(*_middle(courier))
    page.mouse.down()
    page.mouse.move(3, 3, steps=6)
    page.mouse.up()
    expect(page.locator("[data-save-status]")).to_have_text("Saved")
    expect(courier.locator("title")).to_contain_text("Interesting")
    assert _placements(member)["Courier"].ring == 2
    page.goto("about:blank")


def test_a_drag_goes_on_while_somebody_else_moves_the_same_one(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    other = make.member(of=member.tenant, role=Role.MANAGER)
    page, courier = _opened_on_courier(member, open_page, sign_in)
    to = _middle(page.locator("text.has-halo", has_text="Interesting"), down=60)

    page.mouse.move(*_middle(courier))
    page.mouse.down()
    page.mouse.move(to[0], to[1] - 20, steps=4)
    place = _placements(member)["Courier"]
    with tenant_bound(member.tenant_id):
        on = StakeholderMap.objects.for_tenant(member.tenant).get()
    put(other, on, place.pk, x=0.5, y=0.6, ring=1)
    page.wait_for_timeout(2_500)
    page.mouse.move(*to, steps=4)
    page.mouse.up()
    expect(page.locator("[data-save-status]")).to_have_text("Saved")
    expect(courier.locator("title")).to_contain_text("Interesting")
    expect(courier).not_to_have_attribute("transform", re.compile("."))
    assert _placements(member)["Courier"].ring == 2
    page.goto("about:blank")


def test_of_two_who_drag_the_same_one_the_last_holds_for_both(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    other = make.member(of=member.tenant, role=Role.MANAGER)
    first, courier = _opened_on_courier(member, open_page, sign_in)
    second = open_page()
    sign_in(second, other)
    second.goto(first.url)
    theirs = second.locator("a.stakeholder-node", has_text="Courier")

    for page, node in ((first, courier), (second, theirs)):
        page.mouse.move(*_middle(node))
        page.mouse.down()
        to = _middle(page.locator("text.has-halo", has_text="Interesting"), down=60)
        page.mouse.move(*to, steps=4)
    first.mouse.up()
    expect(first.locator("[data-save-status]")).to_have_text("Saved")
    second.mouse.move(*_middle(second.locator("text.has-halo", has_text="Important"), down=60))
    second.mouse.up()
    expect(second.locator("[data-save-status]")).to_have_text("Saved")
    for node in (courier, theirs):
        expect(node.locator("title")).to_contain_text("Important")
    assert _placements(member)["Courier"].ring == 1
    first.goto("about:blank")
    second.goto("about:blank")


def test_a_move_that_was_not_answered_is_sent_again_by_itself(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    page, courier = _opened_on_courier(member, open_page, sign_in)
    before = _placements(member)["Courier"].x
    # The first one arrives, and only its answer is lost.
    page.evaluate(
        """() => {
          const real = window.fetch;
          let lost = false;
          window.fetch = async (...told) => {
            const answer = await real(...told);
            if (lost || !String(told[0]).includes("/move/")) return answer;
            lost = true;
            throw new TypeError("lost");
          };
        }"""
    )

    courier.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-save-status]")).to_contain_text("trying again")
    expect(page.locator("[data-save-status]")).to_have_text("Saved")
    assert _placements(member)["Courier"].x == pytest.approx(before + 0.05, abs=0.002)
    page.goto("about:blank")


def test_several_are_changed_in_the_table_and_it_is_one_step_of_undo(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    on = _full_map(member)
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/{on.pk}/?sort=name")

    page.get_by_role("combobox", name="Sector", exact=True).first.select_option("Internal")
    expect(page.locator("[name=placement][form=several]")).to_have_count(2)
    page.get_by_role("button", name="Select all shown").click()
    form = page.locator("#several")
    form.get_by_label("Ring").select_option("Interesting")
    form.get_by_label("Power (1 to 5)").fill("3.5")
    form.get_by_role("button", name="Change them").click()
    expect(page.get_by_text("2 stakeholders changed.")).to_be_visible()
    rings = {name: row.ring for name, row in _placements(member).items() if row.sector == 0}
    assert rings == {"Warehouse team": 2, "Billing system": 2}
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[id^=placement-] [data-label=Ring]").first).to_have_text("Important")
    page.goto("about:blank")


def test_somebody_selected_stays_so_while_others_change_the_map(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = _manager()
    other = make.member(of=member.tenant, role=Role.MANAGER)
    page, _ = _opened_on_courier(member, open_page, sign_in)
    box = page.get_by_role("checkbox", name="Select Courier")
    box.check()
    page.locator("#several").get_by_label("Power (1 to 5)").fill("2")
    with tenant_bound(member.tenant_id):
        on = StakeholderMap.objects.for_tenant(member.tenant).get()
    put(other, on, on.pk, title="Other title")

    expect(page.get_by_role("heading", level=1)).to_have_text("Other title")
    expect(box).to_be_checked()
    expect(page.locator("#several").get_by_label("Power (1 to 5)")).to_have_value("2")
    page.goto("about:blank")


def _opened_on_courier(
    member: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> tuple[Page, Any]:
    """Open a map with a courier in its innermost ring."""
    on = map_of(member, "Getting a parcel")
    placed(member, on, "Courier")
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/stakeholder-maps/{on.pk}/?layout=rings")
    return page, page.locator("a.stakeholder-node", has_text="Courier")


def _drag_outwards(page: Page, node: Any) -> None:
    page.mouse.move(*_middle(node))
    page.mouse.down()
    to = _middle(page.locator("text.has-halo", has_text="Interesting"), down=60)
    page.mouse.move(*to, steps=8)
    page.mouse.up()
    expect(page.locator("[data-save-status]")).to_have_text("Saved")
    expect(page.get_by_label("Ring", exact=True)).to_have_value("2")


def _middle(of: Any, down: float = 0) -> tuple[float, float]:
    box = of.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + down
