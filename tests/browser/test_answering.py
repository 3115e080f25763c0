"""A survey is answered without JavaScript, on a phone and at a desk, by keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Response
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add, add_question, put, survey_of
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload, Page
    from playwright.sync_api import Response as Answer

    from cxm.tenants.models import Membership
    from feedback.models import Survey
    from tests.browser.conftest import Complaints, OpenPage

LARGEST = 30_000


def whole_survey(member: Membership) -> Survey:
    survey = survey_of(member, "How was your delivery?")
    put(survey, "intro", "Five questions, two minutes.", by=member)
    put(survey, "languages", ["de"], by=member)
    put(survey, "layout", "pages", by=member)
    put(survey, "has_progress", value=True, by=member)
    add_question(
        survey,
        "nps",
        "nps",
        by=member,
        metric="nps",
        title="How likely are you to recommend us?",
        low_label="Not at all likely",
        high_label="Extremely likely",
        is_required=True,
    )
    table = add_question(
        survey, "parts", "matrix", by=member, metric="csat_5", title="How was…", na_label="Not used"
    )
    for key, title in (("driver", "the driver"), ("box", "the packaging")):
        add(survey, "row", by=member, parent=table, key=key, title=title)
    pick = add_question(
        survey, "used", "multiple", by=member, title="What did you use?", starts_page=True
    )
    for key, more in (("app", {}), ("shop", {}), ("else", {"is_other": True})):
        add(survey, "choice", by=member, parent=pick, key=key, title=key.title(), **more)
    order = add_question(survey, "order", "ranking", by=member, title="What matters most?")
    for key in ("speed", "price"):
        add(survey, "choice", by=member, parent=order, key=key, title=key.title())
    add_question(survey, "face", "csat", by=member, metric="csat_5", title="And all in all?")
    add_question(survey, "why", "long_text", by=member, title="Why?", starts_page=True)
    add_question(survey, "day", "date", by=member, title="When was it?")
    add_question(survey, "again", "yes_no", by=member, title="Would you order again?")
    publish_survey(survey=survey, by=member, now=NOW)
    survey.refresh_from_db()
    return survey


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_a_survey_is_answered_without_script(
    width: int,
    open_page: OpenPage,
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    complaints.expected.append("422")
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    with tenant_bound(member.tenant_id):
        survey = whole_survey(member)
    page = open_page(width=width)
    answers: list[Answer] = []

    def keep(answer: Answer) -> None:
        answers.append(answer)

    page.on("response", keep)

    page.goto(f"/q/{member.tenant.slug}/{survey.public_id}/")
    assert sum(len(answer.body()) for answer in list(answers)) < LARGEST
    assert axe(page) == []
    assert _fits(page, width)
    _next(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    _fill_in(page, lambda: axe(page) == [] and _fits(page, width))

    with tenant_bound(member.tenant_id):
        response = Response.objects.for_tenant(member.tenant).get()
    assert response.state == "complete"
    assert response.answers["order"] == ["price", "speed"]
    assert response.answers["again"] is True


@pytest.mark.parametrize("width", [1440, 390])
def test_files_are_sent_taken_back_and_handed_out_without_script(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    complaints.expected.append("422")
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)
    with tenant_bound(member.tenant_id):
        survey = survey_of(member)
        add_question(survey, "show", "file", by=member, title="What does it look like?")
        add_question(survey, "why", "long_text", by=member, title="Why?")
        publish_survey(survey=survey, by=member, now=NOW)
    page = open_page(width=width, scheme="dark" if width == 390 else "light")

    page.goto(f"/q/{member.tenant.slug}/{survey.public_id}/")
    _send_files(page, ("broken.pdf", b"%PDF-1.7\n"), ("tool.exe", b"MZ\x90\x00\x03"))
    expect(page.get_by_text("“tool.exe” is not taken")).to_be_visible()
    assert axe(page) == []
    assert _fits(page, width)
    page.get_by_label("broken.pdf").uncheck()
    _send_files(page, ("door.txt", b"It is green."))
    page.get_by_label("Why?").fill("See the file")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you")).to_be_visible()

    sign_in(page, member)
    with tenant_bound(member.tenant_id):
        response = Response.objects.for_tenant(member.tenant).get()
    page.goto(f"/t/{member.tenant.slug}/responses/{response.pk}/")
    assert axe(page) == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="door.txt").click()
    assert saved.value.path().read_bytes() == b"It is green."


def _send_files(page: Page, *files: tuple[str, bytes]) -> None:
    """Send a page with files that call themselves PDF."""
    mime = "application/pdf"
    told: list[FilePayload] = [
        {"name": name, "mimeType": mime, "buffer": content} for name, content in files
    ]
    page.get_by_label("Up to 5 files").set_input_files(told)
    _next(page)


def test_a_survey_is_answered_by_keys_alone(open_page: OpenPage) -> None:
    member = make.member(of=make.tenant(), role=Role.MANAGER)
    with tenant_bound(member.tenant_id):
        survey = whole_survey(member)
    page = open_page(scheme="dark")
    page.goto(f"/q/{member.tenant.slug}/{survey.public_id}/")

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(page.get_by_text("What did you use?")).to_be_visible()
    with tenant_bound(member.tenant_id):
        response = Response.objects.for_tenant(member.tenant).get()
    assert response.state == "partial"


def _fill_in(page: Page, is_sound: Callable[[], bool]) -> None:
    page.get_by_label("9", exact=True).first.check(force=True)
    page.get_by_role("group", name="the driver").get_by_label("5").check(force=True)
    _next(page)
    page.get_by_label("App").check()
    page.get_by_label("In your own words").fill("the <kiosk>")
    page.get_by_label("Price").fill("1")
    page.get_by_label("Speed").fill("2")
    assert is_sound()
    _next(page)
    page.get_by_label("Why?").fill("It came early.")
    page.get_by_label("Yes").check()
    assert is_sound()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    assert is_sound()


def _next(page: Page) -> None:
    page.get_by_role("button", name="Next").click()


def _fits(page: Page, width: int) -> bool:
    """Whether nothing lies beyond the edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)
