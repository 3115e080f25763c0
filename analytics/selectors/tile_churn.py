"""Tiles of churn: the rate, who stayed by month and by day, and what became of revenue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.urls import reverse

from analytics.rules.tile_wording import counted, figure_told, interval_told, number_told
from analytics.selectors.churn import counted_definitions, month_points, month_rows, rate_figure
from analytics.selectors.churn_pictures import cohort_table, drawn_curves
from analytics.selectors.revenue_rows import shown_revenue
from analytics.selectors.tile_shapes import TileAnswer, TileTable

if TYPE_CHECKING:
    from analytics.rules.tiles import TileQuery
    from analytics.selectors.churn import Counted
    from analytics.selectors.churn_pictures import CohortCell, CohortRow, CurveRow, DrawnCurves
    from analytics.selectors.tile_reading import Board

_NO_DEFINITION = "This definition of churn is not there any more: change the tile or take it away."
NOT_COUNTED = "Churn has not been counted yet by this definition."
_NO_CONTRACTS = "This definition counts no contracts, so that there is no revenue to show."
_NO_GROUPS = "Nobody is parted like this any more: shown are all together."
_MOST_MONTHS = 12


def rate(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show the churn of the last whole month, as the churn page does."""
    one, refusal = definition_of_tile(board, query)
    month = one.last_month if one else None
    if one is None or month is None:
        return replace(begun, refusal=refusal or NOT_COUNTED, url=churn_page(board))
    # A board is for many: it leads to the months, whoever may open the customers goes on there.
    figure = rate_figure(board.viewer, one, month, may_open=False)
    points = month_points(month_rows(board.viewer, one), may_open=False)
    return replace(
        begun,
        title=begun.title if begun.title != begun.kind.label else one.definition.title,
        sentences=(figure_told(figure, noun="customer"), figure.definition),
        table=TileTable(
            ("Month", "Churn", "95% interval", "Customers at the start"),
            tuple(
                (
                    point.label,
                    number_told(point.value, 1, "%"),
                    interval_told(point.low, point.high, 1),
                    f"{point.n:,}",
                )
                for point in reversed(points)
            ),
        ),
        url=churn_url(board, one),
        figure=figure,
        noun="customer",
        points=tuple(points),
        decimals=1,
        bounds=(0.0, 100.0),
    )


