"""A draft is looked at, tried, given a look and translated; the pages are for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from feedback.models import SurveyTheme, SurveyTrial
from feedback.services.surveys_making import draft_of
from feedback.services.translations import Put, put_translations
from tests import make
from tests.feedback.drafting import add_question, asked_survey, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from feedback.models import Survey
    from tests.browser.conftest import Complaints, OpenPage, Scheme


def test_the_frame_beside_the_builder_follows_what_is_written(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    survey = _survey(member)
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/surveys/{survey.pk}/edit/")

    page.get_by_role("button", name="Show beside").press("Enter")
    frame = page.frame_locator("[data-preview-frame]")
    expect(frame.get_by_text("Would you recommend us?")).to_be_visible()
    page.get_by_label("Question", exact=True).fill("Would you send a friend?")
    page.get_by_label("Question", exact=True).press("Tab")

    expect(frame.get_by_text("Would you send a friend?")).to_be_visible()
    page.get_by_role("link", name="2. Why?").press("Enter")
    expect(frame.get_by_text("Why?")).to_be_visible()


def test_a_draft_is_tried_on_the_phone_and_thrown_away(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    survey = _survey(member)
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/surveys/{survey.pk}/preview/")

    phone = page.frame_locator(".preview-phone iframe")
    phone.get_by_label("9", exact=True).check(force=True)
    phone.get_by_role("button", name="Next").press("Enter")
    phone.get_by_label("Why?").fill("Quick")
    phone.get_by_role("button", name="Next").press("Enter")
    expect(phone.get_by_text("What did you use?")).to_be_visible()
    page.reload()

    expect(page.get_by_role("main")).to_contain_text("Would you recommend us? 9")
    page.get_by_role("button", name="Throw all away").press("Enter")
    expect(page.get_by_text("1 trial thrown away.")).to_be_visible()


def test_a_theme_that_can_be_read_is_made_and_is_on_the_public_page(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Complaints
) -> None:
    complaints.expected.append("422")
    member = make.member()
    survey = _survey(member)
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/surveys/themes/")

    page.get_by_role("link", name="Make the first theme").press("Enter")
    page.get_by_label("Title").fill("Night")
    page.get_by_label("Ground").fill("#101820")
    page.get_by_label("Links and buttons").fill("#ffcc00")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("The text on the ground: the contrast is")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("#f4f4f4")
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_role("button", name="Use for all surveys Night").press("Enter")
    expect(page.get_by_text("Of the workspace")).to_be_visible()
    page.goto(f"/q/{member.tenant.slug}/{survey.public_id}/")

    sheet = page.locator(".sheet")
    expect(sheet).to_have_css("background-color", "rgb(16, 24, 32)")
    expect(page.get_by_role("button", name="Next")).to_have_css(
        "background-color", "rgb(255, 204, 0)"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_about_a_draft_are_accessible_and_fit(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    survey = _survey(member)
    theme = _theme(member, survey)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    start = f"/t/{member.tenant.slug}/surveys"

    for address in [
        f"{start}/{survey.pk}/preview/",
        f"{start}/{survey.pk}/translations/?lang=de",
        f"{start}/{survey.pk}/translations/?lang=ar&open=1",
        f"{start}/{survey.pk}/settings/",
        f"{start}/themes/",
        f"{start}/themes/{theme.pk}/",
        f"{start}/file/",
        f"/q/{member.tenant.slug}/{survey.public_id}/?lang=ar",
    ]:
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def _survey(member: Membership) -> Survey:
    with tenant_bound(member.tenant_id):
        survey = asked_survey(member)
        add_question(survey, "order", "hidden", by=member, title="Order")
        put(survey, "languages", ["de", "ar"], by=member)
        puts = [
            Put("survey/title", "de", "Wie war es?"),
            Put("question/nps/title", "ar", "هل توصي بنا؟"),
        ]
        put_translations(draft=draft_of(survey), puts=puts, by=member, now=make.NOW)
        put(survey, "title", "How did it go?", by=member)
        return survey


def _theme(member: Membership, survey: Survey) -> SurveyTheme:
    with tenant_bound(member.tenant_id):
        SurveyTrial.objects.create(
            tenant=member.tenant,
            survey=survey,
            answers={"nps": 9, "why": "It was quick"},
            language="en",
            state="complete",
            at=make.NOW,
            by=member,
        )
        return SurveyTheme.objects.create(
            tenant=member.tenant,
            title="Autumn",
            ground="#fff6ea",
            ink="#3b1e00",
            accent="#8a2b00",
            font="serif",
            corner="round",
            is_default=True,
            created_at=make.NOW,
        )
