"""The laws of maps look at what changed alone, and find what a look at everything finds."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from cxm.kernel.errors import DomainError
from cxm.kernel.ids import new_id
from cxm.kernel.operations.judging import Judge
from cxm.kernel.operations.records import Actor, Asked, Deed, RefusedError, Source
from cxm.kernel.operations.shapes import PLACE
from cxm.kernel.operations.state import is_there, placed, replayed
from journeys.rules import laws
from journeys.rules.laws import map_law
from journeys.rules.shapes import MAP
from tests import make
from tests.journeys import charting as m
from tests.journeys.plain_law import is_lawful

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

ROOT = UUID(int=1)
LIBRARY = [str(UUID(int=number)) for number in (2, 3, 4)]
MOSTLY = 0.8
# What is made and changed: more often what laws say more about.
KINDS = [k for k in MAP.elements if k != "map"] + ["stage", "step", "lane", "card", "card", "card"]
WITHIN = {kind: shape.parents for kind, shape in MAP.elements.items() if shape.parents}


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached by a few elements."""
    monkeypatch.setattr(laws, "MOST_STEPS", 6)
    monkeypatch.setattr(laws, "MOST_CARDS", 8)
    monkeypatch.setattr(laws, "MOST_IN_A_CELL", 2)


class Editor:
    """Somebody who does anything at all to a map, by chance."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311 - for a test
        self.log: list[Operation] = []

    def judge(self) -> Judge:
        state = replayed(self.log)
        return Judge(MAP, state, len(self.log), Actor(), make.NOW, Source.UI)

    def id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def asked(self, state: State) -> Asked:
        if not state:
            values: dict[str, Any] = {"journey": LIBRARY[0], "number": 1, "name": "As it is"}
            return self._ask(Deed.CREATE, ROOT, kind="map", value={"values": values})
        op = self.rng.choice(
            [Deed.CREATE, Deed.CREATE, Deed.SET, Deed.MOVE, Deed.MOVE, Deed.DELETE, Deed.RESTORE]
        )
        element = self._one(state, self.rng.choice(KINDS))
        if op is Deed.CREATE or element is None:
            kind = self.rng.choice(KINDS)
            parent = self._one(state, *WITHIN[kind])
            told = {"values": self._values(state, kind), "parent": str(parent.id if parent else "")}
            return self._ask(Deed.CREATE, self.id(), kind=kind, value=told)
        if op is Deed.SET:
            told = self._values(state, element.kind)
            name = self.rng.choice(sorted(told))
            return self._ask(op, element.id, field=name, value=told[name])
        parent = self._one(state, *WITHIN[element.kind])
        after = self._one(state, element.kind)
        told = {"parent": str(parent.id if parent else ""), "after": str(after.id if after else "")}
        return self._ask(op, element.id, value=told if op is Deed.MOVE else None)

    def move_as_undo_does(self, judge: Judge) -> None:
        """Move something to where it may not be moved any more by a person."""
        element = self._one(judge.state, self.rng.choice(["stage", "step", "card", "contact"]))
        parent = element and self._one(judge.state, *WITHIN[element.kind])
        if element and parent:
            before, after = element.place(), placed(parent.id, element.ord)
            judge.write(
                self.id(), self.id(), Deed.MOVE, element, name=PLACE, before=before, after=after
            )

    def _ask(self, op: Deed, lineage: UUID, **more: Any) -> Asked:
        return Asked(id=self.id(), batch=self.id(), op=op, lineage=lineage, **more)

    def _one(self, state: State, *kinds: str) -> Element | None:
        found = [e for e in state.values() if e.kind in kinds]
        if self.rng.random() < MOSTLY:
            found = [e for e in found if is_there(state, e.id)]
        return self.rng.choice(found) if found else None

    def _values(self, state: State, kind: str) -> dict[str, Any]:
        ends = [e.id for e in state.values() if e.kind == "step"] or [ROOT]
        first, last = (str(self.rng.choice(ends)) for _ in range(2))
        last = self.rng.choice([first, last])
        one, two = self.rng.choice(LIBRARY), self.rng.choice([None, *LIBRARY])
        values: dict[str, dict[str, Any]] = {
            "stage": {"title": "Stage"},
            "step": {"title": "Step"},
            "lane": {
                "kind": self.rng.choice(["text", "text", "emotion", "emotion", "actor"]),
                "is_locked": self.rng.random() < 0.1,
            },
            "card": {
                "step_from": first,
                "step_to": last,
                "value": self.rng.choice([1.0, 1.0, -0.5, 0.25, None]),
                "persona": two,
            },
            "flow": {
                "from_step": first,
                "to_step": last,
                "kind": self.rng.choice(["loop", "skip"]),
            },
            "contact": {"touchpoint": one, "role": self.rng.choice(["primary", "secondary"])},
            "nested": {"journey": one},
            "role": {"stakeholder": one, "role": self.rng.choice("ARC")},
            "cast": {"persona": one, "is_main": self.rng.random() < 0.7},
        }
        return values[kind]


def _batches(editor: Editor, count: int) -> Iterator[Judge]:
    """Do things by chance, one to six at once; whoever goes on takes them into the log."""
    for _ in range(count):
        judge = editor.judge()
        for _ in range(editor.rng.choice([1, 1, 1, 1, 2, 3, 6])):
            try:
                judge.take(editor.asked(judge.state))
            except DomainError:
                continue
        if editor.rng.random() > MOSTLY:
            editor.move_as_undo_does(judge)
        if judge.operations:
            yield judge


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_the_laws_refuse_what_no_map_may_be(seed: int) -> None:
    editor = Editor(seed)
    told: Counter[bool] = Counter()

    for judge in _batches(editor, 200):
        expected = is_lawful(judge.state, judge.operations)
        try:
            map_law(judge.state, judge.operations, None)
            is_allowed = True
        except RefusedError as error:
            is_allowed, words = False, str(error)
            assert not expected, words
        assert is_allowed == expected, [(o.deed, o.kind, o.field) for o in judge.operations]
        told[expected] += 1
        if expected:
            editor.log += judge.operations

    assert min(told[True], told[False]) > 20


class Small:
    """A map of two stages with two steps each, and two lanes; every change is looked at."""

    def __init__(self) -> None:
        self.log: list[Operation] = []
        self.do(m.create(ROOT, "map", {"journey": LIBRARY[0], "number": 1, "name": "As it is"}))
        self.stages, self.steps = [new_id(), new_id()], [new_id() for _ in range(4)]
        for number, stage in enumerate(self.stages):
            steps = self.steps[number * 2 :][:2]
            self.do(
                m.create(stage, "stage", {"title": "Stage"}, ROOT),
                *(m.create(pk, "step", {"title": "Step"}, stage) for pk in steps),
            )
        self.lanes = [self.new("lane", ROOT, kind=kind) for kind in ("text", "emotion")]

    def do(self, *asked: Asked) -> None:
        judge = self.judge()
        for one in asked:
            judge.take(one)
        self.close(judge)

    def judge(self) -> Judge:
        return Judge(MAP, replayed(self.log), len(self.log), Actor(), make.NOW, Source.UI)

    def close(self, judge: Judge) -> None:
        map_law(judge.state, judge.operations, None)
        self.log += judge.operations

    def new(self, kind: str, within: UUID, /, **values: Any) -> UUID:
        pk = new_id()
        self.do(m.create(pk, kind, values, within))
        return pk

    def card(self, lane: UUID, step: UUID, **values: Any) -> UUID:
        return self.new("card", lane, step_from=str(step), step_to=str(step), **values)

    def take_out(self, lineage: UUID, into: UUID) -> None:
        """Move something out of what was deleted, as undo does."""
        judge = self.judge()
        element = judge.state[lineage]
        before, after = element.place(), placed(into, "A")
        batch = new_id()
        judge.write(batch, batch, Deed.MOVE, element, name=PLACE, before=before, after=after)
        self.close(judge)


def test_a_lane_does_not_come_back_with_cards_at_steps_that_are_gone() -> None:
    on = Small()
    on.card(on.lanes[0], on.steps[1])
    on.do(m.asked(Deed.DELETE, on.lanes[0]))
    on.do(m.asked(Deed.DELETE, on.steps[1]))

    with pytest.raises(RefusedError, match="Name a step of this map"):
        on.do(m.asked(Deed.RESTORE, on.lanes[0]))


def test_a_lane_does_not_come_back_with_more_cards_than_fit() -> None:
    on = Small()
    for step in on.steps:
        on.card(on.lanes[0], step)
    on.do(m.asked(Deed.DELETE, on.lanes[0]))
    for persona in LIBRARY[:2]:
        for step in on.steps:
            on.card(on.lanes[1], step, value=1.0, persona=persona)

    with pytest.raises(RefusedError, match="up to 8 cards"):
        on.do(m.asked(Deed.RESTORE, on.lanes[0]))


def test_a_card_does_not_come_back_by_a_move_where_no_more_fit() -> None:
    on = Small()
    card, other = on.card(on.lanes[0], on.steps[0]), on.new("lane", ROOT, kind="text")
    on.do(m.asked(Deed.DELETE, on.lanes[0]))
    for persona in LIBRARY[:2]:
        for step in on.steps:
            on.card(on.lanes[1], step, value=1.0, persona=persona)

    with pytest.raises(RefusedError, match="up to 8 cards"):
        on.take_out(card, other)


def test_a_step_does_not_come_back_by_a_move_with_two_first_touchpoints() -> None:
    on = Small()
    on.new("contact", on.steps[0], touchpoint=LIBRARY[0])
    on.do(m.asked(Deed.DELETE, on.stages[0]))
    on.new("contact", on.steps[0], touchpoint=LIBRARY[1])

    with pytest.raises(RefusedError, match="comes first"):
        on.take_out(on.steps[0], on.stages[1])


def test_an_emotion_does_not_become_that_of_a_persona_who_feels_something_there() -> None:
    on = Small()
    on.card(on.lanes[1], on.steps[0], value=1.0, persona=LIBRARY[0])
    card = on.card(on.lanes[1], on.steps[0], value=1.0, persona=LIBRARY[1])

    with pytest.raises(RefusedError, match="already"):
        on.do(m.put(card, "persona", LIBRARY[0]))
