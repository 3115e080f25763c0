"""The way of a matrix, by mouse and by keyboard, and personas side by side with their numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.tenants.binding import tenant_bound
from personas.models import Persona
from personas.services.matrices import create_matrix, place_persona
from tests import make
from tests.analytics.persona_world import world
from tests.personas import editing

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from cxm.tenants.models import Membership
    from personas.models import PersonaMatrix
    from tests.browser.conftest import OpenPage, Scheme

NAMES = {"title": "How they buy", "left": "Price", "right": "Comfort", "bottom": "Rarely"}


def matrix_with(member: Membership, **places: tuple[float, float]) -> PersonaMatrix:
    """Make a matrix in which a persona of each name stands at a place."""
    for name in places:
        editing.persona(member, name)
    with tenant_bound(member.tenant_id):
        matrix = create_matrix(
            tenant=member.tenant, names={**NAMES, "top": "Often"}, by=member, now=make.NOW
        )
        for persona in Persona.objects.for_tenant(member.tenant):
            x, y = places[persona.name]
            place_persona(matrix=matrix, persona=persona, x=x, y=y)
    return matrix


def drag(page: Page, name: str, dx: float, dy: float) -> None:
    """Drag a persona by shares of the plane: to the right and up."""
    plane = page.locator("[data-matrix-plane]").bounding_box()
    halo = page.locator(f"[data-name={name}] .matrix-halo").bounding_box()
    assert plane
    assert halo
    x, y = halo["x"] + halo["width"] / 2, halo["y"] + halo["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx * plane["width"], y - dy * plane["height"], steps=5)
    page.mouse.up()


def test_a_matrix_is_made_and_filled_by_mouse(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    editing.persona(member, "Bea")
    page = open_page()
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/personas/matrices/")
    page.get_by_role("link", name="Make a matrix").first.click()
    for label, words in (
        ("Title", "How they buy"),
        ("Left end", "Price"),
        ("Right end", "Comfort"),
        ("Lower end", "Rarely"),
        ("Upper end", "Often"),
    ):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("button", name="Place Bea").click()
    drag(page, "Bea", 0.25, 0.3)

    expect(page.locator("[data-matrix-status]")).to_have_text(re.compile("Bea: 75 .* 80 .*Saved"))
    expect(page.get_by_label("Bea: from Price to Comfort")).to_have_value("75")
    page.reload()
    expect(page.locator("[data-spot]")).to_have_attribute("data-y", "80")
    expect(page).to_have_url(re.compile(r"/personas/matrices/[0-9a-f-]+/$"))


def test_a_persona_moves_by_arrow_keys_and_by_the_table(
    open_page: OpenPage, sign_in: Callable[..., None]
) -> None:
    member = make.member()
    matrix = matrix_with(member, Bea=(0.5, 0.5))
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/matrices/{matrix.pk}/")
    press = page.keyboard.press

    page.locator("[data-spot]").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowDown", "Shift+ArrowUp"):
        press(key)
    expect(page.locator("[data-matrix-status]")).to_have_text(re.compile("Bea: 56 .* 54 .*Saved"))

    page.get_by_label("Bea: from Rarely to Often").fill("100")
    press("Enter")
    expect(page.locator("[data-spot]")).to_have_attribute("data-y", "100")
    expect(page.locator("[data-spot]")).to_have_attribute("data-x", "56")
    page.locator("[data-spot]").focus()
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bea")


def test_a_move_that_is_not_saved_goes_back(
    open_page: OpenPage, sign_in: Callable[..., None], complaints: Any
) -> None:
    member = make.member()
    matrix = matrix_with(member, Bea=(0.5, 0.5))
    page = open_page()
    sign_in(page, member)
    page.goto(f"/t/{member.tenant.slug}/personas/matrices/{matrix.pk}/")
    page.route("**/place/", lambda route: route.abort())
    complaints.expected.append("ERR_FAILED")

    page.locator("[data-spot]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    expect(page.locator("[data-matrix-status]")).to_contain_text("Bea could not be moved")
    expect(page.locator("[data-spot]")).to_have_attribute("data-x", "50")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_matrix_and_comparison_break_no_rule_of_accessibility(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    made = world(member, ["a"] * 7 + ["ab"] * 9 + ["b"] * 6 + [""] * 8)
    matrix = matrix_with(member, **{one.title: (0.05, 0.9) for one in made.values()})
    with tenant_bound(member.tenant_id):
        ids = list(Persona.objects.for_tenant(member.tenant).values_list("pk", flat=True))
    for pk in ids:
        editing.fact(member, pk, editing.section(member, pk), "An answer on the same day")
        editing.section(member, pk, "channels", "Channels")
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    start = f"/t/{member.tenant.slug}/personas"

    for address in (
        f"{start}/matrices/",
        f"{start}/matrices/{matrix.pk}/",
        f"{start}/compare/?{'&'.join(f'p={pk}' for pk in ids)}",
        f"/t/{member.tenant.slug}/segments/group-a/contacts/?channel=web",
    ):
        page.goto(address)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
