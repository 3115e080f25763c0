"""One row of a bridge: the bar of an amount between the level before it and the level after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.svg import Element, coordinate, element

if TYPE_CHECKING:
    from cxm.kernel.charts import Axis


def bridge_bar(
    start: float,
    end: float,
    *,
    scale: Axis,
    low: float | None = None,
    high: float | None = None,
    is_level: bool = False,
) -> Element:
    """Draw the bar from *start* to *end* on *scale*, with the interval from *low* to *high*.

    *is_level* marks a level instead of an amount. Hidden from screen readers: the same numbers
    stand in words beside it.
    """
    left, right = sorted((_x(scale, start), _x(scale, end)))
    kind = "level" if is_level else "rise" if end >= start else "fall"
    parts = [
        element("line", x1=_x(scale, end), x2=_x(scale, end), y1=0.0, y2=20.0, class_="zero-line"),
        element(
            "rect",
            x=left,
            y=4.0,
            width=max(right - left, 0.4),
            height=12.0,
            class_=f"bridge-{kind}",
        ),
    ]
    if low is not None and high is not None:
        ends = f"M{coordinate(_x(scale, low))} 10H{coordinate(_x(scale, high))}"
        parts.append(element("path", d=ends, class_="whisker-line"))
    return element(
        "svg",
        *parts,
        class_="whisker",
        viewBox="0 0 100 20",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def _x(scale: Axis, value: float) -> float:
    return 100 * min(max(scale.position(value), 0.0), 1.0)
