"""Tiles that are about no metric: comments, response rates, alerts, notes; and where others are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from analytics.rules.alert_states import AlertState
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tile_wording import (
    alerts_said,
    counted,
    days_told,
    interval_told,
    number_told,
)
from analytics.selectors import (
    tile_churn,
    tile_drivers,
    tile_maps,
    tile_outlook,
    tile_reasons,
    tile_results,
    tile_topics,
)
from analytics.selectors.alerts import alerts_of, state_counts
from analytics.selectors.histograms import By
from analytics.selectors.names import FILTERED
from analytics.selectors.tile_results import response_query
from analytics.selectors.tile_shapes import Draft, TileAnswer, TileQuote, TileTable
from cxm.customers.selectors.persons import Reader
from cxm.kernel.rich_text import plain, rendered
from cxm.metrics.rules.days import day_words
from feedback.rules.distribution.words import DistributionState
from feedback.selectors.distributions import distributions_of, standings_of
from feedback.selectors.registry_names import read_names
from feedback.selectors.response_filter import read_filter
from feedback.selectors.response_rows import rows_of
from feedback.selectors.responses import shown_rows, with_parents

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.models import Tile
    from analytics.rules.tiles import TileQuery
    from analytics.selectors.filters import Asked
    from analytics.selectors.tile_reading import Board

MOST_QUOTES = 5
MOST_SENDINGS = 8
MOST_ALERTS = 6
LONGEST_QUOTE = 280
NOT_FILTERED = "The filter of the dashboard does not count here."
_ONLY_SURVEYS = "Of the filter only the survey counts: a sending is of no channel or segment."
_NO_ROWS = "This needs the right to read answers, which you do not have."


def other_tile(board: Board, tile: Tile, query: TileQuery) -> Draft:
    """Read a tile that is about no metric; nothing of it is compared."""
    kind = TileKind(tile.kind)
    begun = TileAnswer(
        tile_id=tile.pk,
        kind=kind,
        title=tile.title or kind.label,
        width=tile.width,
        has_own_filter=query.filter is not None,
    )
    if kind.needs_rows and not board.viewer.sees_rows:
        answer = replace(begun, refusal=_NO_ROWS)
    else:
        answer = _READERS[kind](board, begun, query)
    if _stands_apart(kind, board):
        answer = replace(answer, notes=(*answer.notes, NOT_FILTERED))
    return Draft(lambda _changes: answer)


def _stands_apart(kind: TileKind, board: Board) -> bool:
    """Whether the board is filtered, and the tile is not."""
    asked = board.asked
    is_filtered = asked.has_period or any(asked.filter.keys(by) for by in FILTERED)
    return is_filtered and not kind.follows_board and kind is not TileKind.NOTE


def _texts(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show the newest comments; names are taken out for everybody, since boards are passed on."""
    tenant = board.viewer.tenant
    chosen, _, ignored = board.filter_of(query)
    names = read_names(tenant)
    asked = read_filter({**response_query(chosen), "comment": ["yes"]}, names)
    found = list(with_parents(rows_of(tenant, asked))[:MOST_QUOTES])
    rows = shown_rows(Reader(tenant, sees_persons=False), asked, found)
    page = reverse("feedback:response-list", args=[tenant.slug])
    quotes = tuple(
        TileQuote(
            text=_shortened(row.comments[0].text),
            day=response.day,
            survey=row.survey,
            url=f"{page}{row.response_id}/",
        )
        for row, response in zip(rows, found, strict=True)
        if row.comments
    )
    said = f"The newest {counted(len(quotes), 'comment')}." if quotes else "No comments here."
    return replace(
        begun,
        sentences=(said,),
        days=days_told(chosen.period.start_on, chosen.period.end_on),
        notes=ignored if query.filter is not None else (),
        table=TileTable(
            ("Comment", "Survey", "Day"),
            tuple((one.text, one.survey, one.day.isoformat()) for one in quotes),
        ),
        url=f"{page}?{asked.filter.query()}",
        quotes=quotes,
    )


