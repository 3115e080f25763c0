"""Maps copied into another journey, and forks that take promises along."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import operations
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Touchpoint
from journeys.errors import CircleError, NotNowError
from journeys.models import (
    Journey,
    JourneyMap,
    Lineage,
    MetricBinding,
    Target,
    TargetChange,
)
from journeys.rules.kinds import MapState
from journeys.rules.laws import steps_in_order
from journeys.rules.promises import Direction
from journeys.services.bindings import bind_metric
from journeys.services.map_copying import LeftBehind, copy_map
from journeys.services.maps import fork_map
from journeys.services.stores import MAPS
from journeys.services.targets import Promised, set_target
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import LATER, Told
from tests.journeys.test_api_journeys import EDITS, Program
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import colleague, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


@pytest.fixture
def told(bea: Membership) -> Told:
    return Told(bea)


def copied(told: Told, of: JourneyMap, into: UUID | None = None, **more: Any) -> Any:
    into = into or m.journey(told.member, "I exchange shoes")
    asked = {"name": "A copy", "state": MapState.CURRENT, **more}
    with tenant_bound(told.member.tenant_id):
        journey = (
            Journey.objects.for_tenant(told.member.tenant).select_related("tenant").get(pk=into)
        )
        return copy_map(of=told.row(of.pk), into=journey, by=told.member, now=LATER, **asked)


def bound(told: Told, step: UUID | None, touchpoint: Touchpoint | None = None) -> MetricBinding:
    with tenant_bound(told.member.tenant_id):
        metric = Metric.objects.for_tenant(told.member.tenant).get(key="csat_5")
        return bind_metric(
            journey=told.row(told.future.pk).journey,
            step=step,
            metric=metric,
            touchpoint=touchpoint,
            window_days=28,
            min_n=30,
            by=told.member,
            now=make.NOW,
        )


def promised(told: Told, binding: MetricBinding, *, days: int = 90) -> Target:
    due = (LATER + timedelta(days=days)).date()
    with tenant_bound(told.member.tenant_id):
        return set_target(
            of=told.row(told.future.pk),
            binding=binding,
            promised=Promised(Direction.UP, 82.0, due, note="By the new counter"),
            by=told.member,
            now=LATER,
        )


def test_a_copy_has_the_same_words_and_keys_under_ids_of_its_own(told: Told) -> None:
    before = told.state(told.current)

    made = copied(told, told.current).map

    after = m.state_of(told.member, made.pk)
    assert set(after) & set(before) == set()
    titles = [step.values["title"] for step in steps_in_order(after)]
    assert titles == told.steps(told.current)
    [card] = [e for e in after.values() if e.kind == "card"]
    assert card.values["text"] == "I pay"
    assert card.values["step_from"] == str(steps_in_order(after)[0].id)
    with tenant_bound(told.member.tenant_id):
        rows = Lineage.objects.for_tenant(told.member.tenant)
        mine, theirs = (
            set(rows.filter(journey=of.journey_id).values_list("kind", "key"))
            for of in (told.current, made)
        )
        again = replayed(operations(MAPS, m.request(told.member, made.pk)))
    assert theirs == mine
    assert again == after
    assert (made.baseline_id, made.number, made.status) == (None, 1, "draft")


def test_a_key_that_is_taken_there_gets_a_number(told: Told) -> None:
    into = m.journey(told.member)
    m.stage(told.member, m.blank_map(told.member, into), "Buy")

    made = copied(told, told.current, into).map

    with tenant_bound(told.member.tenant_id):
        rows = Lineage.objects.for_tenant(told.member.tenant).filter(journey=into, kind="stage")
        assert set(rows.values_list("key", flat=True)) == {"buy", "buy-2"}
    assert made.number == 2


def test_figures_come_along_where_their_touchpoint_is_in_use(told: Told) -> None:
    kept = make.touchpoint(of=told.member.tenant, key="counter")
    gone = make.touchpoint(of=told.member.tenant, key="old-counter")
    first, second = bound(told, told.pay, kept), bound(told, told.wait, gone)
    lane = m.lane(told.member, told.future.pk, "metric", "Figures")
    named = {"bindings": [first.key, second.key]}
    m.do(told.member, told.future.pk, m.put(lane, "config", named))
    with tenant_bound(told.member.tenant_id):
        Touchpoint.objects.for_tenant(told.member.tenant).filter(pk=gone.pk).update(
            archived_at=make.NOW
        )

    found = copied(told, told.future)

    after = m.state_of(told.member, found.map.pk)
    with tenant_bound(told.member.tenant_id):
        rows = MetricBinding.objects.for_tenant(told.member.tenant)
        [one] = rows.filter(journey=found.map.journey_id)
    assert (one.touchpoint_id, one.step_id) == (kept.pk, steps_in_order(after)[0].id)
    configs = [e.values["config"] for e in after.values() if e.kind == "lane"]
    assert {"bindings": [one.key]} in configs
    assert found.left == LeftBehind(targets=0, threads=0, evidence=0, figures=1)


def test_a_figure_of_the_whole_is_bound_once(told: Told) -> None:
    bound(told, None)
    into = m.journey(told.member)

    for _ in range(2):
        copied(told, told.future, into)

    with tenant_bound(told.member.tenant_id):
        rows = MetricBinding.objects.for_tenant(told.member.tenant).filter(journey=into)
        assert rows.count() == 1


def test_what_stays_behind_is_counted(told: Told) -> None:
    promised(told, bound(told, told.pay))

    found = copied(told, told.future)

    assert found.left.targets == 1
    with tenant_bound(told.member.tenant_id):
        rows = Target.objects.for_tenant(told.member.tenant)
        assert not rows.filter(map=found.map).exists()


def test_a_map_is_forked_not_copied_in_its_own_journey(told: Told) -> None:
    with pytest.raises(NotNowError) as refused:
        copied(told, told.current, told.current.journey_id)

    assert refused.value.field == "journey"


def test_a_journey_does_not_come_to_lie_in_itself(told: Told) -> None:
    into = m.journey(told.member)
    inside = m.create(new_id(), "nested", {"journey": str(into)}, told.pay)
    told.do(told.future, inside)

    with pytest.raises(CircleError):
        copied(told, told.future, into)


def test_a_future_fork_takes_promises_along_that_are_not_due(told: Told) -> None:
    first = promised(told, bound(told, told.pay))
    promised(told, bound(told, told.wait), days=2)
    later = LATER + timedelta(days=10)

    with tenant_bound(told.member.tenant_id):
        fork = fork_map(
            of=told.row(told.future.pk),
            name="Farther",
            state=MapState.FUTURE,
            by=told.member,
            now=later,
            with_targets=True,
        )
        rows = Target.objects.for_tenant(told.member.tenant)
        [one] = rows.filter(map=fork)
        [change] = TargetChange.objects.for_tenant(told.member.tenant).filter(target=one)

    same = ("step_id", "binding_id", "direction", "value", "margin", "due", "note")
    assert [getattr(one, name) for name in same] == [getattr(first, name) for name in same]
    assert (change.value, change.at, change.by_id) == (82.0, later, told.member.pk)


def test_without_being_asked_promises_stay(told: Told) -> None:
    promised(told, bound(told, told.pay))

    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        fork = fork_map(of=of, name="Farther", state=MapState.FUTURE, by=told.member, now=LATER)
        assert not Target.objects.for_tenant(told.member.tenant).filter(map=fork).exists()


@pytest.mark.parametrize("state", [MapState.CURRENT, MapState.IDEAL])
def test_promises_come_along_into_a_future_only(told: Told, state: MapState) -> None:
    with tenant_bound(told.member.tenant_id), pytest.raises(NotNowError) as refused:
        fork_map(
            of=told.row(told.future.pk),
            name="Other",
            state=state,
            by=told.member,
            now=LATER,
            with_targets=True,
        )

    assert refused.value.field == "with_targets"


def only_read(told: Told) -> Membership:
    """Let the journey be read by all and changed by its owner; give an editor who is not."""
    with tenant_bound(told.member.tenant_id):
        rows = Journey.objects.for_tenant(told.member.tenant)
        rows.filter(pk=told.current.journey_id).update(visibility="viewable")
    return colleague(told.member, Role.ANALYST)


def test_who_only_reads_a_map_copies_it_into_a_journey_of_their_own(told: Told) -> None:
    reader = only_read(told)
    own = m.journey(reader, "I exchange shoes")
    client = client_of(reader)
    address = url(told.member, told.current.pk, "fork/")

    page = client.get(address).content.decode()
    refused = client.post(
        address, {"name": "Here", "state": "current", "journey": str(told.current.journey_id)}
    )
    made = client.post(address, {"name": "Mine", "state": "current", "journey": str(own)})

    assert "I exchange shoes" in page
    assert f'value="{told.current.journey_id}"' not in page
    assert (refused.status_code, made.status_code) == (422, 302)
    assert "Copied into “I exchange shoes”." in client.get(made["Location"]).content.decode()
    assert (
        "Copy into another journey"
        in client.get(url(told.member, told.current.pk)).content.decode()
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_who_draws_nowhere_copies_nothing(told: Told, role: Role) -> None:
    client = client_of(colleague(told.member, role))

    assert client.get(url(told.member, told.current.pk, "fork/")).status_code == 404


def test_a_map_that_is_not_to_be_read_is_not_copied(told: Told) -> None:
    reader = only_read(told)
    with tenant_bound(told.member.tenant_id):
        Journey.objects.for_tenant(told.member.tenant).filter(pk=told.current.journey_id).update(
            visibility="hidden"
        )

    assert client_of(reader).get(url(told.member, told.current.pk, "fork/")).status_code == 404


def test_a_journey_of_somebody_else_is_not_drawn_in(told: Told) -> None:
    reader = only_read(told)
    theirs = m.journey(told.member, "Hidden shoes")
    with tenant_bound(told.member.tenant_id):
        rows = Journey.objects.for_tenant(told.member.tenant)
        rows.filter(pk=theirs).update(visibility="viewable")
    asked = {"name": "Mine", "state": "current", "journey": str(theirs)}

    answer = client_of(reader).post(url(told.member, told.current.pk, "fork/"), asked)

    assert answer.status_code == 422


def test_a_future_fork_is_asked_whether_promises_come_along(told: Told) -> None:
    promised(told, bound(told, told.pay))
    client = client_of(told.member)
    asked = {"name": "Farther", "state": "future", "with_targets": "on"}

    made = client.post(url(told.member, told.future.pk, "fork/"), asked)

    pk = UUID(made["Location"].rstrip("/").rpartition("/")[2])
    with tenant_bound(told.member.tenant_id):
        assert Target.objects.for_tenant(told.member.tenant).filter(map=pk).count() == 1
    page = client.get(url(told.member, told.current.pk, "fork/")).content.decode()
    assert "with_targets" not in page


def test_a_program_copies_a_map_and_is_told_what_stayed(told: Told) -> None:
    promised(told, bound(told, told.pay))
    program = Program(told.member.tenant, *EDITS)
    into = m.journey(told.member, "I exchange shoes")
    address = f"/api/v1/journeys/{into}/maps/"

    answer = program.post(address, {"name": "A copy", "copy_of": str(told.future.pk)})

    made = answer.json()
    assert (answer.status_code, made["journey"], made["baseline"]) == (201, str(into), None)
    assert made["left_behind"] == {"targets": 1, "threads": 0, "evidence": 0, "figures": 0}


def test_a_program_forks_with_promises(told: Told) -> None:
    promised(told, bound(told, told.pay))
    program = Program(told.member.tenant, *EDITS)
    body = {"name": "Farther", "state": "future", "fork_of": str(told.future.pk)}
    address = f"/api/v1/journeys/{told.future.journey_id}/maps/"

    made = program.post(address, body | {"with_targets": True}).json()

    with tenant_bound(told.member.tenant_id):
        assert Target.objects.for_tenant(told.member.tenant).filter(map=made["id"]).count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [({"with_targets": True}, "with_targets"), ({"fork_of": "same"}, "copy_of")],
)
def test_a_program_is_told_what_does_not_go_together(
    told: Told, body: dict[str, Any], field: str
) -> None:
    program = Program(told.member.tenant, *EDITS)
    same = str(told.future.pk)
    asked = {"name": "A copy", "copy_of": same, **body}
    asked = {key: same if value == "same" else value for key, value in asked.items()}

    answer = program.post(f"/api/v1/journeys/{told.future.journey_id}/maps/", asked)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_program_copies_no_map_of_another_workspace(told: Told) -> None:
    other = make.member()
    into = m.journey(other)
    program = Program(other.tenant, *EDITS)
    asked = {"name": "A copy", "copy_of": str(told.future.pk)}

    assert program.post(f"/api/v1/journeys/{into}/maps/", asked).status_code == 404
