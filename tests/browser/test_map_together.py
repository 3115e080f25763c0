"""Several people on one map, without the network, and on small screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cxm.tenants.rules import Role
from tests import make
from tests.browser.map_editor import drawn, open_editor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Complaints, OpenPage, Scheme
    from tests.browser.map_editor import Drawn, Editor, SignIn

pytestmark = pytest.mark.django_db(transaction=True)
ADRIFT = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
CONFLICT, GONE = "status of 409", "status of 410"


@pytest.fixture
def shared() -> Drawn:
    on = drawn(("Buy", 3))
    on.card(on.lane("text", "Does"), 0, text="Orders")
    return on


@pytest.fixture
def two(open_page: OpenPage, sign_in: SignIn, shared: Drawn) -> tuple[Editor, Editor]:
    return open_editor(open_page, sign_in, shared), open_editor(open_page, sign_in, shared)


def _begin_writing(editor: Editor, text: str) -> None:
    editor.named("Orders").focus()
    editor.press("F2", "End")
    editor.page.keyboard.type(text)


def test_what_one_writes_the_other_sees_while_typing_elsewhere(
    two: tuple[Editor, Editor],
) -> None:
    ana, ben = two
    ben.cell(0, 1).focus()
    ben.page.keyboard.type("Half a ")

    _begin_writing(ana, " online")
    ana.press("Control+Enter")
    expect(ben.named("Orders online")).to_be_visible()
    ben.page.keyboard.type("sentence")
    ben.press("Control+Enter")
    ben.saved()

    expect(ana.named("Half a sentence")).to_be_visible()
    expect(ana.page.locator("[data-present] li")).to_have_count(1)


def test_two_texts_of_one_card_are_shown_side_by_side_and_none_is_lost(
    two: tuple[Editor, Editor], complaints: Complaints
) -> None:
    complaints.expected.append(CONFLICT)
    ana, ben = two
    _begin_writing(ben, " by phone")

    _begin_writing(ana, " online")
    ana.press("Control+Enter")
    expect(ben.named("Orders online")).to_be_visible()
    ben.press("Control+Enter")
    asked = ben.page.get_by_role("dialog", name="Somebody else changed this")
    expect(asked).to_contain_text("Orders online")
    ben.press("Escape")
    expect(asked).to_be_visible()
    asked.get_by_label("Yours").fill("Orders online or by phone")
    asked.get_by_role("button", name="Keep mine").click()

    expect(ana.named("Orders online or by phone")).to_be_visible()


def test_what_was_deleted_meanwhile_comes_back_with_the_text(
    two: tuple[Editor, Editor], complaints: Complaints
) -> None:
    complaints.expected.append(GONE)
    ana, ben = two
    _begin_writing(ben, " by phone")

    ana.named("Orders").focus()
    ana.press("Delete")
    expect(ben.page.locator("#map-grid article")).to_have_count(0)
    ben.press("Control+Enter")
    ben.page.get_by_role("button", name="Restore with my text").click()

    expect(ana.named("Orders by phone")).to_be_visible()


def test_offline_changes_wait_also_over_a_reload_and_go_out_in_order(
    two: tuple[Editor, Editor], complaints: Complaints
) -> None:
    complaints.expected += [ADRIFT, "htmx:error"]
    ana, ben = two
    status = ana.page.locator("[data-save-status]")
    ana.page.route("**/ops*", lambda route: route.abort("internetdisconnected"))
    ana.cell(0, 1).focus()

    ana.page.keyboard.type("Pays")
    ana.press("Tab")
    expect(status).to_have_text("Offline, 1 change kept")
    ana.page.keyboard.type("Waits")
    ana.press("Control+Enter")
    expect(status).to_have_text("Offline, 2 changes kept")
    expect(ana.page.locator("#map-grid article", has_text="Pays")).to_be_visible()
    ana.page.unroute("**/ops*")
    ana.page.reload()

    expect(ben.named("Waits")).to_be_visible()
    expect(status).to_have_text("Saved")
    assert [text for text, *_ in ben.map()["lanes"]["Does"]] == ["Orders", "Pays", "Waits"]


def test_what_is_refused_is_shown_with_its_text(
    two: tuple[Editor, Editor], shared: Drawn, complaints: Complaints
) -> None:
    complaints.expected += ["status of 422", "status of 403"]
    ana, _ = two
    ana.cell(0, 1).focus()
    ana.page.keyboard.type("x" * 20)
    ana.page.evaluate("document.querySelector('.map-writing').maxLength = 30000")
    ana.page.locator(".map-writing").fill("y" * 20_001)

    ana.press("Control+Enter")

    asked = ana.page.get_by_role("dialog", name="This could not be saved")
    expect(asked.get_by_label("What you wrote")).to_have_value("y" * 20_001)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_is_accessible_while_one_works_in_it(  # noqa: PLR0917 - fixtures
    open_page: OpenPage,
    sign_in: SignIn,
    shared: Drawn,
    axe: Callable[[Page], list[dict[str, Any]]],
    width: int,
    scheme: Scheme,
) -> None:
    shared.card(shared.lane("emotion", "Feels"), 0, value=-1)
    editor = open_editor(open_page, sign_in, shared, width=width, scheme=scheme)
    editor.named("Orders").focus()
    editor.press("i")
    expect(editor.page.locator("#map-panel h2")).to_be_focused()

    found = axe(editor.page)
    editor.press("Escape")
    editor.press("F2")
    found += axe(editor.page)
    editor.press("Escape", "ContextMenu")
    expect(editor.page.locator("#map-element-menu")).to_be_visible()
    found += axe(editor.page)

    assert found == []
    assert editor.page.locator("#map-grid [tabindex='0']").count() == 1


def test_who_may_only_look_moves_about_and_changes_nothing(
    open_page: OpenPage, sign_in: SignIn, shared: Drawn
) -> None:
    page = open_page()
    sign_in(page, make.member(of=shared.by.tenant, role=Role.VIEWER))
    page.goto(reverse("journeys:map-page", args=[shared.by.tenant.slug, shared.map_id]))
    page.wait_for_selector("[data-scripted]")
    page.locator("#map-grid td").first.focus()

    page.keyboard.press("ArrowRight")
    page.keyboard.type("qwz")
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.keyboard.press("F2")

    expect(page.locator("#map-grid article:focus")).to_have_text("Orders")
    expect(page.locator(".map-writing")).to_have_count(0)
    expect(page.locator("#map-grid article")).to_have_count(1)


def test_who_wishes_not_to_be_seen_is_not_told_to_others(two: tuple[Editor, Editor]) -> None:
    ann, ben = two
    expect(ben.page.locator("[data-present] li")).to_have_count(1)

    ann.page.locator("#map-more").click()
    with ann.page.expect_request(lambda asked: "hidden=1" in asked.url):
        ann.page.get_by_role("button", name="Do not show me to others").click()

    again = ann.page.locator("[data-hides-me]")
    expect(again).to_have_text("Show me to others")
    expect(ann.page.locator("[data-present] li")).to_have_count(1)
