"""A rule of the contact policy is tried on the past from its form, read, and then saved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.models import Invitation
from feedback.services.distribution.running import ask
from tests import make
from tests.feedback.drafting import asked_survey
from tests.feedback.outreach import delivered, distribution
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_rule_is_tried_read_and_saved(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)
    with tenant_bound(member.tenant_id):
        distribution(asked_survey(member), by=member)
        for order in ("A-1", "A-2"):
            delivered(member.tenant, "ana@example.com", order=order)
        ask(tenant_id=member.tenant_id, now=NOW)
        Invitation.objects.for_tenant(member.tenant).update(created_at=now() - timedelta(days=2))
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/settings/contact-policy/rules/new/?kind=quiet_period")
    page.get_by_label("Days", exact=True).fill("30")
    assert axe(page) == []
    page.get_by_role("button", name="Try it on the past").click()
    expect(page.get_by_role("heading", name="Asking the past again")).to_be_visible()
    assert axe(page) == []
    drain(member.tenant_id)
    # The page looks by itself until the worker is done.
    expect(page.get_by_role("heading", name="Why invitations were not sent")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("button", name="Save this rule").click()
    expect(page.get_by_text("The policy holds from now on.")).to_be_visible()
    expect(page.get_by_text("30 days of quiet.")).to_be_visible()
