"""Figures, intervals and periods in the words that pages use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted

from cxm.kernel.charts import TrendPoint
from cxm.kernel.figures import NO_INTERVAL, TOO_FEW_TO_TELL, Figure, Standing, standing
from cxm.kernel.numbers import written
from cxm.metrics.rules.rounding import round_half_away

DAY = "j M Y"


def number_words(
    value: float | Decimal | None, decimals: int = 0, *, is_signed: bool = False
) -> str:
    """Round half away from zero and write with a true minus sign; None is an en dash."""
    rounded = None if value is None else round_half_away(value, decimals)
    return written(rounded, is_signed=is_signed)


def interval_words(low: float | None, high: float | None, decimals: int = 0) -> str:
    """Write both ends, "27 to 35"; empty when an end is missing."""
    if low is None or high is None:
        return ""
    return f"{number_words(low, decimals)} to {number_words(high, decimals)}"


def answers_words(n: int, noun: str = "answer") -> str:
    """Count in words: "no answers", "1 answer", "13,612 answers"."""
    if n == 0:
        return f"no {noun}s"
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def period_words(start_on: date | None, end_on: date | None) -> str:
    """Write a half-open period with its last day inclusive; open ends are said."""
    first = formatted(start_on, DAY) if start_on else ""
    last = formatted(end_on - timedelta(days=1), DAY) if end_on else ""
    if first and last:
        return f"{first} to {last}"
    if first:
        return f"since {first}"
    return f"until {last}" if last else "all time"


def moment_words(at: datetime, time_zone: str) -> str:
    """Write an aware moment as the clock of *time_zone* shows it, with the zone's name."""
    return f"{formatted(at.astimezone(ZoneInfo(time_zone)), 'j M Y, H:i')} ({time_zone})"


def point_words(point: TrendPoint, decimals: int = 0, noun: str = "answer") -> str:
    """Say one period of a trend in a line: label, value, interval, how many *noun*s."""
    if point.value is None:
        return f"{point.label}: no {noun}s"
    interval = interval_words(point.low, point.high, decimals)
    between = f" ({interval})" if interval else ""
    value = number_words(point.value, decimals)
    return f"{point.label}: {value}{between}, {answers_words(point.n, noun)}"


@dataclass(frozen=True)
class FigureWords:
    """A figure ready to be printed: every part in words, nothing left to decide in a template."""

    standing: Standing
    value: str
    unit: str
    interval: str
    between: str
    answers: str
    weighting: str
    evidence: str
    early: str
    period: str
    as_of: str


def figure_words(figure: Figure, *, noun: str = "answer") -> FigureWords:
    """Put *figure* into words; a hidden figure gives away neither value nor number of answers."""
    how = standing(figure)
    is_hidden = how == Standing.HIDDEN
    is_empty = how == Standing.EMPTY
    interval = "" if is_hidden else _interval(figure)
    answers = answers_words(figure.n, noun)
    return FigureWords(
        standing=how,
        value="Hidden" if is_hidden else number_words(figure.value, figure.decimals),
        unit="" if is_hidden or is_empty else _spaced(figure.unit),
        interval=interval,
        between=f"between {interval.replace(' to ', ' and ')}" if interval else "",
        answers="" if is_hidden else answers,
        weighting="" if is_hidden else _weighting(figure),
        evidence="" if is_hidden else _evidence(interval, answers, how),
        early=f"Too early to say with fewer than {TOO_FEW_TO_TELL} {noun}s",
        period=period_words(figure.start_on, figure.end_on),
        as_of=moment_words(figure.as_of, figure.time_zone),
    )


def _evidence(interval: str, answers: str, how: Standing) -> str:
    """Give what stands behind a number in a sentence: "27 to 35, 412 answers"."""
    early = "too early to say" if how == Standing.EARLY else ""
    return ", ".join(part for part in (interval, answers, early) if part)


def _interval(figure: Figure) -> str:
    if figure.value is None or figure.method == NO_INTERVAL:
        return ""
    return interval_words(figure.ci_low, figure.ci_high, figure.decimals)


def _weighting(figure: Figure) -> str:
    if not figure.is_weighted or figure.n_eff is None:
        return ""
    return f"weighted, worth {number_words(figure.n_eff)} equal ones"


def _spaced(unit: str) -> str:
    """Set a word apart from its number; a sign such as % stands at it."""
    return f"\N{NO-BREAK SPACE}{unit}" if unit[:1].isalpha() else unit
