"""A map as a table and as a matrix: edited where it stands, by pointer and by keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Card, Step
from tests import make
from tests.journeys import charting
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme

# News come by polling, every two seconds.
NEWS_MS = 8_000
PLACES = [(2, 4), (4, 1), (4, 1), (5, 5), (1, 2)]


@pytest.fixture
def made() -> Sample:
    found = sample(make.member())
    puts = [
        charting.put(step, name, value)
        for step, place in zip(found.steps, PLACES, strict=False)
        for name, value in zip(("importance_customer", "importance_org"), place, strict=True)
    ]
    charting.do(found.member, found.map_id, *puts)
    return found


def address(made: Sample, view: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/{view}"


def step(made: Sample, number: int) -> Step:
    with tenant_bound(made.member.tenant_id):
        rows = Step.objects.for_tenant(made.member.tenant)
        return rows.get(map=made.map_id, lineage=made.steps[number])


def saved(page: Page) -> None:
    expect(page.locator("[data-save-status]")).to_have_text("Saved")


def test_a_step_is_edited_in_its_row_and_undone_by_keys(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made, "table/"))

    with page.expect_response("**/change/"):
        page.get_by_label("Importance to us: Waits for the engineer").fill("5")
    with page.expect_response("**/change/"):
        page.get_by_label("Moment of truth: Waits for the engineer").select_option("Yes")
    saved(page)
    assert (step(made, 4).importance_org, step(made, 4).moment_of_truth) == (5, True)

    page.locator("#row-" + str(made.steps[4])).get_by_role("link").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Moment of truth: Waits for the engineer")).to_have_value("false")
    assert (step(made, 4).importance_org, step(made, 4).moment_of_truth) == (5, False)


def test_ticked_cards_are_coloured_as_one(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made, f"table/?rows=cards&lanes={made.lanes['Does']}"))

    page.get_by_label("Tick all rows of this page").check()
    expect(page.locator("[data-ticked]")).to_have_text(": 7")
    page.get_by_role("combobox", name="Colour", exact=True).select_option("Green")
    page.get_by_role("button", name="Colour").click()

    expect(page.get_by_text("7 cards coloured. Undo takes it back.")).to_be_visible()
    with tenant_bound(made.member.tenant_id):
        cards = Card.objects.for_tenant(made.member.tenant).filter(lane=made.lanes["Does"])
        assert set(cards.values_list("colour", flat=True)) == {"c7"}


def test_others_changes_are_offered_and_what_one_types_stays(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made, "table/"))
    ana = make.member(of=made.member.tenant, role=Role.ADMIN)

    field = page.get_by_label("Description: Sees an ad for fibre")
    field.fill("What I am")
    saved(page)
    charting.do(ana, made.map_id, charting.put(made.steps[1], "title", "Asks friends"))
    expect(page.locator("[data-news-words]")).to_be_visible(timeout=NEWS_MS)
    title = page.locator(f"#row-{made.steps[1]} th input[name=value]")
    expect(title).to_have_value("Compares providers")
    field.press_sequentially(" writing")
    page.get_by_role("button", name="Refresh").click()

    expect(title).to_have_value("Asks friends")
    expect(field).to_have_value("What I am writing")
    expect(page.locator("[data-news]")).to_be_hidden()


def test_views_are_chosen_by_digits(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made, "table/?filter=engineer"))

    page.keyboard.press("3")
    expect(page).to_have_url(re.compile(r"/matrix/\?filter=engineer$"))
    expect(page.locator("[data-matrix-plane]")).to_be_visible()
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile(r"/table/"))
    page.keyboard.press("1")
    expect(page.locator("#map-grid")).to_be_visible()


def test_a_step_is_dragged_and_moved_by_keys_in_the_matrix(
    made: Sample, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, made.member)
    page.goto(address(made, "matrix/?x_axis=customers&y_axis=us"))
    point = page.locator(f"#spot-{made.steps[0]}")
    plane = page.locator("[data-matrix-plane]").bounding_box()
    dot = point.locator(".matrix-dot").bounding_box()
    assert plane
    assert dot

    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.mouse.down()
    page.mouse.move(dot["x"] + plane["width"] / 2, dot["y"] + plane["height"] / 4, steps=4)
    page.mouse.up()
    status = page.locator("[data-matrix-status]")
    expect(status).to_have_text(
        "1. Sees an ad for fibre: Importance to customers 4, Importance to us 3. Saved."
    )
    point.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    expect(status).to_contain_text("Importance to customers 5, Importance to us 5. Saved.")
    found = step(made, 0)
    assert (found.importance_customer, found.importance_org) == (5, 5)

    point.focus()
    page.keyboard.press("Control+z")
    expect(point).to_have_attribute("data-y", "3")


@pytest.mark.parametrize("width", [1440, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_views_of_a_map_break_no_rule_of_accessibility(  # noqa: PLR0917 - fixtures
    made: Sample,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page(width=width, scheme=scheme)
    sign_in(page, made.member)

    for view in ("table/", "table/?rows=cards", "matrix/?x_axis=customers&y_axis=us"):
        page.goto(address(made, view))
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
