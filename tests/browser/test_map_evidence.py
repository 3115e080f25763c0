"""Evidence beside a map: linked by keys to all that is selected, weighed, and looked at again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from journeys.models import Lineage
from tests.browser.map_editor import drawn, open_editor
from tests.journeys import charting, shelving
from tests.personas import citing

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme
    from tests.browser.map_editor import Drawn, SignIn

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS_DIR", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=False)


def graded() -> Drawn:
    """Draw a map with cards, a lane of grades, and a lane that marks its cards with theirs."""
    made = drawn(("Hand over", 3))
    does = made.lane("text", "Does")
    for step, text in enumerate(("I look for the slip", "I queue", "I wait for the money")):
        made.card(does, step, text=text)
    charting.do(made.by, made.map_id, charting.put(does, "config", {"colour_by": "grade"}))
    made.lane("grade", "Evidence")
    with tenant_bound(made.by.tenant_id):
        row = Lineage.objects.for_tenant(made.by.tenant).get(pk=made.steps[2])
    shelving.cite(made.by, row, citing.evidence(made.by, subjects=8, days=3))
    against = citing.evidence(made.by, polarity="contradicts", subjects=9)
    with tenant_bound(made.by.tenant_id):
        row = Lineage.objects.for_tenant(made.by.tenant).get(pk=made.steps[1])
    shelving.cite(made.by, row, against)
    return made


def test_one_piece_is_linked_to_all_that_is_selected_by_keys(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    editor = open_editor(open_page, sign_in, graded())
    page = editor.page
    lane = page.locator("#map-grid tbody[data-lane-kind=grade]")
    expect(lane.locator("td").nth(0)).to_contain_text("0 of 1 card backed")

    editor.named("I look for the slip").click()
    editor.press("Control+a", "l")
    panel = page.locator("#map-panel")
    expect(panel).to_contain_text("cited for all 3 selected at once")
    panel.get_by_label("What was said or seen").fill("Where is the slip?")
    panel.get_by_label("Source").fill("Visits in Kiel")
    panel.get_by_label("How many people").fill("6")
    panel.get_by_label("Source").press("Enter")

    expect(panel.locator(".grade-sum")).to_contain_text("Some evidence")
    for step in range(3):
        expect(lane.locator("td").nth(step)).to_contain_text("1 of 1 card backed")
    expect(editor.named("I queue")).to_contain_text("Some evidence")


def test_evidence_is_taken_off_and_a_card_graded_by_mouse(
    open_page: OpenPage, sign_in: SignIn
) -> None:
    editor = open_editor(open_page, sign_in, graded())
    page = editor.page
    lane = page.locator("#map-grid tbody[data-lane-kind=grade]")
    lane.get_by_role("link", name="Some evidence").click()
    panel = page.locator("#map-panel")
    panel.get_by_role("button", name="Take off").click()
    expect(panel).to_contain_text("It is taken off")
    expect(lane.locator("td").nth(2)).to_contain_text("Assumption")

    editor.named("I queue").click()
    editor.press("l")
    panel.get_by_text("Grade by hand", exact=True).click()
    panel.get_by_label("Grade", exact=True).select_option("strong")
    panel.get_by_label("Why, when set by hand").fill("We stood in the queue ourselves.")
    panel.get_by_role("button", name="Set the grade").click()

    expect(panel).to_contain_text("Set by hand")
    expect(editor.named("I queue")).to_contain_text("Strong evidence")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_evidence_on_maps_is_accessible(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: SignIn,
    axe: Callable[..., list[dict[str, Any]]],
) -> None:
    made = graded()
    page = open_page(width=width, scheme=scheme)
    sign_in(page, made.by)
    map_url = f"/t/{made.by.tenant.slug}/maps/{made.map_id}/"

    page.goto(map_url)
    shot(page, f"map-{width}-{scheme}")
    assert axe(page) == []
    page.goto(f"{map_url}?of={made.steps[2]}&tab=evidence")
    expect(page.locator("#map-panel")).to_contain_text("points for it")
    shot(page, f"panel-{width}-{scheme}")
    assert axe(page) == []
    page.goto(f"{map_url}look-again/")
    expect(page.get_by_role("heading", name="Look again")).to_be_visible()
    shot(page, f"again-{width}-{scheme}")
    assert axe(page) == []
    page.get_by_role("button", name="Keep it as it is").click()
    expect(page.get_by_text("Last looked at on")).to_be_visible()
