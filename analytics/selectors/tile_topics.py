"""The tile of what people write about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from analytics.rules.tile_wording import counted, days_told, interval_told, number_told
from analytics.selectors.names import FILTERED
from analytics.selectors.tile_shapes import TileAnswer, TileTable
from cxm.metrics.rules.statistic import share_estimate
from feedback.selectors.registry_names import read_names
from feedback.selectors.topics import Period, topic_table, topics_listed

if TYPE_CHECKING:
    from analytics.rules.tiles import TileQuery
    from analytics.selectors.tile_reading import Board

MOST_TOPICS = 8
_NO_TOPICS = "There are no topics yet: they say what customers write about."
_ONLY_DAYS = "Of the filter only the days count: a text is of a whole response."


def topics(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show the topics of most texts, as the overview does."""
    tenant = board.viewer.tenant
    page = reverse("feedback:topic-list", args=[tenant.slug])
    listed = list(topics_listed(tenant))
    if not listed:
        return replace(begun, refusal=_NO_TOPICS, url=page)
    chosen, within, ignored = board.filter_of(query)
    table = topic_table(
        tenant,
        listed,
        Period(within.start_on, within.end_on),
        names=read_names(tenant),
        now=board.viewer.now,
        url=reverse("feedback:response-list", args=[tenant.slug]),
    )
    texts = table.counts.texts
    most = sorted((row for row in table.rows if row.n), key=lambda row: -row.n)[:MOST_TOPICS]
    shares = [share_estimate(row.n, texts) for row in most]
    about_none = number_told(table.counts.without_share, 1, "%")
    notes = ignored if query.filter is not None else ()
    is_narrowed = any(chosen.keys(by) for by in FILTERED)
    return replace(
        begun,
        sentences=(
            f"Of {counted(texts, 'text')}, {about_none} are about no topic."
            if texts
            else "Nobody wrote anything.",
        ),
        days=days_told(chosen.period.start_on, chosen.period.end_on),
        notes=(*notes, _ONLY_DAYS) if is_narrowed else notes,
        table=TileTable(
            ("Topic", "Texts", "Share", "95% interval", "Period before"),
            tuple(
                (
                    row.topic.title,
                    f"{row.n:,}",
                    number_told(share.value, 1, "%"),
                    interval_told(share.ci_low, share.ci_high, 1),
                    number_told(row.before, 1, "" if row.before is None else "%"),
                )
                for row, share in zip(most, shares, strict=True)
            ),
        ),
        url=page,
    )
