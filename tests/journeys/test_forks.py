"""Maps forked, published and retired."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations
from cxm.tenants.binding import tenant_bound
from journeys.errors import NotNowError, ReadOnlyMapError
from journeys.models import Card, JourneyMap, Lineage
from journeys.rules.kinds import MapState
from journeys.rules.laws import steps_in_order
from journeys.rules.templates import built_in_templates
from journeys.services.journeys import create_journey
from journeys.services.map_templates import create_map
from journeys.services.maps import fork_map, open_draft, publish_map, retire_map
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def drawn(member: Membership, **more: Any) -> JourneyMap:
    with tenant_bound(member.tenant_id):
        of = create_journey(tenant=member.tenant, title="Return shoes", by=member, now=make.NOW)
        return create_map(journey=of, name="As it is", by=member, now=make.NOW, **more)


def forked(member: Membership, of: JourneyMap, **more: Any) -> JourneyMap:
    told = {"name": "As it could be", "state": MapState.FUTURE, **more}
    with tenant_bound(member.tenant_id):
        return fork_map(of=of, by=member, now=make.NOW, **told)


@pytest.mark.parametrize("plan", built_in_templates(), ids=lambda plan: plan.key)
def test_a_map_begins_as_its_template_says(bea: Membership, plan: Any) -> None:
    made = drawn(bea, template=plan.key)

    state = m.state_of(bea, made.pk)
    kinds = [e.kind for e in state.values()]
    assert kinds.count("stage") == len(plan.stages)
    assert kinds.count("step") == sum(len(steps) for _, steps in plan.stages)
    assert kinds.count("lane") == len(plan.lanes)
    assert (made.number, made.state, made.status) == (1, "current", "draft")


def test_a_fork_is_the_same_map_with_rows_of_its_own(bea: Membership) -> None:
    base = drawn(bea, template="customer")
    state = m.state_of(bea, base.pk)
    lane = next(e.id for e in state.values() if e.values.get("kind") == "text")
    step = next(e.id for e in state.values() if e.kind == "step")
    kept = m.card(bea, base.pk, lane, step, text="I look for the slip")
    gone = m.card(bea, base.pk, lane, step, text="Nobody saw this")
    m.do(bea, base.pk, m.asked(Deed.DELETE, gone))

    fork = forked(bea, base, horizon=date(2027, 9, 30))

    before, after = m.state_of(bea, base.pk), m.state_of(bea, fork.pk)
    there = {pk for pk, e in before.items() if e.parent and not e.is_deleted}
    assert set(after) - {fork.pk} == there
    assert gone not in after
    for pk in there:
        assert (after[pk].values, after[pk].ord) == (before[pk].values, before[pk].ord)
    with tenant_bound(bea.tenant_id):
        rows = Card.objects.for_tenant(bea.tenant).filter(lineage=kept)
        assert len(set(rows.values_list("pk", flat=True))) == 2  # I10: no row is shared
        assert Lineage.objects.for_tenant(bea.tenant).filter(pk=kept).count() == 1
        again = replayed(operations(MAPS, m.request(bea, fork.pk)))
        head = JourneyMap.objects.for_tenant(bea.tenant).get(pk=base.pk).head_seq
    assert again == after
    assert (fork.baseline_id, fork.baseline_seq, fork.number) == (base.pk, head, 2)
    assert fork.head_seq == len(after)


def test_a_fork_and_its_baseline_change_apart(bea: Membership) -> None:
    base = drawn(bea, template="customer")
    fork = forked(bea, base)
    step = steps_in_order(m.state_of(bea, base.pk))[0].id

    m.do(bea, fork.pk, m.put(step, "title", "I show a code"))

    assert m.state_of(bea, base.pk)[step].values["title"] == "I notice that something is missing"
    assert m.state_of(bea, fork.pk)[step].values["title"] == "I show a code"


def test_only_maps_ahead_have_a_horizon(bea: Membership) -> None:
    base = drawn(bea)

    with pytest.raises(NotNowError) as refused:
        forked(bea, base, state=MapState.CURRENT, horizon=date(2027, 9, 30))

    assert refused.value.field == "horizon"


def test_nobody_makes_the_past(bea: Membership) -> None:
    with pytest.raises(NotNowError):
        forked(bea, drawn(bea), state=MapState.PAST)


def test_what_is_published_replaces_what_held_before(bea: Membership) -> None:
    first = drawn(bea)
    with tenant_bound(bea.tenant_id):
        publish_map(of=first, by=bea, now=make.NOW)
        later = make.NOW + timedelta(days=1)
        second = open_draft(of=first, by=bea, now=later)
        again = open_draft(of=first, by=bea, now=later)
        publish_map(of=second, by=bea, now=later)
        rows = JourneyMap.objects.for_tenant(bea.tenant)
        told = rows.order_by("number").values_list("state", "status", "valid_from", "valid_to")

        assert again.pk == second.pk
        assert list(told) == [
            ("past", "retired", make.NOW, later),
            ("current", "published", later, None),
        ]
        with pytest.raises(NotNowError):
            publish_map(of=second, by=bea, now=later)
        retire_map(of=second, by=bea, now=later + timedelta(days=1))
        with pytest.raises(NotNowError):
            retire_map(of=second, by=bea, now=later + timedelta(days=1))


def test_a_published_or_locked_map_is_read_only(bea: Membership) -> None:
    base = drawn(bea)
    step = next(e.id for e in m.state_of(bea, base.pk).values() if e.kind == "step")
    with tenant_bound(bea.tenant_id):
        JourneyMap.objects.for_tenant(bea.tenant).update(is_locked=True)
    with pytest.raises(ReadOnlyMapError, match="locked"):
        m.do(bea, base.pk, m.put(step, "title", "Another"))

    with tenant_bound(bea.tenant_id):
        JourneyMap.objects.for_tenant(bea.tenant).update(is_locked=False)
        publish_map(of=base, by=bea, now=make.NOW)
    with pytest.raises(ReadOnlyMapError, match="published"):
        m.do(bea, base.pk, m.put(step, "title", "Another"))


def _crowded(member: Membership, cards: int) -> JourneyMap:
    base = drawn(member, template="customer")
    state = m.state_of(member, base.pk)
    lanes = [e.id for e in state.values() if e.kind == "lane" and e.values["kind"] == "text"]
    steps = [e.id for e in state.values() if e.kind == "step"]
    asked = []
    for number in range(cards):
        at = str(steps[number // len(lanes) % len(steps)])
        told = {"step_from": at, "step_to": at, "text": f"Card {number}"}
        asked.append(m.create(new_id(), "card", told, lanes[number % len(lanes)]))
    for start in range(0, cards, 500):
        m.do(member, base.pk, *asked[start : start + 500])
    return base


@pytest.mark.slow
def test_a_fork_takes_few_queries_however_many_cards(
    bea: Membership, django_assert_max_num_queries: Any
) -> None:
    base = _crowded(bea, 1_500)

    with django_assert_max_num_queries(60):
        fork = forked(bea, base)

    assert len(m.state_of(bea, fork.pk)) == len(m.state_of(bea, base.pk))
