"""The columns of a map as somebody looks at it: a step each, or a stage that is folded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.selectors.grid_rows import stages_and_steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.selectors.grid_rows import StageRow, StepRow

# The first column holds the titles of lanes.
FIRST_COLUMN = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the *first* step, which is the *last* one as well unless the stage is folded.

    *number* counts the steps of the map from 1, *index* the columns of the grid from 1. *key* is
    the lineage of the first step as text: each cell below names it.
    """

    first: StepRow
    last: StepRow
    number: int
    index: int
    is_folded: bool
    begins_stage: bool
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class StageHead:
    """A stage over its columns."""

    row: StageRow
    number: int
    index: int
    columns: int
    steps: int
    is_folded: bool
    fold_url: str
    focus_url: str


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns, the stages over them, and at which column a step lies; *places* by lineage."""

    stages: Sequence[StageHead]
    columns: Sequence[Column]
    places: dict[UUID, int]
    steps: Sequence[StepRow]
    all_stages: Sequence[StageRow]


def columns_of(row: JourneyMap, look: Look) -> Columns:
    """Lay out the steps of a map. One query.

    Looked at one stage there are its steps alone; those of others have no place then.
    """
    return columns_from(*stages_and_steps(row), look)


def columns_from(stages: Sequence[StageRow], steps: Sequence[StepRow], look: Look) -> Columns:
    """Lay out *steps* in their *stages*, both in order, as `columns_of` does."""
    by_stage: dict[UUID, list[StepRow]] = {stage.lineage: [] for stage in stages}
    for step in steps:
        by_stage.get(step.stage, []).append(step)
    heads: list[StageHead] = []
    columns: list[Column] = []
    number = 1
    for place, stage in enumerate(stages, start=1):
        within = by_stage[stage.lineage]
        is_shown = look.stage not in by_stage or look.stage == stage.lineage
        if is_shown and within:
            is_folded = look.is_folded(stage.lineage, usually=stage.is_collapsed)
            made = _columns(stage, within, number, len(columns), is_folded=is_folded)
            head = StageHead(
                stage,
                place,
                len(columns) + FIRST_COLUMN,
                len(made),
                len(within),
                is_folded,
                look.toggling(stage.lineage),
                look.address(stage=None if look.stage else stage.lineage),
            )
            heads.append(head)
            columns += made
        number += len(within)
    places = {
        step.lineage: column.index - FIRST_COLUMN
        for column in columns
        for step in by_stage[column.first.stage]
        if column.is_folded or step is column.first
    }
    in_order = [step for stage in stages for step in by_stage[stage.lineage]]
    return Columns(heads, columns, places, in_order, stages)


def _columns(
    stage: StageRow, steps: Sequence[StepRow], number: int, before: int, *, is_folded: bool
) -> list[Column]:
    index = before + FIRST_COLUMN
    if is_folded:
        last = number + len(steps) - 1
        words = f"Stage {stage.title}, steps {number} to {last}" if len(steps) > 1 else stage.title
        return [
            Column(
                steps[0],
                steps[-1],
                number,
                index,
                is_folded,
                begins_stage=True,
                words=words,
                key=str(steps[0].lineage),
            )
        ]
    return [
        Column(
            step,
            step,
            number + place,
            index + place,
            is_folded,
            begins_stage=place == 0,
            words=f"Step {number + place}, {step.title}",
            key=str(step.lineage),
        )
        for place, step in enumerate(steps)
    ]
