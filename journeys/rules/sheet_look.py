"""How maps look on paper: colours, sizes, and the marks that everything on them is made of."""

from __future__ import annotations

from cxm.kernel.drawing.marks import Align, Point, Role, Shape, Tile, Words
from cxm.kernel.typesetting.lines import broken, is_from_the_right
from journeys.rules.kinds import LaneKind
from personas.rules.print_colours import print_colours

INK, QUIET, LINE, PAPER, SUNKEN, THREAD = (
    "#22333a",
    "#55656b",
    "#c9cfcc",
    "#ffffff",
    "#f3f5f2",
    "#0f6468",
)
PAIN, GAIN, IDEA, CHIP = "#fbeae7", "#e3f2e6", "#f7f2cd", "#e2f0f0"
# What is drawn for a value of -2, -1, 0, +1 and +2; the number always stands beside it.
EMOTIONS = ("#9c2f25", "#96501c", "#55656b", "#216b50", "#0b5a5c")
DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 3), (8, 3, 2, 3))
SHAPES = (Shape.CIRCLE, Shape.SQUARE, Shape.DIAMOND, Shape.TRIANGLE)

TITLE_SIZE, STAGE_SIZE, STEP_SIZE, TEXT_SIZE, LABEL_SIZE, FOOT_SIZE = 16.0, 10.5, 9.5, 9.0, 7.5, 7.5
TITLES_WIDTH = 96.0
INSET: Point = (5.0, 4.0)
GAP = 3.0
CURVE_HEIGHT = 110.0

_FILLS = {
    LaneKind.TOUCHPOINT: CHIP,
    LaneKind.CHANNEL: CHIP,
    LaneKind.OPPORTUNITY: IDEA,
    LaneKind.SOLUTION: IDEA,
    LaneKind.GOAL: GAIN,
    LaneKind.ACTOR: SUNKEN,
    LaneKind.NESTED: SUNKEN,
    LaneKind.TIME: SUNKEN,
    LaneKind.FLOW: SUNKEN,
}


def fill_of(kind: LaneKind, colour: str, *, is_pain: bool) -> str:
    """Give the ground of an item: its own colour, or that of what it is."""
    if colour:
        return print_colours(colour)[1]
    return PAIN if is_pain else _FILLS.get(kind, PAPER)


def edge_of(colour: str) -> str:
    """Give the edge of an item of *colour*, which may be ""."""
    return print_colours(colour)[0] if colour else LINE


def curve_colour(number: int) -> str:
    """Give the colour of the curve of a persona, 1 to 8."""
    return print_colours(f"c{number}")[0]


def emotion_colour(value: float) -> str:
    """Give the colour of an emotion from -2 to +2."""
    return EMOTIONS[min(max(round(value), -2), 2) + 2]


def lines_in(text: str, width: float, size: float, weight: int = 400) -> tuple[str, ...]:
    """Break *text* for a box of *width*; a hundredth is left, for what fonts of machines differ."""
    return broken(text, max(width * 0.99, size), size, weight)


def words_of(
    lines: tuple[str, ...],
    size: float = TEXT_SIZE,
    colour: str = INK,
    *,
    weight: int = 400,
    align: Align = Align.START,
    role: Role = Role.TEXT,
    text: str = "",
) -> Words:
    """Give *lines* their look, and find out from which side they are read."""
    from_the_right = is_from_the_right("".join(lines))
    return Words(lines, size, colour, weight, align, role, from_the_right, text)


def line_of_text(
    text: str, box: tuple[float, float, float], size: float, colour: str = QUIET, **look: object
) -> Tile:
    """Write one line into a box of x, y and width, cut with an ellipsis where it is longer.

    For words that stand elsewhere in full.
    """
    x, y, width = box
    lines = lines_in(text, width, size, int(str(look.get("weight", 400))))
    if len(lines) > 1:
        lines = (f"{lines_in(text, width - size, size)[0].rstrip()}…",)
    words = words_of(lines, size, colour, **look)  # type: ignore[arg-type]  # of words_of
    return Tile(x, y, width, size * 1.3, words)
