"""A future that is promised, brought into the current map, and what is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations, undo
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from journeys.errors import NotNowError, OpenConflictsError
from journeys.models import JourneyMap, MapOp, Snapshot
from journeys.rules.choosing import Wanted
from journeys.rules.comparing import changes_between
from journeys.rules.kinds import MapState
from journeys.rules.merging import Answer
from journeys.rules.snapshots import unpacked
from journeys.selectors.moments import kept_versions
from journeys.services.maps import fork_map
from journeys.services.promoting import look_at_promotion, publish_again
from journeys.services.rebasing import newer_ground, rebase_map
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import LATER, Told

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def test_chosen_steps_come_into_a_draft_with_their_cells_and_nothing_else(told: Told) -> None:
    collect = told.add_step(told.future, "Collect")
    card = m.card(told.member, told.future.pk, told.lane, collect, text="I fetch it")
    told.title(told.future, told.wait, "Wait a day")

    draft = told.promote(wanted=Wanted(frozenset({collect})))

    assert (draft.state, draft.status, draft.baseline_id) == (
        "current",
        "draft",
        told.current.pk,
    )
    assert told.steps(draft) == ["Buy 1", "Buy 2", "Collect"]
    assert told.state(draft)[card].values["text"] == "I fetch it"
    assert [(c.lineage, c.after) for c in told.left(draft)] == [(told.wait, "Wait a day")]


def test_promoting_is_one_batch_that_is_undone_as_one(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    told.do(told.future, m.asked(Deed.DELETE, told.card))
    draft = told.draft()

    told.promote()
    with tenant_bound(told.member.tenant_id):
        batches = MapOp.objects.for_tenant(told.member.tenant).filter(map=draft)
        done = set(batches.order_by("-seq").values_list("batch", flat=True)[:2])
        undo(MAPS, m.request(told.member, draft.pk), as_batch=new_id())

    assert len(done) == 1
    assert changes_between(told.state(told.current), told.state(draft)) == []


def test_after_promoting_everything_nothing_differs_and_replay_agrees(told: Told) -> None:
    told.add_step(told.future, "Collect")
    told.title(told.future, told.pay, "Pay later")
    told.do(told.future, m.asked(Deed.MOVE, told.wait, value={"after": None}))
    lane = m.lane(told.member, told.future.pk, "emotion", "Feels")
    m.card(told.member, told.future.pk, lane, told.pay, value=-1.0)

    draft = told.promote()

    assert told.left(draft) == []
    with tenant_bound(told.member.tenant_id):
        again = replayed(operations(MAPS, m.request(told.member, draft.pk)))
    assert changes_between(again, told.state(draft)) == []


def test_what_both_changed_is_asked_about_before_anything_is_written(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    told.title(told.draft(), told.pay, "Pay now")

    with pytest.raises(OpenConflictsError) as refused:
        told.promote()

    assert told.steps(told.draft()) == ["Pay now", "Buy 2"]
    (key,) = refused.value.keys
    told.promote(answers={key: Answer.THEIRS})
    assert told.steps(told.draft()) == ["Pay later", "Buy 2"]


def test_the_draft_is_kept_as_it_was_and_the_deed_is_told_in_the_audit(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")

    draft = told.promote()

    with tenant_bound(told.member.tenant_id):
        snapshot = Snapshot.objects.for_tenant(told.member.tenant).get(map=draft)
        entry = AuditEntry.objects.for_tenant(told.member.tenant).get(action="map-promoted")
    assert snapshot.trigger == "before_promote"
    assert unpacked(snapshot.document)[told.pay].values["title"] == "Buy 1"
    assert (entry.object_id, entry.changes) == (told.future.pk, {"into": draft.number})


def test_why_something_was_promoted_stands_where_the_draft_was_kept(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")

    draft = told.promote(note="Customers\n asked for it")

    with tenant_bound(told.member.tenant_id):
        kept = [one.words for one in kept_versions(draft)]
        entry = AuditEntry.objects.for_tenant(told.member.tenant).get(action="map-promoted")
    assert kept == [f"Before the promotion of map {told.future.number}: Customers asked for it"]
    assert entry.changes == {"into": draft.number, "note": "Customers asked for it"}


def test_nothing_is_promoted_where_nothing_differs(told: Told) -> None:
    with pytest.raises(NotNowError, match="nothing to promote"):
        told.promote()

    with tenant_bound(told.member.tenant_id):
        assert JourneyMap.objects.for_tenant(told.member.tenant).count() == 2


def test_a_map_that_was_drawn_by_itself_is_not_promoted(told: Told) -> None:
    pk = m.blank_map(told.member, told.current.journey_id, number=9)
    with tenant_bound(told.member.tenant_id):
        JourneyMap.objects.for_tenant(told.member.tenant).filter(pk=pk).update(state="future")

        with pytest.raises(NotNowError, match="pair it"):
            look_at_promotion(of=told.row(pk), now=LATER)


def test_a_future_of_a_future_promotes_what_both_promise(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    with tenant_bound(told.member.tenant_id):
        farther = fork_map(
            of=told.row(told.future.pk),
            name="Even later",
            state=MapState.IDEAL,
            by=told.member,
            now=LATER,
        )
    told.title(farther, told.wait, "No wait")
    told.future = farther

    draft = told.promote()

    assert told.steps(draft) == ["Pay later", "No wait"]


def test_rebasing_moves_the_ground_and_leaves_what_is_still_promised(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    told.title(told.future, told.wait, "No wait")
    told.title(told.draft(), told.pay, "Pay later")
    own = told.add_step(told.draft(), "Only in the current one")
    current = told.publish(told.draft())

    with tenant_bound(told.member.tenant_id):
        offered = newer_ground(told.row(told.future.pk))
        done = rebase_map(of=told.row(told.future.pk), by=told.member, now=LATER)

    assert offered == current
    assert (done.map.baseline_id, done.map.baseline_seq) == (current.pk, current.head_seq)
    assert (done.is_realised, done.left) == (False, 1)
    assert [(c.lineage, c.after) for c in told.left(current)] == [(told.wait, "No wait")]
    assert own in told.state(told.future)


def test_a_future_of_which_nothing_is_left_is_retired_as_realised(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    current = told.publish(told.promote())

    with tenant_bound(told.member.tenant_id):
        done = rebase_map(of=told.row(told.future.pk), by=told.member, now=LATER)
        entry = AuditEntry.objects.for_tenant(told.member.tenant).get(action="map-realised")

    assert (done.is_realised, done.left, done.map.status) == (True, 0, "retired")
    assert entry.changes == {"onto": current.number}


def test_where_both_changed_the_promise_stays(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    told.title(told.draft(), told.pay, "Pay by card")
    current = told.publish(told.draft())

    with tenant_bound(told.member.tenant_id):
        rebase_map(of=told.row(told.future.pk), by=told.member, now=LATER)

    assert [(c.before, c.after) for c in told.left(current)] == [("Pay by card", "Pay later")]


def test_a_map_on_the_newest_ground_is_not_rebased(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        assert newer_ground(told.row(told.future.pk)) is None
        with pytest.raises(NotNowError, match="already"):
            rebase_map(of=told.row(told.future.pk), by=told.member, now=LATER)


def test_an_earlier_map_holds_again_under_a_new_number(told: Told) -> None:
    told.title(told.draft(), told.pay, "A mistake")
    newer = told.publish(told.draft())

    with tenant_bound(told.member.tenant_id):
        again = publish_again(of=told.row(told.current.pk), by=told.member, now=LATER)
        again = told.row(again.pk)
        told.future = again

    assert (again.number, again.state, again.status) == (4, "current", "published")
    assert told.left(told.current) == []
    with tenant_bound(told.member.tenant_id):
        assert told.row(newer.pk).state == "past"
        with pytest.raises(NotNowError, match="past"):
            publish_again(of=again, by=told.member, now=LATER)
