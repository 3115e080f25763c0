"""A map too big to be drawn at once: its lanes come as one gets to them, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cxm.kernel.ids import new_id
from cxm.tenants.rules import Role
from tests import make
from tests.browser.map_editor import Drawn, open_editor
from tests.journeys import charting
from tests.journeys.big_map import LANES, STEPS, BigMap, big_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import Complaints, OpenPage
    from tests.browser.map_editor import Editor, SignIn

pytestmark = pytest.mark.django_db(transaction=True)
END = "The end of the way"
AWAY = "#map-grid tbody[data-lane-waits]"
FAILED = "Failed to load resource: net::ERR_FAILED"


@pytest.fixture
def big() -> BigMap:
    return big_map(make.member(of=make.tenant(), role=Role.MANAGER))


@pytest.fixture
def editor(open_page: OpenPage, sign_in: SignIn, big: BigMap) -> Editor:
    return _open(open_page, sign_in, big)


def _open(open_page: OpenPage, sign_in: SignIn, big: BigMap, *, width: int = 1440) -> Editor:
    on = Drawn(big.member, big.map_id, tuple(big.steps))
    return open_editor(open_page, sign_in, on, width=width)


def _lane(page: Page, number: int) -> Locator:
    return page.locator("#map-grid tbody[data-lineage]").nth(number)


def _focused(page: Page) -> Locator:
    return page.locator("#map-grid :focus")


def _scroll_to_the_end(page: Page) -> Locator:
    """Scroll to the card of the last lane; give it."""
    page.locator(".map-scroll").evaluate("box => box.scrollTo(box.scrollWidth, box.scrollHeight)")
    end = page.get_by_text(END)
    end.scroll_into_view_if_needed()
    expect(end).to_be_in_viewport()
    return end


def _lanes_asked(page: Page) -> list[str]:
    """List the requests for lanes from now on."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/lanes/?" in one.url else None)
    return asked


def test_lanes_come_when_they_are_scrolled_to(editor: Editor) -> None:
    page = editor.page
    asked = _lanes_asked(page)
    expect(_lane(page, LANES - 1)).to_contain_text("1 card, not shown yet")

    _scroll_to_the_end(page)

    # What was scrolled past was left where it is, and what is there now came together.
    assert page.locator(AWAY).count() > 0
    assert max(parse_qs(urlsplit(one).query)["of"][0].count(",") for one in asked) > len(asked)


def test_keys_lead_to_the_end_and_what_is_typed_there_is_written(editor: Editor) -> None:
    page = editor.page
    editor.cell(0, 0).focus()

    editor.press("Control+End", "ArrowLeft")
    page.keyboard.type("Nearly there")
    editor.press("Control+Enter")
    expect(_focused(page)).to_have_text("Nearly there")
    editor.saved()

    last, one_before = f"All of it {STEPS}", f"All of it {STEPS - 1}"
    assert set(editor.map()["lanes"]["Lane 59"]) == {
        (END, last, last),
        ("Nearly there", one_before, one_before),
    }


def test_what_is_typed_before_a_lane_has_come_waits_for_it(editor: Editor) -> None:
    page = editor.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/lanes/?*", hold)
    editor.cell(0, 2).focus()
    with page.expect_request("**/lanes/?*"):
        editor.press("Control+End")
    editor.press("ArrowUp", "ArrowLeft")
    page.keyboard.type("Early")

    editor.press("Control+Enter")
    for route in held:
        route.continue_()
    page.unroute("**/lanes/?*")

    expect(editor.named("Early")).to_be_visible()
    editor.saved()
    assert [card[0] for card in editor.map()["lanes"]["Lane 58"]] == ["Early"]


def test_an_arrow_goes_on_into_a_lane_in_the_same_column(editor: Editor) -> None:
    page = editor.page
    first = page.locator(AWAY).first.get_attribute("data-lineage")
    above = page.locator(f'tbody:has(+ tbody[data-lineage="{first}"])')
    above.locator("td[data-cell]").nth(4).focus()

    editor.press("ArrowDown")

    expect(page.locator(f'tbody[data-lineage="{first}"] td[data-cell]:focus')).to_have_count(1)
    assert _focused(page).evaluate("e => e.ariaColIndex") == "6"


