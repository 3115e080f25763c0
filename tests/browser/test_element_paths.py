"""The key of an element, and its history without a text, in a browser: accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.rules import Role
from tests import make
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_page import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage, Scheme

FITS = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def made(db: None) -> Sample:
    return sample(make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_both_pages_are_accessible_and_fit(  # noqa: PLR0917 - a table and fixtures
    made: Sample,
    width: int,
    scheme: Scheme,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[[Page], list[dict[str, Any]]],
) -> None:
    page = open_page(width=width, scheme=scheme)
    sign_in(page, made.member)
    start = f"elements/{made.steps[0]}"

    for path in (f"{start}/key/", f"{start}/take-out/", f"?of={made.steps[0]}"):
        page.goto(url(made.member, made.map_id, path))
        assert axe(page) == [], path
        assert page.evaluate(FITS), path
