"""Parts of the grid that are drawn thousands of times a page: as plain functions, not as macros.

What comes from people passes `escape`; ids and numbers need not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from cxm.collaboration.templatetags.evidence import grade_shape
from journeys.rules.kinds import LaneKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.collaboration.rules.kinds import Grade
    from journeys.selectors.grid import Cell, LaneDrawn
    from journeys.selectors.lane_items import Item


def spot(item: Item) -> Markup:
    """Give the attributes by which a card or chip is found, and where it lies."""
    lies = f' data-step-from="{item.step}" data-step-to="{item.step_to}"'
    place = lies if item.kind == "card" else ""
    text = f' data-kind="{item.kind}" data-lineage="{item.id}"{place} tabindex="-1"'
    return Markup(text)  # noqa: S704 - kinds and ids are ours


def shows_texts(lane: LaneDrawn) -> bool:
    """Whether all that a lane shows are cards of plain text, each by itself: most lanes do."""
    is_text = lane.row.kind == LaneKind.TEXT and not lane.is_folded
    if not is_text or lane.config.style != "card" or lane.config.format != "plain":
        return False
    return not any(cell.column.is_folded for cells in lane.rows for cell in cells)


def text_row(lane: LaneDrawn, cells: Sequence[Cell], *, is_first: bool) -> Markup:
    """Draw the cells of a row of a lane that `shows_texts`."""
    said = _escaped([cell.label for cell in cells])
    texts = iter(_escaped([item.text for cell in cells for item in cell.items]))
    drawn = []
    for cell, label in zip(cells, said, strict=True):
        drawn.append(f"\n{_opening(lane, cell, is_first=is_first)}{label}</span>")
        drawn += [_text_card(item, next(texts)) for item in cell.items]
        drawn.append("</td>")
    return Markup("".join(drawn))  # noqa: S704 - what people wrote is escaped above


def _text_card(item: Item, text: str) -> str:
    look = escape(item.look) if item.look else ""
    card = f'<article class="map-card {look}"{spot(item)}><div class="card-text">{text}</div>'
    more = f"{tagged(item.tags)}{graded(item.grade)}" if item.tags or item.grade else ""
    return f"{card}{more}</article>"


def _escaped(texts: Sequence[str]) -> list[str]:
    """Escape *texts* in one go, which is a good deal faster: none holds the sign between them."""
    return str(escape("\0".join(texts))).split("\0")


def graded(grade: Grade | None, words: str = "") -> Markup:
    """Draw the mark of a grade, by a shape and a word; nothing for none.

    *words* stand for those of the grade, which are then only said.
    """
    if grade is None:
        return Markup("")
    said = f'<span class="sr">{grade.words}, </span>' if words else ""
    told = f"{said}{escape(words or grade.words)}"
    mark = f'<span class="grade is-{grade}">{grade_shape(grade)}<span>{told}</span></span>'
    return Markup(mark)  # noqa: S704 - what people wrote is escaped above


def tagged(tags: Sequence[str]) -> Markup:
    """Draw tags as a list of chips; nothing for none."""
    if not tags:
        return Markup("")
    said = "".join(f"<li>{escape(tag)}</li>" for tag in tags)
    return Markup(f'<ul class="own-tags" aria-label="Tags">{said}</ul>')  # noqa: S704 - what people wrote is escaped above


def opened(lane: LaneDrawn, cell: Cell, *, is_first: bool) -> Markup:
    """Open a cell: where it is, over what, and in words for who hears it, before what it holds.

    The cells of the first row of a measured lane have an id, by which they get their numbers.
    """
    return Markup(f"{_opening(lane, cell, is_first=is_first)}{escape(cell.label)}</span>")  # noqa: S704 - what people wrote is escaped


def _opening(lane: LaneDrawn, cell: Cell, *, is_first: bool) -> str:
    """Open a cell, up to what is said of it."""
    column = cell.column
    parts = [f'<td role="gridcell" data-cell data-lane="{lane.key}" data-step="{column.key}"']
    if is_first and lane.rule.is_measured:
        parts.append(f' id="n-{lane.key}-{column.key}"')
    if cell.span > 1 or column.is_folded:
        parts.append(f' data-step-to="{cell.last.last.lineage}"')
    if cell.span > 1:
        parts.append(f' colspan="{cell.span}" aria-colspan="{cell.span}"')
    if column.is_folded:
        parts.append(" data-folded")
    begins = " begins-stage" if column.begins_stage else ""
    holds = cell.items or cell.curve or cell.ways or cell.words or cell.grades
    empty = "" if holds else " is-empty"
    trace = f" trace-{cell.trace}" if cell.trace else ""
    parts.append(
        f' class="cell{begins}{empty}{trace}" tabindex="-1" aria-colindex="{column.index}"'
    )
    parts.append('><span class="sr">')
    return "".join(parts)
