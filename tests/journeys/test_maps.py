"""Maps as documents of operations: what they hold, and what they may not be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed, RefusedError
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations
from cxm.tenants.binding import tenant_bound
from journeys.models import Card, JourneyMap, Lineage, Stage
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


@pytest.fixture
def on(bea: Membership) -> UUID:
    return m.blank_map(bea, m.journey(bea))


def test_a_map_is_what_its_operations_make_of_nothing(bea: Membership, on: UUID) -> None:
    _, first, second = m.stage(bea, on, steps=2)
    does = m.lane(bea, on)
    pk = m.card(bea, on, does, first, text="I look for the slip")
    m.do(bea, on, m.put(pk, "step_to", str(second)))
    m.do(bea, on, m.put(first, "expected_duration", "P3D"))

    with tenant_bound(bea.tenant_id):
        again = replayed(operations(MAPS, m.request(bea, on)))
        row = Card.objects.for_tenant(bea.tenant).get()
        head = JourneyMap.objects.for_tenant(bea.tenant).get().head_seq

    assert again == m.state_of(bea, on)
    assert (row.lineage, row.step_from, row.step_to) == (pk, first, second)
    assert head == 8  # I4: as many as there were operations


@pytest.mark.parametrize("value", ["-P1D", "P999999D", "soon"])
def test_a_step_lasts_from_nothing_to_ten_years(bea: Membership, on: UUID, value: str) -> None:
    _, step = m.stage(bea, on)

    with pytest.raises(RefusedError) as refused:
        m.do(bea, on, m.put(step, "expected_duration", value))

    assert refused.value.field == "expected_duration"


def test_keys_of_lineages_are_made_of_words_and_differ(bea: Membership, on: UUID) -> None:
    first = m.stage(bea, on, "Pay")[0]
    second = m.stage(bea, on, "Pay")[0]
    third = m.stage(bea, on, "支付")[0]

    with tenant_bound(bea.tenant_id):
        keys = dict(Lineage.objects.for_tenant(bea.tenant).values_list("pk", "key"))

    assert (keys[first], keys[second], keys[third]) == ("pay", "pay-2", "stage")


def test_a_stage_without_a_step_is_refused(bea: Membership, on: UUID) -> None:
    kept, step = m.stage(bea, on)

    with pytest.raises(RefusedError, match="would hold no step"):
        m.do(bea, on, m.create(new_id(), "stage", {"title": "Empty"}, on))
    with pytest.raises(RefusedError, match="would hold no step"):
        m.do(bea, on, m.asked(Deed.DELETE, step))

    m.do(bea, on, m.asked(Deed.DELETE, step), m.asked(Deed.DELETE, kept))
    assert m.state_of(bea, on)[kept].is_deleted


def test_the_database_keeps_a_stage_from_being_empty(bea: Membership, on: UUID) -> None:
    kept, _ = m.stage(bea, on)

    with tenant_bound(bea.tenant_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE journeys_step SET deleted_at = now() WHERE stage = %s", [str(kept)])
        with pytest.raises(IntegrityError, match="a stage holds no step"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": None}, "value"),
        ({"value": 2.1}, "value"),
        ({"value": -2.1}, "value"),
        ({"value": 0.25}, "value"),
        ({"value": "a lot"}, "value"),
    ],
)
def test_an_emotion_is_a_tenth_between_its_ends(
    bea: Membership, on: UUID, values: dict[str, Any], field: str
) -> None:
    _, step = m.stage(bea, on)
    feels = m.lane(bea, on, "emotion", "Feels")

    with pytest.raises(RefusedError) as refused:
        m.card(bea, on, feels, step, **values)

    assert refused.value.field == field


def test_a_persona_feels_one_thing_at_a_step(bea: Membership, on: UUID) -> None:
    _, first, second = m.stage(bea, on, steps=2)
    feels = m.lane(bea, on, "emotion", "Feels")
    m.card(bea, on, feels, first, value=-1.2)
    m.card(bea, on, feels, second, value=0.3)

    with pytest.raises(RefusedError, match="already"):
        m.card(bea, on, feels, first, value=1.0)


def test_a_card_lies_between_steps_of_its_own_map(bea: Membership, on: UUID) -> None:
    _, first, second = m.stage(bea, on, steps=2)
    other = m.blank_map(bea, m.journey(bea))
    _, foreign = m.stage(bea, other)
    does = m.lane(bea, on)

    for at, to, words in (
        (foreign, foreign, "step of this map"),
        (second, first, "before its first"),
        (new_id(), first, "step of this map"),
    ):
        with pytest.raises(RefusedError, match=words):
            m.card(bea, on, does, at, step_to=str(to))

    pk = m.card(bea, on, does, first)
    with tenant_bound(bea.tenant_id), transaction.atomic():
        rows = Card.objects.for_tenant(bea.tenant).filter(lineage=pk)
        with pytest.raises(IntegrityError, match="journeys_card_step_from"):
            rows.update(step_from=foreign)
        transaction.set_rollback(True)


def test_a_locked_lane_and_a_lane_without_cards_take_none(bea: Membership, on: UUID) -> None:
    _, step = m.stage(bea, on)
    does, shown = m.lane(bea, on), m.lane(bea, on, "touchpoint", "Where")
    pk = m.card(bea, on, does, step)
    m.do(bea, on, m.put(does, "is_locked", value=True))

    with pytest.raises(RefusedError, match="locked"):
        m.card(bea, on, does, step)
    with pytest.raises(RefusedError, match="locked"):
        m.do(bea, on, m.asked(Deed.DELETE, pk))
    with pytest.raises(RefusedError, match="locked"):
        m.do(bea, on, m.asked(Deed.MOVE, pk, value={"parent": str(m.lane(bea, on))}))
    with pytest.raises(RefusedError, match="no cards"):
        m.card(bea, on, shown, step)


def test_a_step_has_one_first_touchpoint(bea: Membership, on: UUID) -> None:
    _, step = m.stage(bea, on)
    web = make.touchpoint(of=bea.tenant)
    shop = make.touchpoint(of=bea.tenant, key="shop", title="Shop")
    told = {"touchpoint": str(web.pk)}
    m.do(bea, on, m.create(new_id(), "contact", told, step))

    with pytest.raises(RefusedError, match="already"):
        m.do(bea, on, m.create(new_id(), "contact", told | {"role": "secondary"}, step))
    with pytest.raises(RefusedError, match="comes first"):
        m.do(bea, on, m.create(new_id(), "contact", {"touchpoint": str(shop.pk)}, step))

    second = {"touchpoint": str(shop.pk), "role": "secondary"}
    m.do(bea, on, m.create(new_id(), "contact", second, step))


def test_only_a_loop_leads_back_to_its_own_step(bea: Membership, on: UUID) -> None:
    _, step = m.stage(bea, on)
    told = {"from_step": str(step), "to_step": str(step)}

    with pytest.raises(RefusedError, match="Only a loop"):
        m.do(bea, on, m.create(new_id(), "flow", {**told, "kind": "branch"}, on))

    m.do(bea, on, m.create(new_id(), "flow", {**told, "kind": "loop"}, on))


def test_there_is_one_live_truth_of_a_journey(bea: Membership) -> None:
    of = m.journey(bea)
    maps = [m.blank_map(bea, of, number=number) for number in (1, 2)]

    with tenant_bound(bea.tenant_id):
        rows = JourneyMap.objects.for_tenant(bea.tenant)
        rows.filter(pk=maps[0]).update(status="published")
        with (
            pytest.raises(IntegrityError, match="journeys_map_one_live_truth"),
            transaction.atomic(),
        ):
            rows.filter(pk=maps[1]).update(status="published")


def test_a_baseline_is_of_the_same_journey(bea: Membership) -> None:
    own, other = (m.blank_map(bea, m.journey(bea)) for _ in range(2))

    with tenant_bound(bea.tenant_id), transaction.atomic():
        rows = JourneyMap.objects.for_tenant(bea.tenant).filter(pk=own)
        with pytest.raises(IntegrityError, match="journeys_map_baseline_of_journey"):
            rows.update(baseline=other, baseline_seq=1)
        transaction.set_rollback(True)


def test_what_was_published_does_not_change_in_the_database(bea: Membership, on: UUID) -> None:
    m.stage(bea, on)

    with tenant_bound(bea.tenant_id):
        JourneyMap.objects.for_tenant(bea.tenant).update(status="published")
        with (
            pytest.raises(IntegrityError, match="the map is published"),
            transaction.atomic(),
        ):
            Stage.objects.for_tenant(bea.tenant).update(title="Another")
