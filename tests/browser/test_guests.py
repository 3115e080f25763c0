"""A guest in a browser: invited to one journey, and shown nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap
from tests import make
from tests.journeys import charting
from tests.journeys.sample import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from tests.browser.conftest import OpenPage


def test_a_guest_is_invited_opens_the_journey_and_sees_nothing_else(
    open_page: OpenPage, sign_in: Callable[[Page, Membership], None]
) -> None:
    made = sample(make.member())
    member = made.member
    charting.journey(member, "A secret of ours")
    with tenant_bound(member.tenant_id):
        journey = JourneyMap.objects.for_tenant(member.tenant).get(pk=made.map_id).journey_id
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/journeys/{journey}/")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="People with access").click()
    page.get_by_label("E-mail address").fill("gil@example.com")
    form = page.locator("form", has=page.get_by_label("E-mail address"))
    form.get_by_label("As", exact=True).select_option("commenter")
    form.get_by_label("Until").fill((now().date() + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="Let in").click()
    link = page.get_by_label("The link for gil@example.com").input_value()
    expect(page.get_by_role("row", name=re.compile("gil@example.com"))).to_contain_text("Invited")

    guest = open_page()
    guest.goto(link)
    guest.get_by_label("Your name").fill("Gil Gast")
    guest.get_by_label("Password").fill("three words in a row")
    guest.get_by_role("button", name=re.compile("Join|Make|Accept")).click()
    expect(guest).to_have_url(re.compile("/journeys/$"))
    expect(guest.get_by_text("A secret of ours")).to_have_count(0)
    expect(guest.locator("nav").get_by_role("link", name="Personas")).to_have_count(0)
    guest.get_by_role("link", name="Switching to fibre at home").click()
    guest.get_by_role("link", name="As it is").first.click()
    expect(guest.get_by_role("grid")).to_contain_text("Sees an ad for fibre")

    page.reload()
    expect(page.get_by_role("row", name=re.compile("Gil Gast"))).to_contain_text("Has access")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_access_and_activity_are_accessible(
    open_page: OpenPage,
    sign_in: Callable[[Page, Membership], None],
    axe: Callable[[Page], list[dict[str, Any]]],
    width: int,
    scheme: Any,
) -> None:
    made = sample(make.member())
    member = made.member
    with tenant_bound(member.tenant_id):
        journey = JourneyMap.objects.for_tenant(member.tenant).get(pk=made.map_id).journey_id
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    start = f"/t/{member.tenant.slug}/journeys/{journey}"

    page.goto(f"{start}/access/")
    page.get_by_label("E-mail address").fill("gil@example.com")
    form = page.locator("form", has=page.get_by_label("E-mail address"))
    form.get_by_label("Until").fill((now().date() + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="Let in").click()
    expect(page.get_by_label("The link for gil@example.com")).to_be_visible()
    assert axe(page) == []
    for name in ("access", "activity"):
        page.goto(f"{start}/{name}/")
        assert axe(page) == []