def _shortened(text: str) -> str:
    told = " ".join(text.split())
    if len(told) <= LONGEST_QUOTE:
        return told
    return f"{told[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"


def _response_rate(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show from asked to answered, for the newest sendings of the surveys of the filter."""
    tenant = board.viewer.tenant
    chosen, _, ignored = board.filter_of(query)
    surveys = chosen.keys(By.SURVEY)
    rows = distributions_of(tenant).exclude(state=DistributionState.DRAFT)
    if surveys:
        rows = rows.filter(survey__key__in=surveys)
    sendings = list(rows[:MOST_SENDINGS])
    standings = standings_of(tenant, sendings)
    lines = []
    for one in sendings:
        standing = standings[one.pk]
        rate = standing.rate
        low, high = rate.interval or (None, None)
        lines.append(
            (
                one.title,
                f"{standing.planned - standing.not_asked:,}",
                f"{rate.delivered:,}",
                f"{rate.answered:,}",
                number_told(rate.value, 1, "%" if rate.value is not None else ""),
                interval_told(low, high, 1),
            )
        )
    said = f"{counted(len(lines), 'sending')}, the newest first." if lines else "Nothing was sent."
    told = "A response is an invitation with at least one score, of those that arrived."
    return replace(
        begun,
        sentences=(said, told),
        notes=(
            *(ignored if query.filter is not None else ()),
            *((_ONLY_SURVEYS,) if _has_more_than_surveys(board.asked_of(query)) else ()),
        ),
        table=TileTable(
            ("Sending", "Asked", "Arrived", "Answered", "Response rate", "95% interval"),
            tuple(lines),
        ),
        url=reverse("feedback:distribution-list", args=[tenant.slug]),
    )


def _has_more_than_surveys(asked: Asked) -> bool:
    others = [by for by in FILTERED if by is not By.SURVEY]
    return asked.has_period or any(asked.filter.keys(by) for by in others)


def _alerts(board: Board, begun: TileAnswer, _query: TileQuery) -> TileAnswer:
    """Show what rang and nobody has taken note of, the newest first."""
    tenant = board.viewer.tenant
    rows = list(alerts_of(tenant, state=AlertState.OPEN)[:MOST_ALERTS])
    counts = state_counts(tenant)
    return replace(
        begun,
        sentences=(alerts_said(counts[AlertState.OPEN], counts[AlertState.SNOOZED]),),
        table=TileTable(
            ("Alert", "Rule", "Rang on"),
            tuple((one.title, one.rule.title, day_words(one.rang_on)) for one in rows),
        ),
        url=reverse("analytics:alert-list", args=[tenant.slug]),
    )


def _note(_board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show words as they were written, with their marks."""
    return replace(
        begun,
        title=begun.title if begun.title != begun.kind.label else "",
        sentences=tuple(line for line in plain(query.text).splitlines() if line.strip()),
        markup=rendered(query.text),
    )


_READERS: dict[TileKind, Callable[[Board, TileAnswer, TileQuery], TileAnswer]] = {
    TileKind.TEXTS: _texts,
    TileKind.TOPICS: tile_topics.topics,
    TileKind.CHURN: tile_churn.rate,
    TileKind.COHORTS: tile_churn.cohorts,
    TileKind.SURVIVAL: tile_churn.survival,
    TileKind.WHY: tile_reasons.why,
    TileKind.ONWARD: tile_reasons.onward,
    TileKind.REASONS: tile_reasons.reasons,
    TileKind.REVENUE: tile_churn.revenue,
    TileKind.REPEAT: tile_outlook.repeat,
    TileKind.RISK: tile_outlook.risk,
    TileKind.ALIVE: tile_outlook.alive,
    TileKind.DRIVERS: tile_drivers.drivers,
    TileKind.PERSONAS: tile_maps.personas,
    TileKind.PROMISES: tile_maps.promises,
    TileKind.RESULTS: tile_results.results,
    TileKind.GOALS: tile_outlook.goals,
    TileKind.RESPONSE_RATE: _response_rate,
    TileKind.ALERTS: _alerts,
    TileKind.NOTE: _note,
}
