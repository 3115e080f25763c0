"""Lines that run beside each other, such as what came and what was expected, as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.svg import Element, coordinate, element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.charts import Axis

WIDTH, HEIGHT = 1_000.0, 100.0


@dataclass(frozen=True, slots=True)
class RunningLine:
    """A line through *points* (x, value), from left to right; *kind* is a class of the stylesheet.

    x goes from 0 (left) to 1 (right).
    """

    points: Sequence[tuple[float, float]]
    kind: str


def running_lines(
    lines: Sequence[RunningLine], *, scale: Axis, label: str, mark: float | None = None
) -> Element:
    """Draw *lines* over the levels of *scale*; a dashed upright stands at the x of *mark*."""
    parts = [_level(scale, tick) for tick in scale.ticks]
    if mark is not None:
        parts.append(
            element("line", x1=mark * WIDTH, x2=mark * WIDTH, y1=0.0, y2=HEIGHT, class_="goal-line")
        )
    parts += [
        element("path", d=_path(line, scale), class_=f"step-line {line.kind}")
        for line in lines
        if line.points
    ]
    return element(
        "svg",
        *parts,
        class_="step-picture",
        viewBox=f"0 0 {coordinate(WIDTH)} {coordinate(HEIGHT)}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
        focusable="false",
    )


def _path(line: RunningLine, scale: Axis) -> str:
    spots = (f"{coordinate(x * WIDTH)} {coordinate(_y(scale, value))}" for x, value in line.points)
    return "M" + "L".join(spots)


def _level(scale: Axis, tick: float) -> Element:
    y = _y(scale, tick)
    return element("line", x1=0.0, x2=WIDTH, y1=y, y2=y, class_="grid-line")


def _y(scale: Axis, value: float) -> float:
    return HEIGHT * (1 - scale.position(value))
