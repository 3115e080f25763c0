"""Tiles of what maps and personas say in numbers: promises, and how people like a persona are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from analytics.rules.tile_wording import counted, figure_cells, number_told
from analytics.selectors.map_outline import read_outline
from analytics.selectors.persona_numbers import persona_scores, persona_sizes
from analytics.selectors.tile_shapes import TileAnswer, TileTable
from analytics.selectors.verdicts import standings
from cxm.metrics.rules.days import day_words
from journeys.models import JourneyMap
from journeys.rules.kinds import AHEAD, MapStatus
from journeys.selectors.promises import promise_words
from personas.selectors.library import personas_listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from analytics.rules.tiles import TileQuery
    from analytics.selectors.persona_numbers import Size
    from analytics.selectors.tile_reading import Board
    from analytics.selectors.verdicts import Standing
    from cxm.metrics.figures import Figure
    from cxm.tenants.models import Tenant

MOST_PERSONAS = 12
_NO_MAP = (
    "This map is no published map of what is to come, or not any more: change the tile or take it "
    "away."
)
_NO_PROMISES = "This map promises nothing yet."
_NO_METRIC = "This metric is not there any more, or is archived: change the tile or take it away."
_NO_PERSONAS = "No persona is bound to a segment: then there is nothing to count."


def promising_maps(tenant: Tenant) -> QuerySet[JourneyMap]:
    """Select the maps whose promises a tile may show: published ones of what is to come."""
    rows = JourneyMap.objects.for_tenant(tenant).filter(
        state__in=AHEAD,
        status=MapStatus.PUBLISHED,
        archived_at=None,
        journey__archived_at=None,
    )
    return rows.select_related("tenant", "journey").order_by("journey__title", "name", "pk")


def promises(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show how far a map is with what it promises, as the map itself does."""
    tenant = board.viewer.tenant
    listed = reverse("journeys:journey-list", args=[tenant.slug])
    found = promising_maps(tenant).filter(pk=UUID(query.map)).first()
    if found is None:
        return replace(begun, refusal=_NO_MAP, url=listed)
    url = reverse("journeys:map-page", args=[tenant.slug, found.pk])
    outline = read_outline(found)
    told = standings(board.viewer, outline)
    steps = {column.step: column.title for column in outline.columns}
    if not told:
        return replace(begun, refusal=_NO_PROMISES, url=url)
    reached = sum(one.is_reached is True for one in told)
    is_usual = begun.title == begun.kind.label
    return replace(
        begun,
        title=f"What {found.journey.title} promises" if is_usual else begun.title,
        sentences=(
            f"{counted(len(told), 'promise').capitalize()}, {reached:,} reached.",
            f"{found.name}, published.",
        ),
        table=TileTable(
            ("Promise", "Target", "By", "Now", "95% interval", "Answers", "Verdict"),
            tuple(_promise_cells(one, steps) for one in told),
        ),
        url=url,
    )


def personas(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show how many customers are like each persona, and what they answered."""
    measure = board.measures.get(query.metric)
    tenant = board.viewer.tenant
    listed = reverse("personas:persona-list", args=[tenant.slug])
    if measure is None:
        return replace(begun, refusal=_NO_METRIC)
    rows = [one for one in personas_listed(tenant) if one.segment_id][:MOST_PERSONAS]
    if not rows:
        return replace(begun, refusal=_NO_PERSONAS, url=listed)
    ids = [one.segment_id for one in rows if one.segment_id]
    sizes = persona_sizes(board.viewer, ids)
    scores = persona_scores(board.viewer, ids, only=measure.metric.key)
    is_usual = begun.title == begun.kind.label
    lines = []
    for one in rows:
        figures = scores.get(one.segment_id, []) if one.segment_id else []
        size = sizes.get(one.segment_id) if one.segment_id else None
        lines.append((one.name, *_size_cells(size), *_score_cells(figures)))
    return replace(
        begun,
        title=f"Personas: {measure.metric.title}" if is_usual else begun.title,
        sentences=(
            f"{counted(len(rows), 'persona').capitalize()} with customers like them.",
            "A customer can be like several. Scores are of the last 13 weeks.",
        ),
        table=TileTable(
            ("Persona", "Customers", "Of all", measure.metric.title, "95% interval", "Answers"),
            tuple(lines),
        ),
        url=listed,
    )


def _promise_cells(one: Standing, steps: Mapping[UUID, str]) -> tuple[str, ...]:
    figure = one.item.reading.figure if one.item.reading else None
    name = one.item.label or one.target.binding.metric.title
    place = steps.get(one.target.step_id, "") if one.target.step_id else ""
    verdict = f"{one.words}, for now" if one.is_interim else one.words
    return (
        f"{name}, {place}" if place else name,
        promise_words(one.target),
        day_words(one.target.due),
        *_score_cells([figure] if figure else []),
        verdict,
    )


def _size_cells(size: Size | None) -> tuple[str, str]:
    if size is None or size.size is None:
        return ("hidden" if size and size.counted_at else "not counted yet", "")
    return (f"{size.size:,}", number_told(size.share, 1, "" if size.share is None else "%"))


def _score_cells(figures: Sequence[Figure]) -> tuple[str, str, str]:
    return figure_cells(figures[0]) if figures else ("", "", "")
