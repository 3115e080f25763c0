"""A survey is built by keys, published, answered, and its score stands on the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from feedback.models import Survey
from tests import make
from tests.feedback.drafting import add, add_question, asked_survey, survey_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme


def saved(page: Page) -> None:
    """Wait until everything is saved."""
    expect(page.locator("[data-save-status]")).to_have_text("Saved")


def test_a_survey_built_by_keys_is_answered_and_its_score_stands_at_once(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/surveys/")

    page.get_by_role("link", name="New survey").press("Enter")
    page.get_by_role("textbox", name="Title").press_sequentially("After the visit")
    page.get_by_role("button", name="Make it").press("Enter")
    _add(page, "nps")
    page.get_by_label("Question", exact=True).fill("Would you send a friend to us?")
    page.get_by_label("Question", exact=True).press("Tab")
    saved(page)
    _add(page, "single")
    page.get_by_label("Question", exact=True).fill("What did you come for?")
    page.get_by_label("Add choices, one a line").fill("To buy\nTo ask\nTo look")
    page.get_by_role("button", name="Add choices").press("Enter")
    expect(page.get_by_label("Words", exact=True)).to_have_count(3)
    page.get_by_role("button", name="Move up: What did you come for?").press("Enter")
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    page.get_by_role("link", name="Publish").press("Enter")
    page.get_by_label("What is new").fill("The first one")
    page.get_by_role("button", name="Publish", exact=True).press("Enter")
    address = page.get_by_label("Address of the survey").input_value()

    _answer(open_page(width=390), address)

    page.goto(f"/t/{member.tenant.slug}/?period=365d")
    figure = page.get_by_role("main")
    expect(figure).to_contain_text("Net Promoter Score")
    expect(figure).to_contain_text("1 answer")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_builder_is_accessible_and_fits(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    survey = _survey(member)
    with tenant_bound(member.tenant_id):
        asked = asked_survey(member)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    start = f"/t/{member.tenant.slug}/surveys"

    for number, address in enumerate(
        [
            f"{start}/{survey.pk}/edit/",
            f"{start}/{survey.pk}/edit/?question=survey",
            f"{start}/{survey.pk}/publish/",
            f"{start}/{asked.pk}/",
            f"{start}/new/?template=churn-exit",
        ]
    ):
        page.goto(address)
        if number == 0:
            page.get_by_role("link", name="What did you use?").click()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_survey_is_built_without_script(
    new_context: Callable[..., Any], base_url: str, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    survey = _survey(member)
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, member)

    page.goto(f"{base_url}/t/{member.tenant.slug}/surveys/{survey.pk}/edit/")
    page.get_by_label("Question", exact=True).fill("How likely?")
    page.get_by_role("button", name="Save Question").click()
    page.get_by_role("button", name="Duplicate").click()

    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    expect(page.get_by_label("Question", exact=True)).to_have_value("How likely?")


def _survey(member: Membership) -> Survey:
    with tenant_bound(member.tenant_id):
        survey = survey_of(member, "How was your visit to our shop?")
        add_question(survey, "nps", "nps", by=member, metric="nps", title="Would you recommend us?")
        pick = add_question(survey, "used", "multiple", by=member, title="What did you use?")
        for key in ("app", "shop"):
            add(survey, "choice", by=member, parent=pick, key=key, title=f"The {key}")
        add(
            survey,
            "jump",
            by=member,
            parent=pick,
            to="end",
            when={"of": "nps", "op": ">=", "value": 9},
        )
        add_question(survey, "rate", "matrix", by=member, title="How was …")
        show = {"of": "nps", "op": "<", "value": 7}
        add_question(survey, "why", "long_text", by=member, title="Why?", show=show)
        return survey


def _add(page: Page, sort: str) -> None:
    page.get_by_label("Add a question").select_option(sort)
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    page.wait_for_url("**question=*")


def _answer(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("9", exact=True).first.check(force=True)
    page.get_by_role("button", name="Next").press("Enter")
    page.get_by_label("To ask").check()
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_text("Thank you")).to_be_visible()
