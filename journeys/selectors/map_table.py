"""A map as a table: a line for each step or each card, in the order that was asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from cxm.metrics.rules.days import day_words, local_date
from journeys.models import Card, Step
from journeys.rules.durations import duration_words
from journeys.rules.kinds import LaneKind
from journeys.rules.lane_kinds import RULES, kept_config
from journeys.rules.shapes import COLOUR_WORDS
from journeys.rules.table_looks import CARDS, SHOWN, SHOWN_FIELDS, in_order
from journeys.rules.tags import tags_written
from journeys.selectors import grid_rows as rows
from journeys.selectors.card_facts import beside_of
from journeys.selectors.grades import grades_of
from journeys.selectors.grid_columns import columns_of
from journeys.selectors.grid_names import cast_in_order
from journeys.selectors.lane_curves import signed
from journeys.selectors.lane_items import Ground, items_of
from journeys.selectors.map_elements import MapElement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from journeys.models import JourneyMap
    from journeys.rules.look import Look
    from journeys.rules.table_looks import TableLook
    from journeys.selectors.grid_columns import Columns
    from journeys.selectors.grid_names import Name
    from journeys.selectors.grid_rows import CardRow, LaneRow


class CardLine(NamedTuple):
    """A card of the table: its row, its lane, and what it says."""

    card: CardRow
    lane: LaneRow
    says: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the table: its element, what it is called, and its columns in words by key."""

    element: MapElement
    name: str
    words: dict[str, str]


@dataclass(slots=True)
class MapTable:
    """The lines of a table in their order; *hidden* counts what filters leave out.

    `rows_of` reads those of one page.
    """

    row: JourneyMap
    table: TableLook
    ground: Ground
    lanes: Sequence[LaneRow]
    lines: list[Any] = field(default_factory=list)
    hidden: int = 0
    numbers: dict[UUID, int] = field(default_factory=dict)
    titles: dict[UUID, str] = field(default_factory=dict)
    feelings: dict[UUID, float] = field(default_factory=dict)
    counts: dict[UUID, int] = field(default_factory=dict)
    grades: dict[UUID, Any] = field(default_factory=dict)

    def rows_of(self, lines: Sequence[Any]) -> list[TableRow]:
        """Give some of the lines as rows. One query for cards, none for steps."""
        if self.table.rows != CARDS:
            return [self._row(line, MapElement("step", line, line.title)) for line in lines]
        found = Card.objects.for_tenant(self.row.tenant_id).filter(
            map=self.row, lineage__in=[line.card.lineage for line in lines]
        )
        cards = {card.lineage: card for card in found}
        return [
            self._row(line, MapElement("card", cards[line.card.lineage], line.says, line.lane))
            for line in lines
            if line.card.lineage in cards
        ]

    def value(self, line: Any, key: str) -> Any:
        """Give what a line is sorted by in the column *key*; None for nothing."""
        return (_CARD_VALUES if self.table.rows == CARDS else _STEP_VALUES)[key](self, line)

    def name(self, kind: str, pk: UUID | None) -> str | None:
        """Give what something is called; None where there is nothing to be named."""
        found = self.ground.name(kind, pk)
        return found.title if found else None

    def _row(self, line: Any, element: MapElement) -> TableRow:
        words = {column.key: self._words(line, column.key) for column in self.table.shown}
        return TableRow(element, words[self.table.shown[0].key], words)

    def _words(self, line: Any, key: str) -> str:
        if key in _WORDS:
            return _WORDS[key](self, line)
        value = self.value(line, key)
        if isinstance(value, timedelta):
            return duration_words(value)
        if isinstance(value, datetime):
            return day_words(local_date(value, ZoneInfo(self.row.tenant.time_zone)))
        if isinstance(value, float):
            return signed(value) if key == "feeling" else f"{value:g}"
        if isinstance(value, bool):
            return "Yes" if value else ""
        return "" if value is None else str(value)


def map_table(
    row: JourneyMap, table: TableLook, *, names: Sequence[Name], now: datetime
) -> MapTable:
    """Read a map as the table that was asked for; *names* are those of `names_of`.

    At most four queries, one more where owners are asked for and three where grades are.
    """
    look = table.look
    columns, lanes = columns_of(row, look), rows.lanes_of(row)
    ground = Ground(
        slug=row.tenant.slug,
        look=look,
        columns=columns,
        now=now,
        beside=beside_of(row, look, now=now),
        names={(name.kind, name.id): name for name in names},
        cast=cast_in_order(names),
    )
    for card in rows.cards_of(row):
        ground.cards.setdefault(card.lane, []).append(card)
    made = MapTable(row, table, ground, lanes)
    made.numbers = {step.lineage: number for number, step in enumerate(columns.steps, start=1)}
    made.titles = {stage.lineage: stage.title for stage in columns.all_stages}
    made.titles |= {s.lineage: f"{made.numbers[s.lineage]}. {s.title}" for s in columns.steps}
    if table.sort == "grade" or any(column.key == "grade" for column in table.shown):
        made.grades = grades_of(row, now=now)
    _read_lines(made)
    if table.sort:
        keyed = [(made.value(line, table.sort), line) for line in made.lines]
        made.lines = in_order(keyed, is_down=table.is_down)
    return made


def _read_lines(made: MapTable) -> None:
    if made.table.rows == CARDS:
        _read_cards(made)
        return
    _count_cards(made)
    found = Step.objects.for_tenant(made.row.tenant_id).filter(map=made.row, deleted_at=None)
    steps = {step.lineage: step for step in found}
    there = [steps[pk] for pk in made.numbers if pk in steps]
    made.lines = [
        step
        for step in there
        if step_fits(step, made.table.look, made.ground.columns, made.ground.now)
    ]
    made.hidden = len(there) - len(made.lines)


