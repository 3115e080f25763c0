"""What lanes of grades show: how well each step is backed, and the cards at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.collaboration.rules.grading import age_words
from cxm.collaboration.selectors.evidence import day_in
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import CLAIMS
from journeys.selectors import grid_rows as rows
from journeys.selectors.grades import backings_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from cxm.collaboration.rules.kinds import Grade
    from cxm.collaboration.selectors.backing import Backing
    from journeys.models import JourneyMap
    from journeys.selectors.grid_columns import Column
    from journeys.selectors.grid_rows import CardRow, LaneRow
    from journeys.selectors.lane_items import Ground

LONGEST_TITLE = 48


@dataclass(frozen=True, slots=True)
class GradeMark:
    """How well a step or card is backed: its grade, the words beside it, and what is told below."""

    id: UUID
    grade: Grade
    words: str
    sub: str = ""


def shows_grades(lane: LaneRow) -> bool:
    """Whether a lane shows grades: it is one of them, or marks its cards with theirs."""
    return lane.kind == LaneKind.GRADE or lane.config.get("colour_by") == "grade"


def read_grades(
    row: JourneyMap, ground: Ground, shown: Sequence[LaneRow], lanes: Sequence[LaneRow]
) -> None:
    """Read into *ground* what the lanes *shown* need, of the *lanes* of a map.

    Four queries at most; none where no lane shows grades.
    """
    if not any(shows_grades(lane) for lane in shown):
        return
    ground.today = day_in(row.tenant, ground.now)
    ground.backings = backings_on(row, today=ground.today)
    if any(lane.kind == LaneKind.GRADE for lane in shown):
        claiming = {lane.lineage for lane in lanes if LaneKind(lane.kind) in CLAIMS}
        ground.claims = rows.cards_of(row, claiming)


def grade_marks(config: Any, ground: Ground, column: Column) -> list[GradeMark]:
    """Give what a cell of such a lane shows; nothing at a stage that is folded."""
    step = ground.backings.get(column.first.lineage)
    if column.is_folded or step is None:
        return []
    cards = [
        (card, ground.backings[card.lineage])
        for card in ground.claims
        if card.step_from == column.first.lineage and card.lineage in ground.backings
    ]
    pk = column.first.lineage
    if config.show == "age":
        return [GradeMark(pk, step.grade, _age(step, ground.today))]
    backed = sum(backing.is_backed for _, backing in cards)
    said = f"{backed} of {len(cards)} card{'' if len(cards) == 1 else 's'} backed" if cards else ""
    if config.show == "grade":
        return [GradeMark(pk, step.grade, step.grade.words, said)]
    of_cards = [
        GradeMark(card.lineage, backing.grade, _title(card, ground), backing.grade.words)
        for card, backing in cards
    ]
    return [GradeMark(pk, step.grade, step.grade.words, "The step"), *of_cards]


def _age(backing: Backing, today: date | None) -> str:
    newest = backing.newest_on
    if newest is None or today is None:
        return "No evidence"
    days = max(0, (today - newest).days)
    return f"{age_words(days)} old" if days else "Today"


def _title(card: CardRow, ground: Ground) -> str:
    shown = (ground.name(kind, getattr(card, kind)) for kind in ("insight", "opportunity"))
    words = card.text or next((name.title for name in shown if name), "") or "A value"
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1]}…"
