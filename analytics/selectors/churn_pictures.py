"""The pictures of the churn page: survival curves with who is at risk, and the cohort triangle."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from analytics.rules.churn_shapes import TOLD_DAYS, ChurnResult, Curve, GroupCurve, Grouped
from analytics.selectors.churn_cells import at_risk_cells, share_cells
from cxm.kernel.drawing.step_lines import StepLine, step_lines
from cxm.kernel.numbers import written
from cxm.metrics.rules.many import is_flagged
from cxm.metrics.rules.rounding import round_half_away
from cxm.metrics.rules.statistic import Estimate, share_estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_COHORT_MONTHS = 13
SHADES = 5
# Numbers and words of this module only: nothing in it needs escaping.
_CELL = (
    '<td class="num shade-{shade}{css}" title="{n} of {of}{note}">{percent}'
    '<span class="sr">%, {n} of {of}{so_far}</span></td>'
)


@dataclass(frozen=True, slots=True)
class CurveRow:
    """One curve in the legend and the tables; *kind* is the class of its line.

    *at_risk* and *shares* stand under the days of the head: how many were still watched, and how
    many in percent were still here, with the interval; None where nobody was watched so long.
    """

    title: str
    kind: str
    curve: Curve
    at_risk: tuple[int | None, ...]
    shares: tuple[Estimate | None, ...]
    test_words: str

    @property
    def share_cells(self) -> SafeString:
        """Its cells of the table of shares."""
        return share_cells(self.shares)

    @property
    def at_risk_cells(self) -> SafeString:
        """Its cells of the table of those still watched."""
        return at_risk_cells(self.at_risk)


@dataclass(frozen=True, slots=True)
class DrawnCurves:
    """The survival curves of everybody, or of the groups of one dimension."""

    picture: SafeString
    horizon: int
    ticks: tuple[int, ...]
    days: tuple[int, ...]
    rows: tuple[CurveRow, ...]
    left_out: int
    test_words: str

    @property
    def half(self) -> int:
        """The day in the middle of the picture."""
        return self.horizon // 2


@dataclass(frozen=True, slots=True)
class CohortCell:
    """How many *of* a cohort were there in one of its months, *n*.

    A month that still runs *is_open*: it may yet fall or rise.
    """

    n: int
    of: int
    is_open: bool

    @property
    def percent(self) -> float:
        """The share that was there."""
        return 100 * self.n / self.of

    @property
    def share(self) -> Estimate:
        """The share with its interval."""
        return share_estimate(self.n, self.of)

    @property
    def shade(self) -> int:
        """How dark the cell is, from 0 to SHADES."""
        return min(SHADES, int(SHADES * self.percent / 100))

    @property
    def markup(self) -> str:
        """The cell of a table: written here, since a page has hundreds of them."""
        return _CELL.format(
            shade=self.shade,
            css=" is-open" if self.is_open else "",
            n=self.n,
            of=self.of,
            note="; this month still runs" if self.is_open else "",
            percent=written(round_half_away(self.percent, 0)),
            so_far=" so far" if self.is_open else "",
        )


@dataclass(frozen=True, slots=True)
class CohortRow:
    """One cohort with its cells, the newest months last."""

    title: str
    n: int
    cells: tuple[CohortCell, ...]

    @property
    def markup(self) -> SafeString:
        """All cells of the row."""
        return SafeString("".join(cell.markup for cell in self.cells))


@dataclass(frozen=True, slots=True)
class CohortTable:
    """The triangle: *heads* number the months from 0, the month of the beginning."""

    heads: tuple[int, ...]
    rows: tuple[CohortRow, ...]


def drawn_curves(result: ChurnResult, by: str) -> DrawnCurves | None:
    """Draw everybody's curve, or those of dimension *by*; None before anybody was a customer."""
    if result.overall is None:
        return None
    if by in result.groups:
        found = result.groups[by]
        label = f"Who is still a customer, by {found.title.lower()}"
        return _drawn(found.curves, label, left_out=found.left_out, words=_together(found))
    return _drawn([GroupCurve("", "Everybody", result.overall)], "Who is still a customer")


def cohort_table(result: ChurnResult) -> CohortTable:
    """Lay out the triangle of the last cohorts, the newest first."""
    rows = tuple(
        CohortRow(
            date.fromisoformat(one.day).strftime("%b %Y"),
            one.n,
            tuple(
                CohortCell(there, one.n, place >= one.done)
                for place, there in enumerate(one.there[:MOST_COHORT_MONTHS])
            ),
        )
        for one in reversed(result.cohorts)
    )
    longest = max((len(row.cells) for row in rows), default=0)
    return CohortTable(tuple(range(longest)), rows)


def _drawn(
    groups: Sequence[GroupCurve], label: str, *, left_out: int = 0, words: str = ""
) -> DrawnCurves:
    horizon = max(one.curve.horizon for one in groups)
    # All curves of a count have the same days, each as far as anybody was watched.
    ticks = max((one.curve.at_risk for one in groups), key=len)
    days = tuple(day for day in TOLD_DAYS if day <= horizon)
    lines = [
        StepLine(
            [(step.day, step.survival, step.low, step.high) for step in one.curve.steps],
            one.curve.horizon,
            f"persona-c{place}",
        )
        for place, one in enumerate(groups, start=1)
    ]
    picture = step_lines(lines, horizon=horizon, label=label, has_band=len(lines) == 1)
    rows = tuple(
        CurveRow(
            one.title,
            line.kind,
            one.curve,
            tuple(watched.get(day) for day, _ in ticks),
            tuple(_share_at(one.curve, day) for day in days),
            _test_words(one),
        )
        for one, line in zip(groups, lines, strict=True)
        for watched in [dict(one.curve.at_risk)]
    )
    # The writer of SVG escapes every value.
    drawn = SafeString(picture)
    return DrawnCurves(drawn, horizon, tuple(d for d, _ in ticks), days, rows, left_out, words)


def _share_at(curve: Curve, day: int) -> Estimate | None:
    """Read the curve at *day*; None where nobody was watched so long."""
    if day > curve.horizon:
        return None
    place = bisect_right(curve.steps, day, key=attrgetter("day"))
    if not place:
        return Estimate(100.0, curve.n, None, None, None, "none")
    last = curve.steps[place - 1]
    limits = (100 * last.low, 100 * last.high)
    return Estimate(100 * last.survival, curve.n, None, *limits, "log-log Greenwood")


def _test_words(one: GroupCurve) -> str:
    if one.adjusted_p is None:
        return "not tested"
    words = "differs from all others" if is_flagged(one.adjusted_p) else "no difference told"
    return f"{words} (p {_p_words(one.adjusted_p)})"


def _together(found: Grouped) -> str:
    """Say what the test of all groups at once found."""
    if found.chi_squared is None or found.p is None:
        return ""
    return (
        f"Log-rank test of all groups: χ² {found.chi_squared:,.1f} with {found.degrees} degrees of "
        f"freedom, p {_p_words(found.p)}."
    )


def _p_words(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - three decimals
