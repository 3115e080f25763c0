"""Items of the library in rows with their counts, on a board, and goals as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.collaboration.rules.kinds import Grade
from journeys.selectors.backing import backings_of
from journeys.selectors.board_lanes import in_lanes
from journeys.selectors.goals import progress_of
from journeys.selectors.library import (
    counts_of_opportunities,
    opportunities_of_goals,
    opportunities_of_insights,
    opportunities_of_solutions,
)
from journeys.selectors.scores import scores_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.goal_progress import Progress
    from cxm.tenants.models import Membership, Tenant
    from journeys.models import ScoreModel
    from journeys.rules.library_sorts import Sort
    from journeys.selectors.scores import ItemScores

MOST_ON_BOARD, MOST_GOALS = 500, 2_000


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item with what is counted of it: *counts* are numbers with what they count.

    *grade* says how well it is backed, by *pieces* of evidence; None where nothing is cited for
    such items. *scores* is what the usual model makes of it; None where nothing is scored.
    """

    item: Any
    counts: Sequence[tuple[int, str]] = ()
    grade: Grade | None = None
    pieces: int = 0
    scores: ItemScores | None = None


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """The items with one status."""

    status: str
    words: str
    cards: list[ItemRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BoardLane:
    """All columns of what belongs together; a board without lanes has one without a *title*.

    *key* is of whom or what it is, None for the rest.
    """

    title: str
    columns: Sequence[BoardColumn]
    key: UUID | None = None

    @property
    def count(self) -> int:
        """How many cards stand in it."""
        return sum(len(column.cards) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Board:
    """All lanes, parted *by* journey, owner or goal; *left_out* items are too many for a board.

    Moving a card to another lane changes what *changes* names: its owner, or a goal that it serves.
    It is empty where that has no meaning: where an item lies is said by its steps, and what a
    solution serves by its opportunities.
    """

    lanes: Sequence[BoardLane]
    left_out: int = 0
    by: str = ""
    changes: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on it."""
        return not any(lane.count for lane in self.lanes)


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal in its place: *depth* goals stand above it; *opportunities* serve it.

    *progress* is how far it is; None where it has no figure that the reader may see.
    """

    goal: Any
    depth: int
    opportunities: int
    progress: Progress | None = None


def rows_shown(
    sort: Sort, tenant: Tenant, items: Sequence[Any], model: ScoreModel | None, *, now: datetime
) -> list[ItemRow]:
    """Give *items* in their order with counts, grades and scores. At most four queries."""
    ids = [item.pk for item in items]
    counts = _counts(sort, tenant, ids)
    backings = backings_of(tenant, sort.name, ids, now=now) if sort.is_cited else {}
    scores = scores_of(model, ids) if model else {}
    return [
        ItemRow(
            item,
            counts.get(item.pk, ()),
            backings[item.pk].grade if sort.is_cited else None,
            backings[item.pk].counting if sort.is_cited else 0,
            scores.get(item.pk),
        )
        for item in items
    ]


def board_of(
    sort: Sort,
    tenant: Tenant,
    listed: Any,
    reader: Membership | None,
    *,
    lanes: str = "",
    model: ScoreModel | None = None,
    is_by_score: bool = False,
) -> Board:
    """Lay *listed* items out by status, up to 500, what is due first or in the order of scores.

    *lanes* parts them as `board_lanes.in_lanes` does. At most five queries, and those of lanes.
    """
    due = "due" if sort.name == "opportunity" else "planned_on"
    ordered = listed if is_by_score else listed.order_by(due, "title", "pk")
    rows = list(ordered[: MOST_ON_BOARD + 1])
    left_out = listed.count() - MOST_ON_BOARD if len(rows) > MOST_ON_BOARD else 0
    shown = rows[:MOST_ON_BOARD]
    ids = [item.pk for item in shown]
    counts, scores = _counts(sort, tenant, ids), scores_of(model, ids) if model else {}
    told = {
        item.pk: ItemRow(item, counts.get(item.pk, ()), scores=scores.get(item.pk))
        for item in shown
    }
    parted = in_lanes(lanes, sort, tenant, shown, reader)
    return Board(
        [
            BoardLane(title, _columns(sort, [told[i.pk] for i in some]), key)
            for title, key, some in parted
        ],
        left_out,
        lanes,
        lanes if lanes == "owner" or (lanes, sort.name) == ("goal", "opportunity") else "",
    )


def goal_tree(
    tenant: Tenant,
    listed: Any,
    reader: Membership | None,
    *,
    sees_answers: bool,
    now: datetime,
) -> list[GoalLine]:
    """Put *listed* goals in the order of their tree, up to 2,000, by title. Up to eleven queries.

    Goals whose parent is not among them stand at the top. *sees_answers* is whether the reader may
    read single answers.
    """
    goals = list(listed.select_related("binding__metric").order_by("title", "pk")[:MOST_GOALS])
    counts = opportunities_of_goals(tenant, [goal.pk for goal in goals])
    told = progress_of(tenant, goals, reader, sees_answers=sees_answers, now=now)
    known = {goal.pk for goal in goals}
    below: dict[UUID | None, list[Any]] = {}
    for goal in goals:
        parent = goal.parent_id if goal.parent_id in known else None
        below.setdefault(parent, []).append(goal)
    return list(_lines(below, counts, told))


def _columns(sort: Sort, rows: Sequence[ItemRow]) -> list[BoardColumn]:
    columns = {name: BoardColumn(name, words) for name, words in sort.columns}
    for row in rows:
        columns[row.item.status].cards.append(row)
    return list(columns.values())


def _lines(
    below: dict[UUID | None, list[Any]], counts: dict[UUID, int], told: dict[UUID, Progress]
) -> Iterable[GoalLine]:
    waiting = [(goal, 0) for goal in reversed(below.get(None, []))]
    while waiting:
        goal, depth = waiting.pop()
        yield GoalLine(goal, depth, counts.get(goal.pk, 0), told.get(goal.pk))
        waiting += [(child, depth + 1) for child in reversed(below.get(goal.pk, []))]


def _counts(
    sort: Sort, tenant: Tenant, ids: Sequence[UUID]
) -> dict[UUID, Sequence[tuple[int, str]]]:
    """Count what is linked to each; the words name what is counted."""
    if sort.name == "opportunity":
        both = counts_of_opportunities(tenant, ids)
        return {pk: [(n, "insights"), (m, "solutions")] for pk, (n, m) in both.items()}
    told = _OPPORTUNITIES[sort.name](tenant, ids)
    return {pk: [(told.get(pk, 0), "opportunities")] for pk in ids}


_OPPORTUNITIES = {
    "insight": opportunities_of_insights,
    "solution": opportunities_of_solutions,
    "goal": opportunities_of_goals,
}
