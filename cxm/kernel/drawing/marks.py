"""What pages are drawn of: the same marks are written as SVG, set as PDF, and put on slides.

Lengths are points, from the upper left corner of the page. Colours are written `#rrggbb`, "" is
none: paper knows no theme. Text comes in lines that are broken already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

# A line's height, and the part of it that lies above the letters' foot, in sizes of the text.
LINE, FOOT = 1.3, 0.95

type Point = tuple[float, float]


class Role(StrEnum):
    """What a text is to those who listen: headings lead through a file, decoration is not read."""

    TITLE = "h1"
    HEADING = "h2"
    SUBHEADING = "h3"
    TEXT = "p"
    DECORATION = ""


class Align(StrEnum):
    """Where lines stand in their box; a text that begins at the right starts there."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class Shape(StrEnum):
    """How a dot is drawn, so that curves differ without colour."""

    CIRCLE = "circle"
    SQUARE = "square"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of one text, all of one look; *text* is the same unbroken, where it is edited later."""

    lines: tuple[str, ...]
    size: float
    colour: str
    weight: int = 400
    align: Align = Align.START
    role: Role = Role.TEXT
    is_from_the_right: bool = False
    text: str = ""

    @property
    def height(self) -> float:
        """Give the height of all lines."""
        return len(self.lines) * self.size * LINE


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle, a text, or a text in a rectangle; *inset* lies between its edge and the text."""

    x: float
    y: float
    width: float
    height: float
    words: Words | None = None
    fill: str = ""
    edge: str = ""
    edge_width: float = 0.6
    radius: float = 0.0
    inset: Point = (0.0, 0.0)
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of cubic Bézier curves, each from the end of the one before or from elsewhere."""

    curves: tuple[tuple[Point, Point, Point, Point], ...]
    colour: str
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a curve, *x* and *y* its middle."""

    x: float
    y: float
    radius: float
    colour: str
    shape: Shape = Shape.CIRCLE
    is_hollow: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture, by the name of its file, in a box that it fits into or covers."""

    x: float
    y: float
    width: float
    height: float
    file: str
    alt: str
    covers: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """Marks that are one thing to those who cannot see them: *alt* says what they show.

    The box is what they lie in.
    """

    x: float
    y: float
    width: float
    height: float
    alt: str
    marks: tuple[Tile | Stroke | Dot, ...]


type Mark = Tile | Stroke | Dot | Photo | Figure


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its marks in the order in which they are drawn and read, and what is said of it.

    *notes* are for who presents it.
    """

    width: float
    height: float
    marks: tuple[Mark, ...]
    title: str = ""
    notes: str = ""


def straight(start: Point, end: Point) -> tuple[Point, Point, Point, Point]:
    """Give a straight line as a curve."""
    (x0, y0), (x1, y1) = start, end
    third, two = ((x0 + (x1 - x0) * n / 3, y0 + (y1 - y0) * n / 3) for n in (1, 2))
    return start, third, two, end


def corners(dot: Dot) -> list[Point]:
    """Give the corners of a dot that is no circle, of about the same area as the circle."""
    x, y, r = dot.x, dot.y, dot.radius
    match dot.shape:
        case Shape.SQUARE:
            side = r * 0.9
            return [(x - side, y - side), (x + side, y - side), (x + side, y + side),
                    (x - side, y + side)]  # fmt: skip
        case Shape.DIAMOND:
            half = r * 1.25
            return [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
        case _:
            half = r * 1.2
            return [(x, y - half), (x + half, y + half * 0.8), (x - half, y + half * 0.8)]


def magnified(page: Page, factor: float) -> Page:
    """Give *page* with all of it *factor* times as large."""
    return Page(
        page.width * factor,
        page.height * factor,
        tuple(_scaled(mark, factor) for mark in page.marks),
        page.title,
        page.notes,
    )


def smallest_text(page: Page) -> float | None:
    """Give the size of the smallest text that is to be read on *page*; None without text."""
    sizes = [
        tile.words.size
        for tile in _tiles(page)
        if tile.words and tile.words.lines and tile.words.role is not Role.DECORATION
    ]
    return min(sizes, default=None)


def _tiles(page: Page) -> list[Tile]:
    found: list[Tile] = []
    for mark in page.marks:
        inside = mark.marks if isinstance(mark, Figure) else (mark,)
        found += [one for one in inside if isinstance(one, Tile)]
    return found


def _scaled(mark: Mark, factor: float) -> Mark:
    return _SCALED[type(mark)](mark, factor)


def _scaled_tile(tile: Tile, factor: float) -> Tile:
    words = tile.words and replace(tile.words, size=tile.words.size * factor)
    return replace(
        tile,
        **_boxed(tile, factor),
        words=words,
        edge_width=tile.edge_width * factor,
        radius=tile.radius * factor,
        inset=(tile.inset[0] * factor, tile.inset[1] * factor),
        dash=tuple(one * factor for one in tile.dash),
    )


def _scaled_stroke(stroke: Stroke, factor: float) -> Stroke:
    return Stroke(
        tuple(
            ((a * factor, b * factor), (c * factor, d * factor),
             (e * factor, f * factor), (g * factor, h * factor))
            for (a, b), (c, d), (e, f), (g, h) in stroke.curves
        ),
        stroke.colour,
        stroke.width * factor,
        tuple(one * factor for one in stroke.dash),
    )  # fmt: skip


def _scaled_dot(dot: Dot, factor: float) -> Dot:
    return replace(dot, x=dot.x * factor, y=dot.y * factor, radius=dot.radius * factor)


def _scaled_photo(photo: Photo, factor: float) -> Photo:
    return replace(photo, **_boxed(photo, factor))


def _scaled_figure(figure: Figure, factor: float) -> Figure:
    inside: Any = tuple(_scaled(mark, factor) for mark in figure.marks)
    return replace(figure, **_boxed(figure, factor), marks=inside)


def _boxed(mark: Tile | Photo | Figure, factor: float) -> dict[str, Any]:
    names = ("x", "y", "width", "height")
    return {name: getattr(mark, name) * factor for name in names}


_SCALED: dict[type, Callable[..., Mark]] = {
    Tile: _scaled_tile,
    Stroke: _scaled_stroke,
    Dot: _scaled_dot,
    Photo: _scaled_photo,
    Figure: _scaled_figure,
}
