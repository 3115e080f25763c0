"""What a part of a report says: the same words for the page, the mail, the PDF and the workbook."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe

from analytics.rules.tile_wording import (
    change_told,
    days_told,
    figure_told,
    interval_told,
    number_told,
    trend_told,
)
from cxm.kernel.charts import axis, trend
from cxm.kernel.figures import NO_INTERVAL, Standing, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from cxm.kernel.charts import TrendPoint
    from cxm.kernel.figures import Change
    from cxm.metrics.figures import Figure

FIGURE_HEADS = ("Value", "95% interval", "Answers", "Change")


@dataclass(frozen=True, slots=True)
class FigureSaid:
    """A figure with all that makes it true, in words; *low* and *high* are its unrounded limits.

    *value* is unrounded, None where there is nothing or it is hidden; *n* is 0 then. *url* is the
    address of its rows below the site.
    """

    title: str
    sentence: str
    change: str
    definition: str
    period: str
    url: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    decimals: int
    method: str
    version: int

    @property
    def words(self) -> str:
        """Say the figure and its change in one go."""
        return f"{self.sentence} {self.change}".strip()


@dataclass(frozen=True, slots=True)
class SectionTable:
    """Numbers as words in columns; the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A line over time: its SVG, the words that say it, and the ends of both its axes."""

    svg: str
    alt: str
    low: str
    high: str
    first: str
    last: str

    @property
    def markup(self) -> SafeString:
        """Give the SVG for a page: it was drawn, and escaped, by `cxm.kernel.charts`."""
        return mark_safe(self.svg)  # noqa: S308 - ours, see above


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One part of a report. *url* is the address of its page below the site, with fixed dates.

    *tables* hold every number that *picture* shows. *about* says what the part is made of, as
    pairs of a label and words.
    """

    title: str
    sentences: tuple[str, ...] = ()
    figures: tuple[FigureSaid, ...] = ()
    tables: tuple[SectionTable, ...] = ()
    picture: Picture | None = None
    url: str = ""
    about: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give what is stored of it."""
        return asdict(self)


def section_of(told: Mapping[str, Any]) -> ReportSection:
    """Read a part that was stored."""
    picture = told["picture"]
    return ReportSection(
        title=told["title"],
        sentences=tuple(told["sentences"]),
        figures=tuple(FigureSaid(**one) for one in told["figures"]),
        tables=tuple(
            SectionTable(one["title"], tuple(one["columns"]), tuple(map(tuple, one["rows"])))
            for one in told["tables"]
        ),
        picture=Picture(**picture) if picture else None,
        url=told["url"],
        about=tuple((label, words) for label, words in told["about"]),
    )


def figure_said(
    figure: Figure, change: Change | None = None, *, noun: str = "answer"
) -> FigureSaid:
    """Put a figure and its change into words, as its page does."""
    return FigureSaid(
        title=figure.title,
        sentence=figure_told(figure, noun=noun),
        change=change_told(change),
        definition=f"{figure.definition} Version {figure.definition_version}.",
        period=days_told(figure.start_on, figure.end_on),
        url=figure.rows_url,
        value=figure.value,
        low=figure.ci_low,
        high=figure.ci_high,
        n=figure.n,
        unit=figure.unit,
        decimals=figure.decimals,
        method=figure.method,
        version=figure.definition_version,
    )


def figure_cells(figure: Figure, change: Change | None) -> tuple[str, str, str, str]:
    """Write a figure in the columns of FIGURE_HEADS."""
    match standing(figure):
        case Standing.HIDDEN:
            return "hidden", "", "", ""
        case Standing.EMPTY:
            return number_told(None, 0), "", f"{figure.n:,}", ""
    has_limits = figure.method != NO_INTERVAL
    limits = interval_told(figure.ci_low, figure.ci_high, figure.decimals) if has_limits else ""
    return (
        number_told(figure.value, figure.decimals, figure.unit),
        limits,
        f"{figure.n:,}",
        change.words if change else "",
    )


def line_drawn(
    title: str,
    points: Sequence[TrendPoint],
    *,
    decimals: int,
    noun: str = "answer",
    unit: str = "",
    bounds: tuple[float, float] | None = None,
) -> Picture | None:
    """Draw a line over time, each value of so many *noun*s; None where nothing is to be drawn."""
    if not any(point.value is not None for point in points):
        return None
    ends = [end for point in points for end in (point.value, point.low, point.high)]
    scale = axis(ends, bounds=bounds)
    alt = trend_told(title, points, decimals, noun)
    places = 0 if scale.low == int(scale.low) and scale.high == int(scale.high) else 1
    return Picture(
        svg=str(trend(points, scale=scale, label=alt)),
        alt=alt,
        low=number_told(scale.low, places, unit),
        high=number_told(scale.high, places, unit),
        first=points[0].label,
        last=points[-1].label,
    )
