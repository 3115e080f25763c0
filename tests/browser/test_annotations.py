"""What happened, in a browser: written down by keyboard where a line moved, and read there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.aiming import goal
from tests.analytics.annotating import annotation

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
            make.record(value, answered_at=at - timedelta(days=days, minutes=n))
            for days, value in ((2, 9), (9, 9), (16, 8), (23, 0), (30, 9), (100, 9))
            for n in range(20)
        ),
        of=member.tenant,
    )
    return member


def test_a_release_is_written_down_by_keyboard_where_the_line_moved(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/metrics/nps/?period=90d")
    page.get_by_role("link", name="Write one down").press("Enter")
    page.get_by_label("What happened?").fill("Checkout 2.0")
    page.get_by_label("Kind").select_option("release")
    page.get_by_label("On", exact=True).fill((now().date() - timedelta(days=9)).isoformat())
    page.get_by_label("What happened?").press("Enter")

    expect(page.get_by_text("“Checkout 2.0” stands beside the figures now.")).to_be_visible()
    assert "period=90d" in page.url
    expect(page.locator("#happenings .happening-words")).to_have_text("Checkout 2.0")
    expect(page.get_by_text("Upright: something happened.")).to_be_visible()
    page.get_by_role("figure", name="Line: value. Band: 95%").get_by_text("Show as a table").click()
    expect(page.get_by_role("cell", name="Release: Checkout 2.0")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_with_what_happened_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    today = now().date()
    made = annotation(
        ann,
        text="One page instead of three",
        link="https://shop.example/notes",
        day=today - timedelta(days=9),
        last_on=today - timedelta(days=7),
        now=now(),
    )
    goal(ann, from_on=today - timedelta(days=30), due_on=today + timedelta(days=30), now=now())
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for path in (
        "annotations/",
        "annotations/new/",
        f"annotations/{made.pk}/edit/",
        "metrics/nps/?period=90d",
        "metrics/nps/why/?period=90d",
    ):
        page.goto(f"/t/{ann.tenant.slug}/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
