"""What is said of a file before it is made."""

from __future__ import annotations

import pytest

from journeys.rules.sheet_frames import Paper
from journeys.rules.sheet_options import FileKind, Options, PageKind, options_from
from journeys.rules.sheet_preview import MOST_PAGES, preview_of
from tests.journeys.sheets import at, rich_sheet, sheet, text_lane

WIDE = sheet([5] * 20, lanes=(text_lane(*(at(n, "I wait") for n in range(100))),))
POSTER = Options(pages=PageKind.POSTER, paper=None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(Options(FileKind.XLSX), "6 sheets: Map, Cards, Steps, Lanes, Insights, Info",
                     id="workbook"),
        pytest.param(Options(FileKind.CSV), "6 files: Map, Cards, Steps, Lanes, Insights, Info",
                     id="csv"),
        pytest.param(Options(FileKind.PPTX), "6 slides of 339 × 190 mm", id="slides"),
        pytest.param(Options(pages=PageKind.SLIDES), "6 slides of 339 × 190 mm", id="pdf slides"),
        pytest.param(Options(paper=Paper.A3), "1 page of 420 × 297 mm", id="tiled"),
        pytest.param(Options(), "2 pages of 297 × 210 mm", id="tiled small"),
    ],
)  # fmt: skip
def test_a_file_is_described(options: Options, words: str) -> None:
    assert preview_of(rich_sheet(), options).words == words


def test_a_picture_is_measured_in_pixels_and_a_drawing_in_millimetres() -> None:
    one, two = (preview_of(rich_sheet(), Options(FileKind.PNG, scale=n)).words for n in (1, 2))

    width, height = (int(n.replace(",", "")) for n in one.split() if n[0].isdigit())
    assert two == f"A picture of {2 * width:,} by {2 * height:,} pixels"
    drawing = preview_of(rich_sheet(), Options(FileKind.SVG)).words
    assert drawing.startswith(f"A drawing of {round(width / 72 * 25.4):,} × ")


@pytest.mark.parametrize(
    ("options", "warning"),
    [
        pytest.param(POSTER, "", id="a poster of its own size"),
        pytest.param(
            Options(pages=PageKind.POSTER, paper=Paper.A4),
            "The smallest text will be 0.5 points high: too small to read. "
            "Choose larger paper, or pages to glue together.",
            id="a poster that is too small",
        ),
        pytest.param(
            Options(FileKind.PNG, scale=4),
            "This is too large for one picture. Choose a smaller size, or take the SVG.",
            id="a picture that is too large",
        ),
        pytest.param(Options(FileKind.PNG, scale=1), "", id="a picture that is not"),
    ],
)
def test_what_will_be_bad_about_a_file_is_said(options: Options, warning: str) -> None:
    assert preview_of(WIDE, options).warning == warning


def test_the_first_pages_are_drawn_and_the_others_counted() -> None:
    long = sheet(
        (3,), lanes=tuple(text_lane(at(0, "I wait. " * 400), title=f"L{n}") for n in range(9))
    )

    found = preview_of(long, Options())

    assert len(found.drawings) == MOST_PAGES
    assert found.words == f"{MOST_PAGES + found.more} pages of 297 × 210 mm"
    assert found.more > 0


def test_what_is_too_large_to_place_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.rules.sheet_preview.LARGEST_SHOWN", 5)

    found = preview_of(rich_sheet(), Options())

    assert found.drawings == ()
    assert found.words == "This map is too large for a preview. The file will hold all of it."


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(FileKind.PDF, PageKind.POSTER, None, 4, ("a", "b"), ("c",)),
        Options(FileKind.CSV, PageKind.SLIDES, Paper.A0),
    ],
)
def test_options_are_kept_as_they_were(options: Options) -> None:
    assert options_from(options.told()) == options
