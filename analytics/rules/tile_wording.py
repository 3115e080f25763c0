"""Tiles in words: the sentence that says a tile's numbers, for people and for mails."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from cxm.kernel.figures import TOO_FEW_TO_TELL, Standing, standing
from cxm.kernel.numbers import written
from cxm.metrics.rules.days import day_words
from cxm.metrics.rules.rounding import round_half_away

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.charts import TrendPoint
    from cxm.kernel.figures import Change, Figure


def number_told(value: float | None, decimals: int, unit: str = "") -> str:
    """Round half away from zero and write; None is an en dash."""
    if value is None:
        return written(None)
    return f"{written(round_half_away(value, decimals))}{unit}"


def interval_told(low: float | None, high: float | None, decimals: int) -> str:
    """Write both ends, "27 to 35"; empty where one is missing."""
    if low is None or high is None:
        return ""
    return f"{number_told(low, decimals)} to {number_told(high, decimals)}"


def counted(n: int, noun: str = "answer") -> str:
    """Count in words: "no answers", "1 answer", "13,612 answers"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s" if n else f"no {noun}s"


def figure_told(figure: Figure, *, noun: str = "answer") -> str:
    """Say a figure with n and interval: "Effort: 32, 95% interval 28 to 36, from 412 answers"."""
    match standing(figure):
        case Standing.HIDDEN:
            return f"{figure.title}: hidden. {figure.suppressed}"
        case Standing.EMPTY:
            return f"{figure.title}: no data, no {noun}s."
    value = number_told(figure.value, figure.decimals, figure.unit)
    between = interval_told(figure.ci_low, figure.ci_high, figure.decimals)
    sure = f", 95% interval {between}" if between else ""
    early = f" Fewer than {TOO_FEW_TO_TELL} {noun}s: too early to say."
    ending = early if standing(figure) is Standing.EARLY else ""
    return f"{figure.title}: {value}{sure}, from {counted(figure.n, noun)}.{ending}"


def figure_cells(figure: Figure) -> tuple[str, str, str]:
    """Write value, interval and number of answers; a hidden figure tells none of them."""
    if figure.suppressed:
        return ("hidden", "", "")
    return (
        number_told(figure.value, figure.decimals, figure.unit if figure.value is not None else ""),
        interval_told(figure.ci_low, figure.ci_high, figure.decimals),
        f"{figure.n:,}",
    )


def change_told(change: Change | None) -> str:
    """Say a change as a sentence; empty where nothing is compared."""
    return f"{change.words[:1].upper()}{change.words[1:]}." if change else ""


def days_told(start_on: date | None, end_on: date | None) -> str:
    """Write a half-open period with its last day inclusive, as the end of a sentence."""
    first = day_words(start_on) if start_on else "the first answer"
    last = day_words(end_on - timedelta(days=1)) if end_on else "the last"
    return f"From {first} to {last}."


def trend_told(
    title: str, points: Sequence[TrendPoint], decimals: int, noun: str = "answer"
) -> str:
    """Say where a line begins and where it ends, each with how many *noun*s it is of."""
    known = [point for point in points if point.value is not None]
    if not known:
        return f"{title}: no {noun}s."
    first, last = (
        f"{number_told(one.value, decimals)} in the period of {one.label} ({counted(one.n, noun)})"
        for one in (known[0], known[-1])
    )
    if len(known) == 1:
        return f"{title}: {first}."
    return f"{title}: first {first}, last {last}."


def ranking_told(noun: str, ranked: Sequence[str], others: int) -> str:
    """Say which group is the worst and which the best of those with enough answers."""
    early = f" {others:,} {noun}{'' if others == 1 else 's'} with too few answers to rank."
    rest = early if others else ""
    if not ranked:
        return f"No {noun} has enough answers to be ranked.{rest}"
    if len(ranked) == 1:
        return f"{ranked[0]} is the only {noun} with enough answers.{rest}"
    return f"Worst: {ranked[0]}. Best: {ranked[-1]}.{rest}"


def alerts_said(still: int, snoozed: int) -> str:
    """Say how many alerts are open, and how many wait."""
    said = f"{counted(still, 'alert')} that nobody has taken note of"
    waits = f"; {snoozed:,} more {'is' if snoozed == 1 else 'are'} snoozed" if snoozed else ""
    return f"{said[:1].upper()}{said[1:]}{waits}."
