"""Tiles that say why: of a change of a metric, and of those who left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.rules.tile_wording import counted, days_told, interval_told, number_told
from analytics.selectors.churn_onward import onward_rows
from analytics.selectors.churn_reasons import reason_rows
from analytics.selectors.tile_churn import NOT_COUNTED, churn_page, churn_url, definition_of_tile
from analytics.selectors.tile_shapes import TileAnswer, TileTable
from analytics.selectors.why import why as explained
from analytics.selectors.why import why_url
from analytics.selectors.why_pictures import bridge

if TYPE_CHECKING:
    from analytics.rules.tiles import TileQuery
    from analytics.selectors.tile_reading import Board

MOST_PLACES = 8
_NO_METRIC = "This metric is archived or not there any more: change the tile or take it away."
_NO_REASONS = (
    "This definition says nothing of reasons: contracts give them, or a property of the event that "
    "ends it."
)


def why(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show why a metric changed, as its page does; tests are those of that page."""
    measure = board.measures.get(query.metric)
    if measure is None:
        return replace(begun, refusal=_NO_METRIC)
    shown = explained(board.viewer, measure, board.asked_of(query))
    period = shown.filter.period
    is_default = begun.title == begun.kind.label
    return replace(
        begun,
        title=f"Why {measure.metric.title} changed" if is_default else begun.title,
        sentences=tuple(shown.explained.sentences) if shown.explained else (shown.reason,),
        days=days_told(period.start_on, period.end_on),
        notes=shown.ignored if query.filter is not None else (),
        table=TileTable(
            ("Step", "Amount", "95% interval", "Test"),
            tuple((one.title, one.words, one.interval, one.verdict) for one in bridge(shown)),
        ),
        url=why_url(board.viewer, measure.metric.key, shown.filter),
    )


def onward(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show who left, stayed or went on after each touchpoint, as the churn page does."""
    one, refusal = definition_of_tile(board, query)
    result = one.result if one else None
    if one is None or result is None or result.onward is None:
        return replace(begun, refusal=refusal or NOT_COUNTED, url=churn_page(board))
    rows = onward_rows(one.definition, result.onward)[:MOST_PLACES]
    said = (
        f"In the {counted(result.onward.watched, 'day')} after the last contact; leaving goes with "
        "it, whether it is the cause is not said."
        if rows
        else "No touchpoint has ten customers whose last visit was long enough ago."
    )
    return replace(
        begun,
        sentences=(said, one.rule.words),
        table=TileTable(
            (
                "Touchpoint",
                "Customers",
                "Left",
                "95% interval of left",
                "Went on",
                "95% interval of went on",
            ),
            tuple(
                (
                    row.onward.title,
                    f"{row.onward.n:,}",
                    number_told(row.left.value, 1, "%"),
                    interval_told(row.left.ci_low, row.left.ci_high, 1),
                    number_told(row.went_on.value, 0, "%"),
                    interval_told(row.went_on.ci_low, row.went_on.ci_high, 0),
                )
                for row in rows
            ),
        ),
        url=f"{churn_url(board, one)}#onward",
    )


def reasons(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show why people left, the unknown first, as the churn page does."""
    one, refusal = definition_of_tile(board, query)
    result = one.result if one else None
    if one is None or result is None:
        return replace(begun, refusal=refusal or NOT_COUNTED, url=churn_page(board))
    if result.reasons is None:
        return replace(begun, refusal=_NO_REASONS, url=churn_url(board, one))
    # Boards are passed on: what a few gave stays on the page.
    rows = reason_rows(board.viewer, one, result.reasons.of_many)
    return replace(
        begun,
        sentences=(f"{counted(result.reasons.ends, 'end')}, with what is known of them.",),
        table=TileTable(
            ("Reason", "Share", "95% interval", "Customers"),
            tuple(
                (
                    row.title,
                    number_told(row.share.value, 1, "%"),
                    interval_told(row.share.ci_low, row.share.ci_high, 1),
                    f"{row.n:,}",
                )
                for row in rows
            ),
        ),
        url=f"{churn_url(board, one)}#reasons",
    )
