"""A map so small that only its shape is seen: stages, steps, and lanes with a curve among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 160.0, 84.0
_STAGE, _STEP, _GAP, _LANE = 9.0, 9.0, 2.0, 7.0
_MOST_LANES = 8
_WAVE = (0.35, 0.2, 0.7, 0.45, 0.85, 0.3, 0.55, 0.15)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; *look* says what it stands for: stage, step or card."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The rectangles of a small map, and the points of its curve ("" without one)."""

    boxes: tuple[Box, ...]
    curve: str


def thumbnail(steps_in_stages: Sequence[int], lane_kinds: Sequence[str]) -> Thumbnail:
    """Draw a map of stages with so many steps each, and lanes of these kinds."""
    steps = sum(steps_in_stages) or 1
    column = (WIDTH + _GAP) / steps
    boxes: list[Box] = []
    at = 0
    for count in steps_in_stages:
        boxes.append(Box(_at(at, column), 0, _wide(count, column), _STAGE, "stage"))
        at += count
    top = _STAGE + _GAP
    boxes += [_cell(place, top, _STEP, column, "step") for place in range(steps)]
    top += _STEP + _GAP
    curve = ""
    for row, kind in enumerate(lane_kinds[:_MOST_LANES]):
        if kind in ("emotion", "experience") and not curve:
            curve = _curve(steps, column, top, 2 * _LANE)
            top += 2 * _LANE + _GAP
            continue
        if top + _LANE > HEIGHT:
            break
        filled = [place for place in range(steps) if (place * 5 + row * 3) % 4]
        boxes += [_cell(place, top, _LANE, column, "card") for place in filled]
        top += _LANE + _GAP
    return Thumbnail(tuple(boxes), curve)


def _at(place: int, column: float) -> float:
    return round(place * column, 1)


def _wide(count: int, column: float) -> float:
    return round(max(count * column - _GAP, 1.0), 1)


def _cell(place: int, top: float, height: float, column: float, look: str) -> Box:
    return Box(_at(place, column), top, _wide(1, column), height, look)


def _curve(steps: int, column: float, top: float, height: float) -> str:
    """Give a line that rises and falls: what a curve is for, not what this one says."""
    points = (
        (place * column + column / 2, top + _WAVE[place % len(_WAVE)] * height)
        for place in range(steps)
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
