"""Reading a journey map: accessible in every view, narrow and wide, and told beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from tests import make
from tests.journeys.sample import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme


@pytest.mark.parametrize(
    ("width", "scheme", "role"),
    [
        (1440, "light", Role.ADMIN),
        (1440, "dark", Role.ADMIN),
        (390, "light", Role.ADMIN),
        (390, "dark", Role.VIEWER),
    ],
)
def test_a_map_is_accessible_however_one_looks_at_it(  # noqa: PLR0917 - a table and fixtures
    width: int,
    scheme: Scheme,
    role: Role,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    made = sample(make.member())
    page = open_page(width=width, scheme=scheme)
    sign_in(page, make.member(of=made.member.tenant, role=role))
    address = f"/t/{made.member.tenant.slug}/maps/{made.map_id}/"
    folded = f"?toggle={made.stages[0]},{made.lanes['Feels']}&filter=the"

    for query in ("", folded, f"?of={made.cards['Does 1']}", f"?of={made.steps[3]}&tab=history"):
        page.goto(f"{address}{query}")
        expect(page.locator("#map-grid")).to_be_visible()
        assert axe(page) == [], query


@pytest.mark.parametrize("width", [1440, 390])
def test_titles_stay_in_sight_and_the_page_is_not_wider_than_the_window(
    width: int, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    made = sample(make.member())
    page = open_page(width=width)
    sign_in(page, made.member)
    page.goto(f"/t/{made.member.tenant.slug}/maps/{made.map_id}/")

    page.locator(".map-scroll").evaluate("(box) => box.scrollTo(600, 600)")

    for part in (".map-corner", ".stage-head >> nth=1"):
        expect(page.locator(part)).to_be_in_viewport()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_filter_and_a_zoom_change_the_map_in_place(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    made = sample(make.member())
    page = open_page()
    sign_in(page, make.member(of=made.member.tenant, role=Role.VIEWER))
    page.goto(f"/t/{made.member.tenant.slug}/maps/{made.map_id}/")

    page.get_by_label("Find in cards").fill("postcode")
    page.get_by_label("Find in cards").press("Enter")
    expect(page.get_by_text("33 hidden", exact=True)).to_be_visible()
    page.get_by_role("link", name="75 %").click()

    expect(page.locator("#map-grid")).to_have_class("map-grid zoom-75")
    expect(page.get_by_text("33 hidden", exact=True)).to_be_visible()
    page.get_by_role("link", name="Show all", exact=True).click()
    expect(page.get_by_text("Sees a bus-stop poster")).to_be_visible()
