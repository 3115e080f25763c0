"""Writes pages of marks as PPTX: boxes with text, lines and points that people go on to edit."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from cxm.kernel.drawing.marks import (
    Align,
    Dot,
    Figure,
    Mark,
    Page,
    Photo,
    Role,
    Shape,
    Stroke,
    Tile,
)
from cxm.kernel.typesetting.lines import readable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.kernel.drawing.marks import Words

# On every machine with an office program, and narrower than what texts are measured in.
FONT = "Calibri"
_TITLE_ONLY = 5
_FAINTEST_BOLD = 600
_OUTLINES = {
    Shape.CIRCLE: MSO_SHAPE.OVAL,
    Shape.SQUARE: MSO_SHAPE.RECTANGLE,
    Shape.DIAMOND: MSO_SHAPE.DIAMOND,
    Shape.TRIANGLE: MSO_SHAPE.ISOSCELES_TRIANGLE,
}
_SIDES = {Align.START: PP_ALIGN.LEFT, Align.MIDDLE: PP_ALIGN.CENTER, Align.END: PP_ALIGN.RIGHT}
_TITLES = frozenset({Role.TITLE, Role.HEADING})


def presentation(
    pages: Sequence[Page],
    *,
    title: str,
    author: str,
    at: datetime,
) -> bytes:
    """Write *pages*, all of one size, as a presentation made at *at*; one slide each.

    The first heading of a page is the title of its slide. Photos are left out. The same pages
    give the same bytes.
    """
    made = Presentation()
    made.slide_width, made.slide_height = Pt(pages[0].width), Pt(pages[0].height)
    told = made.core_properties
    told.title = readable(title)[:255]
    told.author = told.last_modified_by = readable(author)[:255]
    told.created = told.modified = at.replace(microsecond=0, tzinfo=None)
    told.revision = 1
    for page in pages:
        _slide(made, page)
    written = BytesIO()
    made.save(written)
    return _undated(written.getvalue(), at)


def _slide(made: Any, page: Page) -> None:
    slide = made.slides.add_slide(made.slide_layouts[_TITLE_ONLY])
    holder = slide.shapes.title
    for mark in page.marks:
        if holder is not None and _is_title(mark):
            _titled(holder, mark)
            holder = None
        elif not isinstance(mark, Photo):
            _DRAWN[type(mark)](slide.shapes, mark)
    if holder is not None:
        holder.text_frame.text = readable(page.title)
    if page.notes:
        lines = (readable(line) for line in page.notes.splitlines())
        slide.notes_slide.notes_text_frame.text = "\n".join(lines)


def _is_title(mark: Mark) -> bool:
    return isinstance(mark, Tile) and mark.words is not None and mark.words.role in _TITLES


def _titled(holder: Any, mark: Any) -> None:
    holder.left, holder.top = Pt(mark.x), Pt(mark.y)
    holder.width, holder.height = Pt(mark.width), Pt(mark.height)
    _write(holder.text_frame, mark.words, mark.inset)


def _tile(shapes: Any, tile: Tile) -> None:
    box = (Pt(tile.x), Pt(tile.y), Pt(tile.width), Pt(tile.height))
    if not tile.fill and not tile.edge:
        if tile.words is not None and tile.words.lines:
            _write(shapes.add_textbox(*box).text_frame, tile.words, tile.inset)
        return
    outline = MSO_SHAPE.ROUNDED_RECTANGLE if tile.radius else MSO_SHAPE.RECTANGLE
    shape = shapes.add_shape(outline, *box)
    if tile.radius:
        shape.adjustments[0] = min(tile.radius / max(min(tile.width, tile.height), 1), 0.5)
    _painted(shape, tile.fill, tile.edge, tile.edge_width)
    if tile.words is not None and tile.words.lines:
        _write(shape.text_frame, tile.words, tile.inset)


def _dot(shapes: Any, dot: Dot) -> None:
    side = Pt(2 * dot.radius)
    outline = _OUTLINES[dot.shape]
    shape = shapes.add_shape(outline, Pt(dot.x - dot.radius), Pt(dot.y - dot.radius), side, side)
    fill, edge = ("#ffffff", dot.colour) if dot.is_hollow else (dot.colour, "#ffffff")
    _painted(shape, fill, edge, dot.radius * 0.3)


def _stroke(shapes: Any, stroke: Stroke) -> None:
    """Draw each unbroken run of curves as a freeform whose points can be moved."""
    run: list[Any] = []
    for curve in stroke.curves:
        if run and run[-1][3] != curve[0]:
            _freeform(shapes, run, stroke)
            run = []
        run.append(curve)
    if run:
        _freeform(shapes, run, stroke)


def _freeform(shapes: Any, run: Sequence[Any], stroke: Stroke) -> None:
    points = [point for curve in run for point in curve[1:]]
    builder = shapes.build_freeform(*(Pt(n) for n in run[0][0]), scale=1.0)
    builder.add_line_segments([(Pt(x), Pt(y)) for x, y in points], close=False)
    shape = builder.convert_to_shape()
    _bent(shape)
    shape.fill.background()
    _painted(shape, "", stroke.colour, stroke.width)
    if stroke.dash:
        line = shape.line._get_or_add_ln()  # noqa: SLF001 - dashes of own lengths have no setter
        dashes = line.makeelement(qn("a:custDash"), {})
        for drawn, left in _pairs(stroke.dash):
            told = {
                "d": str(round(drawn / stroke.width * 100_000)),
                "sp": str(round(left / stroke.width * 100_000)),
            }
            dashes.append(dashes.makeelement(qn("a:ds"), told))
        line.append(dashes)


def _bent(shape: Any) -> None:
    """Make each three straight lines of a freeform the cubic curve that they stand for."""
    path = shape._element.find(f".//{qn('a:path')}")  # noqa: SLF001 - the builder knows straight lines
    lines = path.findall(qn("a:lnTo"))
    for place in range(0, len(lines), 3):
        curve = path.makeelement(qn("a:cubicBezTo"), {})
        for line in lines[place : place + 3]:
            curve.append(line[0])
            path.remove(line)
        path.append(curve)


def _pairs(dash: Sequence[float]) -> list[tuple[float, float]]:
    whole = dash if len(dash) % 2 == 0 else [*dash, *dash]
    return list(zip(whole[::2], whole[1::2], strict=True))


def _figure(shapes: Any, figure: Figure) -> None:
    group = shapes.add_group_shape()
    for mark in figure.marks:
        _DRAWN[type(mark)](group.shapes, mark)
    _described(group, figure.alt)


def _described(shape: Any, words: str) -> None:
    shape._element.xpath(".//p:cNvPr")[0].set("descr", readable(words))  # noqa: SLF001 - it has no setter


def _painted(shape: Any, fill: str, edge: str, width: float) -> None:
    shape.shadow.inherit = False
    if fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(fill)
    else:
        shape.fill.background()
    if edge:
        shape.line.color.rgb = _rgb(edge)
        shape.line.width = Pt(width)
    else:
        shape.line.fill.background()


def _write(frame: Any, words: Words, inset: tuple[float, float]) -> None:
    """Write *words* as paragraphs, broken by the program where their text is known unbroken."""
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = Pt(inset[0])
    frame.margin_top = frame.margin_bottom = Pt(inset[1])
    paragraphs = [readable(line) for line in words.text.splitlines()] or list(words.lines)
    for number, text in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.name = Pt(words.size), FONT
        run.font.bold = words.weight >= _FAINTEST_BOLD
        run.font.color.rgb = _rgb(words.colour)
        paragraph.alignment = _SIDES[words.align]
        if words.is_from_the_right:
            paragraph._p.get_or_add_pPr().set("rtl", "1")  # noqa: SLF001 - it has no setter
            if words.align is Align.START:
                paragraph.alignment = PP_ALIGN.RIGHT


def _rgb(colour: str) -> RGBColor:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return RGBColor(red, green, blue)  # type: ignore[no-untyped-call]  # of the library


def _undated(content: bytes, at: datetime) -> bytes:
    """Give the package anew with all its parts of the moment *at*, so that bytes do not differ."""
    written = BytesIO()
    moment = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with ZipFile(BytesIO(content)) as read, ZipFile(written, "w", ZIP_DEFLATED) as book:
        for name in read.namelist():
            part = ZipInfo(name, moment)
            part.compress_type = ZIP_DEFLATED
            book.writestr(part, read.read(name))
    return written.getvalue()


_DRAWN: dict[type, Callable[[Any, Any], None]] = {
    Tile: _tile,
    Stroke: _stroke,
    Dot: _dot,
    Figure: _figure,
}
