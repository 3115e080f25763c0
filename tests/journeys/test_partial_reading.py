"""Changing a map reads what it needs of it, and answers as if it had read everything."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxm.kernel.errors import DomainError
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import open_document
from cxm.kernel.operations.judging import Judge
from cxm.kernel.operations.partial import PartialState
from cxm.kernel.operations.records import Actor, Deed, Source
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import commit, operations, read_state, undo
from cxm.tenants.binding import tenant_bound
from journeys.rules.shapes import MAP
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from cxm.kernel.operations.records import Asked
    from cxm.kernel.operations.state import State

pytestmark = pytest.mark.django_db
# Beginning and ending of transactions, which commits of a request do once.
FRAMES = ("SAVEPOINT", "RELEASE", "SET LOCAL")


class Drawn:
    """A map with two stages of two steps, three lanes for cards, and cards in them."""

    def __init__(self, cards: int) -> None:
        self.bea = make.member()
        self.pk = m.blank_map(self.bea, m.journey(self.bea))
        self.stages = [m.stage(self.bea, self.pk, title, steps=2) for title in ("Buy", "Use")]
        self.steps = [step for stage in self.stages for step in stage[1:]]
        self.lanes = [m.lane(self.bea, self.pk) for _ in range(3)]
        self.cards = [new_id() for _ in range(cards)]
        made = [
            self.new(self.lanes[number % 2], self.steps[number // 2 % 4], pk)
            for number, pk in enumerate(self.cards)
        ]
        if made:
            m.do(self.bea, self.pk, *made)

    def new(self, lane: UUID, step: UUID, pk: UUID | None = None) -> Asked:
        told = {"step_from": str(step), "step_to": str(step), "text": "I wait"}
        return m.create(pk or new_id(), "card", told, lane)

    def moved(self, pk: UUID, lane: UUID, after: UUID | None) -> Asked:
        place = {"parent": str(lane), "after": str(after) if after else None}
        return m.asked(Deed.MOVE, pk, value=place)

    def queries(self, job: Callable[[], object]) -> int:
        with tenant_bound(self.bea.tenant_id), CaptureQueriesContext(connection) as found:
            job()
        return sum(not query["sql"].startswith(FRAMES) for query in found)

    def do(self, *asked: Asked) -> int:
        return self.queries(lambda: commit(MAPS, m.request(self.bea, self.pk), asked))

    def assert_true(self) -> None:
        """Replayed from the first to the last, its operations give its rows."""
        with tenant_bound(self.bea.tenant_id):
            again = replayed(operations(MAPS, m.request(self.bea, self.pk)))
        assert again == m.state_of(self.bea, self.pk)


JOBS: dict[str, tuple[Callable[[Drawn], Asked], int]] = {
    "text": (lambda on: m.put(on.cards[1], "text", "I go"), 7),
    "step": (lambda on: m.put(on.cards[1], "step_to", str(on.steps[3])), 10),
    "new": (lambda on: on.new(on.lanes[0], on.steps[1]), 12),
    "move": (lambda on: on.moved(on.cards[1], on.lanes[0], on.cards[0]), 10),
    "delete": (lambda on: m.asked(Deed.DELETE, on.cards[1]), 7),
    "title of a step": (lambda on: m.put(on.steps[0], "title", "Pay"), 8),
    "move a step": (lambda on: m.asked(Deed.MOVE, on.steps[0], value={"after": None}), 10),
    "lock a lane": (lambda on: m.put(on.lanes[0], "is_locked", value=True), 7),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", JOBS)
def test_an_operation_takes_as_many_queries_however_many_cards_there_are(name: str) -> None:
    asked, expected = JOBS[name]
    found = []

    for cards in (4, 80):
        on = Drawn(cards)
        found.append(on.do(asked(on)))

    assert found == [expected, expected]


@pytest.mark.slow
def test_a_hundred_new_cards_take_as_many_queries_as_one() -> None:
    on = Drawn(cards=4)

    found = [
        on.do(*(on.new(on.lanes[2], on.steps[number % 4]) for number in range(count)))
        for count in (1, 100)
    ]

    assert found == [12, 12]
    on.assert_true()


@pytest.mark.slow
def test_undo_takes_as_many_queries_however_many_cards_there_are() -> None:
    found = []

    for cards in (4, 80):
        on = Drawn(cards)
        on.do(m.put(on.cards[1], "text", "I go"))
        found.append(on.queries(lambda on=on: _undone(on)))  # type: ignore[misc]  # bound now
        assert m.state_of(on.bea, on.pk)[on.cards[1]].values["text"] == "I wait"

    assert found == [11, 11]


def _undone(on: Drawn) -> None:
    undo(MAPS, m.request(on.bea, on.pk), as_batch=new_id())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_map_that_is_read_in_part_answers_as_one_that_is_read_whole(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - for a test
    on = Drawn(cards=12)
    m.do(on.bea, on.pk, m.asked(Deed.DELETE, on.cards[3]), m.asked(Deed.DELETE, on.lanes[2]))
    asked = [_by_chance(on, rng) for _ in range(8)]

    with tenant_bound(on.bea.tenant_id):
        change = m.request(on.bea, on.pk)
        whole, part = read_state(MAPS, change), open_document(MAPS, change).judge.state
        assert isinstance(part, PartialState)
        if rng.random() > 1 / 2:
            part.look(asked)
        for one in asked:
            assert _taken(part, one) == _taken(whole, one)
        for question in rng.sample(QUESTIONS, len(QUESTIONS)):
            assert question(part, on) == question(whole, on)
        assert part == whole


def _taken(state: State, one: Asked) -> tuple[str, Any]:
    """Do one operation; tell what was written down of it, or why not."""
    judge = Judge(MAP, state, 100, Actor(), make.NOW, Source.UI)
    try:
        judge.take(one)
    except DomainError as error:
        return type(error).__name__, str(error)
    return "", [(o.deed, o.lineage, o.before, o.after) for o in judge.operations]


def _by_chance(on: Drawn, rng: Random) -> Asked:
    card, lane = rng.choice([*on.cards, new_id()]), rng.choice(on.lanes)
    return rng.choice(
        [
            on.new(lane, rng.choice(on.steps)),
            on.new(lane, rng.choice(on.steps), card),
            on.moved(card, lane, rng.choice([*on.cards, None])),
            m.asked(rng.choice([Deed.DELETE, Deed.RESTORE]), card),
            m.asked(rng.choice([Deed.DELETE, Deed.RESTORE]), lane),
            m.put(card, "text", "I go"),
            m.asked(Deed.MOVE, rng.choice(on.steps), value={"after": None}),
        ]
    )


def _ids(on: Drawn) -> list[UUID]:
    return [on.pk, *on.cards, *on.lanes, *on.steps, *(stage[0] for stage in on.stages)]


QUESTIONS: list[Callable[[State, Drawn], Any]] = [
    lambda state, on: [list(state.children(pk, "card")) for pk in on.lanes],
    lambda state, on: state.children_in(on.lanes, "card"),
    lambda state, on: [state.count(pk, "card") for pk in on.lanes],
    lambda state, on: [state.count(pk, "step") for pk in _ids(on)],
    lambda state, on: [state.get(pk) for pk in [*_ids(on), on.bea.pk]],
    lambda state, on: [pk in state for pk in [*_ids(on), on.bea.pk]],
    lambda state, on: _by_id(state.holding("card", ["step_from", "step_to"], on.steps[:2])),
    lambda state, on: _by_id(state.holding("flow", ["from_step"], on.steps)),
    lambda state, on: state.inside([on.lanes[0], on.stages[1][0]]),
    lambda state, _on: [_by_id(state.of_kind(kind)) for kind in MAP.elements],
    lambda state, _on: len(state),
]


def _by_id(elements: list[Any]) -> list[Any]:
    return sorted(elements, key=lambda e: e.id)


def test_what_is_made_and_deleted_at_once_is_there_to_be_restored() -> None:
    on = Drawn(cards=0)
    new = on.new(on.lanes[0], on.steps[0])

    on.do(new, m.asked(Deed.DELETE, new.lineage))
    on.do(m.asked(Deed.RESTORE, new.lineage))

    assert not m.state_of(on.bea, on.pk)[new.lineage].is_deleted
    on.assert_true()


@pytest.mark.slow
def test_a_service_may_bring_more_at_once_than_a_client() -> None:
    on = Drawn(cards=0)
    lanes = [m.lane(on.bea, on.pk) for _ in range(6)]
    new = [on.new(lanes[number % 6], on.steps[number % 4]) for number in range(600)]

    with tenant_bound(on.bea.tenant_id):
        commit(MAPS, m.request(on.bea, on.pk), new, most=600)

    assert sum(e.kind == "card" for e in m.state_of(on.bea, on.pk).values()) == 600
    on.assert_true()
