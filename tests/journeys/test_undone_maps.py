"""Whatever somebody did to a map, undo takes all of it back; and what is too long is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed, RefusedError
from cxm.kernel.operations.state import is_there, replayed
from cxm.kernel.operations.store import operations, undo
from cxm.tenants.binding import tenant_bound
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_TITLES = {"stage": "title", "step": "title", "lane": "title", "card": "text"}
_DEEDS = st.sampled_from(["step", "card", "stage", "lane", "title", "delete", "span", "move"])


class Desk:
    """A small map, and deeds on whichever of its elements numbers choose."""

    def __init__(self) -> None:
        self.ann: Membership = make.member()
        self.on = m.blank_map(self.ann, m.journey(self.ann))
        _, *steps = m.stage(self.ann, self.on, steps=2)
        lane = m.lane(self.ann, self.on)
        m.card(self.ann, self.on, lane, steps[0], text="They call")

    def state(self) -> State:
        return m.state_of(self.ann, self.on)

    def shown(self) -> dict[UUID, Any]:
        """Give all that is there: its place, its order and what it says."""
        state = self.state()
        return {
            pk: (one.kind, one.parent, one.ord, dict(one.values))
            for pk, one in state.items()
            if is_there(state, pk)
        }

    def do(self, deed: str, first: int, second: int) -> bool:
        """Do one thing; tell whether it was lawful and changed something."""
        asked = self._asked(deed, first, second)
        if asked is None:
            return False
        try:
            return bool(m.do(self.ann, self.on, asked).operations)
        except RefusedError:
            return False

    def _asked(  # noqa: C901, PLR0911 - one way out for each deed
        self, deed: str, first: int, second: int
    ) -> Asked | None:
        state = self.state()

        def one(number: int, *kinds: str) -> UUID | None:
            there = sorted(pk for pk, e in state.items() if e.kind in kinds and is_there(state, pk))
            return there[number % len(there)] if there else None

        stage, lane, step, card = (one(first, kind) for kind in ("stage", "lane", "step", "card"))
        other = one(second, "step")
        match deed:
            case "stage" | "lane":
                values = {"title": f"New {first}", **({"kind": "text"} if deed == "lane" else {})}
                return m.create(new_id(), deed, values, self.on)
            case "step" if stage:
                return m.create(new_id(), "step", {"title": f"New {second}"}, stage)
            case "card" if lane and step:
                at = {"step_from": str(step), "step_to": str(step), "text": f"Words {second}"}
                return m.create(new_id(), "card", at, lane)
            case "title" if named := one(first, *_TITLES):
                return m.put(named, _TITLES[state[named].kind], f"Said {second}")
            case "delete" if gone := one(first, *_TITLES):
                return m.asked(Deed.DELETE, gone)
            case "span" if card and other:
                return m.put(card, "step_to", str(other))
            case "move" if card and (to := one(second, "lane")):
                return m.asked(Deed.MOVE, card, value={"parent": str(to)})
        return None


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=st.lists(st.tuples(_DEEDS, st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_any_sequence_of_deeds_on_a_map_is_undone_to_what_was(
    deeds: list[tuple[str, int, int]],
) -> None:
    desk = Desk()
    before = desk.shown()

    done = sum(desk.do(*deed) for deed in deeds)
    after = desk.shown()
    with tenant_bound(desk.ann.tenant_id):
        request = m.request(desk.ann, desk.on)
        for _ in range(done):
            undo(MAPS, request, as_batch=new_id())
        assert desk.shown() == before
        for _ in range(done):
            undo(MAPS, request, as_batch=new_id(), is_redo=True)
        log = list(operations(MAPS, request))

    assert desk.shown() == after
    assert replayed(log) == desk.state()


def test_a_text_that_is_too_long_is_refused_by_the_name_of_its_field() -> None:
    desk = Desk()
    card = next(pk for pk, one in desk.state().items() if one.kind == "card")

    with pytest.raises(RefusedError, match=r"^Text: .* 20000") as refused:
        m.do(desk.ann, desk.on, m.put(card, "text", "a" * 120 * 1024))

    assert refused.value.field == "text"
