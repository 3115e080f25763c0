"""Several people change journeys and maps at the same moment: all of them come through."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from cxm.kernel.operations.store import commit
from cxm.tenants.binding import tenant_bound
from journeys.errors import CircleError
from journeys.models import Journey, JourneyMap, Lineage
from journeys.rules.kinds import MapStatus
from journeys.services.journeys import archive_journey
from journeys.services.maps import publish_map, retire_map
from journeys.services.stores import JOURNEYS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from cxm.tenants.models import Membership

AT_ONCE = 8


def _at_once(jobs: Sequence[Callable[[], object]]) -> None:
    """Do *jobs* in threads; raises what one of them raised."""

    def alone(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(alone, jobs))


def _map(member: Membership, pk: UUID) -> JourneyMap:
    with tenant_bound(member.tenant_id):
        rows = JourneyMap.objects.for_tenant(member.tenant).select_related("tenant", "journey")
        return rows.get(pk=pk)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_words_in_many_maps_at_once_get_keys_that_differ() -> None:
    bea = make.member()
    journey = m.journey(bea)
    maps = [m.blank_map(bea, journey, number=number) for number in range(1, AT_ONCE + 1)]

    _at_once([partial(m.lane, bea, pk, title="Does") for pk in maps])

    with tenant_bound(bea.tenant_id):
        keys = set(Lineage.objects.for_tenant(bea.tenant).values_list("key", flat=True))
    assert keys == {"does", *(f"does-{number}" for number in range(2, AT_ONCE + 1))}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_that_are_put_into_each_other_at_once_make_no_circle() -> None:
    bea = make.member()
    pair = [m.journey(bea), m.journey(bea)]

    def put(pk: UUID, into: UUID) -> None:
        with tenant_bound(bea.tenant_id), suppress(CircleError):
            commit(JOURNEYS, m.request(bea, pk), [m.put(pk, "parent", str(into))])

    _at_once([partial(put, pair[i % 2], pair[(i + 1) % 2]) for i in range(AT_ONCE * 2)])

    with tenant_bound(bea.tenant_id):
        homes = Journey.objects.for_tenant(bea.tenant).values_list("parent_id", flat=True)
        assert sum(home is not None for home in homes) == 1


@pytest.mark.django_db
def test_a_map_ends_after_it_began_though_two_clocks_differ() -> None:
    bea = make.member()
    journey = m.journey(bea)
    first, second = (m.blank_map(bea, journey, number=number) for number in (1, 2))
    earlier = make.NOW - timedelta(seconds=1)

    with tenant_bound(bea.tenant_id):
        publish_map(of=_map(bea, first), by=bea, now=make.NOW)
        publish_map(of=_map(bea, second), by=bea, now=earlier)
        retire_map(of=_map(bea, second), by=bea, now=earlier)

    assert _map(bea, first).valid_to == make.NOW + timedelta(microseconds=1)
    assert _map(bea, second).valid_to == earlier + timedelta(microseconds=1)
    assert _map(bea, second).status == MapStatus.RETIRED


@pytest.mark.django_db
def test_a_journey_that_somebody_else_archived_a_moment_ago_is_archived() -> None:
    bea = make.member()
    pk = m.journey(bea)
    with tenant_bound(bea.tenant_id):
        rows = Journey.objects.for_tenant(bea.tenant).select_related("tenant")
        both = [rows.get(pk=pk) for _ in range(2)]

        for one in both:
            archive_journey(journey=one, by=bea, now=make.NOW)

        assert rows.get(pk=pk).archived_at == make.NOW
