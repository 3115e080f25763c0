"""What a report says to one reader: the parts that the role opens, as their pages say them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse

from analytics.models import Dashboard
from analytics.rules.reports import PageKind, read_page
from analytics.rules.tile_kinds import TileKind
from analytics.rules.tile_wording import figure_told
from analytics.selectors.dashboards import sees_board, tiles_of
from analytics.selectors.figures import Viewer
from analytics.selectors.report_pages import (
    Asking,
    about_of,
    alerts_section,
    churn_section,
    goals_section,
    metric_section,
    overview_section,
    pinned,
    pinned_url,
    why_section,
)
from analytics.selectors.report_shapes import (
    FigureSaid,
    ReportSection,
    SectionTable,
    figure_said,
    line_drawn,
)
from analytics.selectors.tiles import board_answers
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from analytics.models import Report, ReportRun
    from analytics.rules.reports import ReportPage
    from analytics.selectors.tile_shapes import TileAnswer
    from cxm.tenants.models import ApiKey, Membership, Tenant

BOARD_GONE = "This dashboard is archived. Bring it back, or take it out of the report."
NO_QUOTES = "Comments are not sent: what is in a mail cannot be erased. Read them on the page."


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader's role opens, as far as reports go; equal sights read equal reports."""

    sees_figures: bool
    sees_rows: bool
    sees_customers: bool
    boards: frozenset[UUID] = frozenset()

    @property
    def key(self) -> str:
        """Give 64 signs that stand for it."""
        told = [self.sees_figures, self.sees_rows, self.sees_customers]
        boards = sorted(str(one) for one in self.boards)
        return hashlib.sha256(json.dumps([told, boards]).encode()).hexdigest()

    def opens(self, page: ReportPage) -> bool:
        """Say whether the reader may open a page.

        A metric that is gone is nobody's secret; a dashboard that was archived stays one to those
        who did not see it.
        """
        if page.kind in {PageKind.ALERTS, PageKind.GOALS}:
            return self.sees_figures and self.sees_rows
        if page.kind is PageKind.DASHBOARD:
            return self.sees_figures and UUID(page.of) in self.boards
        return self.sees_figures


@dataclass(frozen=True, slots=True)
class ReportRead:
    """All that a reader gets of a report, and how many of its pages are not for their role."""

    sections: list[ReportSection]
    left_out: int


class BoardBook:
    """The dashboards that pages name, archived ones too. One query, none where none is named."""

    def __init__(self, tenant: Tenant, pages: Sequence[ReportPage]) -> None:
        wanted = {UUID(one.of) for one in pages if one.kind is PageKind.DASHBOARD}
        rows = Dashboard.objects.for_tenant(tenant).filter(pk__in=wanted)
        found = rows.select_related("tenant") if wanted else ()
        self.boards: Mapping[UUID, Dashboard] = {one.pk: one for one in found}

    def seen_by(self, member: Membership | ApiKey) -> frozenset[UUID]:
        """Give the ids of those that *member* sees."""
        return frozenset(pk for pk, board in self.boards.items() if sees_board(member, board))


def sight_of(
    member: Membership, book: BoardBook, pages: Sequence[ReportPage] | None = None
) -> Sight:
    """Say what the role of *member* opens now of all pages of *book*, or of *pages* of them."""
    boards = book.seen_by(member)
    if pages is not None:
        boards &= {UUID(one.of) for one in pages if one.kind is PageKind.DASHBOARD}
    return Sight(
        sees_figures=may(member.role, Right.SEE_FIGURES),
        sees_rows=may(member.role, Right.SEE_RESPONSES),
        sees_customers=may(member.role, Right.SEE_CUSTOMERS),
        boards=boards,
    )


def stored_pages(told: Sequence[Mapping[str, str]]) -> list[ReportPage]:
    """Read the pages of a stored report."""
    return [read_page(one) for one in told]


def pages_of_run(run: ReportRun, report: Report) -> list[ReportPage]:
    """Give the pages that a run of *report* was made of, or will be."""
    return stored_pages(run.pages or report.pages)


def read_report(
    tenant: Tenant,
    pages: Sequence[ReportPage],
    sight: Sight,
    book: BoardBook,
    *,
    now: datetime,
) -> ReportRead:
    """Read the pages of a report as somebody with *sight* sees them at *now*, in their order."""
    viewer = Viewer(tenant, sight.sees_rows, now)
    opened = [page for page in pages if sight.opens(page)]
    sections: list[ReportSection] = []
    for page in opened:
        asking = Asking(viewer, page, sight.sees_customers)
        if page.kind is PageKind.DASHBOARD:
            sections += _board_sections(asking, book.boards[UUID(page.of)])
        else:
            sections.append(_READERS[page.kind](asking))
    return ReportRead(sections, len(pages) - len(opened))


def _board_sections(asking: Asking, board: Dashboard) -> list[ReportSection]:
    """Give a part for each tile; the dashboard's name stands before its own."""
    viewer = asking.viewer
    if board.archived_at:
        return [ReportSection(title=board.title, sentences=(BOARD_GONE,))]
    told = board_answers(viewer, tiles_of(board), asking.asked())
    page = reverse("analytics:dashboard-page", args=[viewer.tenant.slug, board.pk])
    query = pinned(viewer, told.filter).query()
    url = f"{page}?{query}" if query else page
    about = about_of(viewer, told.filter)
    sections = []
    for one in told.answers:
        # Pages of metrics take filters, those of churn and of alerts do not.
        own = pinned_url(viewer, one.url) if one.url and one.figures else one.url
        sections.append(_tile_section(board, one, own or url, about))
    if not sections:
        return [ReportSection(title=board.title, sentences=("It has no tiles yet.",), url=url)]
    first = sections[0]
    return [replace(first, sentences=(*told.ignored, *first.sentences)), *sections[1:]]


def _tile_section(
    board: Dashboard, tile: TileAnswer, url: str, about: tuple[tuple[str, str], ...]
) -> ReportSection:
    title = f"{board.title}: {tile.title}" if tile.title else board.title
    if tile.refusal:
        return ReportSection(title=title, sentences=(tile.refusal,), url=url)
    if tile.kind is TileKind.TEXTS:
        return ReportSection(title=title, sentences=(NO_QUOTES,), url=url)
    figures: tuple[FigureSaid, ...] = ()
    sentences = tile.sentences
    if tile.figure:
        figure = figure_said(tile.figure, tile.change, noun=tile.noun)
        figures = (figure,)
        # The figure says these itself.
        own = figure_told(tile.figure, noun=tile.noun)
        said = {own, f"Over all of it, {own}", figure.change, tile.figure.definition}
        sentences = tuple(one for one in sentences if one not in said)
    table = SectionTable(tile.title, tile.table.columns, tile.table.rows)
    return ReportSection(
        title=title,
        sentences=sentences,
        figures=figures,
        tables=(table,) if table.rows else (),
        picture=line_drawn(
            tile.title,
            tile.points,
            decimals=tile.decimals,
            noun=tile.noun,
            bounds=tile.bounds,
        ),
        url=url,
        about=about,
    )


_READERS: dict[PageKind, Callable[[Asking], ReportSection]] = {
    PageKind.OVERVIEW: overview_section,
    PageKind.METRIC: metric_section,
    PageKind.WHY: why_section,
    PageKind.CHURN: churn_section,
    PageKind.ALERTS: alerts_section,
    PageKind.GOALS: goals_section,
}
