"""All that the page of a stakeholder map shows, as it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from personas.rules.drawing_filter import Filter, read_filter
from personas.rules.drawing_filter import shown as filtered
from personas.rules.drawing_words import summary
from personas.rules.kinds import Layout
from personas.selectors.map_table import Row, row_of, sorted_rows
from personas.selectors.maps import (
    common_relations_of,
    ground_of,
    links_of,
    marks_of,
    matrix,
    placements_of,
    relations_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from personas.models import StakeholderMap, StakeholderPlacement
    from personas.rules.drawing_lines import Link
    from personas.rules.drawing_places import Ground, Mark
    from personas.selectors.maps import Cell, Relation

MATRIX = "matrix"
FILTERS = ("kind", "relation", "around", "steps", "ring", "sector")
# A matrix has a cell for each pair: with more, a filter says whom it is about.
MOST_IN_MATRIX = 40


@dataclass(frozen=True, slots=True)
class Look:
    """How a map is looked at: *chosen* is what is edited beside it, *pair* a cell of the matrix.

    *told* are the texts of the filter, *sort* is a column of the table, with "-" from its end.
    """

    layout: Layout
    is_matrix: bool = False
    chosen: str = ""
    pair: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows. *rows*, *marks*, *relations* and *links* are what the filter leaves.

    *placement* or *relation* is what was chosen, *near* the relations of that placement, *pair*
    the cell of the matrix that was chosen.
    """

    look: Look
    ground: Ground
    filter: Filter
    placements: list[StakeholderPlacement]
    rows: list[Row]
    marks: list[Mark]
    relations: list[Relation]
    links: list[Link]
    matrix: list[tuple[StakeholderPlacement, list[Cell]]]
    placement: Row | None
    relation: Relation | None
    near: list[Relation]
    pair: Cell | None

    @property
    def is_too_large(self) -> bool:
        """Whether the matrix would be too large to be shown."""
        return len(self.rows) > MOST_IN_MATRIX

    @property
    def summary(self) -> str:
        """Say in a sentence what is drawn."""
        return summary(self.ground, self.marks, len(self.links))


def map_shown(of: StakeholderMap, look: Look, *, is_private: bool) -> Shown:
    """Read what a page shows of a map, with what holds on every map. Three queries.

    Power, interest and attitude are there only if *is_private*; notes are the page's to hide.
    """
    placements = placements_of(of)
    relations: list[Relation] = [
        *relations_of(of, placements),
        *common_relations_of(of, placements),
    ]
    ground = ground_of(of, look.layout)
    marks = marks_of(placements, is_private=is_private)
    people_there = {mark.stakeholder for mark in marks}
    wanted = read_filter(look.told, people_there, len(of.rings), len(of.sectors))
    left, links = filtered(marks, links_of(relations), wanted)
    left_ids, link_ids = {mark.id for mark in left}, {link.id for link in links}
    lines = [row_of(of, one, relations) for one in placements]
    rows = [row for row in lines if str(row.placement.pk) in left_ids]
    seen = [one for one in relations if str(one.pk) in link_ids]
    chosen = next((row for row in lines if str(row.placement.pk) == look.chosen), None)
    people = [row.placement for row in rows]
    is_laid_out = look.is_matrix and len(people) <= MOST_IN_MATRIX
    table = matrix(people, seen) if is_laid_out else []
    return Shown(
        look=look,
        ground=ground,
        filter=wanted,
        placements=placements,
        rows=sorted_rows(rows, look.sort, is_private=is_private),
        marks=left,
        relations=seen,
        links=links,
        matrix=table,
        placement=chosen,
        relation=next((one for one in relations if str(one.pk) == look.chosen), None),
        near=_near(chosen, relations),
        pair=_pair(table, look.pair),
    )


def _near(chosen: Row | None, relations: list[Relation]) -> list[Relation]:
    if chosen is None:
        return []
    person = chosen.placement.stakeholder_id
    return [one for one in relations if person in {one.start_id, one.end_id}]


def _pair(table: list[tuple[StakeholderPlacement, list[Cell]]], wanted: str) -> Cell | None:
    cells = (cell for _, row in table for cell in row if not cell.is_self)
    return next((c for c in cells if c.key == wanted), None)
