"""Copying and pasting on maps and between them, and putting in what is chosen by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint
from journeys.models import Insight, Opportunity, StepTouchpoint
from journeys.rules.library import InsightKind
from tests.browser.map_editor import Drawn, Editor, drawn, open_editor
from tests.journeys import charting as m

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.browser.map_editor import SignIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def on() -> Drawn:
    made = drawn(("Buy", 3))
    does = made.lane("text", "Does")
    made.lane("text", "Thinks")
    made.card(does, 0, text="Orders")
    made.card(does, 1, step_to=str(made.steps[2]), text="Waits")
    return made


@pytest.fixture
def editor(open_page: OpenPage, sign_in: SignIn, on: Drawn) -> Editor:
    made = open_editor(open_page, sign_in, on)
    made.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return made


def _paste(editor: Editor, text: str) -> None:
    editor.page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    editor.press("Control+v")
    editor.saved()


def test_a_lane_is_pasted_into_a_map_of_another_journey(editor: Editor, on: Drawn) -> None:
    other = m.blank_map(on.by, m.journey(on.by, "Another goal"))
    m.stage(on.by, other, "Learn", 2)
    m.lane(on.by, other, "text", "Says")
    editor.named("Does").focus()

    editor.press("Control+c")
    editor.page.goto(reverse("journeys:map-page", args=[on.by.tenant.slug, other]))
    there = Editor(editor.page, editor.member, other)
    there.named("Says").focus()
    there.press("Control+v")
    expect(there.page.locator("#map-grid tbody")).to_have_count(2)

    assert there.map()["lanes"] == {
        "Says": [],
        "Does": [("Orders", "Learn 1", "Learn 1"), ("Waits", "Learn 2", "Learn 2")],
    }


def test_each_line_of_a_text_becomes_a_card(editor: Editor) -> None:
    editor.cell(1, 0).focus()

    _paste(editor, "Is it worth it?\n\n  Who knows \nTwo days")

    assert [text for text, *_ in editor.map()["lanes"]["Thinks"]] == [
        "Is it worth it?",
        "Who knows",
        "Two days",
    ]


def test_a_step_is_duplicated_with_what_lies_at_it_alone(editor: Editor) -> None:
    editor.named("Buy 1").focus()

    editor.press("Control+d")
    expect(editor.page.locator("th[data-kind=step]")).to_have_count(4)

    told = editor.map()
    assert told["stages"] == {"Buy": ["Buy 1", "Buy 1", "Buy 2", "Buy 3"]}
    assert [text for text, *_ in told["lanes"]["Does"]] == ["Orders", "Orders", "Waits"]


def test_a_touchpoint_is_registered_and_put_at_a_step_by_its_name(
    open_page: OpenPage, sign_in: SignIn, on: Drawn
) -> None:
    on.lane("touchpoint", "Touchpoints")
    editor = open_editor(open_page, sign_in, on)
    editor.cell(2, 0).focus()

    editor.press("Enter")
    editor.page.keyboard.type("Parcel box")
    expect(editor.page.locator(".map-picker [role=option]")).to_have_text("Create “Parcel box”New")
    editor.press("Enter")
    expect(editor.page.locator("#map-grid .map-chip:focus")).to_contain_text("Parcel box")

    with tenant_bound(on.by.tenant_id):
        kept = StepTouchpoint.objects.for_tenant(on.by.tenant).get()
        assert kept.touchpoint == Touchpoint.objects.for_tenant(on.by.tenant).get()
    assert kept.step == on.steps[0]


def test_what_is_new_is_made_as_its_lane_takes_it(
    open_page: OpenPage, sign_in: SignIn, on: Drawn
) -> None:
    pains = on.lane("insight", "Pains")
    m.do(on.by, on.map_id, m.put(pains, "config", {"types": ["pain"]}))
    editor = open_editor(open_page, sign_in, on)
    editor.cell(2, 0).focus()

    editor.press("Enter")
    editor.page.keyboard.type("Too slow")
    expect(editor.page.locator(".map-picker [role=option]")).to_have_text("Create “Too slow”New")
    editor.press("Enter")
    expect(editor.named("Too slow")).to_contain_text("Pain")
    editor.saved()

    with tenant_bound(on.by.tenant_id):
        made = Insight.objects.for_tenant(on.by.tenant).get()
    assert (made.title, made.kind) == ("Too slow", InsightKind.PAIN)


def test_a_card_becomes_an_opportunity_by_a_key(editor: Editor, on: Drawn) -> None:
    editor.page.locator("#map-grid article").first.focus()

    editor.press("o")
    expect(editor.page.locator(".toast")).to_contain_text("is a new opportunity")

    with tenant_bound(on.by.tenant_id):
        assert Opportunity.objects.for_tenant(on.by.tenant).get().title == "Orders"
