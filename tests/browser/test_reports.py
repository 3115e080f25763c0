"""Reports in a browser: one made by keyboard after a preview, sent to oneself, and read again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.reporting import NPS, OVERVIEW, report, runs, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def ann(db: None) -> Membership:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ANALYST)
    at = now()
    make.load(
        *(
            make.record(n % 11, touchpoint="checkout", answered_at=at - timedelta(hours=7 * n))
            for n in range(80)
        ),
        of=member.tenant,
    )
    return member


def test_a_report_is_made_after_a_preview_and_sent_to_oneself(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/reports/")
    page.get_by_role("link", name="First report").press("Enter")
    page.get_by_label("What do you call it?").fill("Monday figures")
    page.get_by_role("checkbox", name="Net Promoter Score", exact=True).press("Space")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_text("Nothing is saved or sent yet.")).to_be_visible()
    expect(page.get_by_role("heading", name="Net Promoter Score", exact=True)).to_be_visible()

    page.get_by_role("button", name="Make the report").press("Enter")
    expect(page.get_by_text("Comes every Monday at 07:00, next on")).to_be_visible()
    page.get_by_role("button", name="Send to me now").press("Enter")
    expect(page.get_by_text("Being made for")).to_be_visible()
    drain(ann.tenant_id)
    page.reload()

    page.get_by_role("link", name="Figures of").click()
    expect(page.get_by_text("answers that came later are not in it")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_reports_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    at = now()
    made = report(
        ann, of=ann.tenant, by=ann, pages=[OVERVIEW, NPS], now=at - timedelta(days=1), has_xlsx=True
    )
    send(ann.tenant, at)
    run = runs(ann.tenant)[0]
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    paths = ("", f"{made.pk}/", f"{made.pk}/preview/", f"{made.pk}/edit/")
    for path in (*paths, f"{made.pk}/runs/{run.pk}/"):
        page.goto(f"/t/{ann.tenant.slug}/reports/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
