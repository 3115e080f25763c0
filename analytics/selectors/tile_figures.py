"""Tiles about a metric: one figure, a line, bars, a table, and who answered what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.rules.tile_kinds import TileKind
from analytics.rules.tile_wording import (
    change_told,
    counted,
    figure_cells,
    figure_told,
    number_told,
    ranking_told,
    trend_told,
)
from analytics.selectors.histograms import By
from analytics.selectors.metric_page import (
    View,
    breakdown_rows,
    classes_of,
    metric_url,
    scores_of,
    sorted_rows,
    trend_step,
)
from analytics.selectors.tile_shapes import Draft, TileAnswer, TileTable
from analytics.selectors.trend import trend_line
from cxm.kernel.figures import Standing, standing
from cxm.metrics.rules.rounding import largest_remainder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.models import Tile
    from analytics.rules.tiles import TileQuery
    from analytics.rules.wording import Change
    from analytics.selectors.metric_page import BreakdownRow
    from analytics.selectors.tile_reading import Board, Cut
    from analytics.selectors.trend import TrendLine

_NO_METRIC = "This metric is not there any more, or is archived: change the tile or take it away."
_NO_SEGMENTS = "Figures by segment need the right to read answers."


def metric_tile(board: Board, tile: Tile, query: TileQuery) -> Draft:
    """Read a tile about a metric; one that is archived, or hidden from the reader, is refused."""
    measure = board.measures.get(query.metric)
    title = tile.title or (measure.metric.title if measure else TileKind(tile.kind).label)
    begun = TileAnswer(
        tile_id=tile.pk,
        kind=TileKind(tile.kind),
        title=title,
        width=tile.width,
        has_own_filter=query.filter is not None,
    )
    if measure is None:
        return _refused(begun, _NO_METRIC)
    if query.by == By.SEGMENT and not board.viewer.sees_rows:
        return _refused(begun, _NO_SEGMENTS)
    cut = board.cut(query, measure)
    url = metric_url(board.viewer, measure.metric.key, cut.question.filter)
    begun = replace(begun, url=url, days=cut.days, notes=cut.ignored, measure=measure)
    return _READERS[begun.kind](board, begun, query, cut)


def _figure(board: Board, begun: TileAnswer, _query: TileQuery, cut: Cut) -> Draft:
    total, line = board.total(cut), _line(board, cut, "")

    def finish(changes: Sequence[Change | None]) -> TileAnswer:
        change = changes[0] if changes else None
        return replace(
            begun,
            sentences=(figure_told(total.figure), *_more(change)),
            table=TileTable(
                ("", "Value", "95% interval", "Answers", "Change"),
                ((begun.title, *figure_cells(total.figure), change.words if change else ""),),
            ),
            figure=total.figure,
            figures=(total,),
            change=change,
            points=tuple(line.points) if line.is_line else (),
            decimals=cut.question.measure.version.decimals,
        )

    return Draft(finish, board.total_pair(cut))


def _trend(board: Board, begun: TileAnswer, query: TileQuery, cut: Cut) -> Draft:
    total, line = board.total(cut), _line(board, cut, query.step)
    measure = cut.question.measure
    decimals = measure.version.decimals
    hidden = (f"{counted(line.hidden, line.step.value)} hidden: too few people answered.",)

    def finish(_changes: Sequence[Change | None]) -> TileAnswer:
        return replace(
            begun,
            sentences=(
                trend_told(measure.metric.title, line.points, decimals),
                f"Over all of it, {figure_told(total.figure)}",
                *(hidden if line.hidden else ()),
            ),
            table=TileTable(
                (line.step.value.capitalize(), "Value", "95% interval", "Answers"),
                tuple((one.title, *figure_cells(one.figure)) for one in line.figures),
            ),
            figure=total.figure,
            figures=(total, *line.figures),
            points=tuple(line.points),
            decimals=decimals,
            bounds=measure.bounds,
        )

    return Draft(finish)


def _breakdown(board: Board, begun: TileAnswer, query: TileQuery, cut: Cut) -> Draft:
    by, total = By(query.by), board.total(cut)
    found = board.groups(cut, by)
    pairs = board.group_pairs(cut, by, found)

    def finish(changes: Sequence[Change | None]) -> TileAnswer:
        told = changes or [None] * len(found)
        rows = breakdown_rows(cut.question, found, told, total, by)
        rows = sorted_rows(rows, cut.question.measure, View())
        return replace(
            begun,
            sentences=(
                _ranking(rows, by.value),
                f"Together, {figure_told(total.figure)}",
            ),
            table=TileTable(
                (by.value.capitalize(), "Value", "95% interval", "Answers", "Change"),
                tuple(
                    (row.title, *figure_cells(row.figure), row.change.words if row.change else "")
                    for row in rows
                ),
            ),
            figures=(total, *found),
            bars=tuple(rows),
        )

    return Draft(finish, pairs)


def _distribution(board: Board, begun: TileAnswer, _query: TileQuery, cut: Cut) -> Draft:
    total = board.total(cut)
    bins, classes = scores_of(cut.question, total), classes_of(cut.question, total)
    shares = largest_remainder([one.count for one in classes]) or ()
    parts = [f"{one.label} {share}%" for one, share in zip(classes, shares, strict=False)]
    whole = sum(one.count for one in bins)

    def finish(_changes: Sequence[Change | None]) -> TileAnswer:
        said = f"{', '.join(parts)}, of {counted(total.figure.n)}." if parts else ""
        return replace(
            begun,
            sentences=tuple(one for one in (said, figure_told(total.figure)) if one),
            table=TileTable(
                ("Score", "Answers", "Share"),
                tuple(
                    (one.label, f"{one.count:,}", number_told(100 * one.count / whole, 1, "%"))
                    for one in bins
                ),
            ),
            figure=total.figure,
            figures=(total,),
            bins=tuple(bins),
            classes=tuple(classes),
        )

    return Draft(finish)


def _answers(board: Board, begun: TileAnswer, query: TileQuery, cut: Cut) -> Draft:
    """Count answers by day, week or month: each is as many rows as it says."""
    total, line = board.total(cut), _line(board, cut, query.step)
    usual = cut.question.measure.metric.title
    title = f"Answers: {usual}" if begun.title == usual else begun.title

    def finish(_changes: Sequence[Change | None]) -> TileAnswer:
        if total.figure.suppressed:
            return replace(begun, title=title, sentences=(total.figure.suppressed,))
        points = tuple(
            replace(
                point,
                value=None if one.figure.suppressed else float(point.n),
                low=None,
                high=None,
            )
            for point, one in zip(line.points, line.figures, strict=True)
        )
        hidden = f"{counted(line.hidden, line.step.value)} hidden: too few people answered."
        return replace(
            begun,
            title=title,
            sentences=(
                f"{counted(total.figure.n).capitalize()}.",
                *((hidden,) if line.hidden else ()),
            ),
            table=TileTable(
                (line.step.value.capitalize(), "Answers"),
                tuple(
                    (point.label, "hidden" if one.figure.suppressed else f"{point.n:,}")
                    for point, one in zip(points, line.figures, strict=True)
                ),
            ),
            figures=(total, *line.figures),
            points=points,
        )

    return Draft(finish)


def _line(board: Board, cut: Cut, step: str) -> TrendLine:
    by = trend_step(cut.question, cut.within, step)
    return trend_line(cut.question, board.line(cut, by), by=by)


def _more(change: Change | None) -> tuple[str, ...]:
    told = change_told(change)
    return (told,) if told else ()


def _ranking(rows: Sequence[BreakdownRow], noun: str) -> str:
    ranked = [
        f"{row.title} ({value}, {between}, {counted(row.figure.n)})"
        for row in rows
        if standing(row.figure) is Standing.SHOWN
        for value, between, _ in [figure_cells(row.figure)]
    ]
    return ranking_told(noun, ranked, len(rows) - len(ranked))


def _refused(begun: TileAnswer, words: str) -> Draft:
    answer = replace(begun, refusal=words)
    return Draft(lambda _changes: answer)


_READERS: dict[TileKind, Callable[[Board, TileAnswer, TileQuery, Cut], Draft]] = {
    TileKind.FIGURE: _figure,
    TileKind.TREND: _trend,
    TileKind.BARS: _breakdown,
    TileKind.TABLE: _breakdown,
    TileKind.DISTRIBUTION: _distribution,
    TileKind.ANSWERS: _answers,
}
