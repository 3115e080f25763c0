"""Setting files: text stays text, whatever it says, and nothing is read from elsewhere."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from pypdf import PdfReader

from cxm.kernel.typesetting.rich_nodes import rich_nodes
from cxm.kernel.typesetting.setting import TooLargeError, typeset_pdf, typeset_png
from tests import make
from tests.kernel.reading_pdf import alternatives

SHEET = "personas/persona_sheet.typ"
PICTURE = "personas/map_picture.typ"
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
EVIL = (
    '#read("/etc/passwd")',
    "#panic()",
    "$x^2$ *bold* _em_ `raw` <label> @ref",
    '"); #image("../../secret.png',
    "= Heading // comment /* open",
    "\\u{41}",
    '#import "@preview/nothing:0.1.0"',
)


def _told(**more: Any) -> dict[str, Any]:
    return {
        "title": "Busy Bea",
        "author": "Northwind",
        "lang": "en",
        "is_paged": True,
        "strong": "#006d6d",
        "soft": "#cbecec",
        "tagline": "",
        "quote": "",
        "cover": None,
        "picture": {"file": "face.svg", "alt": "A drawn face."},
        "facts": [],
        "numbers": None,
        "rows": [],
        "footer": ["Busy Bea", "Assumed", "Owner: Ana", "22 Nov 2026"],
        **more,
    }


def _listed(*lines: str) -> dict[str, Any]:
    told = [{"label": "", "text": line, "sort": ""} for line in lines]
    part = {"kind": "statements", "is_labelled": False, "lines": told}
    return {"title": "Needs", "is_full": True, "parts": [part]}


def _read(told: dict[str, Any]) -> PdfReader:
    pdf = typeset_pdf(SHEET, told, at=make.NOW, pictures={"face.svg": SQUARE})
    return PdfReader(BytesIO(pdf))


def _text(reader: PdfReader) -> str:
    """Read all words, without blanks and without the signs that let long ones be cut."""
    words = "".join("".join(page.extract_text().split()) for page in reader.pages)
    return words.replace("\u200b", "")


@pytest.mark.parametrize("text", EVIL)
def test_markup_in_a_text_is_set_as_it_was_written(text: str) -> None:
    reader = _read(_told(title=text, rows=[[_listed(text)]]))

    assert _text(reader).count("".join(text.split())) >= 2


def test_a_word_that_no_line_has_room_for_is_cut_between_letters() -> None:
    long = "x" * 400
    reader = _read(_told(title=long[:120], rows=[[_listed(long, "https://x.example/" + long)]]))

    lines = reader.pages[0].extract_text().replace("\u200b", "").split("\n")
    assert max(map(len, lines)) < 130
    assert long in _text(reader)
    assert reader.metadata is not None
    assert reader.metadata.title == long[:120]


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("Z" + "\u0300" * 40 + "e" * 40, id="marks-on-a-letter"),
        pytest.param("e" * 30 + "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}", id="joined-emoji"),
    ],
)
def test_a_long_word_is_never_cut_off_a_mark_or_within_an_emoji(word: str) -> None:
    text = _read(_told(rows=[[_listed(word)]])).pages[0].extract_text()

    assert "\u200b\u0300" not in text
    assert "\u200d\u200b" not in text
    assert "e\u200be" in text


def test_a_pdf_says_its_title_its_language_and_what_its_pictures_show() -> None:
    reader = _read(_told())

    root: Any = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Busy Bea", "Northwind")
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    assert "/StructTreeRoot" in root
    assert "A drawn face." in alternatives(reader)


def test_a_pdf_keeps_to_the_standard_for_all_readers() -> None:
    plain = typeset_pdf(SHEET, _told(), at=make.NOW, pictures={"face.svg": SQUARE})

    assert b"pdfuaid:part" in plain


def test_signs_that_no_font_has_do_not_stop_a_pdf() -> None:
    reader = _read(_told(rows=[[_listed("before \U0001f9ff\ue123\U000e0041 after")]]))

    assert "before" in _text(reader)
    assert "after" in _text(reader)


@pytest.mark.parametrize(
    "text", ["שלום עולם", "مرحبا بالعالم", "Ελληνικά", "Привет", "Zażółć", "👩‍👧 😀"]
)
def test_other_scripts_have_a_font(text: str) -> None:
    pdf = typeset_pdf(SHEET, _told(tagline=text), at=make.NOW, pictures={"face.svg": SQUARE})

    assert b"pdfuaid:part" in pdf


def test_fonts_stand_inside_the_file() -> None:
    reader = _read(_told(rows=[[_listed("One")]]))

    fonts: Any = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    names = {font["/BaseFont"].split("+")[-1] for font in map(fonts.__getitem__, fonts)}
    inside = {
        "/FontFile2" in child["/FontDescriptor"] or "/FontFile3" in child["/FontDescriptor"]
        for font in map(fonts.__getitem__, fonts)
        for child in (one.get_object() for one in font["/DescendantFonts"])
    }
    assert {name.partition("-")[0] for name in names} <= {"Figtree", "BricolageGrotesque"}
    assert inside == {True}


def test_each_page_says_what_it_is_of_and_which_page() -> None:
    many = _listed(*(f"Statement {number}" for number in range(120)))
    reader = _read(_told(rows=[[many]]))

    count = len(reader.pages)
    assert count > 2
    for number, page in enumerate(reader.pages, start=1):
        text = " ".join(page.extract_text().split())
        assert "Busy Bea · Assumed · Owner: Ana · 22 Nov 2026" in text
        assert f"Page {number} of {count}" in text


def test_the_same_words_at_the_same_time_make_the_same_file() -> None:
    first, second = (
        typeset_pdf(SHEET, _told(), at=make.NOW, pictures={"face.svg": SQUARE}) for _ in range(2)
    )

    assert first == second


def test_several_threads_set_files_at_once() -> None:
    sheets = [_told(tagline=f"Sheet {number}") for number in range(6)]

    def made(told: dict[str, Any]) -> bytes:
        return typeset_pdf(SHEET, told, at=make.NOW, pictures={"face.svg": SQUARE})

    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(made, sheets))

    assert together == [made(told) for told in sheets]


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_a_picture_is_as_large_as_was_asked(scale: int) -> None:
    told = _picture(width=300, height=200)
    png = typeset_png(PICTURE, told, pictures={"drawing.svg": SQUARE}, scale=scale)

    with Image.open(BytesIO(png)) as image:
        assert (image.format, image.size) == ("PNG", (300 * scale, 200 * scale))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_made() -> None:
    told = _picture(width=1_000, height=3_000)

    with pytest.raises(TooLargeError, match="Choose a smaller scale, or take the PDF"):
        typeset_png(PICTURE, told, pictures={"drawing.svg": SQUARE}, scale=4)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(TooLargeError, match="too long to be set as one file"):
        _read(_told(tagline="long " * 80_001))


@pytest.mark.data
@pytest.mark.slow
def test_naughty_strings_are_set_as_they_are() -> None:
    naughty = [text for text in _naughty() if text.strip()]

    reader = _read(_told(rows=[[_listed(*naughty)]]))

    text = _text(reader)
    plain = [one for one in naughty if one.isascii() and one.isprintable()]
    assert len(plain) > 200
    assert [one for one in plain if "".join(one.split()) not in text] == []


@pytest.mark.parametrize("name", ["../face.svg", "faces/face.svg", "face.typ", "Face.svg"])
def test_a_picture_lies_nowhere_else(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a picture"):
        typeset_pdf(SHEET, _told(), at=make.NOW, pictures={name: SQUARE})


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("", []),
        ("One\ntwo", [{"tag": "p", "of": ["One", {"tag": "br", "of": []}, "two"]}]),
        ("**a** & <b>", [{"tag": "p", "of": [{"tag": "strong", "of": ["a"]}, " & <b>"]}]),
        ("1. x", [{"tag": "ol", "of": [{"tag": "li", "of": ["x"]}]}]),
        (
            "[w](https://x.example)",
            [{"tag": "p", "of": [{"tag": "a", "of": ["w"], "href": "https://x.example"}]}],
        ),
    ],
    ids=["empty", "lines", "signs", "list", "link"],
)
def test_rich_text_becomes_nested_words(text: str, nodes: list[Any]) -> None:
    assert rich_nodes(text) == nodes


def test_lists_within_lists_are_set_however_deep() -> None:
    deep = "\n".join(f"{'  ' * depth}- level {depth}" for depth in range(60))
    rich = {
        "title": "Deep",
        "is_full": True,
        "parts": [{"kind": "rich", "nodes": rich_nodes(deep)}],
    }

    text = _text(_read(_told(rows=[[rich]])))

    assert all(f"level{depth}" in text for depth in range(15))


def _naughty() -> list[str]:
    """Read the strings that break programs, from the shared data."""
    path = Path(settings.BASE_DIR) / "../shared/data/peer_vectors/blns.json"
    if not path.exists():
        pytest.skip("../shared/data/peer_vectors/blns.json is not on this machine")
    found: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _picture(*, width: int, height: int) -> dict[str, Any]:
    drawing = {"file": "drawing.svg", "alt": "A circle."}
    told = {"title": "Map", "author": "Northwind", "lang": "en", "drawing": drawing}
    return {**told, "width": width, "height": height}
