"""A map as slides: a cover, the whole way, a stage at a time, and what the signs mean.

Text is set at 15 points and in steps down to 9; what has no room then goes on on a further slide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from cxm.kernel.drawing.marks import Align, Dot, Figure, Mark, Page, Role, Stroke, Tile, straight
from journeys.rules.kinds import LaneKind
from journeys.rules.sheet_curves import curve_figure
from journeys.rules.sheet_layout import step_signs
from journeys.rules.sheet_look import (
    CHIP,
    DASHES,
    INK,
    LINE,
    PAIN,
    PAPER,
    QUIET,
    SHAPES,
    SUNKEN,
    THREAD,
    curve_colour,
    line_of_text,
    lines_in,
    words_of,
)
from journeys.rules.sheet_text import Block, Column, flowed
from personas.rules.print_colours import print_colours

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from journeys.rules.sheet import MapSheet, SheetLane, SheetStage
    from journeys.rules.sheet_layout import Slice

WIDTH, HEIGHT = 960.0, 540.0
SIDE, TOP, BOTTOM = 40.0, 84.0, 500.0
SIZES = (15.0, 13.0, 12.0, 11.0, 10.0, 9.0)
MOST_STEPS = 6
MOST_PAINS = 5
_CURVE = 150.0
_GAP = 14.0
_NUMBERS = 10.0
_INNER = WIDTH - 2 * SIDE


@dataclass(frozen=True, slots=True)
class _Slide:
    """What stands on a slide below its title, and what is said to who presents it."""

    title: str
    marks: tuple[Mark, ...]
    notes: str = ""


def slides(sheet: MapSheet) -> list[Page]:
    """Make slides of *sheet*, in the order in which they are shown."""
    made = [*_overview(sheet)]
    for number, stage in enumerate(sheet.stages):
        made += _stage(sheet, stage, number)
    made += _legend(sheet)
    pages = [_cover(sheet)]
    count = len(made) + 1
    for place, slide in enumerate(made, start=2):
        marks = (*_head(slide.title), *slide.marks, *_foot(sheet, place, count))
        pages.append(Page(WIDTH, HEIGHT, marks, slide.title, slide.notes))
    return pages


def _cover(sheet: MapSheet) -> Page:
    blocks = [
        Block(sheet.title, 40.0, INK, 700, role=Role.TITLE),
        Block(sheet.journey, 20.0, THREAD, 600, space=8),
        Block(sheet.goal, 14.0, INK, space=10),
        Block(sheet.standing, 12.0, QUIET, space=18),
    ]
    if sheet.is_draft:
        blocks.append(Block("Draft: this map may still change.", 12.0, INK, 600, space=6))
    size = next((s for s in (1.0, 0.8, 0.65, 0.5, 0.4) if _rises(blocks, s) <= 330), 0.3)  # noqa: PLR2004 - the room
    marks: list[Mark] = [Tile(0, 0, 14, HEIGHT, fill=THREAD)]
    y = 110.0
    for block in blocks:
        if not block.text:
            continue
        y += block.space * size
        tile = block.scaled(size).tile(60, y, WIDTH - 120)
        marks.append(tile)
        y += tile.height
    thread = ((60.0, 480.0), (260.0, 400.0), (420.0, 540.0), (640.0, 455.0))
    marks.append(Figure(60, 400, 600, 120, "A thread", (Stroke((thread,), THREAD, 3),
                                                        Dot(640, 455, 7, THREAD))))  # fmt: skip
    return Page(WIDTH, HEIGHT, tuple(marks), sheet.heading)


def _rises(blocks: Sequence[Block], size: float) -> float:
    return sum(b.scaled(size).tile(0, 0, WIDTH - 120).height + b.space * size for b in blocks)


def _overview(sheet: MapSheet) -> Iterator[_Slide]:
    """Show the main curve over all steps, then the stages with what is done in them."""
    lane = _mood(sheet)
    marks: list[Mark] = []
    top = TOP
    if lane and sheet.steps:
        part = (0, len(sheet.steps) - 1)
        box = (SIDE, TOP, _INNER, _CURVE)
        marks.append(curve_figure(lane, part, box, steps=sheet.steps, size=None))
        column = _INNER / len(sheet.steps)
        for number, stage in enumerate(sheet.stages):
            x = SIDE + stage.first * column
            strong, soft = print_colours(stage.colour or "c1")
            width = (stage.last - stage.first + 1) * column - 2
            words = words_of((str(number + 1),), 9, INK, weight=600, align=Align.MIDDLE,
                             role=Role.DECORATION)  # fmt: skip
            marks.append(Tile(x, TOP + _CURVE, width, 14, words, soft, strong, inset=(0, 1)))
        top = TOP + _CURVE + 14 + _GAP
    sizes = (14.0, 12.0, 11.0, 10.0)
    listed = [_listed(sheet, size) for size in sizes]
    further = _columns(TOP, 3)
    fit = (one for one in listed if len(flowed(one, _columns(top, 3), further)) == 1)
    yield from _flowing("The whole way", next(fit, listed[-1]), marks, top, columns=3)


def _listed(sheet: MapSheet, size: float) -> list[Block]:
    """List the stages by number, with their steps."""
    blocks = []
    for number, stage in enumerate(sheet.stages):
        blocks.append(Block(f"{number + 1}  {stage.title}", size, INK, 700, space=8, keeps=True))
        blocks += [
            Block(sheet.steps[place].title, size - 1, INK, indent=14, space=2)
            for place in range(stage.first, stage.last + 1)
        ]
    return blocks


def _stage(sheet: MapSheet, stage: SheetStage, number: int) -> Iterator[_Slide]:
    title = f"{number + 1}  {stage.title}"
    parts = [
        (first, min(first + MOST_STEPS - 1, stage.last))
        for first in range(stage.first, stage.last + 1, MOST_STEPS)
    ]
    for place, part in enumerate(parts):
        said = title if len(parts) == 1 else f"{title} ({place + 1} of {len(parts)})"
        yield from _steps(sheet, part, said)


def _steps(sheet: MapSheet, part: Slice, title: str) -> Iterator[_Slide]:
    """Show some steps of a stage: their piece of the curve, then what hurts, and what is promised.

    What has no room below the steps goes on on further slides.
    """
    marks: list[Mark] = []
    y = TOP
    lane = _mood(sheet)
    if lane:
        box = (SIDE, y, _INNER, _CURVE)
        half = min(_INNER / (part[1] - part[0] + 1) / 2, SIDE - 8)
        over = (half if part[0] else 0.0, half if part[1] < len(sheet.steps) - 1 else 0.0)
        marks.append(curve_figure(lane, part, box, steps=sheet.steps, over=over, size=_NUMBERS))
        y += _CURVE + _GAP
    tiles, size = _step_tiles(sheet, part, y)
    marks += tiles
    y += max(tile.height for tile in tiles) + _GAP
    notes = "\n\n".join(
        f"{sheet.steps[column].title}: {note}"
        for column in range(part[0], part[1] + 1)
        if (note := sheet.steps[column].note)
    )
    pains, targets = _pains(sheet, part, size), _targets(sheet, part, size)
    if pains and targets:
        made = _beside(title, pains, targets, marks, y)
    else:
        made = list(_flowing(title, pains or targets, marks, y, columns=2))
    yield _Slide(made[0].title, made[0].marks, notes)
    yield from made[1:]


def _beside(
    title: str, left: Sequence[Block], right: Sequence[Block], marks: list[Mark], top: float
) -> list[_Slide]:
    """Let two lists flow beside each other, each in its half of as many slides as they need."""
    sides = [
        flowed(blocks, _columns(top, 2)[place : place + 1], _columns(TOP, 2)[place : place + 1])
        for place, blocks in enumerate((left, right))
    ]
    pages = list(zip_longest(*sides, fillvalue=[]))
    return [
        _Slide(_continued(title, n), (*(marks if not n else []), *one, *other))
        for n, (one, other) in enumerate(pages)
    ]


def _step_tiles(sheet: MapSheet, part: Slice, y: float) -> tuple[list[Tile], float]:
    """Put steps side by side, as large as has room in what is left of the slide."""
    for size in SIZES[:-1]:
        found = _steps_at(sheet, part, y, size)
        if max(tile.height for tile in found) + y <= BOTTOM:
            return found, size
    return _steps_at(sheet, part, y, SIZES[-1]), SIZES[-1]


def _steps_at(sheet: MapSheet, part: Slice, y: float, size: float) -> list[Tile]:
    width = _INNER / (part[1] - part[0] + 1)
    found = []
    for column in range(part[0], part[1] + 1):
        step = sheet.steps[column]
        lines = lines_in(step.title, width - 6 - 16, size, 600)
        signs = lines_in(step_signs(column, step.signs), width - 6 - 16, size, 600)
        text = f"{step_signs(column, step.signs)}\n{step.title}"
        words = words_of((*signs, *lines), size, weight=600, text=text)
        x = SIDE + (column - part[0]) * width + 3
        fill, edge = (CHIP, THREAD) if step.signs else (PAPER, LINE)
        box = (x, y, width - 6, words.height + 12)
        found.append(Tile(*box, words, fill, edge, radius=4, inset=(8, 6)))
    highest = max(tile.height for tile in found)
    return [replace(tile, height=highest) for tile in found]


def _pains(sheet: MapSheet, part: Slice, size: float) -> list[Block]:
    """List what hurts most at the steps of *part*, the worst first."""
    found = [
        item
        for lane in sheet.lanes
        for item in lane.items
        if item.is_pain and item.first <= part[1] and item.last >= part[0] and item.text
    ]
    found.sort(key=lambda item: -item.weight)
    blocks = [Block(item.text, size, INK, fill=PAIN, space=4) for item in found[:MOST_PAINS]]
    return [Block("Top pains", size, QUIET, 600, space=4, keeps=True), *blocks] if blocks else []


def _targets(sheet: MapSheet, part: Slice, size: float) -> list[Block]:
    """List what is promised at the steps of *part*; what the whole map promises is at its first."""
    found = [
        Block(one.words, size, INK, fill=CHIP, space=4)
        for one in sheet.targets
        if (one.step is None and part[0] == 0)
        or (one.step is not None and part[0] <= one.step <= part[1])
    ]
    return [Block("Targets", size, QUIET, 600, space=10, keeps=True), *found] if found else []


def _legend(sheet: MapSheet) -> Iterator[_Slide]:
    """Say which line is whose, how emotions are told, and what lanes the map has."""
    marks: list[Mark] = []
    y = TOP
    for persona in sheet.personas:
        colour = curve_colour(persona.colour)
        dash = DASHES[(persona.dash - 1) % len(DASHES)]
        shape = SHAPES[(persona.dash - 1) % len(SHAPES)]
        name = f"{persona.name} (main persona)" if persona.is_main else persona.name
        drawn = (Stroke((straight((SIDE, y + 9), (SIDE + 60, y + 9)),), colour, 2.0, dash),
                 Dot(SIDE + 30, y + 9, 4, colour, shape))  # fmt: skip
        marks.append(Figure(SIDE, y, 60, 18, f"The line of {persona.name}", drawn))
        tile = Block(name, 12.0, INK).tile(SIDE + 72, y + 1, 340)
        marks.append(tile)
        y += max(tile.height, 18) + 4
    has_mood = any(lane.kind is LaneKind.EMOTION for lane in sheet.lanes)
    blocks = []
    if has_mood:
        said = "Emotions go from −2 (very bad) to +2 (very good). A dotted line leads over steps"
        blocks.append(Block(f"{said} without a value.", 11.0, INK, space=4))
    blocks.append(Block("Lanes of the map", 12.0, INK, 700, space=10, keeps=True))
    blocks += [
        Block(f"{lane.title or lane.kind.words}: {lane.kind.words.lower()}", 10.0, INK, space=2)
        for lane in sheet.lanes
    ]
    yield from _flowing("Legend", blocks, marks, max(y, TOP) + 6, columns=2)


def _flowing(
    title: str, blocks: Sequence[Block], marks: list[Mark], top: float, *, columns: int
) -> Iterator[_Slide]:
    """Let *blocks* flow below *marks* from *top*, then over as many slides as they need.

    Where they all have room on the first, its columns are about as high as each other.
    """
    further = _columns(TOP, columns)
    pages = flowed(blocks, _columns(top, columns), further)
    for share in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        lower = [replace(one, height=one.height * share) for one in _columns(top, columns)]
        tried = flowed(blocks, lower, further)
        if lower and len(tried) == 1:
            pages = tried
            break
    for number, placed in enumerate(pages):
        yield _Slide(_continued(title, number), (*(marks if not number else []), *placed))


def _columns(top: float, count: int) -> list[Column]:
    """Give *count* columns from *top* to the foot of a slide; none where no line has room."""
    if BOTTOM - top < 3 * SIZES[-1]:
        return []
    width = (_INNER - (count - 1) * 2 * _GAP) / count
    return [Column(SIDE + n * (width + 2 * _GAP), top, width, BOTTOM - top) for n in range(count)]


def _continued(title: str, number: int) -> str:
    return f"{title} (continued)" if number else title


def _mood(sheet: MapSheet) -> SheetLane | None:
    """Give the first lane with emotions, or with other values on a scale."""
    drawn = [lane for lane in sheet.lanes if lane.curves]
    moods = [lane for lane in drawn if lane.kind is LaneKind.EMOTION]
    return next(iter([*moods, *drawn]), None)


def _head(title: str) -> Iterator[Mark]:
    yield Tile(0, 0, WIDTH, 8, fill=THREAD)
    size = next((s for s in (24.0, 20.0, 16.0, 12.0) if len(_title(title, s)) * s <= 44), 10.0)  # noqa: PLR2004 - the room of the title
    words = words_of(_title(title, size), size, INK, weight=700, role=Role.HEADING, text=title)
    yield Tile(SIDE, 24, _INNER, words.height, words)


def _title(title: str, size: float) -> tuple[str, ...]:
    return lines_in(title, _INNER, size, 700)


def _foot(sheet: MapSheet, number: int, count: int) -> Iterator[Mark]:
    y = HEIGHT - 26
    yield Stroke((straight((SIDE, y - 4), (WIDTH - SIDE, y - 4)),), LINE, 0.5)
    said = f"{sheet.heading}  ·  {sheet.standing}"
    yield line_of_text(said, (SIDE, y, _INNER - 80), 9)
    words = words_of((f"{number} of {count}",), 9, QUIET, align=Align.END)
    yield Tile(WIDTH - SIDE - 70, y, 70, words.height, words)
    if sheet.is_draft:
        mark = words_of(("Draft",), 11, INK, weight=600, align=Align.MIDDLE)
        yield Tile(WIDTH - SIDE - 56, 14, 56, 20, mark, SUNKEN, QUIET, radius=4, inset=(4, 2.5))
