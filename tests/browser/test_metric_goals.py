"""Goals in a browser: one set by keyboard, and read on its page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.rules import Role
from tests import make
from tests.analytics.aiming import goal

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
            for days, value in ((5, 9), (20, 9), (60, 8), (70, 0))
            for n in range(30)
        ),
        of=member.tenant,
    )
    return member


def test_a_goal_is_set_by_keyboard(
    ann: Membership, open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, ann)
    page.goto(f"/t/{ann.tenant.slug}/strategy/")
    page.get_by_role("main").get_by_role("link", name="Set a goal").press("Enter")
    page.get_by_label("What do you call it?").fill("More promoters")
    page.get_by_label("From").fill((now().date() - timedelta(days=30)).isoformat())
    page.get_by_label("Due").fill((now().date() + timedelta(days=30)).isoformat())
    page.get_by_label("Target").fill("60")
    page.get_by_label("Target").press("Enter")

    expect(page.get_by_role("heading", name="More promoters")).to_be_visible()
    expect(page.get_by_text("(60 answers), 100 since (60 answers)")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_of_goals_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    ann: Membership,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    today = now().date()
    made = goal(
        ann,
        from_on=today - timedelta(days=30),
        due_on=today + timedelta(days=30),
        now=now(),
    )
    page = open_page(width=width, scheme=scheme)
    sign_in(page, ann)

    for path in ("", f"{made.pk}/", "new/", f"{made.pk}/edit/"):
        page.goto(f"/t/{ann.tenant.slug}/strategy/{path}")
        expect(page.get_by_role("main")).to_be_visible()
        assert (path, axe(page)) == (path, [])
        assert page.evaluate(FITS), path
