"""Maps kept whole, by hand and by themselves, and maps as they were at any moment."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.errors import DomainError
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations
from cxm.tenants.binding import tenant_bound
from cxm.work.models import Outbox
from journeys.errors import NotNowError, TitleNeededError
from journeys.models import Snapshot
from journeys.rules.reviews import SnapshotTrigger
from journeys.rules.snapshots import MOST, VERSION, unpacked
from journeys.services import snapshots
from journeys.services.comparing import Moment, state_at
from journeys.services.library import create_item
from journeys.services.stores import MAPS
from journeys.services.versions import keep_version
from journeys.tasks import snapshot_due
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import Told

if TYPE_CHECKING:
    from journeys.models import JourneyMap

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def named(told: Told, of: JourneyMap, label: str = "Before the launch") -> Snapshot:
    with tenant_bound(told.member.tenant_id):
        row = told.row(of.pk)
        state = state_at(Moment(row), now=make.NOW)
        return snapshots.name_snapshot(
            of=row, state=state, label=label, by=told.member, now=make.NOW
        )


def future(told: Told) -> JourneyMap:
    """Give the future map with the number of its last operation."""
    with tenant_bound(told.member.tenant_id):
        return told.row(told.future.pk)


def kept(told: Told, of: JourneyMap) -> list[Snapshot]:
    with tenant_bound(told.member.tenant_id):
        return list(Snapshot.objects.for_tenant(told.member.tenant).filter(map=of).order_by("seq"))


def replay(told: Told, of: JourneyMap, until: int) -> Any:
    with tenant_bound(told.member.tenant_id):
        return replayed(operations(MAPS, m.request(told.member, of.pk)), until)


def edit(told: Told, rng: Random) -> None:
    """Try something on the future map; what the law refuses is not done."""
    state = told.state(told.future)
    steps = [e.id for e in state.of_kind("step") if not e.is_deleted]
    cards = state.of_kind("card")
    at, card = rng.choice(steps), rng.choice(cards)
    ends = {"step_from": str(at), "step_to": str(at), "text": f"Card {rng.randint(1, 99)}"}
    deed = Deed.RESTORE if card.is_deleted else Deed.DELETE
    tries = [
        m.put(at, "title", f"Step {rng.randint(1, 99)}"),
        m.create(new_id(), "card", ends, told.lane),
        m.asked(deed, card.id),
        m.create(new_id(), "step", {"title": "Another"}, told.stage),
        m.asked(Deed.MOVE, at, value={"after": None}),
        m.asked(Deed.DELETE, at),
    ]
    try:
        told.do(told.future, rng.choice(tries))
    except DomainError:
        return


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_map_at_any_moment_is_what_its_operations_made_of_it(told: Told, seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - maps by chance, not secrets
    for _ in range(24):
        edit(told, rng)
        if rng.random() < 0.3:
            named(told, told.future)
    row = future(told)

    with tenant_bound(told.member.tenant_id):
        found = [state_at(Moment(row, seq), now=make.NOW) for seq in range(1, row.head_seq + 1)]

    for seq, state in enumerate(found, start=1):
        assert state == replay(told, row, seq)
    for one in kept(told, row):
        assert unpacked(one.document) == replay(told, row, one.seq)


def test_the_nearest_snapshot_is_read_and_not_all_that_was_before(told: Told) -> None:
    snapshot = named(told, told.future)
    with tenant_bound(told.member.tenant_id):
        document = snapshot.document
        root = next(one for one in document["elements"] if one["kind"] == "map")
        root["values"]["name"] = "From the snapshot"
        Snapshot.objects.for_tenant(told.member.tenant).update(document=document)
    told.title(told.future, told.pay, "Pay later")
    told.title(told.future, told.pay, "Pay last")
    row = future(told)

    with tenant_bound(told.member.tenant_id):
        state = state_at(Moment(row, row.head_seq - 1), now=make.NOW)

    assert state[row.pk].values["name"] == "From the snapshot"
    assert state[told.pay].values["title"] == "Pay later"


def test_what_another_version_wrote_is_not_read(told: Told) -> None:
    named(told, told.future)
    with tenant_bound(told.member.tenant_id):
        Snapshot.objects.for_tenant(told.member.tenant).update(
            schema_version=VERSION - 1, document={}
        )
    told.title(told.future, told.pay, "Pay later")
    row = future(told)

    with tenant_bound(told.member.tenant_id):
        state = state_at(Moment(row, row.head_seq - 1), now=make.NOW)

    assert state == replay(told, row, row.head_seq - 1)


def test_library_items_are_kept_by_the_title_that_they_had(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        pain = create_item(
            tenant=told.member.tenant,
            sort="insight",
            title="Waits for hours",
            by=told.member,
            now=make.NOW,
        )
    lane = m.lane(told.member, told.future.pk, "insight", "Pains")
    m.card(told.member, told.future.pk, lane, told.pay, insight=str(pain.pk))

    snapshot = named(told, told.future)

    assert snapshot.document["titles"] == {str(pain.pk): "Waits for hours"}


def test_publishing_keeps_the_map(told: Told) -> None:
    [snapshot] = kept(told, told.current)

    assert (snapshot.trigger, snapshot.seq) == ("publish", told.current.head_seq)
    assert unpacked(snapshot.document) == replay(told, told.current, snapshot.seq)


def test_every_five_hundred_operations_a_worker_is_asked_to_keep_the_map(told: Told) -> None:
    told.do(told.future, *(m.put(told.pay, "title", f"Pay {n}") for n in range(499)))
    told.title(told.future, told.pay, "Pay at last")
    with tenant_bound(told.member.tenant_id):
        rows = Outbox.objects.for_tenant(told.member.tenant).filter(task=snapshots.DUE)
        [due] = rows
        for _ in range(2):
            snapshot_due(tenant_id=told.member.tenant_id, now=make.NOW, **due.arguments)

    [snapshot] = kept(told, told.future)
    assert (snapshot.trigger, snapshot.by) == ("every_500_ops", None)
    assert snapshot.seq == due.arguments["seq"] >= 500
    assert unpacked(snapshot.document) == replay(told, told.future, snapshot.seq)


def test_of_more_than_two_hundred_the_automatic_ones_go(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        Snapshot.objects.bulk_create(
            Snapshot(
                tenant=told.member.tenant,
                map=told.future,
                seq=seq,
                trigger=SnapshotTrigger.EVERY_500_OPS,
                document={},
                at=make.NOW,
            )
            for seq in range(1, MOST + 1)
        )

    made = named(told, told.future)

    left = kept(told, told.future)
    assert len(left) == MOST
    assert made.pk in {one.pk for one in left}


def test_a_version_has_the_number_of_what_is_kept_though_others_changed_the_map(
    told: Told,
) -> None:
    stale = future(told)
    told.title(
        told.future, next(iter(told.state(told.future).of_kind("step"))).id, "Changed meanwhile"
    )
    with tenant_bound(told.member.tenant_id):
        made = keep_version(of=stale, label="Mine", by=told.member, now=make.NOW)
    told.title(told.future, next(iter(told.state(told.future).of_kind("step"))).id, "Changed after")

    assert made.seq == stale.head_seq + 1
    assert unpacked(made.document) == replay(told, told.future, made.seq)


@pytest.mark.parametrize("label", ["", "   ", "x" * 121])
def test_a_named_version_needs_a_name(told: Told, label: str) -> None:
    with pytest.raises(TitleNeededError):
        named(told, told.future, label)


def test_a_named_version_is_renamed_and_removed_and_an_automatic_one_is_not(told: Told) -> None:
    [published] = kept(told, told.current)
    snapshot = named(told, told.future)
    with tenant_bound(told.member.tenant_id):
        snapshots.rename_snapshot(snapshot=snapshot, label="  After   the launch ")
        assert kept(told, told.future)[0].label == "After the launch"
        snapshots.remove_snapshot(snapshot=snapshot)
        with pytest.raises(NotNowError):
            snapshots.remove_snapshot(snapshot=published)
        with pytest.raises(NotNowError):
            snapshots.rename_snapshot(snapshot=published, label="Mine")

    assert kept(told, told.future) == []
    assert len(kept(told, told.current)) == 1
