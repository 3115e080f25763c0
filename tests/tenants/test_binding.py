"""One transaction, one tenant: binding, nesting, switching, rolling back."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction

from cxm.tenants.binding import TenantSwitchError, bound_tenant_id, tenant_bound
from cxm.tenants.models import Membership
from cxm.touchpoints.models import Touchpoint
from tests import make


def _seen() -> list[str]:
    """Read the tenants that the database shows, whatever the code filters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT slug FROM tenants_tenant ORDER BY slug")
        return [slug for (slug,) in cursor.fetchall()]


def _setting() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.tenant_id', true), '')")
        value: str | None = cursor.fetchone()[0]
    return value


@pytest.mark.django_db
def test_without_a_tenant_nothing_is_seen() -> None:
    make.tenant()

    assert (bound_tenant_id(), _seen()) == (None, [])


@pytest.mark.django_db
def test_a_block_sees_its_tenant_and_no_other() -> None:
    mine, other = make.tenant(), make.tenant()

    with tenant_bound(mine.pk):
        assert (bound_tenant_id(), _seen()) == (mine.pk, [mine.slug])
    with tenant_bound(other.pk):
        assert (bound_tenant_id(), _seen()) == (other.pk, [other.slug])
    assert (bound_tenant_id(), _seen()) == (None, [])


@pytest.mark.django_db
def test_a_nested_block_of_the_same_tenant_joins() -> None:
    mine = make.tenant()

    with tenant_bound(mine.pk):
        with tenant_bound(mine.pk):
            assert _seen() == [mine.slug]
        assert _seen() == [mine.slug]


@pytest.mark.django_db
def test_a_nested_block_that_fails_undoes_its_own_writes_only() -> None:
    mine = make.tenant()

    with tenant_bound(mine.pk):
        make.touchpoint(of=mine, key="kept")
        with suppress(ZeroDivisionError), tenant_bound(mine.pk):
            make.touchpoint(of=mine, key="gone")
            raise ZeroDivisionError
        kept = list(Touchpoint.objects.for_tenant(mine).values_list("key", flat=True))

    assert kept == ["kept"]


@pytest.mark.django_db
def test_a_block_that_fails_undoes_everything_and_unbinds() -> None:
    mine = make.tenant()

    with suppress(ZeroDivisionError), tenant_bound(mine.pk):
        make.touchpoint(of=mine)
        raise ZeroDivisionError

    with tenant_bound(mine.pk):
        assert Touchpoint.objects.for_tenant(mine).count() == 0
    assert _setting() is None


@pytest.mark.django_db
def test_a_block_cannot_switch_to_another_tenant() -> None:
    mine, other = make.tenant(), make.tenant()

    with (
        tenant_bound(mine.pk),
        pytest.raises(TenantSwitchError, match=f"bound to {mine.pk}"),
        tenant_bound(other.pk),
    ):
        pytest.fail("the block ran")


@pytest.mark.django_db
def test_an_open_transaction_without_a_tenant_cannot_be_bound() -> None:
    mine = make.tenant()

    with (
        transaction.atomic(),
        pytest.raises(TenantSwitchError, match="bind before it begins"),
        tenant_bound(mine.pk),
    ):
        pytest.fail("the block ran")


@pytest.mark.django_db
def test_a_rolled_back_savepoint_keeps_the_tenant() -> None:
    mine = make.tenant()

    with tenant_bound(mine.pk):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert _seen() == [mine.slug]


@pytest.mark.django_db
def test_a_row_of_another_tenant_is_refused_on_the_way_in() -> None:
    mine, other = make.tenant(), make.tenant()

    with (
        tenant_bound(mine.pk),
        pytest.raises(Exception, match="row-level security"),
        transaction.atomic(),
    ):
        Touchpoint.objects.create(tenant=other, key="theirs", title="Theirs")


@pytest.mark.django_db
def test_a_row_cannot_be_moved_to_another_tenant() -> None:
    mine, other = make.tenant(), make.tenant()
    touchpoint = make.touchpoint(of=mine)

    with (
        tenant_bound(mine.pk),
        pytest.raises(Exception, match="row-level security"),
        transaction.atomic(),
    ):
        Touchpoint.objects.for_tenant(mine).filter(pk=touchpoint.pk).update(tenant=other)


@pytest.mark.django_db
def test_a_saved_row_of_another_tenant_is_not_found() -> None:
    mine, other = make.tenant(), make.tenant()
    theirs = make.touchpoint(of=other, title="Theirs")

    theirs.title = "Taken"
    with tenant_bound(mine.pk), pytest.raises(Exception, match="did not affect any rows"):
        theirs.save(update_fields=["title"])

    with tenant_bound(other.pk):
        assert Touchpoint.objects.for_tenant(other).get().title == "Theirs"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_transaction_carries_the_tenant_from_its_begin_to_its_end() -> None:
    mine = make.tenant()

    with tenant_bound(mine.pk):
        during = (_seen(), _setting())
    after = (_seen(), _setting())

    assert during == ([mine.slug], mine.pk.hex)
    assert after == ([], None)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_thread_inside_a_block_sees_nothing() -> None:
    mine = make.tenant()
    seen: list[list[str]] = []

    def look() -> None:
        seen.append(_seen())
        connection.close()

    with tenant_bound(mine.pk):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [[]]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_connection_closed_inside_a_block_stays_closed() -> None:
    mine = make.tenant()

    with suppress(DatabaseError), tenant_bound(mine.pk):
        connection.close()
        Membership.objects.for_tenant(mine).count()
        pytest.fail("the connection came back")

    assert (_seen(), bound_tenant_id()) == ([], None)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_inside_a_transaction_of_the_test_runner_unbinds_too() -> None:
    mine = make.tenant()

    with suppress(ZeroDivisionError), transaction.atomic():
        vars(connection.atomic_blocks[-1])["_from_testcase"] = True
        with tenant_bound(mine.pk):
            connection.connection.close()
            raise ZeroDivisionError

    assert (bound_tenant_id(), _seen()) == (None, [])
