"""The table of a stakeholder map: its lines, and the columns that it can be sorted by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personas.rules.drawing_places import quadrant
from personas.rules.drawing_words import attitude_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from personas.models import StakeholderMap, StakeholderPlacement
    from personas.selectors.maps import Relation


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a placement, and its ring, sector, quadrant and attitude in words."""

    placement: StakeholderPlacement
    ring: str
    sector: str
    quadrant: str
    attitude: str
    relations: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: *value* is what its lines are sorted by; *is_private* is for editors only."""

    name: str
    label: str
    value: Callable[[Row], Any]
    is_number: bool = False
    is_private: bool = False


COLUMNS = (
    Column("name", "Name", lambda row: row.placement.stakeholder.name.casefold()),
    Column("kind", "Kind", lambda row: row.placement.stakeholder.get_kind_display()),
    Column("ring", "Ring", lambda row: row.placement.ring),
    Column("sector", "Sector", lambda row: row.placement.sector),
    Column("power", "Power", lambda row: row.placement.power, is_number=True, is_private=True),
    Column(
        "interest", "Interest", lambda row: row.placement.interest, is_number=True, is_private=True
    ),
    Column("quadrant", "Quadrant", lambda row: row.quadrant or None, is_private=True),
    Column("attitude", "Attitude", lambda row: row.placement.attitude, is_private=True),
    Column("relations", "Relations", lambda row: row.relations, is_number=True),
)


def row_of(of: StakeholderMap, one: StakeholderPlacement, relations: Sequence[Relation]) -> Row:
    """Give the line of a placement on a map with *relations*."""
    has_numbers = one.power is not None and one.interest is not None
    return Row(
        placement=one,
        ring=_named(of.rings, one.ring),
        sector=_named(of.sectors, one.sector),
        quadrant=quadrant(one.power or 0, one.interest or 0) if has_numbers else "",
        attitude=attitude_words(one.attitude),
        relations=sum(1 for r in relations if one.stakeholder_id in {r.start_id, r.end_id}),
    )


def columns_of(*, is_private: bool, has_sectors: bool) -> list[Column]:
    """List the columns that a reader gets, from the left."""
    return [
        one
        for one in COLUMNS
        if (is_private or not one.is_private) and (has_sectors or one.name != "sector")
    ]


def sorted_rows(rows: Sequence[Row], asked: str, *, is_private: bool) -> list[Row]:
    """Sort *rows* by the column *asked*, from its end with "-"; who has no value comes last.

    What is no column of the reader's leaves them in reading order; so are those of equal value.
    """
    columns = {one.name: one for one in columns_of(is_private=is_private, has_sectors=True)}
    column = columns.get(asked.removeprefix("-"))
    if column is None:
        return list(rows)
    valued = [row for row in rows if column.value(row) is not None]
    rest = [row for row in rows if column.value(row) is None]
    return [*sorted(valued, key=column.value, reverse=asked.startswith("-")), *rest]


def _named(names: Sequence[str], place: int | None) -> str:
    return names[place] if place is not None and place < len(names) else ""
