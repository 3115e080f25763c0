"""Taking a map out as a file: what it will be is seen before, large ones come by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cxm.kernel.effects import registered
from cxm.work import engine
from journeys.selectors.exports import EXPORT
from journeys.tasks import export_map
from tests import make
from tests.browser.test_library_files import keep
from tests.journeys import charting
from tests.journeys.exporting import full_map, url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import OpenPage


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_file_is_chosen_looked_at_and_taken(
    width: int,
    scheme: Any,
    open_page: OpenPage,
    sign_in: Callable[..., None],
    axe: Callable[..., list[Any]],
) -> None:
    member = make.member()
    on = full_map(member)
    charting.stage(member, on.pk, "Afterwards", steps=8)
    page = open_page(width=width, scheme=scheme)
    sign_in(page, member)
    page.goto(url(member, "map-export", on.pk))
    preview = page.get_by_role("region", name="Preview")

    expect(preview.get_by_role("status")).to_contain_text("of 297 × 210 mm")
    keep(page, f"export-{width}-{scheme}")
    page.get_by_label("One large page").check()
    expect(preview).to_contain_text("too small to read")
    page.get_by_label("Paper").select_option("A1")
    expect(preview.get_by_role("status")).to_contain_text("1 page of 841 × 594 mm")
    expect(preview).not_to_contain_text("too small to read")
    expect(page.get_by_label("Size")).to_be_hidden()
    keep(page, f"export-poster-{width}-{scheme}")
    assert axe(page) == []

    with page.expect_download() as taken:
        preview.get_by_role("button", name="Download").click()
    assert taken.value.suggested_filename == "I send back shoes, As it is.pdf"
    assert "paper=a1" in page.url


def test_a_large_file_appears_when_it_is_made(
    open_page: OpenPage, sign_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.services.exports.LARGE", 1)
    member = make.member()
    on = full_map(member)
    page = open_page()
    sign_in(page, member)
    page.goto(url(member, "map-export", on.pk) + "?kind=pptx")

    page.get_by_role("button", name="Make the file").click()
    made = page.get_by_role("region", name="Made in the background")
    expect(made).to_contain_text("PowerPoint of As it is Waiting")
    engine.drain(member.tenant_id)

    with page.expect_download() as taken:
        made.get_by_role("link", name="Download PowerPoint of As it is").click()
    assert taken.value.suggested_filename == "I send back shoes, As it is.pptx"
    assert registered(EXPORT).run.__self__.step is export_map  # type: ignore[attr-defined]
