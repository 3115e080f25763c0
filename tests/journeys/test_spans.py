"""Deleting and moving steps: what becomes of the cards and ways that lie at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed, RefusedError
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from journeys.services.editing import change_map
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from cxm.kernel.operations.records import Asked
    from cxm.kernel.operations.store import Outcome
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


@pytest.fixture
def on(bea: Membership) -> UUID:
    return m.blank_map(bea, m.journey(bea))


def _change(bea: Membership, on: UUID, *asked: Asked) -> Outcome:
    with tenant_bound(bea.tenant_id):
        return change_map(m.request(bea, on), asked)


def _moved(step: UUID, stage: UUID, after: UUID | None) -> Asked:
    value = {"parent": str(stage), "after": str(after) if after else None}
    return m.asked(Deed.MOVE, step, value=value)


def _lies(bea: Membership, on: UUID, card: UUID) -> tuple[UUID, UUID] | None:
    state = m.state_of(bea, on)
    if not is_there(state, card):
        return None
    values: Any = state[card].values
    return UUID(str(values["step_from"])), UUID(str(values["step_to"]))


# Of a stage with steps 0 to 3: a card over some, which step is deleted, where the card lies then.
@pytest.mark.parametrize(
    ("first", "last", "deleted", "expected"),
    [
        pytest.param(0, 2, 2, (0, 1), id="cut at its end"),
        pytest.param(0, 2, 0, (1, 2), id="cut at its beginning"),
        pytest.param(0, 2, 1, (0, 2), id="left alone where its middle goes"),
        pytest.param(1, 1, 1, (0, 0), id="goes to the nearest step"),
        pytest.param(0, 0, 0, (1, 1), id="goes to the next one from the first"),
        pytest.param(2, 3, 0, (2, 3), id="left alone elsewhere"),
    ],
)
def test_cards_keep_lying_at_steps_when_one_is_deleted(
    bea: Membership,
    on: UUID,
    *,
    first: int,
    last: int,
    deleted: int,
    expected: tuple[int, int],
) -> None:
    _, *steps = m.stage(bea, on, steps=4)
    card = m.card(bea, on, m.lane(bea, on), steps[first], step_to=str(steps[last]))

    _change(bea, on, m.asked(Deed.DELETE, steps[deleted]))

    assert _lies(bea, on, card) == (steps[expected[0]], steps[expected[1]])


# A card over some of steps 0 to 3; which step is moved behind which (None: to the front).
@pytest.mark.parametrize(
    ("first", "last", "moved", "after", "expected"),
    [
        pytest.param(0, 2, 2, None, (0, 1), id="its end goes to the front"),
        pytest.param(0, 2, 0, 3, (1, 2), id="its beginning goes behind it"),
        pytest.param(0, 2, 1, 3, (0, 2), id="its middle goes"),
        pytest.param(1, 1, 1, 3, (1, 1), id="it goes with its only step"),
        pytest.param(0, 1, 3, None, (0, 1), id="another step goes"),
    ],
)
def test_cards_are_cut_when_a_step_is_moved(
    bea: Membership,
    on: UUID,
    *,
    first: int,
    last: int,
    moved: int,
    after: int | None,
    expected: tuple[int, int],
) -> None:
    stage, *steps = m.stage(bea, on, steps=4)
    card = m.card(bea, on, m.lane(bea, on), steps[first], step_to=str(steps[last]))

    _change(bea, on, _moved(steps[moved], stage, None if after is None else steps[after]))

    assert _lies(bea, on, card) == (steps[expected[0]], steps[expected[1]])


def test_a_card_over_two_stages_is_cut_when_one_goes_elsewhere(bea: Membership, on: UUID) -> None:
    _, early = m.stage(bea, on, "Early")
    late, *steps = m.stage(bea, on, "Late", steps=2)
    card = m.card(bea, on, m.lane(bea, on), early, step_to=str(steps[1]))
    inside = m.card(bea, on, m.lane(bea, on), steps[0], step_to=str(steps[1]))

    _change(bea, on, m.asked(Deed.MOVE, late, value={"parent": str(on), "after": None}))

    assert _lies(bea, on, card) == (early, early)
    assert _lies(bea, on, inside) == (steps[0], steps[1])


def test_what_was_one_for_a_step_goes_with_it_and_comes_back(bea: Membership, on: UUID) -> None:
    stage, step, other = m.stage(bea, on, steps=2)
    feels = m.lane(bea, on, "emotion", "Feels")
    point = m.card(bea, on, feels, step, value=1.5)
    stays = m.card(bea, on, feels, other, value=-1)
    way = new_id()
    ends = {"from_step": str(step), "to_step": str(other), "kind": "skip"}
    m.do(bea, on, m.create(way, "flow", ends, on))

    outcome = _change(bea, on, m.asked(Deed.DELETE, step))
    state = m.state_of(bea, on)
    there = [is_there(state, pk) for pk in (point, stays, way, stage)]
    with tenant_bound(bea.tenant_id):
        undo(MAPS, m.request(bea, on), as_batch=new_id())
    again = m.state_of(bea, on)

    assert there == [False, True, False, True]
    assert {done.lineage for done in outcome.operations} == {point, way, step}
    assert all(is_there(again, pk) for pk in (point, stays, way, step))


def test_a_stage_goes_with_the_cards_that_lie_nowhere_else(bea: Membership, on: UUID) -> None:
    _, early = m.stage(bea, on, "Early")
    late, *steps = m.stage(bea, on, "Late", steps=2)
    does = m.lane(bea, on)
    over = m.card(bea, on, does, early, step_to=str(steps[0]))
    lost = m.card(bea, on, does, steps[1])

    _change(bea, on, m.asked(Deed.DELETE, late))

    assert _lies(bea, on, over) == (early, early)
    assert _lies(bea, on, lost) is None


def test_what_is_asked_for_a_card_itself_holds(bea: Membership, on: UUID) -> None:
    _, *steps = m.stage(bea, on, steps=3)
    card = m.card(bea, on, m.lane(bea, on), steps[0])
    batch = new_id()
    away = [m.put(card, name, str(steps[2]), batch=batch) for name in ("step_to", "step_from")]

    _change(bea, on, *away, m.asked(Deed.DELETE, steps[0], batch=batch))

    assert _lies(bea, on, card) == (steps[2], steps[2])


def test_sent_twice_it_is_done_once(bea: Membership, on: UUID) -> None:
    stage, *steps = m.stage(bea, on, steps=3)
    card = m.card(bea, on, m.lane(bea, on), steps[0], step_to=str(steps[1]))
    asked = _moved(steps[1], stage, None)
    _change(bea, on, asked)
    m.do(bea, on, m.put(card, "step_from", str(steps[1])))

    again = _change(bea, on, asked)

    assert again.is_repeated
    assert _lies(bea, on, card) == (steps[1], steps[0])


def test_the_last_step_of_a_stage_is_refused_and_nothing_is_done(bea: Membership, on: UUID) -> None:
    _, step = m.stage(bea, on)
    card = m.card(bea, on, m.lane(bea, on), step)

    with pytest.raises(RefusedError, match="would hold no step"):
        _change(bea, on, m.asked(Deed.DELETE, step))

    assert _lies(bea, on, card) == (step, step)


def test_over_the_api_cards_keep_lying_at_steps_too(bea: Membership, on: UUID) -> None:
    _, *steps = m.stage(bea, on, steps=2)
    card = m.card(bea, on, m.lane(bea, on), steps[0])
    _, secret = make.api_key(of=bea.tenant, rights=(Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS))
    asked = {"id": str(new_id()), "batch": str(new_id()), "op": "delete", "lineage": str(steps[0])}

    answer = Client().post(
        f"/api/v1/journey-maps/{on}/operations/",
        [asked],
        content_type="application/json",
        headers={"X-Api-Key": secret},
    )

    assert answer.status_code == 200
    assert _lies(bea, on, card) == (steps[1], steps[1])
