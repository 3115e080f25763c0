"""Scores in a browser: said on a page, moved in a matrix, made by a formula; lanes of a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.journeys import scoring, shelving

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage

VALUE = "opportunity-value-effort"


def several(member: Membership) -> list[Any]:
    """Make three opportunities with values, two of them at one place, and one without."""
    goal = shelving.made(member, "goal", "Fewer calls about refunds")
    links = [("serves", goal.pk)]
    titles = ("Say the day of the refund", "Answer within an hour", "A label in the box")
    made = [shelving.made(member, "opportunity", title, links=links) for title in titles]
    for item, value, effort in zip(made, ((8, 6, 9), (5, 3, 7), (5, 4, 6)), (2, 6, 6), strict=True):
        scoring.say(member, item, value=value, effort=effort)
    shelving.made(member, "opportunity", "Not judged yet")
    return made


@pytest.mark.parametrize("width", [1440, 390])
def test_scores_are_said_on_the_page_of_an_opportunity(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    item = shelving.made(member, "opportunity", "Say the day")
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/opportunities/{item.pk}/?scores={VALUE}")
    expect(page.get_by_text("No score: Value and Effort are missing.")).to_be_visible()

    page.get_by_label("Value", exact=True).fill("6")
    page.get_by_label("Value, at least").fill("4")
    page.get_by_label("Value, at most").fill("8")
    page.get_by_label("Effort", exact=True).fill("2")
    page.get_by_role("button", name="Save the scores").click()

    expect(page.locator("#scores .score-results").first).to_contain_text("3 (2 to 4)")
    assert axe(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_an_opportunity_is_moved_in_the_matrix_by_keys(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    [item, *_] = several(member)
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/opportunities/matrix/?scores={VALUE}")
    assert axe(page) == []
    spot = page.locator(f"#spot-{item.pk}")

    spot.focus()
    spot.press("Shift+ArrowRight")
    expect(page.locator("[data-matrix-status]")).to_contain_text("Saved")

    assert scoring.scored(member, item).held["effort"].span.value == 3.0  # type: ignore[union-attr]
    assert scoring.scored(member, item).inputs[0].words == "8 (6 to 9)"


def test_a_matrix_is_read_without_a_script(
    new_context: Callable[..., BrowserContext], sign_in: Callable[..., None]
) -> None:
    member = make.member()
    several(member)
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/opportunities/matrix/?scores={VALUE}")

    expect(page.locator(".matrix-node")).to_have_count(3)
    expect(page.get_by_role("link", name="Not judged yet")).to_be_visible()


def test_a_formula_is_checked_while_one_types_it(
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    model = scoring.model(member)
    page = open_page(width=1440)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/scores/{model.pk}/")
    assert axe(page) == []
    formula = page.get_by_label("Formula", exact=True).first

    formula.fill("value / / effort")
    expect(page.locator("#formula-check-0")).to_contain_text("“/” at character 9")
    formula.fill("value - effort")
    expect(page.locator("#formula-check-0")).to_have_text("This formula can be read.")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("is saved.")).to_be_visible()
    assert scoring.model(member).formulas[0]["expr"] == "value - effort"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_card_moves_in_all_its_lanes(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    goals = [shelving.made(member, "goal", title) for title in ("Fewer calls", "Happier")]
    links = [("serves", goal.pk) for goal in goals]
    item = shelving.made(member, "opportunity", "Say the day", links=links)
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/opportunities/?view=board&lanes=goal")
    assert axe(page) == []
    handle = page.locator("[data-board-handle]").first

    handle.focus()
    handle.press("ArrowRight")
    expect(page.locator("[data-board-status]")).to_contain_text(
        "is in Exploring, Fewer calls now. Saved."
    )

    cards = page.locator(f"[data-board-column=exploring] [data-board-card='{item.pk}']")
    expect(cards).to_have_count(2)
