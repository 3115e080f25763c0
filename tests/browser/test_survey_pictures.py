"""Pictures to choose from: put in by the builder, chosen by keyboard on the public page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from feedback.models import Response
from feedback.services.surveys_making import publish_survey
from tests import make
from tests.feedback.drafting import add, add_question, survey_of
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload, Page

    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


def picture(colour: str) -> FilePayload:
    stream = io.BytesIO()
    Image.new("RGB", (480, 320), colour).save(stream, "PNG")
    return {"name": "room.png", "mimeType": "image/png", "buffer": stream.getvalue()}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pictures_are_put_in_and_one_is_chosen(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member(of=make.tenant(name="Harbour"))
    with tenant_bound(member.tenant_id):
        survey = survey_of(member, "Rooms")
        question = add_question(survey, "room", "picture", by=member, title="Which is nicer?")
        for key in ("Sea", "Yard"):
            add(survey, "choice", by=member, parent=question, key=key.lower(), title=key)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/surveys/{survey.pk}/edit/?question={question}")
    for name, colour in (("Sea", "#2f7f9e"), ("Yard", "#7a9a4a")):
        page.get_by_label(f"Picture of {name}").set_input_files(picture(colour))
        page.get_by_role("button", name="Put it here").first.click()
    expect(page.locator(".builder-picture img")).to_have_count(2)
    assert axe(page) == []
    assert page.evaluate(FITS)

    with tenant_bound(member.tenant_id):
        publish_survey(survey=survey, by=member, now=NOW)
    visitor = open_page(width=width, scheme=scheme)
    visitor.goto(f"/q/{member.tenant.slug}/{survey.public_id}/")
    expect(visitor.locator(".picture img").first).to_be_visible()
    assert axe(visitor) == []
    assert visitor.evaluate(FITS)
    visitor.get_by_role("radio", name="Yard").focus()
    visitor.keyboard.press("Space")
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".picture")).to_have_count(0)

    with tenant_bound(member.tenant_id):
        [row] = Response.objects.for_tenant(member.tenant_id)
    assert row.answers["room"] in ("yard", ["yard"])
