"""Bringing a map, a lane or one element back to how it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import is_there, replayed
from cxm.kernel.operations.store import operations, undo
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.touchpoints.models import Touchpoint
from journeys.errors import NotNowError, ReadOnlyMapError
from journeys.models import MapOp, Snapshot
from journeys.rules.change_words import words
from journeys.rules.comparing import changes_between
from journeys.rules.snapshots import unpacked
from journeys.services.comparing import Moment, state_at
from journeys.services.editing import change_map
from journeys.services.restoring import GoingBack, look_at_restoring, restore_map
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import LATER, Told

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.kernel.operations.undoing import Undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def head(told: Told) -> int:
    with tenant_bound(told.member.tenant_id):
        return told.row(told.future.pk).head_seq


def restored(told: Told, until: int, **more: Any) -> Undo:
    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        return restore_map(of=of, until=until, by=told.member, now=LATER, **more)


def looked_at(told: Told, until: int, only: UUID | None = None) -> GoingBack:
    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        return look_at_restoring(of=of, until=until, only=only, by=told.member, now=LATER)


def then(told: Told, seq: int) -> State:
    with tenant_bound(told.member.tenant_id):
        return state_at(Moment(told.row(told.future.pk), seq), now=LATER)


def delete(told: Told, *lineages: UUID) -> None:
    """Delete as the page does: with what follows for cards."""
    with tenant_bound(told.member.tenant_id):
        request = m.request(told.member, told.future.pk)
        change_map(request, [m.asked(Deed.DELETE, pk) for pk in lineages])


def test_the_whole_map_comes_back_as_one_batch_and_is_kept_before(told: Told) -> None:
    start = head(told)
    told.title(told.future, told.pay, "Pay later")
    told.add_step(told.future, "Collect")
    delete(told, told.wait)
    before = told.state(told.future)

    told_back = looked_at(told, start)
    done = restored(told, start)

    after = told.state(told.future)
    assert changes_between(then(told, start), after) == []
    assert len({one.batch for one in done.operations}) == 1
    assert [words(one, told_back.names) for one in told_back.changes] == [
        words(one, told_back.names) for one in changes_between(before, after)
    ]
    with tenant_bound(told.member.tenant_id):
        kept = Snapshot.objects.for_tenant(told.member.tenant).get(map=told.future)
        entry = AuditEntry.objects.for_tenant(told.member.tenant).get(action="map-restored")
        again = replayed(operations(MAPS, m.request(told.member, told.future.pk)))
    assert (kept.trigger, unpacked(kept.document)) == ("before_restore", before)
    assert (entry.object_id, entry.changes["until"]) == (told.future.pk, start)
    assert again == after


def test_undo_takes_a_restored_map_back_as_one(told: Told) -> None:
    start = head(told)
    told.title(told.future, told.pay, "Pay later")
    told.add_step(told.future, "Collect")
    before = told.state(told.future)
    restored(told, start)

    with tenant_bound(told.member.tenant_id):
        undo(MAPS, m.request(told.member, told.future.pk), as_batch=new_id())

    assert changes_between(before, told.state(told.future)) == []


def test_a_lane_comes_back_with_its_cards_and_nothing_else(told: Told) -> None:
    late = m.card(told.member, told.future.pk, told.lane, told.wait, text="I wait")
    start = head(told)
    told.do(told.future, m.put(told.card, "text", "I pay by card"))
    told.do(told.future, m.asked(Deed.DELETE, late))
    new = m.card(told.member, told.future.pk, told.lane, told.pay, text="New")
    told.title(told.future, told.pay, "Pay later")

    restored(told, start, only=told.lane)

    state = told.state(told.future)
    assert state[told.card].values["text"] == "I pay"
    assert is_there(state, late)
    assert not is_there(state, new)
    assert state[told.pay].values["title"] == "Pay later"


def test_one_card_comes_back_with_the_lane_that_it_lay_in(told: Told) -> None:
    other = m.card(told.member, told.future.pk, told.lane, told.wait, text="I wait")
    start = head(told)
    told.do(told.future, m.asked(Deed.DELETE, told.card), m.asked(Deed.DELETE, other))
    told.do(told.future, m.asked(Deed.DELETE, told.lane))

    restored(told, start, only=told.card)

    state = told.state(told.future)
    assert is_there(state, told.card)
    assert is_there(state, told.lane)
    assert not is_there(state, other)


def test_a_step_comes_back_with_the_cards_that_went_with_it(told: Told) -> None:
    lane = m.lane(told.member, told.future.pk, "emotion", "Feels")
    felt = m.card(told.member, told.future.pk, lane, told.pay, value=-1.0)
    start = head(told)
    delete(told, told.pay)
    assert not is_there(told.state(told.future), felt)

    restored(told, start, only=told.pay)

    state = told.state(told.future)
    assert is_there(state, told.pay)
    assert is_there(state, felt)


def test_cards_at_steps_that_are_gone_are_left_out_and_counted(told: Told) -> None:
    late = m.card(told.member, told.future.pk, told.lane, told.wait, text="I wait")
    start = head(told)
    told.do(told.future, m.put(told.card, "text", "Changed"), m.asked(Deed.DELETE, late))
    delete(told, told.wait)

    found = looked_at(told, start, told.lane)
    restored(told, start, only=told.lane)

    state = told.state(told.future)
    assert found.left_out == 1
    assert not is_there(state, late)
    assert state[told.card].values["text"] == "I pay"
    with pytest.raises(NotNowError, match="steps that this lay at are gone"):
        restored(told, start, only=late)


def test_what_was_not_there_then_cannot_be_brought_back(told: Told) -> None:
    start = head(told)
    new = m.card(told.member, told.future.pk, told.lane, told.pay, text="New")

    with pytest.raises(NotNowError, match="was not on the map then"):
        restored(told, start, only=new)


def test_what_others_did_since_is_said_before(told: Told) -> None:
    other = make.member(of=told.member.tenant)
    start = head(told)
    told.title(told.future, told.wait, "Wait a day")
    m.do(other, told.future.pk, m.put(told.pay, "title", "Pay later"))
    m.do(other, told.future.pk, m.put(told.pay, "title", "Pay last"))

    found, of_step = looked_at(told, start), looked_at(told, start, told.wait)

    assert [(actor.id, count) for actor, count in found.others.items()] == [(other.pk, 1)]
    assert of_step.others == {}


def test_what_is_lost_since_is_asked_about_and_the_rest_comes_back(told: Told) -> None:
    touchpoint = make.touchpoint(of=told.member.tenant)
    contact = new_id()
    told.do(told.future, m.create(contact, "contact", {"touchpoint": str(touchpoint.pk)}, told.pay))
    start = head(told)
    told.do(told.future, m.asked(Deed.DELETE, contact))
    told.title(told.future, told.pay, "Pay later")
    with tenant_bound(told.member.tenant_id):
        Touchpoint.objects.for_tenant(told.member.tenant).update(archived_at=make.NOW)

    asked = restored(told, start)
    after_asking = head(told)
    restored(told, start, choice=Choice.THEIRS)

    assert "out of use" in asked.clashes[0].reason
    assert after_asking == start + 2
    state = told.state(told.future)
    assert state[told.pay].values["title"] == "Buy 1"
    assert not is_there(state, contact)


def test_nothing_is_written_where_nothing_differs(told: Told) -> None:
    start = head(told)

    done = restored(told, start)

    assert done.operations == []
    with tenant_bound(told.member.tenant_id):
        assert not Snapshot.objects.for_tenant(told.member.tenant).filter(map=told.future).exists()


def test_a_published_map_is_not_brought_back(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        count = MapOp.objects.for_tenant(told.member.tenant).count()
        with pytest.raises(ReadOnlyMapError):
            restore_map(of=told.current, until=2, by=told.member, now=LATER)

        assert MapOp.objects.for_tenant(told.member.tenant).count() == count


@pytest.mark.parametrize("until", [0, 10_000])
def test_a_moment_that_never_was_is_refused(told: Told, until: int) -> None:
    with pytest.raises(NotNowError, match="Choose a moment"):
        restored(told, until)
