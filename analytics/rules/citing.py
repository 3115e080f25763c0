"""A figure in one line, as evidence keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away

if TYPE_CHECKING:
    from datetime import date

    from cxm.metrics.figures import Figure


def figure_line(figure: Figure, *, first_on: date, last_on: date, segment: str) -> str:
    """Write a shown *figure* down: "NPS 41 [38, 44], 1 Sep – 21 Nov 2026, segment Pros".

    Both days are inclusive. Where there is no interval the brackets are left out. Raises
    ValueError for a figure without a value.
    """
    if figure.value is None:
        message = "a figure that has no value cannot be written down"
        raise ValueError(message)
    value = _written(figure.value, figure)
    limits = ""
    if figure.ci_low is not None and figure.ci_high is not None:
        limits = f" [{_written(figure.ci_low, figure)}, {_written(figure.ci_high, figure)}]"
    return f"{figure.title} {value}{limits}, {_days(first_on, last_on)}, segment {segment}"


def _written(value: float, figure: Figure) -> str:
    unit = "\N{NO-BREAK SPACE}%" if figure.unit == "%" else ""
    return f"{written(round_half_away(value, figure.decimals))}{unit}"


def _days(first_on: date, last_on: date) -> str:
    year = "" if first_on.year == last_on.year else f" {first_on.year}"
    return f"{first_on.day} {first_on:%b}{year} – {last_on.day} {last_on:%b} {last_on.year}"
