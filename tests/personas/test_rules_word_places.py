"""Words beside relations in a drawing: on their line, and off each other and off figures."""

from __future__ import annotations

from itertools import combinations

from personas.rules.drawing_lines import Link, lines_of, words_placed
from personas.rules.drawing_places import Ground, Mark, drawing_of
from personas.rules.kinds import RINGS, Layout


def _mark(name: str, x: float, y: float) -> Mark:
    return Mark(name, name, name, "role", x=x, y=y)


def _link(start: str, end: str) -> Link:
    return Link(f"{start}{end}", start, end, "information")


def test_words_of_one_line_stand_in_its_middle() -> None:
    drawing = drawing_of(
        Ground(Layout.NETWORK, RINGS), [_mark("a", 0.1, 0.5), _mark("b", 0.9, 0.5)]
    )
    [line] = lines_of(drawing, [_link("a", "b")])

    assert words_placed([line], ["Information"], drawing) == [line.middle]


def test_words_of_lines_that_cross_do_not_cover_each_other() -> None:
    corners = {"a": (0.1, 0.1), "b": (0.9, 0.9), "c": (0.1, 0.9), "d": (0.9, 0.1)}
    marks = [_mark(name, *place) for name, place in corners.items()]
    drawing = drawing_of(Ground(Layout.NETWORK, RINGS), marks)
    lines = lines_of(drawing, [_link("a", "b"), _link("c", "d")])
    places = words_placed(lines, ["Information"] * 2, drawing)

    assert all(
        abs(one[0] - two[0]) > 80 or abs(one[1] - two[1]) >= 18
        for one, two in combinations(places, 2)
    )


def test_words_do_not_stand_on_somebody_between_the_two() -> None:
    marks = [_mark("a", 0.1, 0.5), _mark("b", 0.9, 0.5), _mark("c", 0.5, 0.5)]
    drawing = drawing_of(Ground(Layout.NETWORK, RINGS), marks)
    [line] = lines_of(drawing, [_link("a", "b")])
    [place] = words_placed([line], ["Money"], drawing)

    assert place != line.middle
    assert abs(place[0] - drawing.placed[2].x) > 20
