"""Forgetting the tenant raises, in every kind of query; naming it filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Count

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.querysets import TenantNotNamedError
from cxm.touchpoints.models import Touchpoint
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.querysets import TenantQuerySet

pytestmark = pytest.mark.django_db

QUERIES: dict[str, Callable[[TenantQuerySet[Touchpoint]], Any]] = {
    "list": list,
    "get": lambda rows: rows.get(key="a"),
    "first": lambda rows: rows.first(),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "aggregate": lambda rows: rows.aggregate(Count("pk")),
    "values": lambda rows: list(rows.values("key")),
    "iterator": lambda rows: list(rows.iterator()),
    "in-bulk": lambda rows: rows.in_bulk(),
    "explain": lambda rows: rows.explain(),
    "update": lambda rows: rows.update(title="x"),
    "delete": lambda rows: rows.delete(),
    "raw-delete": lambda rows: rows._raw_delete("default"),
    "union": lambda rows: list(rows.union(rows)),
    "subquery": lambda rows: list(rows.filter(pk__in=rows.values("pk"))),
    "get-or-create": lambda rows: rows.get_or_create(key="a"),
    "update-or-create": lambda rows: rows.update_or_create(key="a"),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_a_query_without_a_tenant_raises(query: Callable[[Any], Any]) -> None:
    with tenant_bound(make.tenant().pk), pytest.raises(TenantNotNamedError, match="for_tenant"):
        query(Touchpoint.objects.all())


def test_the_tenant_may_be_named_by_its_row_or_its_id() -> None:
    mine = make.tenant()
    touchpoint = make.touchpoint(of=mine)

    with tenant_bound(mine.pk):
        by_row = list(Touchpoint.objects.for_tenant(mine))
        by_id = list(Touchpoint.objects.for_tenant(mine.pk))

    assert by_row == by_id == [touchpoint]


def test_naming_the_tenant_puts_it_into_the_statement() -> None:
    mine = make.tenant()

    statement = str(Touchpoint.objects.for_tenant(mine).query)

    assert f'"touchpoints_touchpoint"."tenant_id" = {mine.pk}' in statement


def test_a_later_filter_keeps_the_name() -> None:
    mine = make.tenant()
    make.touchpoint(of=mine, key="a")

    with tenant_bound(mine.pk):
        titles = Touchpoint.objects.for_tenant(mine).exclude(key="b").values_list("key", flat=True)
        found = list(titles.distinct())

    assert found == ["a"]


def test_updating_and_deleting_work_within_the_tenant() -> None:
    mine = make.tenant()
    make.touchpoint(of=mine)

    with tenant_bound(mine.pk):
        rows = Touchpoint.objects.for_tenant(mine)
        counts = (rows.update(title="New"), rows.delete()[0], rows.count())

    assert counts == (1, 1, 0)


def test_a_reference_is_followed_within_the_tenant_of_its_row() -> None:
    mine = make.tenant()
    channel = make.channel(of=mine)
    with tenant_bound(mine.pk):
        touchpoint = Touchpoint.objects.create(tenant=mine, key="a", title="A", channel=channel)
        again = Touchpoint.objects.for_tenant(mine).get(pk=touchpoint.pk)

        assert again.channel == channel


def test_a_row_is_read_anew_within_its_tenant() -> None:
    member = make.member()

    with tenant_bound(member.tenant_id):
        member.role = "viewer"
        member.refresh_from_db()

    assert member.role == "admin"


def test_counting_per_row_works_with_the_key_of_two_columns() -> None:
    mine = make.tenant()
    make.touchpoint(of=mine, key="a")

    with tenant_bound(mine.pk):
        rows = Touchpoint.objects.for_tenant(mine).annotate(times=Count("tenant"))
        counted = [(row.key, row.times) for row in rows]

    assert counted == [("a", 1)]


def test_an_upsert_names_both_columns_of_the_key() -> None:
    mine = make.tenant()
    touchpoint = make.touchpoint(of=mine, title="Old")

    touchpoint.title = "New"
    with tenant_bound(mine.pk):
        Touchpoint.objects.bulk_create(
            [touchpoint],
            update_conflicts=True,
            update_fields=["title"],
            unique_fields=["tenant_id", "id"],
        )
        found = Touchpoint.objects.for_tenant(mine).get()

    assert found.title == "New"


def test_a_member_is_named_by_person_and_role_without_a_query(
    django_assert_num_queries: Any,
) -> None:
    member = make.member(email="ann@example.com")
    with tenant_bound(member.tenant_id):
        bare = Membership.objects.for_tenant(member.tenant_id).get()

    with django_assert_num_queries(0):
        assert str(member) == "ann@example.com as admin"
        assert str(bare) == f"{member.user_id} as admin"
