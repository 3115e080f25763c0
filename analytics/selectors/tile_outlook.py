"""Tiles that look ahead: goals, what goes with an outcome, repeat customers, risk of leaving."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from analytics.rules.tile_wording import figure_told, interval_told, number_told
from analytics.selectors.churn import counted_definitions
from analytics.selectors.driver_marks import newest_drivers
from analytics.selectors.driver_question import drivers_url
from analytics.selectors.goals import GOAL_HEADS, goal_cells, goals_of, goals_said, goals_shown
from analytics.selectors.repeat_customers import counted_purchases, repeat_rate
from analytics.selectors.risk import counted_risks, tenth_rows
from analytics.selectors.tile_shapes import TileAnswer, TileTable

if TYPE_CHECKING:
    from analytics.rules.tiles import TileQuery
    from analytics.selectors.tile_reading import Board

MOST_GOALS = 8
MOST_DRIVERS = 8
_NO_PURCHASES = "Nobody has said yet what a purchase is."
_NO_RISK = "The risk of leaving has not been counted yet by this definition."
_NO_DRIVERS = "Nobody has asked yet what goes with an outcome."
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


def drivers(board: Board, begun: TileAnswer, _query: TileQuery) -> TileAnswer:
    """Show what goes with an outcome, as it was worked out last."""
    found = newest_drivers(board.viewer)
    if found is None:
        return replace(begun, refusal=_NO_DRIVERS)
    question, shown = found
    return replace(
        begun,
        title=begun.title if begun.title != begun.kind.label else f"Drivers of {question.title}",
        sentences=tuple(shown.sentences),
        table=TileTable(
            ("Input", "Share of what differs", "95% interval", "Answers"),
            tuple(
                (f"{line.title}, {line.metric}", line.share, line.shares, f"{line.input.n:,}")
                for line in shown.lines[:MOST_DRIVERS]
            ),
        ),
        url=drivers_url(question),
    )


def repeat(board: Board, begun: TileAnswer, _query: TileQuery) -> TileAnswer:
    """Show how many buy again, and what is expected of them."""
    viewer = board.viewer
    found = counted_purchases(viewer.tenant)
    figure = repeat_rate(viewer, found, may_open=False) if found else None
    if found is None or found.result is None or figure is None:
        return replace(begun, refusal=_NO_PURCHASES)
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


def risk(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show how right the risks of leaving were when they were tried, by tenth; no customers."""
    viewer = board.viewer
    key = query.definition
    if key not in {one.definition.key for one in counted_definitions(viewer.tenant)}:
        return replace(begun, refusal=_NO_DEFINITION)
    found = next((one for one in counted_risks(viewer.tenant) if one.definition.key == key), None)
    result = found.result if found else None
    if found is None or result is None:
        return replace(begun, refusal=_NO_RISK)
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
