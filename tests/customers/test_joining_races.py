"""Merging and taking apart the same customers at once."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from cxm.customers.errors import CustomerError
from cxm.customers.models import Customer, CustomerMerge
from cxm.customers.rules.forest import roots
from cxm.customers.services.joining import merge_customers, unmerge_customers
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.customers import people

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS, AT_ONCE = 12, 4


def _at_once(deeds: list[Callable[[], object]]) -> list[str]:
    """Do all *deeds* at once; give the words of those that were refused."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> str:
        start.wait()
        try:
            deed()
        except CustomerError as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [words for words in pool.map(run, deeds) if words]


def _merging(by: Membership, absorbed: UUID, survivor: UUID) -> Callable[[], object]:
    def merge() -> None:
        with tenant_bound(by.tenant_id):
            rows = Customer.objects.for_tenant(by.tenant_id).select_related("tenant")
            merge_customers(
                survivor=rows.get(pk=survivor),
                absorbed=rows.get(pk=absorbed),
                by=by,
                now=make.NOW,
            )

    return merge


def _parting(by: Membership, merge_id: UUID) -> Callable[[], object]:
    def part() -> None:
        with tenant_bound(by.tenant_id):
            rows = CustomerMerge.objects.for_tenant(by.tenant_id).select_related("tenant")
            unmerge_customers(merge=rows.get(pk=merge_id), by=by, now=make.NOW)

    return part


def _is_sound(by: Membership) -> bool:
    """Whether every root is where the open merges lead."""
    with tenant_bound(by.tenant_id):
        stored = dict(Customer.objects.for_tenant(by.tenant).values_list("pk", "root_id"))
        open_ones = CustomerMerge.objects.for_tenant(by.tenant).filter(undone_at=None)
        edges = dict(open_ones.values_list("absorbed_id", "survivor_id"))
    return stored == roots(stored, edges)


def test_two_people_who_merge_at_once_never_break_the_tree() -> None:
    by, dice = make.member(), random.Random(11)  # noqa: S311 - the same sequence each time
    ids = [people.person(f"p{n}", of=by.tenant, browser=f"p{n}").pk for n in range(5)]

    for _ in range(ROUNDS):
        with tenant_bound(by.tenant_id):
            merges = CustomerMerge.objects.for_tenant(by.tenant).filter(undone_at=None)
            open_ids = list(merges.order_by("pk").values_list("pk", flat=True))
        parting = [_parting(by, pk) for pk in dice.sample(open_ids, min(2, len(open_ids)))]
        merging = [_merging(by, *dice.sample(ids, 2)) for _ in range(AT_ONCE - len(parting))]
        _at_once(parting + merging)

        assert _is_sound(by)


def test_the_same_two_merged_both_ways_at_once_are_merged_once() -> None:
    by = make.member()
    one, other = (people.person(name, of=by.tenant, browser=name).pk for name in ("a", "b"))

    refused = _at_once([_merging(by, one, other), _merging(by, other, one)])

    assert refused == ["These two are one customer already: choose another one."]
    assert _is_sound(by)


def test_one_merge_taken_back_twice_at_once_is_taken_back_once() -> None:
    by = make.member()
    one, other = (people.person(name, of=by.tenant, browser=name) for name in ("a", "b"))
    merge = people.merge(one, other, by)

    refused = _at_once([_parting(by, merge.pk)] * 2)

    assert refused == ["These two were taken apart already."]
    assert people.roots_of(one, other) == [one.pk, other.pk]