def _count_cards(made: MapTable) -> None:
    """Count the cards at each step, and take the feelings of the main persona, or of nobody."""
    main = made.ground.cast[0].id if made.ground.cast else None
    felt = {lane.lineage for lane in made.lanes if lane.kind == LaneKind.EMOTION}
    begun: Counter[int] = Counter()
    for card in chain.from_iterable(made.ground.cards.values()):
        begun[made.numbers.get(card.step_from, 0)] += 1
        begun[made.numbers.get(card.step_to, 0) + 1] -= 1
        if card.lane in felt and card.persona in {None, main} and card.value is not None:
            made.feelings[card.step_from] = float(card.value)
    going = accumulate(begun[number] for number in range(len(made.numbers) + 1))
    made.counts = dict(zip(made.numbers, islice(going, 1, None), strict=True))


def step_fits(step: Step, look: Look, columns: Columns, now: datetime) -> bool:
    """Whether a step is looked at: of its stage, its words, owner and tags, and since when."""
    if look.stage and step.lineage not in columns.places:
        return False
    said = " ".join((step.title, step.description, step.presenter_note)).casefold()
    if not all(word in said for word in look.q.split()):
        return False
    if look.owner and step.owner_id != look.owner:
        return False
    if look.tag and look.tag not in {tag.casefold() for tag in step.tags}:
        return False
    since = now - timedelta(days=look.changed_days)
    return not look.changed_days or step.updated_at >= since


def _read_cards(made: MapTable) -> None:
    """List the cards that the filters leave, of all lanes that are looked at, also hidden ones."""
    look, numbers = made.table.look, made.numbers
    within = [numbers[pk] for pk in made.ground.columns.places if pk in numbers]
    for lane in made.lanes:
        kind = LaneKind(lane.kind)
        if not RULES[kind].takes_cards or (look.lanes and lane.lineage not in look.lanes):
            continue
        items, hidden = items_of(lane, kept_config(kind, lane.config), made.ground)
        cards = {card.lineage: card for card in made.ground.cards.get(lane.lineage, ())}
        shown = [
            CardLine(cards[item.id], lane, item.text)
            for item in items
            if item.id in cards and _lies_within(cards[item.id], within, numbers)
        ]
        made.hidden += hidden + len(items) - len(shown)
        made.lines += shown


def _lies_within(card: CardRow, within: Sequence[int], numbers: dict[UUID, int]) -> bool:
    """Whether a card lies at one of the steps that are looked at."""
    first, last = numbers.get(card.step_from, 0), numbers.get(card.step_to, 0)
    return bool(within) and first <= within[-1] and last >= within[0]


def _shown_in(made: MapTable, line: CardLine) -> str | None:
    for kind in SHOWN_FIELDS:
        if pk := getattr(line.card, kind):
            return made.name(kind, pk)
    return None


def _graded(made: MapTable, pk: UUID) -> str | None:
    grade = made.grades.get(pk)
    return grade.words if grade else None


def _persona(made: MapTable, line: CardLine) -> str | None:
    pk = line.card.persona
    return made.name("cast", pk) or made.name("persona", pk)


_STEP_VALUES: dict[str, Callable[[MapTable, Any], Any]] = {
    "title": lambda _, step: step.title,
    "stage": lambda made, step: made.numbers[step.lineage],
    "description": lambda _, step: step.description,
    "moment": lambda _, step: step.moment_of_truth,
    "customers": lambda _, step: step.importance_customer,
    "us": lambda _, step: step.importance_org,
    "feeling": lambda made, step: made.feelings.get(step.lineage),
    "cards": lambda made, step: made.counts[step.lineage],
    "owner": lambda made, step: made.name("owner", step.owner_id),
    "duration": lambda _, step: step.expected_duration,
    "optional": lambda _, step: step.optional,
    "repeatable": lambda _, step: step.repeatable,
    "note": lambda _, step: step.presenter_note,
    "tags": lambda _, step: tags_written(step.tags),
    "grade": lambda made, step: _graded(made, step.lineage),
    "changed": lambda _, step: step.updated_at,
}
_CARD_VALUES: dict[str, Callable[[MapTable, Any], Any]] = {
    "text": lambda _, line: line.says,
    "lane": lambda made, line: made.lanes.index(line.lane),
    "from": lambda made, line: made.numbers.get(line.card.step_from),
    "to": lambda made, line: made.numbers.get(line.card.step_to),
    SHOWN: _shown_in,
    "value": lambda _, line: None if line.card.value is None else float(line.card.value),
    "persona": _persona,
    "colour": lambda _, line: line.card.colour,
    "address": lambda _, line: line.card.url,
    "icon": lambda _, line: line.card.icon,
    "alt": lambda _, line: line.card.alt,
    "decorative": lambda _, line: line.card.is_decorative,
    "tags": lambda _, line: tags_written(line.card.tags),
    "grade": lambda made, line: _graded(made, line.card.lineage),
    "changed": lambda _, line: line.card.updated_at,
}
_WORDS: dict[str, Callable[[MapTable, Any], str]] = {
    "stage": lambda made, step: made.titles.get(step.stage, ""),
    "lane": lambda _, line: line.lane.title or RULES[LaneKind(line.lane.kind)].words,
    "from": lambda made, line: made.titles.get(line.card.step_from, ""),
    "to": lambda made, line: made.titles.get(line.card.step_to, ""),
    "colour": lambda _, line: COLOUR_WORDS[line.card.colour] if line.card.colour else "",
    "cards": lambda made, step: str(made.counts[step.lineage]),
}
