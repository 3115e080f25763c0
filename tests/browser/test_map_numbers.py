"""Numbers on a map: they come by themselves, open their answers, and say when they cannot come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from tests.analytics.map_world import World, world
from tests.analytics.reading import load_scores
from tests.journeys.promising import ahead, bound, promise

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Complaints, OpenPage


def measured() -> World:
    """Make a map with a measured lane, drawn feelings, figures and a promise."""
    made = world("shop", "parcel", "refund", "return")
    scores = (("shop", 46, 6), ("parcel", 15, 22), ("refund", 9, 3))
    for name, good, bad in scores:
        told = {"of": made.member.tenant, "touchpoint": name, "metric": "csat_5"}
        load_scores({5: good, 1: bad}, **told)  # type: ignore[arg-type]
    made.feel({"shop": 1.5, "parcel": 1.2, "refund": -1.0, "return": 0.5})
    made.lane("experience", compare="previous", mapping="minus_3")
    made.lane("metric", display="spark")
    made.lane("promise")
    with tenant_bound(made.member.tenant_id):
        ahead(made)
        promise(made, binding=bound(made))
    return made


def opened(page: Page, made: World, query: str = "") -> None:
    page.goto(f"/t/{made.member.tenant.slug}/maps/{made.map_id}/{query}")


def own_faults(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what is said of the grid around the numbers."""
    return [
        one for one in found if not all('aria-label="Details of' in place for place in one["where"])
    ]


@pytest.mark.parametrize("width", [1440, 390])
def test_numbers_come_by_themselves_and_open_their_answers(
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    width: int,
) -> None:
    made, page = measured(), open_page(width=width)
    sign_in(page, made.member)
    opened(page, made)

    value = page.locator(".lane-experience .figure-inline a.value").first
    value.scroll_into_view_if_needed()
    expect(value).to_have_text("88.5%")
    expect(page.locator(".lane-experience .lane-gap").first).to_contain_text("Drawn +1.2")
    page.locator(".promise-item").last.scroll_into_view_if_needed()
    expect(page.locator(".promise-item .verdict").first).to_contain_text("Not begun")
    assert own_faults(axe(page)) == []

    value.click()
    expect(page.get_by_text(re.compile("52 (answers|responses)")).first).to_be_visible()


def test_a_number_that_does_not_come_says_so_and_is_asked_for_again(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    made, page = measured(), open_page()
    sign_in(page, made.member)
    complaints.expected += ["500", "Failed to load"]

    def break_down(route: Route) -> None:
        route.fulfill(status=500, body="broken")

    page.route("**/numbers/", break_down)
    opened(page, made)

    region = page.locator(".lane-experience [data-lane-numbers]")
    expect(region.get_by_text("Number not available")).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)
    page.unroute("**/numbers/")
    region.get_by_role("button", name="Retry").click()

    expect(page.locator(".lane-experience .figure-inline a.value").first).to_have_text("88.5%")
    expect(region.get_by_text("Number not available")).to_be_hidden()

    page.get_by_role("link", name="Fold lane A lane of experience").dispatch_event("click")
    expect(page.locator(".lane-experience .figure-inline")).to_have_count(0)
    page.get_by_role("link", name="Open lane A lane of experience").dispatch_event("click")

    expect(page.locator(".lane-experience .figure-inline a.value").first).to_have_text("88.5%")


def test_a_target_is_set_beside_the_map(
    open_page: OpenPage, sign_in: Callable[..., None], axe: Callable[[Page], list[dict[str, Any]]]
) -> None:
    made, page = measured(), open_page()
    sign_in(page, made.member)
    opened(page, made, f"?of={made.steps['parcel']}&tab=metrics")

    page.get_by_role("link", name="Show a figure").click()
    page.get_by_label("Metric").select_option(label="Satisfaction")
    page.get_by_role("button", name="Show it").click()
    page.get_by_role("link", name="Set a target").click()
    expect(page.get_by_text("40.5%, 37 answers, between 26.3 and 56.5")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Value").fill("60")
    page.get_by_role("textbox", name="By", exact=True).fill("2027-03-31")
    page.get_by_role("button", name="Promise it").click()

    expect(page.get_by_text("Satisfaction up to 60")).to_be_visible()
    assert own_faults(axe(page)) == []
