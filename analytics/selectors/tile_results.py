"""The tile of what was answered to one question of a survey."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse

from analytics.rules.tile_wording import (
    counted,
    days_told,
    figure_told,
    interval_told,
    number_told,
)
from analytics.selectors.names import FILTERED
from analytics.selectors.tile_shapes import TileAnswer, TileTable
from cxm.customers.selectors.persons import Reader
from feedback.models import Survey
from feedback.rules.question_results import Look
from feedback.selectors.registry_names import read_names
from feedback.selectors.response_filter import read_filter
from feedback.selectors.survey_results import results_asked, survey_results

if TYPE_CHECKING:
    from analytics.rules.tiles import TileQuery
    from analytics.selectors.filters import Filter
    from analytics.selectors.tile_reading import Board
    from cxm.metrics.rules.statistic import Estimate
    from feedback.selectors.survey_results import QuestionResult

_NO_SURVEY = "This survey is not there any more: change the tile or take it away."
_NO_QUESTION = "The survey does not have this question any more: change the tile or take it away."


def results(board: Board, begun: TileAnswer, query: TileQuery) -> TileAnswer:
    """Show what was answered to a question, as the page of the survey's results does.

    Boards are passed on: what fewer than five people said is told together.
    """
    tenant = board.viewer.tenant
    surveys = reverse("feedback:survey-list", args=[tenant.slug])
    survey = Survey.objects.for_tenant(tenant).filter(key=query.survey).first()
    if survey is None:
        return replace(begun, refusal=_NO_SURVEY, url=surveys)
    chosen, _, ignored = board.filter_of(query)
    asked = results_asked(survey, read_filter(response_query(chosen), read_names(tenant)))
    page = reverse("feedback:survey-results", args=[tenant.slug, survey.pk])
    found = survey_results(
        Reader(tenant, sees_persons=False),
        survey,
        asked,
        now=board.viewer.now,
        only=query.question,
    )
    if not found.results:
        return replace(begun, refusal=_NO_QUESTION, url=page)
    first = found.results[0]
    told = f"{counted(first.n, 'response')}, {survey.title}"
    return replace(
        begun,
        title=first.text if begun.title == begun.kind.label else begun.title,
        sentences=(
            *(figure_told(one.figure) for one in found.results if one.figure),
            f"{told[:1].upper()}{told[1:]}.",
            *((f"{first.na:,} said that it does not apply.",) if first.na else ()),
        ),
        days=days_told(chosen.period.start_on, chosen.period.end_on),
        notes=ignored if query.filter is not None else (),
        table=_table(first),
        url=f"{page}?{asked.filter.query()}",
    )


def response_query(chosen: Filter) -> dict[str, list[str]]:
    """Write the filter of a board as that of responses, which knows the same names and days."""
    query = {by.value: list(chosen.keys(by)) for by in FILTERED}
    ends = {"from": chosen.period.start_on, "to": chosen.period.last_on}
    return query | {name: [on.isoformat()] for name, on in ends.items() if on}


def _table(one: QuestionResult) -> TileTable:
    """Lay out the answers as their kind is told; texts and files are only counted."""
    match one.look:
        case Look.SCORES | Look.SHARES:
            heads = ("Answer", "Responses", "Percent", "95% interval")
            return TileTable(
                heads,
                tuple((row.title, f"{row.n:,}", *_cells(row.share, 1, "%")) for row in one.shares),
            )
        case Look.RANKS:
            heads = ("What", "Responses", "Mean place", "95% interval")
            return TileTable(
                heads,
                tuple((row.title, f"{row.n:,}", *_cells(row.place, 2)) for row in one.ranks),
            )
        case Look.NUMBER if one.numbers:
            known = one.numbers
            return TileTable(
                ("", f"In {one.unit}" if one.unit else "Value", "95% interval"),
                (
                    ("Mean", *_cells(known.estimate, 2)),
                    ("Median", number_told(known.median, 2), ""),
                    ("Lowest", number_told(known.least, 2), ""),
                    ("Highest", number_told(known.most, 2), ""),
                ),
            )
        case _:
            return TileTable()


def _cells(told: Estimate, decimals: int, unit: str = "") -> tuple[str, str]:
    return (
        number_told(told.value, decimals, unit if told.value is not None else ""),
        interval_told(told.ci_low, told.ci_high, decimals),
    )
