"""The results of a survey in a browser: read, narrowed down, opened to the responses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.feedback.resulting import answer_all, wide_survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Membership
    from feedback.models import Survey
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def survey(ann: Membership) -> Survey:
    with tenant_bound(ann.tenant_id):
        found = wide_survey(ann)
        answer_all(found)
    return found


def test_a_share_opens_to_its_responses_and_narrows_the_results(
    ann: Membership, survey: Survey, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/surveys/{survey.pk}/")
    page.get_by_role("link", name="Results").press("Enter")
    expect(page.get_by_role("heading", name="Recommend us?")).to_be_visible()
    why = page.get_by_role("region", name="Answers to Why?")
    why.get_by_role("row", name="Price").get_by_role("link", name="2").click()

    expect(page.get_by_role("heading", name="2 responses")).to_be_visible()
    chip = page.get_by_role("link", name=re.compile(r"Why\? Price ?: take away"))
    expect(chip).to_be_visible()
    narrowed = page.url.partition("?")[2]
    page.goto(f"/t/{ann.tenant.slug}/surveys/{survey.pk}/results/?{narrowed}")
    expect(page.get_by_text("2 responses.")).to_be_visible()
    chip.click()
    expect(page.get_by_text("4 responses.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_and_has_no_barriers(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    survey: Survey,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[..., list[str]],
    width: int,
    scheme: Scheme,
) -> None:
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for query in ("", "?answer=why:price", "?answer=why:none"):
        page.goto(f"/t/{ann.tenant.slug}/surveys/{survey.pk}/results/{query}")
        expect(page.get_by_role("heading", name="Results")).to_be_visible()
        assert (query, axe(page)) == (query, [])
        assert page.evaluate(FITS), query
