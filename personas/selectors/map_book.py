"""Stakeholder maps and the register as tables for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.kernel.workbooks import Table
from personas.rules.kinds import Direction
from personas.selectors.maps import matrix
from personas.selectors.persona_sheet import owner_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cxm.kernel.workbooks import Cell
    from personas.models import Stakeholder, StakeholderMap, StakeholderPlacement
    from personas.selectors.map_table import Row
    from personas.selectors.map_view import Shown
    from personas.selectors.maps import Relation

# The matrix has a cell for each pair.
MOST_IN_MATRIX = 200
_STAKEHOLDER_HEADS = ("Key", "Name", "Kind", "Description")


def map_tables(of: StakeholderMap, shown: Shown, *, is_private: bool, at: datetime) -> list[Table]:
    """Lay out what *shown* says of a map, loaded with its tenant and owner, as five tables.

    Power, interest, attitude and notes are there only if *is_private*. *at* is by the tenant's
    clock. No query.
    """
    people = [row.placement for row in shown.rows]
    return [
        Table("Stakeholders", _STAKEHOLDER_HEADS, [_register_row(o.stakeholder) for o in people]),
        _placements(shown, is_private=is_private),
        _relations(shown.relations, is_private=is_private),
        _matrix(people, shown.relations),
        _about(of, shown, is_private=is_private, at=at),
    ]


def register_tables(stakeholders: Iterable[Stakeholder]) -> list[Table]:
    """Lay out the register, each loaded with persona and member, as one table."""
    heads = (*_STAKEHOLDER_HEADS, "Persona", "Member", "Archived")
    rows = [
        [
            *_register_row(one),
            one.persona.name if one.persona else "",
            one.member.user.get_full_name() if one.member else "",
            "yes" if one.archived_at else "no",
        ]
        for one in stakeholders
    ]
    return [Table("Stakeholders", heads, rows)]


def _register_row(one: Stakeholder) -> list[Cell]:
    return [one.key, one.name, one.get_kind_display(), one.description]


def _placements(shown: Shown, *, is_private: bool) -> Table:
    heads = ["Key", "Name", "Ring", "Sector", "From the left", "From the top", "Relations"]
    heads += ["Power", "Interest", "Quadrant", "Attitude", "Note"] if is_private else []
    return Table(
        "Placements", heads, [_placement(row, is_private=is_private) for row in shown.rows]
    )


def _placement(row: Row, *, is_private: bool) -> list[Cell]:
    one = row.placement
    told: list[Cell] = [one.stakeholder.key, one.stakeholder.name, row.ring, row.sector]
    told += [round(one.x, 4), round(one.y, 4), row.relations]
    if is_private:
        told += [one.power, one.interest, row.quadrant, row.attitude, one.note]
    return told


def _relations(relations: Sequence[Relation], *, is_private: bool) -> Table:
    heads = ["From key", "From", "To key", "To", "What passes", "Direction", "Strength", "Words"]
    heads += ["Note"] if is_private else []
    rows: list[list[Cell]] = []
    for one in relations:
        way = "Both ways" if one.direction == Direction.BOTH else "One way"
        ends: list[Cell] = [one.start.key, one.start.name, one.end.key, one.end.name]
        told = [*ends, one.kind.capitalize(), way, one.strength, one.title]
        rows.append([*told, one.note] if is_private else told)
    return Table("Relations", heads, rows)


def _matrix(people: list[StakeholderPlacement], relations: Sequence[Relation]) -> Table:
    """Lay out what each row gives to each column."""
    title, corner = "Relation matrix", "gives ↓ gets →"
    if len(people) > MOST_IN_MATRIX:
        why = f"Left out: a matrix holds {MOST_IN_MATRIX} stakeholders, here are {len(people)}."
        return Table(title, [corner], [[why]])
    heads = [corner, *(one.stakeholder.name for one in people)]
    rows: list[list[Cell]] = [
        [
            start.stakeholder.name,
            *(", ".join(one.kind for one in cell.relations) or None for cell in cells),
        ]
        for start, cells in matrix(people, list(relations))
    ]
    return Table(title, heads, rows)


def _about(of: StakeholderMap, shown: Shown, *, is_private: bool, at: datetime) -> Table:
    private = "yes" if is_private else "no"
    rows: list[list[Cell]] = [
        ["Map", of.title],
        ["Key", of.key],
        ["Workspace", of.tenant.name],
        ["Owner", owner_words(of.owner)],
        ["Description", of.description],
        ["Rings from the centre", ", ".join(of.rings)],
        ["Sectors clockwise from the top", ", ".join(of.sectors)],
        ["Filter", _filter_words(of, shown)],
        ["With power, interest, attitude and notes", private],
        ["As of", at.strftime("%Y-%m-%d %H:%M %Z")],
        ["Number of the last change", of.head_seq],
    ]
    return Table("Info", ["What", "Words"], rows)


def _filter_words(of: StakeholderMap, shown: Shown) -> str:
    """Say which part of the map the tables hold."""
    wanted, names = (
        shown.filter,
        {str(o.stakeholder_id): o.stakeholder.name for o in shown.placements},
    )
    told = [
        f"stakeholders of the kind {wanted.kind}" if wanted.kind else "",
        f"relations of the kind {wanted.relation}" if wanted.relation else "",
        f"{wanted.steps} step(s) around {names[wanted.around]}" if wanted.around else "",
        f"in ring {_named(of.rings, wanted.ring)}" if wanted.ring else "",
        f"in sector {_named(of.sectors, wanted.sector)}" if wanted.sector else "",
    ]
    return ", ".join(filter(None, told)) or "none: all that is on the map"


def _named(names: Sequence[str], told: str) -> str:
    return names[int(told)] if told.isdigit() else told