def test_a_card_moves_down_past_lanes_that_wait(editor: Editor, big: BigMap) -> None:
    page = editor.page
    lineage = page.locator(AWAY).first.get_attribute("data-lineage")
    place = [str(lane) for lane in big.lanes].index(lineage or "")
    card = big.card(place - 1, 0, "Goes down")
    expect(page.locator(f'[data-lineage="{card}"]')).to_be_attached()
    page.locator(f'[data-lineage="{card}"]').focus()

    editor.press("m", "ArrowDown", "ArrowDown", "Enter")
    expect(_lane(page, place + 1).get_by_text("Goes down")).to_be_visible()
    editor.saved()

    assert editor.map()["lanes"][f"Lane {place + 1}"][0][0] == "Goes down"


def test_the_whole_map_is_selected_with_what_waits(editor: Editor) -> None:
    page = editor.page
    editor.cell(0, 0).focus()

    editor.press("Control+a")

    expect(page.locator(AWAY)).to_have_count(0)
    expect(page.locator("#live")).to_have_text("1 selected")


def test_what_others_do_comes_and_the_lanes_in_sight_stay(editor: Editor, big: BigMap) -> None:
    page = editor.page
    end = _scroll_to_the_end(page)
    told = charting.put(big.steps[0], "title", "Begins elsewhere")

    charting.do(big.member, big.map_id, told)

    expect(page.locator("#map-grid th", has_text="Begins elsewhere")).to_be_attached()
    expect(end).to_be_in_viewport()
    big.card(LANES - 1, STEPS - 2, "And one more")
    expect(editor.named("And one more")).to_be_in_viewport()


def test_details_of_a_card_bring_its_lane(editor: Editor, big: BigMap) -> None:
    page = editor.page
    card = big.card(LANES - 4, 20, "Far down")

    page.goto(f"{page.url}?of={card}")

    expect(page.get_by_role("heading", name="Far down")).to_be_visible()
    expect(page.locator(f'#map-grid [data-lineage="{card}"]')).to_be_attached()


@pytest.mark.parametrize("name", ["of", "at"])
def test_an_address_leads_to_a_touchpoint_far_down(editor: Editor, big: BigMap, name: str) -> None:
    page = editor.page
    member, on = big.member, big.map_id
    charting.lane(member, on, "touchpoint", "Touchpoints")
    touchpoint = make.touchpoint(of=member.tenant, title="Counter of the shop")
    element, told = new_id(), {"touchpoint": str(touchpoint.pk), "role": "primary"}
    charting.do(member, on, charting.create(element, "contact", told, big.steps[40]))

    page.goto(f"{urlsplit(page.url).path}?{name}={element}")

    chip = page.locator(f'#map-grid [data-lineage="{element}"]')
    expect(chip).to_be_in_viewport()
    expect(page.locator("#map-grid :focus")).to_have_count(1 if name == "at" else 0)


def test_a_map_is_printed_whole(editor: Editor) -> None:
    editor.page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert editor.page.locator(AWAY).count() == 0
    assert editor.page.get_by_text(END).count() == 1


def test_a_lane_that_does_not_come_is_asked_for_again(
    editor: Editor, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED)
    page = editor.page
    editor.cell(0, 0).focus()
    page.route("**/lanes/?*", lambda route: route.abort())
    editor.press("Control+End")
    expect(page.locator("#live")).to_contain_text("could not be loaded")

    page.unroute("**/lanes/?*")
    editor.press("ArrowUp", "ArrowDown")

    expect(page.get_by_text(END)).to_be_visible()


def test_without_scripts_a_link_shows_all_lanes(
    open_page: OpenPage, sign_in: SignIn, big: BigMap, base_url: str
) -> None:
    signed = open_page()
    sign_in(signed, big.member)
    told = signed.context.storage_state()
    browser = signed.context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False, storage_state=told, base_url=base_url)
    page = context.new_page()
    page.goto(reverse("journeys:map-page", args=[big.member.tenant.slug, big.map_id]))
    expect(page.get_by_text(END)).to_have_count(0)

    page.get_by_role("link", name="Show all lanes").click()

    expect(page.get_by_text(END)).to_have_count(1)
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_big_map_is_for_everybody(
    width: int,
    big: BigMap,
    open_page: OpenPage,
    sign_in: SignIn,
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = _open(open_page, sign_in, big, width=width).page

    assert axe(page) == []