def cohorts(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show who stayed, by the month in which they came, as the churn page does."""
    one, refusal = definition_of_tile(board, query)
    result = one.result if one else None
    if one is None or result is None:
        return replace(begun, refusal=refusal or NOT_COUNTED, url=churn_page(board))
    shown = cohort_table(result)
    said = "Percent of each month's new customers who were still there in later months."
    return replace(
        begun,
        sentences=(said, one.rule.words),
        table=TileTable(
            ("Came in", "Customers", *(f"Month {place}" for place in shown.heads)),
            tuple(
                (row.title, f"{row.n:,}", *_cohort_cells(row, len(shown.heads)))
                for row in shown.rows
            ),
        ),
        url=f"{churn_url(board, one)}#cohorts",
    )


def _cohort_cells(row: CohortRow, months: int) -> tuple[str, ...]:
    """Write the months of a cohort, empty where they have not come or are of too few people."""
    told = [_cohort_words(cell) for cell in row.cells]
    return (*told, *([""] * (months - len(told))))


def _cohort_words(cell: CohortCell) -> str:
    low, high = cell.share.ci_low, cell.share.ci_high
    between = interval_told(low, high, 0)
    running = ", running" if cell.is_open else ""
    sure = f" ({between}{running})" if between else ""
    return f"{number_told(cell.share.value, 0, '%')}{sure}"


def definition_of_tile(board: Board, query: TileQuery) -> tuple[Counted | None, str]:
    """Find the definition that a tile is about, or say why there is none."""
    every = counted_definitions(board.viewer.tenant)
    found = [one for one in every if one.definition.key == query.definition]
    return (found[0], "") if found else (None, _NO_DEFINITION)


def churn_page(board: Board) -> str:
    """Give the address of the churn page."""
    return reverse("analytics:churn", args=[board.viewer.tenant.slug])


def churn_url(board: Board, one: Counted) -> str:
    """Give the address of the churn page by a definition."""
    return f"{churn_page(board)}?{urlencode({'definition': one.definition.key})}"


def survival(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show how many were still there after so many days, of everybody or by group.

    It is what the churn page shows; groups that are not there any more are not drawn.
    """
    one, refusal = definition_of_tile(board, query)
    result = one.result if one else None
    if one is None or result is None:
        return replace(begun, refusal=refusal or NOT_COUNTED, url=churn_page(board))
    by = query.group if query.group in result.groups else ""
    curves = drawn_curves(result, by)
    if curves is None:
        return replace(begun, refusal=NOT_COUNTED, url=churn_url(board, one))
    lost = query.group and not by
    return replace(
        begun,
        sentences=(
            *(_curve_words(row, is_tested=bool(by)) for row in curves.rows),
            *((curves.test_words,) if curves.test_words else ()),
            one.rule.words,
        ),
        notes=(_NO_GROUPS,) if lost else (),
        table=_curve_table(curves, is_parted=bool(by)),
        picture=curves.picture,
        curves=curves,
        url=f"{churn_url(board, one)}{f'&by={quote(by)}' if by else ''}#survival",
    )


def _curve_words(row: CurveRow, *, is_tested: bool) -> str:
    curve = row.curve
    half = (
        "more than half are still there"
        if curve.median is None
        else f"half are gone after {curve.median:,} days"
    )
    test = f"; {row.test_words}" if is_tested else ""
    return f"{row.title}: {half}, of {counted(curve.n, 'customer')}{test}."


def _curve_table(curves: DrawnCurves, *, is_parted: bool) -> TileTable:
    """Write one line for each day, or for each group and day."""
    lines = [
        (
            *((row.title,) if is_parted else ()),
            f"{day:,} days",
            number_told(share.value if share else None, 1, "%" if share else ""),
            interval_told(share.ci_low, share.ci_high, 1) if share else "",
        )
        for row in curves.rows
        for day, share in zip(curves.days, row.shares, strict=True)
    ]
    first = ("Customers",) if is_parted else ()
    return TileTable((*first, "After", "Still there", "95% interval"), tuple(lines))


def revenue(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show what became of recurring revenue month by month, in the currency with the most."""
    one, refusal = definition_of_tile(board, query)
    result = one.result if one else None
    if one is None or result is None:
        return replace(begun, refusal=refusal or NOT_COUNTED, url=churn_page(board))
    contracts = result.contracts
    currency = next(iter(contracts.currencies), "") if contracts else ""
    if contracts is None or not currency:
        return replace(begun, refusal=_NO_CONTRACTS, url=churn_url(board, one))
    shown = shown_revenue(board.viewer, one, contracts, currency, may_open=False)
    figures = [*shown.figures, *([shown.value] if shown.value else [])]
    told = tuple(figure_told(figure, noun="holder") for figure in figures)
    return replace(
        begun,
        sentences=told or (f"Too few contracts in {currency} to tell a rate.",),
        table=TileTable(
            ("Month", "Revenue churn", "Net revenue retention", "Holders at the start"),
            tuple(
                (
                    row.title,
                    number_told(None if row.month.gross is None else 100 - row.month.gross, 1, "%"),
                    number_told(row.month.net, 1, "%"),
                    f"{row.cells[0].holders:,}",
                )
                for row in [row for row in shown.rows if row.month.is_over][:_MOST_MONTHS]
            ),
        ),
        url=f"{churn_url(board, one)}#revenue",
        figure=figures[0] if figures else None,
        noun="holder",
        decimals=1,
    )
