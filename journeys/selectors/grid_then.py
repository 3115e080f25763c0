"""A map as a grid to draw, from its elements as they were instead of its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from cxm.kernel.operations.state import Element, children_by_parent, is_there
from journeys.selectors import grid_rows as rows
from journeys.selectors.grid import HEAD_ROWS, Grid, lane_drawn, listed
from journeys.selectors.grid_columns import columns_from
from journeys.selectors.grid_names import Name, cast_in_order
from journeys.selectors.lane_items import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from cxm.kernel.operations.state import State
    from journeys.models import JourneyMap
    from journeys.rules.look import Look

# What names an element in its row, and what its element lies in.
_OUTER = {"step": "stage", "card": "lane", "contact": "step", "role": "step", "nested": "step"}
_SHOWN = ("persona", "channel", "asset", "insight", "opportunity", "solution", "goal")


def grid_then(
    row: JourneyMap, state: State, look: Look, *, names: Collection[Name], at: datetime
) -> Grid:
    """Lay out the map *state*, as it was *at* that moment; nothing on it can be changed.

    *names* are those of what `named_then` lists, and of its cast. No query.
    """
    root = next(one for one in state.values() if one.kind == "map")
    inside = children_by_parent(state)
    stages = inside.get((root.id, "stage"), [])
    steps = [step for stage in stages for step in inside.get((stage.id, "step"), [])]
    lanes = [_row(rows.LaneRow, one) for one in inside.get((root.id, "lane"), [])]
    columns = columns_from(
        [_row(rows.StageRow, one) for one in stages],
        [_row(rows.StepRow, one) for one in steps],
        look,
    )

    def at_steps(kind: str) -> list[Element]:
        return [one for step in steps for one in inside.get((step.id, kind), [])]

    contacts = [_row(rows.ContactRow, one) for one in at_steps("contact")]
    ground = Ground(
        slug=row.tenant.slug,
        map_id=row.pk,
        look=look,
        columns=columns,
        now=at,
        names={(name.kind, name.id): name for name in names},
        cast=cast_in_order(names),
        cards={
            lane.lineage: [
                _row(rows.CardRow, one, updated_at=at)
                for one in inside.get((lane.lineage, "card"), [])
            ]
            for lane in lanes
        },
        contacts=sorted(contacts, key=lambda one: one.role),
        roles=[_row(rows.RoleRow, one) for one in at_steps("role")],
        nested=[_row(rows.NestedRow, one) for one in at_steps("nested")],
        flows=[_row(rows.FlowRow, one) for one in inside.get((root.id, "flow"), [])],
    )
    drawn = [
        lane_drawn(lane, place + HEAD_ROWS + 1, ground)
        for place, lane in enumerate(listed(lanes, look))
    ]
    return Grid(columns, drawn, lanes, ground.cast)


def named_then(state: State) -> list[tuple[str, UUID]]:
    """List what a map referred to and that is shown by its name: kinds with ids, each once."""
    found: dict[tuple[str, UUID], None] = {}
    for element in state.values():
        if is_there(state, element.id):
            found |= dict.fromkeys(_references(element))
    return list(found)


def cast_then(state: State, names: Collection[Name]) -> list[Name]:
    """Give the personas of a map with the colour and dash that they had, as `names_of` does."""
    titles = {name.id: name for name in names if name.kind == "persona"}
    cast = [one for one in state.of_kind("cast") if is_there(state, one.id)]
    return [
        Name("cast", told.id, told.title, told.word, _signs(one))
        for one in cast
        if (told := titles.get(UUID(str(one.values["persona"]))))
    ]


def _signs(one: Element) -> str:
    values: Any = one.values
    rank = 0 if values["is_main"] else 1
    return f"{values['colour']}.{values['dash']} {rank} {one.ord}"


def _references(element: Element) -> list[tuple[str, UUID]]:
    kinds: Sequence[str] = {
        "card": _SHOWN,
        "lane": ("persona",),
        "cast": ("persona",),
        "contact": ("touchpoint",),
        "role": ("stakeholder",),
        "nested": ("journey",),
    }.get(element.kind, ())
    told = ((kind, element.values.get(kind)) for kind in kinds)
    return [(kind, UUID(str(pk))) for kind, pk in told if pk]


def _row[R](shape: type[R], element: Element, **more: Any) -> R:
    """Read a row of the grid from an element; what its log did not know yet is empty."""
    told: dict[str, Any] = {"tags": (), **element.values, "lineage": element.id, **more}
    if outer := _OUTER.get(element.kind):
        told[outer] = element.parent
    names: Sequence[str] = shape._fields  # type: ignore[attr-defined]  # all are named tuples
    for name in _READ.keys() & told.keys():
        if isinstance(told[name], str):
            told[name] = _READ[name](told[name])
    return shape(*map(told.get, names))


def _read_duration(text: str) -> timedelta:
    return msgspec.convert(text, timedelta)


# How what stands in an element as text is read, where a row has it otherwise.
_READ: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys((*_SHOWN, "step_from", "step_to", "from_step", "to_step"), UUID),
    **dict.fromkeys(("touchpoint", "stakeholder", "journey"), UUID),
    "expected_duration": _read_duration,
}
