"""Steps between two axes: which axes there are, and what the quarters between them are called."""

from __future__ import annotations

from enum import StrEnum
from math import ceil, floor
from typing import TYPE_CHECKING

from cxm.kernel.drawing.scatter import NO_ZONES, Axis
from journeys.rules.kinds import HIGHEST_EMOTION, LOWEST_EMOTION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.kernel.drawing.scatter import Zones

IMPORTANCE_FIELDS = {"customers": "importance_customer", "us": "importance_org"}
_IMPORTANCE_WORDS = {"customers": "Importance to customers", "us": "Importance to us"}
_LEAST, _MOST = 1, 5
MEASURED = "It is measured from answers and cannot be set."
_COUNTED = "It is the difference between what is drawn and what is measured."
_PERCENT = 100


class AxisSort(StrEnum):
    """What an axis tells."""

    IMPORTANCE = "importance"
    FEELING = "feeling"
    MEASURED = "measured"
    GAP = "gap"


def sort_of(key: str) -> AxisSort:
    """Say what the axis *key* tells: `customers`, `us`, `feeling-…`, `measured-…` or `gap-…`."""
    if key in IMPORTANCE_FIELDS:
        return AxisSort.IMPORTANCE
    return AxisSort(key.partition("-")[0])


def importance_axis(key: str) -> Axis:
    """Give the axis of an importance, from 1 to 5."""
    return Axis(key, _IMPORTANCE_WORDS[key], _LEAST, _MOST, far=2)


def feeling_axis(key: str, label: str, fixed: str = "") -> Axis:
    """Give the axis of the feelings drawn of somebody, from -2 to +2 in tenths."""
    ends = (LOWEST_EMOTION, HIGHEST_EMOTION)
    return Axis(key, label, *ends, step=0.1, far=1, fixed=fixed, is_signed=True)


def measured_axis(key: str, label: str, values: Iterable[float], *, unit: str) -> Axis:
    """Give an axis that holds measured *values* and the ends of their intervals.

    Shares go from 0 to 100; else it goes from whole number to whole number.
    """
    low, high = _ends(values)
    if unit == "%":
        low, high = 0.0, float(_PERCENT)
    return Axis(key, label, low, high, fixed=MEASURED)


def gap_axis(key: str, label: str, values: Iterable[float]) -> Axis:
    """Give an axis of belief gaps with 0 in its middle."""
    far = max(1.0, *(abs(end) for end in _ends(values)))
    return Axis(key, label, -far, far, fixed=_COUNTED, is_signed=True)


def zones_of(x: str, y: str) -> Zones:
    """Name the quarters between the axes with these keys; none where there is nothing to say.

    From upper left: upper left, upper right, lower left, lower right.
    """
    sorts = sort_of(x), sort_of(y)
    felt = {AxisSort.FEELING, AxisSort.MEASURED}
    if sorts == (AxisSort.IMPORTANCE, AxisSort.IMPORTANCE) and x != y:
        ours, theirs = "More to us than to customers", "More to customers than to us"
        sides = (ours, theirs) if y == "us" else (theirs, ours)
        return (sides[0], "Matters to all", "Matters little", sides[1])
    if sorts[0] is AxisSort.IMPORTANCE and sorts[1] in felt:
        return ("Good, matters less", "Keep it up", "Can wait", "Mend first")
    if sorts[1] is AxisSort.IMPORTANCE and sorts[0] in felt:
        return ("Mend first", "Keep it up", "Can wait", "Good, matters less")
    return NO_ZONES


def _ends(values: Iterable[float]) -> tuple[float, float]:
    told = list(values)
    if not told:
        return 0.0, 1.0
    low, high = float(floor(min(told))), float(ceil(max(told)))
    return (low, high) if high > low else (low, low + 1)
