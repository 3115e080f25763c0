"""What must hold of maps (specification 2.9) still holds after a fork, whatever was drawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import is_there, replayed
from cxm.kernel.operations.store import operations
from cxm.tenants.binding import tenant_bound
from journeys.models import JourneyMap, Lineage, MapOp
from journeys.rules.kinds import MapState
from journeys.selectors.map_elements import MODELS
from journeys.services.maps import fork_map
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import LATER
from tests.journeys.chance import is_lawful
from tests.journeys.sample import Sample, sample

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made(db: None) -> Sample:
    """Draw a map with all kinds of lanes, of which something was deleted."""
    drawn = sample(make.member())
    m.do(drawn.member, drawn.map_id, m.asked(Deed.DELETE, drawn.cards["Does 0"]))
    m.do(drawn.member, drawn.map_id, m.asked(Deed.DELETE, drawn.lanes["Feels"]))
    return drawn


def forked(made: Sample) -> tuple[JourneyMap, JourneyMap]:
    with tenant_bound(made.member.tenant_id):
        rows = JourneyMap.objects.for_tenant(made.member.tenant)
        of = rows.select_related("tenant", "journey").get(pk=made.map_id)
        fork = fork_map(
            of=of, name="As it shall be", state=MapState.FUTURE, by=made.member, now=LATER
        )
        return of, rows.get(pk=fork.pk)


def rows_of(made: Sample, of: JourneyMap) -> dict[str, list[Any]]:
    with tenant_bound(made.member.tenant_id):
        return {
            kind: list(model.objects.for_tenant(made.member.tenant).filter(map=of))
            for kind, model in MODELS.items()
        }


def test_a_fork_keeps_the_law_of_maps(made: Sample) -> None:
    _, fork = forked(made)

    state = m.state_of(made.member, fork.pk)

    # I3, and all else that the law looks at, over the whole map.
    assert is_lawful(dict(state))


def test_a_fork_is_what_its_operations_make_of_it(made: Sample) -> None:
    _, fork = forked(made)

    with tenant_bound(made.member.tenant_id):
        again = replayed(operations(MAPS, m.request(made.member, fork.pk)))
        count = MapOp.objects.for_tenant(made.member.tenant).filter(map=fork).count()

    assert again == m.state_of(made.member, fork.pk)  # I5
    assert fork.head_seq == count  # I4


def test_a_fork_shares_no_row_and_refers_to_none_of_its_baseline(made: Sample) -> None:
    of, fork = forked(made)

    before, after = rows_of(made, of), rows_of(made, fork)

    for kind, rows in after.items():
        assert {row.pk for row in rows}.isdisjoint(row.pk for row in before[kind])  # I10
    state = m.state_of(made.member, fork.pk)
    inside = set(state)
    for element in state.values():  # I1
        assert element.parent is None or element.parent in inside
    for card in state.of_kind("card"):
        assert all(is_there(state, UUID(str(card.values[n]))) for n in ("step_from", "step_to"))


def test_a_fork_has_the_lineages_and_keys_of_its_baseline(made: Sample) -> None:
    with tenant_bound(made.member.tenant_id):
        keys = set(Lineage.objects.for_tenant(made.member.tenant).values_list("pk", "key"))
    of, fork = forked(made)

    with tenant_bound(made.member.tenant_id):
        found = Lineage.objects.for_tenant(made.member.tenant).values_list("pk", "key")
        assert set(found) == keys  # I9
        live = JourneyMap.objects.for_tenant(made.member.tenant).filter(
            journey=of.journey, state="current", status="published", valid_to=None
        )
        assert live.count() <= 1  # I2
    assert (fork.baseline_id, fork.state) == (of.pk, "future")  # I7: not of itself
