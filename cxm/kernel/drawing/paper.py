"""Gives pages of marks to `templates/typesetting/pages.typ`, which sets them as PDF or PNG."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cxm.kernel.drawing.marks import (
    LINE,
    Dot,
    Figure,
    Mark,
    Page,
    Photo,
    Role,
    Shape,
    Stroke,
    Tile,
    corners,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATE = "typesetting/pages.typ"


def told_pages(pages: Sequence[Page], *, title: str, author: str) -> dict[str, Any]:
    """Say what the template is told of *pages* of a file called *title*."""
    return {
        "title": title,
        "author": author,
        "lang": "en",
        "leading": LINE - 1,
        "pages": [
            {
                "width": _short(page.width),
                "height": _short(page.height),
                "marks": [one for mark in page.marks for one in _told(mark)],
            }
            for page in pages
        ],
    }


def _told(mark: Mark) -> list[dict[str, Any]]:
    return _TOLD[type(mark)](mark)


def _tile(tile: Tile) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if tile.fill or tile.edge:
        box = {**_box(tile), "is": "box", "fill": tile.fill, "edge": tile.edge}
        if tile.edge:
            box |= {"line": _short(tile.edge_width), "dash": [_short(one) for one in tile.dash]}
        found.append(box | ({"radius": _short(tile.radius)} if tile.radius else {}))
    words = tile.words
    if words and words.lines:
        said = {
            "is": "words",
            "x": _short(tile.x + tile.inset[0]),
            "y": _short(tile.y + tile.inset[1]),
            "w": _short(tile.width - 2 * tile.inset[0]),
            "lines": list(words.lines),
            "size": _short(words.size),
            "colour": words.colour,
            "role": words.role.value,
        }
        said |= {"weight": words.weight} if words.weight != 400 else {}  # noqa: PLR2004 - the usual
        said |= {"align": words.align.value} if words.align.value != "start" else {}
        found.append(said | ({"rtl": True} if words.is_from_the_right else {}))
    return found


def _stroke(stroke: Stroke) -> list[dict[str, Any]]:
    curves = [[_short(n) for point in curve for n in point] for curve in stroke.curves]
    told = {"is": "stroke", "curves": curves, "colour": stroke.colour}
    dash = [_short(one) for one in stroke.dash]
    return [{**told, "line": _short(stroke.width), "dash": dash}] if curves else []


def _dot(dot: Dot) -> list[dict[str, Any]]:
    fill, edge = ("#ffffff", dot.colour) if dot.is_hollow else (dot.colour, "#ffffff")
    told = {"is": "dot", "fill": fill, "edge": edge, "line": _short(dot.radius * 0.3)}
    if dot.shape is Shape.CIRCLE:
        side = dot.radius
        return [{**told, "x": _short(dot.x - side), "y": _short(dot.y - side), "r": _short(side)}]
    return [{**told, "corners": [[_short(x), _short(y)] for x, y in corners(dot)]}]


def _photo(photo: Photo) -> list[dict[str, Any]]:
    fit = "cover" if photo.covers else "contain"
    return [{**_box(photo), "is": "photo", "file": photo.file, "alt": photo.alt, "fit": fit}]


def _figure(figure: Figure) -> list[dict[str, Any]]:
    inside = [one for mark in figure.marks for one in _told(mark)]
    # Words in a figure are said by its alternative.
    seen = [{**one, "role": Role.DECORATION.value} if "role" in one else one for one in inside]
    return [{**_box(figure), "is": "figure", "alt": figure.alt, "marks": seen}]


def _box(mark: Tile | Photo | Figure) -> dict[str, Any]:
    return {
        "x": _short(mark.x),
        "y": _short(mark.y),
        "w": _short(mark.width),
        "h": _short(mark.height),
    }


def _short(value: float) -> float:
    return round(value, 2)


_TOLD: dict[type, Callable[..., list[dict[str, Any]]]] = {
    Tile: _tile,
    Stroke: _stroke,
    Dot: _dot,
    Photo: _photo,
    Figure: _figure,
}
