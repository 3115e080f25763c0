"""The way of a link: made by keyboard, sent, opened by a stranger, revoked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.rules.templates import TEMPLATES
from personas.services.personas import create_persona
from tests import make
from tests.personas.mapping import map_of, placed, related
from tests.personas.shares import PASSWORD, link_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from personas.models import Persona, StakeholderMap
    from tests.browser.conftest import Complaints, OpenPage, Scheme

SIZES = [
    pytest.param((1440, "light"), id="desktop-light"),
    pytest.param((390, "dark"), id="phone-dark"),
]


@pytest.fixture
def bea(transactional_db: None) -> Membership:
    return make.member(of=make.tenant(name="Acme Parcels"), role=Role.MANAGER)


def _persona(member: Membership) -> Persona:
    with tenant_bound(member.tenant_id):
        return create_persona(
            tenant=member.tenant,
            name="Sandra",
            by=member,
            now=make.NOW,
            template=TEMPLATES["user"],
        )


def _map(member: Membership) -> StakeholderMap:
    on = map_of(member, "Getting a parcel")
    courier = placed(member, on, "Courier", "partner", ring=0, sector=1)
    team = placed(member, on, "Warehouse team", "team", ring=1, sector=0)
    related(member, on, team, courier, "goods", title="Parcels of the day")
    return on


def _width(page: Page) -> int:
    wide: int = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return wide


def test_a_link_is_made_by_keyboard_opened_by_a_stranger_and_revoked(
    open_page: OpenPage, sign_in: Callable[..., None], bea: Membership, complaints: Complaints
) -> None:
    complaints.expected += ["status of 404", "status of 422"]
    persona, page = _persona(bea), open_page()
    sign_in(page, bea)
    page.goto(f"/t/{bea.tenant.slug}/personas/{persona.pk}/")

    page.get_by_role("button", name="More", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Share").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Share")
    page.get_by_label("Who is it for?").focus()
    page.keyboard.type("The agency")
    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    address = page.get_by_label("The link is made").input_value()

    stranger = open_page(width=390)
    stranger.goto(address)
    expect(stranger.get_by_label("Password")).to_be_focused()
    stranger.keyboard.type("guessed it")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_text("4 tries are left")).to_be_visible()
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Sandra")

    page.get_by_role("button", name="Revoke The agency").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("it shows nothing any more")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link shows nothing")


@pytest.mark.parametrize("size", SIZES)
def test_what_strangers_see_is_accessible(
    open_page: OpenPage,
    axe: Callable[[Page], list[dict[str, Any]]],
    bea: Membership,
    size: tuple[int, Scheme],
    complaints: Complaints,
) -> None:
    complaints.expected.append("status of 404")
    page = open_page(width=size[0], scheme=size[1])
    persona = _persona(bea)
    pages = {
        link_to(bea, persona): "Sandra",
        link_to(bea, _map(bea)): "Getting a parcel",
        link_to(bea, persona, password=PASSWORD): "Enter the password",
        "/s/nothing": "This link shows nothing",
    }

    for address, words in pages.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(words)
        assert axe(page) == []
        assert _width(page) <= 0


def test_a_map_is_read_in_all_its_layouts_by_keyboard(open_page: OpenPage, bea: Membership) -> None:
    page = open_page()
    page.goto(link_to(bea, _map(bea)))

    for name, shown in (("Network", "network"), ("Sectors", "sectors"), ("Rings", "rings")):
        page.get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"layout={shown}$"))
        expect(page.locator(f'svg[data-layout="{shown}"]')).to_be_visible()
    expect(page.get_by_role("row", name="Courier").first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_page_of_links_is_accessible(
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
    bea: Membership,
    size: tuple[int, Scheme],
) -> None:
    persona, page = _persona(bea), open_page(width=size[0], scheme=size[1])
    page.goto(link_to(bea, persona, label="The board"))
    sign_in(page, bea)

    page.goto(f"/t/{bea.tenant.slug}/personas/{persona.pk}/share/")
    page.get_by_text("Last visits").click()

    assert axe(page) == []
    assert _width(page) <= 0
