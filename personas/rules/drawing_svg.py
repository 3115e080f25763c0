"""A drawing of stakeholders as SVG, for a page and as a file that stands for itself.

Colours and sizes are attributes, for the file; on a page, classes say them anew by the theme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cxm.kernel.svg import Element, coordinate, element
from personas.rules.drawing_lines import DASHES, FIGURE, WIDTHS, Line, Link, lines_of, words_placed
from personas.rules.drawing_places import (
    BOUNDARY,
    HIGHEST,
    LOWEST,
    PLOT,
    Drawing,
    Ground,
    Placed,
    at_numbers,
)
from personas.rules.drawing_regions import CENTRE, RADIUS, SIDE, Point, from_polar, ring_radius
from personas.rules.drawing_words import attitude_words, initials, spoken, summary, wrapped
from personas.rules.kinds import Layout, StakeholderKind
from personas.rules.print_colours import print_colours

INK, QUIET, LINE, PAPER, FILL, THREAD = (
    "#22333a",
    "#55656b",
    "#c9cfcc",
    "#ffffff",
    "#f3f5f2",
    "#0f6468",
)
_SIGN_WIDTH = 0.56
_MOST_WORDS = 60
_QUADRANTS = (
    ("Keep satisfied", 0, 0),
    ("Manage closely", 1, 0),
    ("Watch", 0, 1),
    ("Keep informed", 1, 1),
)
_SQUARES = frozenset({StakeholderKind.TEAM, StakeholderKind.ORGANISATION, StakeholderKind.PARTNER})
_ROUND = frozenset({StakeholderKind.PERSON, StakeholderKind.ROLE})


def svg_of(
    drawing: Drawing,
    links: Sequence[Link] = (),
    *,
    title: str,
    link_to: Callable[[Placed], str] | None = None,
    chosen: str = "",
) -> Element:
    """Draw the map called *title*; relations only in the network.

    With *link_to* each stakeholder is a link with the address it gives, *chosen* is the id of the
    placement that stands out.
    """
    ground = drawing.ground
    lines = lines_of(drawing, links) if ground.layout is Layout.NETWORK else []
    marks = [placed.mark for placed in drawing.placed]
    people = [_node(drawing, placed, link_to, chosen) for placed in drawing.placed]
    return element(
        "svg",
        element("title", title),
        element("desc", summary(ground, marks, len(lines))),
        element("g", *_ground(ground), class_="stakeholder-ground"),
        *([_tray_words(ground)] if any(p.is_apart for p in drawing.placed) else []),
        element("g", *[_relation(line) for line in lines], class_="stakeholder-lines"),
        element("g", *people, class_="stakeholder-nodes"),
        element("g", *_relation_words(lines, drawing), class_="stakeholder-words"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {coordinate(SIDE)} {coordinate(drawing.height)}",
        class_="stakeholder-drawing",
        role="group" if link_to else "img",
        aria_label=f"{title}: {ground.layout.words.lower()}",
        font_family="Figtree, system-ui, sans-serif",
        data_layout=ground.layout.value,
    )


def shape_of(placed: Placed, radius: float, layout: Layout) -> Element:
    """Draw the figure of a stakeholder: by its kind, in the grid by its attitude."""
    x, y = placed.x, placed.y - radius / 2
    if layout is Layout.POWER_INTEREST:
        return _by_attitude(placed.mark.attitude, x, y, radius)
    if placed.mark.kind in _ROUND:
        return _circle(x, y, radius)
    if placed.mark.kind in _SQUARES:
        return _square(x, y, radius)
    sides = 6 if placed.mark.kind == StakeholderKind.SYSTEM else 4
    return _polygon(x, y, radius * (1.05 if sides == 6 else 1.18), sides, 0.0)  # noqa: PLR2004


def _by_attitude(attitude: int | None, x: float, y: float, radius: float) -> Element:
    if attitude == -2:  # noqa: PLR2004 - the two ends of the scale
        return _square(x, y, radius)
    if attitude == 2:  # noqa: PLR2004 - the two ends of the scale
        return _polygon(x, y, radius * 1.1, 6, 0.0)
    if attitude in {-1, 1}:
        return _polygon(x, y, radius * 1.2, 3, 0.0 if attitude == 1 else 0.5)
    dashes = None if attitude == 0 else "4 3"
    return _circle(x, y, radius, dashes)


def _circle(x: float, y: float, radius: float, dashes: str | None = None) -> Element:
    return element("circle", cx=x, cy=y, r=radius, **_figure(dashes))


def _square(x: float, y: float, radius: float) -> Element:
    side = radius * 1.8
    box = {"x": x - side / 2, "y": y - side / 2, "width": side, "height": side}
    return element("rect", **box, rx=radius / 4, **_figure())


def _polygon(x: float, y: float, radius: float, sides: int, turn: float) -> Element:
    corners = [from_polar(radius, turn + index / sides) for index in range(sides)]
    moved = [(x + px - CENTRE, y + py - CENTRE) for px, py in corners]
    return element("polygon", points=_points(moved), **_figure())


def _figure(dashes: str | None = None) -> dict[str, str | float | None]:
    return {
        "class_": "stakeholder-figure",
        "fill": PAPER,
        "stroke": THREAD,
        "stroke_width": 2,
        "stroke_dasharray": dashes,
    }


def _node(
    drawing: Drawing, placed: Placed, link_to: Callable[[Placed], str] | None, chosen: str
) -> Element:
    layout, room = drawing.ground.layout, drawing.spacing
    radius, mark = room * FIGURE, placed.mark
    letters = _text((placed.x, placed.y - radius / 2), initials(mark.name), room * 0.17, THREAD)
    size = min(15.0, room * 0.135)
    words = [(line, INK) for line in wrapped(mark.name, int(room / (size * _SIGN_WIDTH)))]
    if layout is Layout.POWER_INTEREST and mark.attitude is not None:
        words.append((attitude_words(mark.attitude), QUIET))
    below = placed.y + radius * 0.5 + size * 0.95
    lines = [
        _text((placed.x, below + index * size * 1.12), line, size, colour, is_strong=colour == INK)
        for index, (line, colour) in enumerate(words)
    ]
    parts = [element("title", spoken(drawing.ground, mark)), shape_of(placed, radius, layout)]
    is_chosen = mark.id == chosen
    common = {"class_": f"stakeholder-node{' is-chosen' if is_chosen else ''}"}
    if link_to is None:
        return element("g", *parts, letters, *lines, **common)
    told = {"id": f"node-{mark.id}", "href": link_to(placed), "data_placement": mark.id}
    where = {"data_x": placed.x, "data_y": placed.y, "data_apart": "1" if placed.is_apart else None}
    current = "true" if is_chosen else None
    return element(
        "a", *parts, letters, *lines, **common, **told, **where,
        aria_current=current, aria_describedby="move-words",
    )  # fmt: skip


def _ground(ground: Ground) -> list[Element]:
    match ground.layout:
        case Layout.RINGS:
            return [*_rings(ground), *_spokes(ground), *_ring_names(ground), *_sector_names(ground)]
        case Layout.SECTORS:
            return [_disc(RADIUS), *_spokes(ground), *_sector_names(ground)]
        case Layout.NETWORK:
            return [_rectangle(4, 4, SIDE - 8, SIDE - 8)]
        case _:
            return _grid()


def _rings(ground: Ground) -> list[Element]:
    count = len(ground.rings)
    return [
        _disc(ring_radius(ring, count), ring, ground.colour_of(ring))
        for ring in reversed(range(count))
    ]


def _disc(radius: float, ring: int = 0, colour: str = "") -> Element:
    shade = "stakeholder-area is-even" if ring % 2 == 0 else "stakeholder-area"
    fill = FILL if ring % 2 == 0 else PAPER
    if colour:
        shade, fill = f"stakeholder-area is-coloured persona-{colour}", print_colours(colour)[1]
    return element(
        "circle", class_=shade, cx=CENTRE, cy=CENTRE, r=radius, fill=fill, stroke=LINE,
        stroke_width=1.5,
    )  # fmt: skip


def _spokes(ground: Ground) -> list[Element]:
    count = len(ground.sectors)
    ends = [from_polar(RADIUS, sector / count) for sector in range(count)] if count > 1 else []
    return [
        element(
            "line", class_="stakeholder-border", x1=CENTRE, y1=CENTRE, x2=x, y2=y, stroke=LINE,
            stroke_width=1.5, stroke_dasharray="6 6",
        )
        for x, y in ends
    ]  # fmt: skip


def _ring_names(ground: Ground) -> list[Element]:
    count = len(ground.rings)
    tops = [CENTRE - ring_radius(ring, count) for ring in range(count)]
    pairs = zip(ground.rings, tops, strict=True)
    return [_text((CENTRE, top), name, 17, QUIET, halo=True) for name, top in pairs]


def _sector_names(ground: Ground) -> list[Element]:
    count = len(ground.sectors)
    found = []
    for index, name in enumerate(ground.sectors):
        x, y = from_polar(1.0, (index + 0.5) / count)
        # Outwards to the edge of the square: in its corners there is room for words.
        reach = (CENTRE - 8) / max(abs(x - CENTRE), abs(y - CENTRE))
        at = (CENTRE + (x - CENTRE) * reach, CENTRE + (y - CENTRE) * reach)
        corner = (at[0], min(max(at[1], 20), SIDE - 20))
        anchor = "end" if x > CENTRE else "start"
        found.append(_text(corner, name, 19, INK, anchor=anchor, halo=True, is_strong=True))
    return found


def _grid() -> list[Element]:
    middle = at_numbers(BOUNDARY, BOUNDARY)
    xs, ys = (PLOT.left, middle[0], PLOT.right), (PLOT.top, middle[1], PLOT.bottom)
    found = []
    for name, column, row in _QUADRANTS:
        left, top = xs[column], ys[row]
        found.append(_rectangle(left, top, xs[column + 1] - left, ys[row + 1] - top))
        at = (left + 14, ys[row + 1] - 24 if row else top + 24)
        found.append(_text(at, name, 18, QUIET, anchor="start", is_strong=True))
    for step in range(int(LOWEST), int(HIGHEST) + 1):
        x, y = at_numbers(step, step)
        found.append(_text((x, PLOT.bottom + 22), str(step), 15, QUIET))
        found.append(_text((PLOT.left - 20, y), str(step), 15, QUIET))
    found.append(_text(((PLOT.left + PLOT.right) / 2, PLOT.bottom + 56), "Interest", 19, INK))
    found.append(_text((38, (PLOT.top + PLOT.bottom) / 2), "Power", 19, INK, turned=True))
    return found


def _rectangle(x: float, y: float, width: float, height: float) -> Element:
    return element(
        "rect", class_="stakeholder-area", x=x, y=y, width=width, height=height, fill=PAPER,
        stroke=LINE, stroke_width=1.5,
    )  # fmt: skip


def _tray_words(ground: Ground) -> Element:
    needs = {
        Layout.RINGS: "Not in a ring yet",
        Layout.SECTORS: "Not in a sector yet",
        Layout.POWER_INTEREST: "Without power and interest yet",
    }
    return _text((12, SIDE + 22), needs[ground.layout], 17, QUIET, anchor="start")


def _relation(line: Line) -> Element:
    link = line.link
    path = f"M{_pair(line.start)} Q{_pair(line.bend)} {_pair(line.end)}"
    curve = element(
        "path", d=path, fill="none", class_="stakeholder-line", stroke=QUIET,
        stroke_width=WIDTHS[link.strength], stroke_dasharray=DASHES.get(link.kind) or None,
    )  # fmt: skip
    heads = [
        element("polygon", points=_points(head), fill=QUIET, class_="stakeholder-head")
        for head in line.heads
    ]
    said = f"{link.kind.capitalize()}: {link.title}" if link.title else link.kind.capitalize()
    said += " (on every map)" if link.is_common else ""
    return element("g", element("title", said), curve, *heads)


def _relation_words(lines: Sequence[Line], drawing: Drawing) -> list[Element]:
    """Write beside the lines what they are; among very many, pointing at one says it."""
    if len(lines) > _MOST_WORDS:
        return []
    said = [_shortened(one.link.title or one.link.kind.capitalize()) for one in lines]
    places = words_placed(lines, said, drawing)
    return [_text(at, words, 14, QUIET, halo=True) for at, words in zip(places, said, strict=True)]


def _shortened(words: str) -> str:
    return words if len(words) <= 28 else f"{words[:27].rstrip()}…"  # noqa: PLR2004 - a line's room


def _text(
    at: Point,
    words: str,
    size: float,
    colour: str,
    *,
    anchor: str = "middle",
    halo: bool = False,
    is_strong: bool = False,
    turned: bool = False,
) -> Element:
    told: dict[str, str | float | None] = {
        "x": at[0], "y": at[1], "font_size": size, "text_anchor": anchor, "fill": colour,
        "dominant_baseline": "central", "font_weight": "600" if is_strong else None,
        "class_": "stakeholder-text" + (" is-ink" if colour == INK else "")
        + (" is-thread" if colour == THREAD else "") + (" has-halo" if halo else ""),
        "transform": f"rotate(-90 {coordinate(at[0])} {coordinate(at[1])})" if turned else None,
    }  # fmt: skip
    if halo:
        told |= {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 5}
    return element("text", words, **told)


def _pair(point: Point) -> str:
    return f"{coordinate(point[0])} {coordinate(point[1])}"


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points)
