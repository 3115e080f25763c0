"""Putting a persona on a map that is not there yet, without leaving the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from personas.models import Persona
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage


@pytest.mark.parametrize("width", [1440, 390])
def test_a_persona_is_made_on_the_map_by_its_name_and_kind(
    width: int,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    on = m.blank_map(member, m.journey(member))
    m.stage(member, on)
    page = open_page(width=width)
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/maps/{on}/")

    page.get_by_role("link", name="Persona", exact=True).click()
    field = page.get_by_role("combobox", name="Whose way? Type a new name to make a persona")
    expect(page.get_by_text("Nothing to choose from yet.")).to_be_visible()
    field.fill("Piet")
    option = page.get_by_role("option", name="Create “Piet” New employee")
    expect(option).to_be_visible()
    assert axe(page) == []
    for _ in range(3):
        field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    field.press("Enter")

    expect(page.get_by_role("link", name="Details of persona Piet, the main one")).to_be_visible()
    expect(page).to_have_url(f"/t/{member.tenant.slug}/maps/{on}/")
    with tenant_bound(member.tenant_id):
        [made] = Persona.objects.for_tenant(member.tenant)
    assert (made.name, made.kind) == ("Piet", "employee")
