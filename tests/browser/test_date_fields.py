"""Days are entered in fields that look like all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import make
from tests.journeys import charting

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenPage, Scheme

SHARED = ["height", "backgroundColor", "borderTopColor", "borderTopLeftRadius", "color", "font"]
READ_LOOK = """
(field, names) => {
    const style = getComputedStyle(field);
    return Object.fromEntries(names.map((name) => [name, style[name]]));
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_day_looks_like_every_other_field_and_is_no_wider_than_it_needs(
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    member = make.member()
    journey = charting.journey(member)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)

    page.goto(f"/t/{member.tenant.slug}/journeys/{journey}/access/")

    day, address = page.get_by_label("Until"), page.get_by_label("E-mail address")
    expect(day).to_be_visible()
    assert _look(day) == _look(address)
    assert _width(day) == 160
    day.fill("2027-02-28")
    expect(day).to_have_value("2027-02-28")
    assert axe(page) == []


def _look(field: Locator) -> dict[str, str]:
    look: dict[str, str] = field.evaluate(READ_LOOK, SHARED)
    return look


def _width(field: Locator) -> float:
    box = field.bounding_box()
    assert box
    return box["width"]
