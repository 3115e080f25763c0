"""Marks as SVG and as what is set: the same page in both, whatever its text."""

from __future__ import annotations

import pytest

from cxm.kernel.drawing.marks import (
    Align,
    Dot,
    Figure,
    Page,
    Photo,
    Role,
    Shape,
    Stroke,
    Tile,
    Words,
    magnified,
    smallest_text,
    straight,
)
from cxm.kernel.drawing.paper import told_pages
from cxm.kernel.drawing.svg_pages import svg_page

INK = "#22333a"


def words(*lines: str, **more: object) -> Words:
    return Words(lines, 10.0, INK, **more)  # type: ignore[arg-type]  # as of Words


def drawn(*marks: object, **pictures: bytes) -> str:
    page = Page(100, 50, marks, "A page")  # type: ignore[arg-type]  # marks
    return str(
        svg_page(page, pictures={f"{name}.png": content for name, content in pictures.items()})
    )


def test_a_text_stands_where_its_box_says_line_by_line() -> None:
    found = drawn(Tile(10, 20, 60, 40, words("one", "two"), inset=(4, 2)))

    assert '<text x="14" y="31.5" fill="#22333a" font-size="10">one</text>' in found
    assert '<text x="14" y="44.5" fill="#22333a" font-size="10">two</text>' in found


@pytest.mark.parametrize(
    ("align", "is_from_the_right", "place"),
    [
        (Align.START, False, 'x="14"'),
        (Align.MIDDLE, False, 'x="40"'),
        (Align.END, False, 'x="66"'),
        (Align.START, True, 'x="66"'),
    ],
)
def test_a_text_begins_at_its_side(align: Align, is_from_the_right: bool, place: str) -> None:
    said = words("ab", align=align, is_from_the_right=is_from_the_right)

    found = drawn(Tile(10, 0, 60, 20, said, inset=(4, 0)))

    assert f"<text {place}" in found
    assert ('direction="rtl"' in found) is is_from_the_right


def test_what_people_wrote_is_escaped() -> None:
    found = drawn(Tile(0, 0, 9, 9, words("<script>&\"'</script>")))

    assert "<script" not in found
    assert "&lt;script&gt;&amp;" in found


def test_a_line_is_one_path_until_it_is_broken() -> None:
    first, second = straight((0, 0), (10, 0)), straight((10, 0), (20, 5))
    apart = straight((30, 0), (40, 0))

    found = drawn(Stroke((first, second, apart), INK, 2, (3, 1)))

    assert found.count("<path") == 1
    assert found.count("M") == 2
    assert 'stroke-dasharray="3 1"' in found


def test_dots_differ_by_shape() -> None:
    circle, *others = (drawn(Dot(5, 5, 3, INK, shape)) for shape in Shape)

    assert "<circle" in circle
    assert len({one for one in others if "<polygon" in one}) == 3
    assert 'fill="#ffffff" stroke="#22333a"' in drawn(Dot(5, 5, 3, INK, is_hollow=True))


def test_a_photo_is_in_the_file_with_its_words() -> None:
    found = drawn(Photo(0, 0, 10, 10, "cat.png", "A cat"), cat=b"png")

    assert 'href="data:image/png;base64,cG5n"' in found
    assert "<title>A cat</title>" in found


def test_a_figure_is_said_by_its_words_and_what_is_in_it_is_not_read() -> None:
    figure = Figure(0, 0, 10, 10, "A curve", (Tile(0, 0, 5, 5, words("+1")),))

    [page] = told_pages([Page(10, 10, (figure,))], title="A map", author="Acme")["pages"]

    [told] = page["marks"]
    assert (told["is"], told["alt"], told["marks"][0]["role"]) == ("figure", "A curve", "")
    assert "<g><title>A curve</title>" in drawn(figure)


def test_a_page_is_magnified_with_all_that_is_on_it() -> None:
    tile = Tile(1, 2, 3, 4, words("a", role=Role.TITLE), edge=INK, inset=(1, 1), dash=(1, 2))
    marks = (
        tile,
        Stroke((straight((0, 0), (3, 3)),), INK, 1, (1,)),
        Photo(1, 1, 2, 2, "cat.png", ""),
        Figure(0, 0, 5, 5, "A", (Dot(1, 2, 3, INK),)),
    )

    page = magnified(Page(10, 20, marks), 2)

    assert (page.width, page.height, smallest_text(page)) == (20, 40, 20)
    assert page.marks[0] == Tile(
        2, 4, 6, 8, Words(("a",), 20, INK, role=Role.TITLE), edge=INK, edge_width=1.2,
        inset=(2, 2), dash=(2, 4),
    )  # fmt: skip
    assert page.marks[3] == Figure(0, 0, 10, 10, "A", (Dot(2, 4, 6, INK),))


def test_decoration_is_not_measured() -> None:
    small = Words(("x",), 2.0, INK, role=Role.DECORATION)

    assert smallest_text(Page(9, 9, (Tile(0, 0, 9, 9, small), Tile(0, 0, 9, 9, words("a"))))) == 10
    assert smallest_text(Page(9, 9, (Tile(0, 0, 9, 9, small),))) is None
