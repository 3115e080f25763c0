"""Tiles that look ahead: goals, repeat customers, risk of leaving."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from analytics.rules.tile_wording import (
    counted,
    figure_told,
    interval_told,
    number_told,
)
from analytics.selectors.churn import counted_definitions
from analytics.selectors.goals import GOAL_HEADS, goal_cells, goals_of, goals_said, goals_shown
from analytics.selectors.repeat_customers import alive_bins, counted_purchases, repeat_rate
from analytics.selectors.risk import counted_risks, tenth_rows
from analytics.selectors.tile_shapes import TileAnswer, TileTable

if TYPE_CHECKING:
    from analytics.rules.tiles import TileQuery
    from analytics.selectors.tile_reading import Board

MOST_GOALS = 8
_NO_PURCHASES = "Nobody has said yet what a purchase is."
_NO_RISK = "The risk of leaving has not been counted yet by this definition."
_NOBODY_AGAIN = "Nobody bought a second time yet."
_NO_DEFINITION = "This definition of churn is not there any more: change the tile or take it away."


def goals(board: Board, begun: TileAnswer, _query: TileQuery) -> TileAnswer:
    """Show how far the goals are, the first due first."""
    viewer = board.viewer
    rows = goals_of(viewer.tenant)
    shown = goals_shown(viewer, list(rows[:MOST_GOALS]))
    return replace(
        begun,
        sentences=(goals_said(shown),),
        table=TileTable(GOAL_HEADS, tuple(goal_cells(one) for one in shown)),
        url=reverse("analytics:metric-goal-list", args=[viewer.tenant.slug]),
    )


def repeat(board: Board, begun: TileAnswer, _query: TileQuery) -> TileAnswer:
    """Show how many buy again, and what is expected of them."""
    viewer = board.viewer
    found = counted_purchases(viewer.tenant)
    figure = repeat_rate(viewer, found, may_open=False) if found else None
    if found is None or found.result is None or figure is None:
        page = reverse("analytics:repeat-customers", args=[viewer.tenant.slug])
        return replace(begun, refusal=_NO_PURCHASES, url=page)
    result, months = found.result, found.rule.horizon_months
    ahead = (
        f"No future is told: {result.reason}"
        if result.expected is None
        else f"About {number_told(result.expected, 0)} more purchases are expected in the next "
        f"{months:,} months; an estimate without interval."
    )
    return replace(
        begun,
        sentences=(figure_told(figure, noun="customer"), ahead, figure.definition),
        table=TileTable(
            ("Of the buyers", "Customers"),
            (
                ("Bought on one day only", f"{result.once:,}"),
                ("Bought again", f"{result.again:,}"),
                ("Bought at all", f"{result.buyers:,}"),
            ),
        ),
        url=reverse("analytics:repeat-customers", args=[viewer.tenant.slug]),
        figure=figure,
        noun="customer",
        decimals=1,
    )


def alive(board: Board, begun: TileAnswer, _query: TileQuery) -> TileAnswer:
    """Show how many of those who bought again probably still are customers, and their value."""
    viewer = board.viewer
    page = reverse("analytics:repeat-customers", args=[viewer.tenant.slug])
    found = counted_purchases(viewer.tenant)
    result = found.result if found else None
    if found is None or result is None:
        return replace(begun, refusal=_NO_PURCHASES, url=page)
    if not result.tenths:
        return replace(begun, refusal=result.reason or _NOBODY_AGAIN, url=page)
    value = (
        f"{number_told(result.value, 0)} {result.currency}".rstrip()
        + f": {found.rule.value_words} An estimate without interval."
        if result.value is not None
        else f"No value is told: {result.value_reason}"
    )
    bins = alive_bins(viewer, result, may_open=False)
    return replace(
        begun,
        sentences=(
            f"{counted(result.again, 'customer').capitalize()} bought again.",
            f"Of the {result.once:,} who bought once nobody can tell.",
            value,
            found.rule.words,
        ),
        table=TileTable(
            ("Chance to be a customer", "Customers"),
            tuple((one.label, f"{one.count:,}") for one in bins),
        ),
        url=page,
        bins=tuple(bins),
        noun="customer",
    )


def risk(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show how right the risks of leaving were when they were tried, by tenth; no customers."""
    viewer = board.viewer
    key = query.definition
    if key not in {one.definition.key for one in counted_definitions(viewer.tenant)}:
        return replace(begun, refusal=_NO_DEFINITION, url=_risk_url(board))
    found = next((one for one in counted_risks(viewer.tenant) if one.definition.key == key), None)
    result = found.result if found else None
    if found is None or result is None:
        return replace(begun, refusal=_NO_RISK, url=_risk_url(board))
    if not found.is_offered:
        return replace(begun, sentences=(result.reason,), url=_risk_url(board))
    return replace(
        begun,
        sentences=(found.trial_words,),
        table=TileTable(
            ("Tenth of the risk", "Expected to leave", "Left", "95% interval", "Customers"),
            tuple(
                (
                    f"{row.number}",
                    number_told(row.tenth.expected, 1, "%"),
                    number_told(row.tenth.percent, 1, "%"),
                    interval_told(row.tenth.low, row.tenth.high, 1),
                    f"{row.tenth.n:,}",
                )
                for row in tenth_rows(result)
            ),
        ),
        url=_risk_url(board),
    )


def _risk_url(board: Board) -> str:
    return reverse("analytics:risk", args=[board.viewer.tenant.slug])
