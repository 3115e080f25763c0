"""Lanes whose cells hold values: a curve for each persona, and scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journeys.rules.curves import CellCurve, CurveForm, cell_curves, height_of
from journeys.rules.kinds import LaneKind

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.selectors.grid_columns import Column
    from journeys.selectors.grid_names import Name
    from journeys.selectors.grid_rows import LaneRow
    from journeys.selectors.lane_items import Ground, Item

_TENTHS = 10
# Nearer to each other than this, of the height of a lane, one number would cover another.
_APART = 1.25


@dataclass(frozen=True, slots=True)
class Voice:
    """One curve of a lane: whose it is, and how it is told from others."""

    persona: UUID | None
    name: str
    colour: str
    dash: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class PointDrawn:
    """A value on a curve: *whole* and *tenth* place it, *shift* moves it off others near its place.

    One that is the mean of a folded stage is no card: its *id* is None.
    """

    id: UUID | None
    voice: Voice
    value: float
    words: str
    level: str
    whole: int
    tenth: int
    shift: int
    note: str


@dataclass(frozen=True, slots=True)
class CurveCell:
    """What of a lane's curves lies in one cell: lines with their voices, points, who has none."""

    lines: Sequence[tuple[Voice, CellCurve]]
    points: Sequence[PointDrawn] = ()
    missing: Sequence[Voice] = ()


def voices_of(lane: LaneRow, config: Any, ground: Ground, items: Sequence[Item]) -> list[Voice]:
    """List whose curves a lane holds: its own persona, those named, or all of the map.

    Values of nobody in particular have a curve where there are some, or where nobody is named.
    """
    cast = list(ground.cast)
    if lane.persona:
        cast = [name for name in cast if name.id == lane.persona] or [_stranger(lane, ground)]
    elif config.personas:
        cast = [name for name in cast if name.word in config.personas]
    if ground.look.persona:
        cast = [name for name in cast if name.id == ground.look.persona]
    voices = [_voice(name, is_main=place == 0) for place, name in enumerate(cast)]
    if not voices or any(item.persona is None for item in items):
        voices.append(Voice(None, "", "", "dash-1", is_main=not voices))
    return voices


def curve_cells(
    lane: LaneRow, config: Any, ground: Ground, items: Sequence[Item]
) -> list[CurveCell]:
    """Draw the curves of an emotion lane, or the line of a scale: one for each column."""
    is_scale = lane.kind == LaneKind.SCALE
    voices = [Voice(None, "", "", "dash-1", is_main=True)]
    if not is_scale:
        voices = voices_of(lane, config, ground, items)
    lowest, highest = (config.min, config.max) if is_scale else (-2.0, 2.0)
    form = CurveForm.MONOTONE if is_scale else config.curve
    columns = ground.columns.columns
    told = {voice.persona: _values(voice, items, ground, is_scale=is_scale) for voice in voices}
    lines = {
        voice.persona: cell_curves(
            [_mean(values) for values in told[voice.persona]],
            form=form,
            lowest=lowest,
            highest=highest,
        )
        for voice in voices
    }
    found = []
    for place, column in enumerate(columns):
        drawn = [(voice, lines[voice.persona][place]) for voice in voices]
        points: list[PointDrawn] = []
        for voice in voices:
            values = told[voice.persona][place]
            if values:
                points.append(_point(voice, values, column, config, points, lowest, highest))
        there = {point.voice.persona for point in points}
        missing = [] if column.is_folded else [v for v in voices if v.persona not in there]
        found.append(CurveCell(drawn, points, missing))
    return found


def summary_of(cells: Sequence[CurveCell], columns: Sequence[Column]) -> str:
    """Say where a lane's curves are lowest and highest, for who does not see them."""
    values = [
        (point.value, column.words, point.voice.name)
        for cell, column in zip(cells, columns, strict=True)
        for point in cell.points
    ]
    if not values:
        return "No values yet."
    (low, low_at, low_of), (high, high_at, high_of) = min(values), max(values)
    of_low, of_high = (f" of {name}" if name else "" for name in (low_of, high_of))
    said = f"Lowest{of_low} at {low_at}: {signed(low)}."
    return f"{said} Highest{of_high} at {high_at}: {signed(high)}." if high != low else said


def signed(value: float) -> str:
    """Write a value with its sign and a true minus, without needless digits."""
    text = f"{value:+g}" if value else "0"
    return text.replace("-", "−")


def _values(
    voice: Voice, items: Sequence[Item], ground: Ground, *, is_scale: bool
) -> list[list[Item]]:
    found: list[list[Item]] = [[] for _ in ground.columns.columns]
    for item in items:
        place = ground.columns.places.get(item.step)
        if place is None or item.value is None:
            continue
        if is_scale or item.persona == voice.persona:
            found[place].append(item)
    return found


def _mean(items: Sequence[Item]) -> float | None:
    values = [item.value for item in items if item.value is not None]
    return sum(values) / len(values) if values else None


def _point(  # noqa: PLR0917 - all of it is what one point is made of
    voice: Voice,
    items: Sequence[Item],
    column: Column,
    config: Any,
    before: Sequence[PointDrawn],
    lowest: float,
    highest: float,
) -> PointDrawn:
    value = round(_mean(items) or 0.0, 2)
    # On the axis of five steps that every cell has, to a tenth of one.
    axis = (height_of(0.0) - height_of(value, lowest=lowest, highest=highest)) / 16
    tenths = round(axis * _TENTHS)
    shift = sum(abs(one.whole + one.tenth / _TENTHS - tenths / _TENTHS) < _APART for one in before)
    labels = getattr(config, "labels", ())
    label = labels[min(4, max(0, round(2 - value)))] if labels else ""
    words = signed(value) if highest == -lowest else f"{value:g}"
    return PointDrawn(
        None if column.is_folded else items[0].id,
        voice,
        value,
        words,
        f"is-e{min(4, max(0, math.floor(axis + 2.5)))}",
        math.floor(tenths / _TENTHS),
        tenths % _TENTHS,
        shift,
        ". ".join(filter(None, (label, items[0].text))),
    )


def _voice(name: Name, *, is_main: bool) -> Voice:
    colour, _, dash = name.more.partition(" ")[0].partition(".")
    return Voice(name.id, name.title, f"persona-c{colour}", f"dash-{dash or 1}", is_main)


def _stranger(lane: LaneRow, ground: Ground) -> Name:
    """Give the persona of a lane that is not among those of the map."""
    told = ground.name("persona", lane.persona)
    assert told is not None  # noqa: S101 - the lane refers to it
    return told._replace(kind="cast", more="1.1")
