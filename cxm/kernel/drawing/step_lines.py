"""Curves that fall in steps, such as how many of a group are still here, as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.svg import Element, coordinate, element

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 1_000.0, 100.0
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line from 1 at the beginning: at each *x* it falls to *share* (0 to 1), until *end*.

    *low* and *high* are the limits of the share, from that x on. *kind* is a class of the
    stylesheet.
    """

    steps: Sequence[tuple[float, float, float, float]]
    end: float
    kind: str


def step_lines(
    lines: Sequence[StepLine], *, horizon: float, label: str, has_band: bool = False
) -> Element:
    """Draw *lines* over 0 to *horizon*, with levels every quarter; bands where asked for."""
    parts = [
        element("line", x1=0.0, x2=WIDTH, y1=_y(one), y2=_y(one), class_="grid-line")
        for one in LEVELS
    ]
    for line in lines:
        if has_band and line.steps:
            band = _band(line, horizon)
            parts.append(element("path", d=band, class_=f"step-band {line.kind}"))
    parts += [
        element("path", d=_path(line, horizon), class_=f"step-line {line.kind}") for line in lines
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


def _path(line: StepLine, horizon: float) -> str:
    falls = "".join(
        f"H{coordinate(_x(x, horizon))}V{coordinate(_y(share))}" for x, share, _, _ in line.steps
    )
    return f"M0 0{falls}H{coordinate(_x(line.end, horizon))}"


def _band(line: StepLine, horizon: float) -> str:
    """Go along the upper limits and back along the lower ones."""
    starts = [_x(x, horizon) for x, _, _, _ in line.steps]
    ends = [*starts[1:], _x(line.end, horizon)]
    upper = [(x, _y(high)) for x, (_, _, _, high) in zip(starts, line.steps, strict=True)]
    path = f"M{coordinate(upper[0][0])} {coordinate(upper[0][1])}"
    for (_, y), end in zip(upper, ends, strict=True):
        path += f"V{coordinate(y)}H{coordinate(end)}"
    lower = [_y(low) for _, _, low, _ in line.steps]
    for y, start in zip(reversed(lower), reversed(starts), strict=True):
        path += f"V{coordinate(y)}H{coordinate(start)}"
    return f"{path}Z"


def _x(value: float, horizon: float) -> float:
    return WIDTH * min(value / horizon, 1.0)


def _y(share: float) -> float:
    return HEIGHT * (1 - share)
