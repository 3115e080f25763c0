"""Writes a page of marks as SVG: text stays text, and nothing in it runs or loads."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from cxm.kernel.drawing.marks import (
    FOOT,
    LINE,
    Align,
    Dot,
    Figure,
    Mark,
    Page,
    Photo,
    Shape,
    Stroke,
    Tile,
    Words,
    corners,
)
from cxm.kernel.svg import Element, coordinate, element

FONTS = "Figtree, 'Noto Sans', system-ui, sans-serif"
_KINDS = {"png": "png", "jpg": "jpeg", "gif": "gif", "webp": "webp", "svg": "svg+xml"}


def svg_page(page: Page, *, pictures: Mapping[str, bytes], words: str = "") -> Element:
    """Draw *page*, which is called *words* or by its title; *pictures* are by the files' names."""
    drawn = [one for mark in page.marks for one in _drawn(mark, pictures)]
    title = words or page.title
    return element(
        "svg",
        element("title", title),
        element("rect", width=page.width, height=page.height, fill="#ffffff"),
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        width=page.width,
        height=page.height,
        viewBox=f"0 0 {coordinate(page.width)} {coordinate(page.height)}",
        font_family=FONTS,
        role="img",
        aria_label=title,
    )


def _drawn(mark: Mark, pictures: Mapping[str, bytes]) -> list[Element]:
    if isinstance(mark, Photo):
        return _photo(mark, pictures)
    return _DRAWN[type(mark)](mark)


def _tile(tile: Tile) -> list[Element]:
    found = []
    if tile.fill or tile.edge:
        found.append(
            element(
                "rect", x=tile.x, y=tile.y, width=tile.width, height=tile.height,
                rx=tile.radius or None, fill=tile.fill or "none", stroke=tile.edge or None,
                stroke_width=tile.edge_width if tile.edge else None,
                stroke_dasharray=_dash(tile.dash),
            )
        )  # fmt: skip
    return found + (_lines(tile, tile.words) if tile.words else [])


def _lines(tile: Tile, words: Words) -> list[Element]:
    left, right = tile.x + tile.inset[0], tile.x + tile.width - tile.inset[0]
    places = {Align.MIDDLE: (left + right) / 2, Align.END: right, Align.START: left}
    x = right if words.align is Align.START and words.is_from_the_right else places[words.align]
    # "end" is at the left of a text that runs to the left.
    turned = {"start": "end", "end": "start", "middle": "middle"}
    anchor = words.align.value
    if words.is_from_the_right and words.align is Align.END:
        anchor = turned[anchor]
    top = tile.y + tile.inset[1]
    return [
        element(
            "text", line, x=x, y=top + (number * LINE + FOOT) * words.size, fill=words.colour,
            font_size=words.size, font_weight=str(words.weight) if words.weight > 400 else None,  # noqa: PLR2004 - the usual weight
            text_anchor=None if anchor == "start" else anchor,
            direction="rtl" if words.is_from_the_right else None,
        )
        for number, line in enumerate(words.lines)
        if line
    ]  # fmt: skip


def _stroke(stroke: Stroke) -> list[Element]:
    path: list[str] = []
    at = None
    for start, first, second, end in stroke.curves:
        if start != at:
            path.append(f"M{_pair(start)}")
        path.append(f"C{_pair(first)} {_pair(second)} {_pair(end)}")
        at = end
    drawn = element(
        "path", d="".join(path), fill="none", stroke=stroke.colour, stroke_width=stroke.width,
        stroke_dasharray=_dash(stroke.dash), stroke_linecap="round", stroke_linejoin="round",
    )  # fmt: skip
    return [drawn] if path else []


def _dot(dot: Dot) -> list[Element]:
    look: dict[str, Any] = {
        "fill": "#ffffff" if dot.is_hollow else dot.colour,
        "stroke": dot.colour if dot.is_hollow else "#ffffff",
        "stroke_width": dot.radius * 0.3,
    }
    if dot.shape is Shape.CIRCLE:
        return [element("circle", cx=dot.x, cy=dot.y, r=dot.radius, **look)]
    points = " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in corners(dot))
    return [element("polygon", points=points, **look)]


def _photo(photo: Photo, pictures: Mapping[str, bytes]) -> list[Element]:
    content = b64encode(pictures[photo.file]).decode()
    kind = _KINDS[photo.file.rpartition(".")[2]]
    drawn = element(
        "image", element("title", photo.alt), x=photo.x, y=photo.y, width=photo.width,
        height=photo.height, href=f"data:image/{kind};base64,{content}",
        preserveAspectRatio="xMidYMid slice" if photo.covers else "xMidYMid meet",
    )  # fmt: skip
    return [drawn]


def _figure(figure: Figure) -> list[Element]:
    inside = [one for mark in figure.marks for one in _DRAWN[type(mark)](mark)]
    return [element("g", element("title", figure.alt), *inside)]


def _dash(dash: tuple[float, ...]) -> str | None:
    return " ".join(coordinate(one) for one in dash) or None


def _pair(point: tuple[float, float]) -> str:
    return f"{coordinate(point[0])} {coordinate(point[1])}"


_DRAWN: dict[type, Callable[..., list[Element]]] = {
    Tile: _tile,
    Stroke: _stroke,
    Dot: _dot,
    Figure: _figure,
}
