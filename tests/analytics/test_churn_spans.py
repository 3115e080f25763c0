"""When customers count as ones: spans from the timeline, exact whatever comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analytics.models import ChurnSpan
from analytics.rules.churn_moves import Move
from analytics.selectors.churn import spans_behind
from analytics.services.churn_spans import recount_spans
from cxm.customers.models import Customer, Interaction
from cxm.customers.services.joining import merge_customers
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.analytics.churning import counted, definition, did, spans

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


def test_a_long_silence_ends_a_span_and_the_next_deed_begins_another(acme: Tenant) -> None:
    did("ana", "bought", 200, 180, 100, 10, of=acme)
    found = definition(of=acme, days=30)

    counted(found)

    assert spans(found) == [(1, 200, 150), (2, 100, 70), (3, 10, None)]


@pytest.mark.parametrize(("gap", "expected"), [(30, [(1, 60, 0)]), (31, [(1, 61, 31), (2, 30, 0)])])
def test_a_silence_of_just_the_days_of_the_rule_is_not_over_them(
    acme: Tenant, gap: int, expected: list[tuple[int, int, int | None]]
) -> None:
    did("ana", "bought", 30 + gap, 30, of=acme)
    found = definition(of=acme, days=30)

    # Seen a minute after make.NOW: the silence since the last deed is over the limit as well.
    counted(found, make.NOW.replace(minute=1))

    assert spans(found) == expected


def test_only_chosen_events_keep_a_customer(acme: Tenant) -> None:
    did("ana", "bought", 100, of=acme)
    did("ana", "read mail", 40, 20, of=acme)

    assert counted(definition(of=acme, days=30)).there == 1
    assert counted(definition(of=acme, days=30, names=["bought"])).there == 0


def test_what_we_did_keeps_nobody(acme: Tenant) -> None:
    did("ana", "bought", 100, of=acme)
    did("ana", "newsletter", 5, of=acme, direction="out")
    did("ana", "bill made", 5, of=acme, actor="system")

    assert counted(definition(of=acme, days=30)).there == 0


def test_visitors_are_no_customers(acme: Tenant) -> None:
    make.events("looked", of=acme, day=3)

    assert counted(definition(of=acme)).there == 0


def test_a_cancellation_ends_a_span_and_a_start_brings_somebody_back(acme: Tenant) -> None:
    did("ana", "signed", 300, of=acme)
    did("ana", "cancelled", 200, of=acme)
    did("ana", "asked for a bill", 190, of=acme)
    did("ana", "signed", 100, of=acme)
    found = definition("event", of=acme, ends=["cancelled"], starts=["signed"])

    counted(found)

    assert spans(found) == [(1, 300, 200), (2, 100, None)]


def test_what_comes_in_the_days_of_grace_brings_nobody_back(acme: Tenant) -> None:
    did("ana", "signed", 300, of=acme)
    did("ana", "cancelled", 200, of=acme)
    did("ana", "paid the last bill", 195, of=acme)
    with_grace = definition("event", of=acme, ends=["cancelled"], grace_days=14)
    without = definition("event", of=acme, ends=["cancelled"], title="No grace")

    counted(with_grace)
    counted(without)

    assert spans(with_grace) == [(1, 300, 200)]
    assert spans(without) == [(1, 300, 200), (2, 195, None)]


def test_a_chosen_start_brings_back_at_once_even_at_the_moment_of_the_end(acme: Tenant) -> None:
    did("ana", "signed", 300, of=acme)
    did("ana", "cancelled", 200, of=acme)
    did("ana", "signed", 195, of=acme)
    did("ana", "cancelled", 100, of=acme)
    did("ana", "signed", 100, of=acme)
    found = definition("event", of=acme, ends=["cancelled"], starts=["signed"], grace_days=14)

    counted(found)

    assert spans(found) == [(1, 300, 200), (2, 195, 100), (3, 100, None)]


def test_the_erased_are_counted_and_listed_no_more(acme: Tenant) -> None:
    did("ana", "bought", 5, of=acme)
    did("ben", "bought", 5, of=acme)
    found = definition(of=acme)
    before = counted(found)

    with tenant_bound(acme.pk):
        ana = Customer.objects.for_tenant(acme).order_by("pk")[0]
        Customer.objects.for_tenant(acme).filter(pk=ana.pk).update(erased_at=make.NOW)
        listed = spans_behind(found, Move.THERE, None, make.NOW).count()
    after = counted(found)

    assert (before.there, listed, after.there) == (2, 1, 1)


def test_a_cancellation_of_nobody_known_is_counted_apart(acme: Tenant) -> None:
    did("ana", "cancelled", 200, of=acme)
    did("ben", "signed", 100, of=acme)
    did("ben", "cancelled", 50, 40, of=acme)
    found = definition("event", of=acme, ends=["cancelled"], starts=["signed"])

    result = counted(found)

    assert (result.there, result.gone, result.lone_ends) == (0, 1, 2)
    assert spans(found) == [(1, 100, 50)]


def test_late_removed_and_joined_facts_end_up_where_they_belong(acme: Tenant) -> None:
    did("ana", "bought", 200, 10, of=acme)
    did("ana-2", "bought", 60, of=acme)
    found = definition(of=acme, days=30)
    counted(found)
    before = spans(found)

    ann = make.member(of=acme)

    did("ana", "bought", 180, 160, of=acme)  # late
    with tenant_bound(acme.pk):
        last = Interaction.objects.for_tenant(acme).get(
            occurred_at__gt=make.NOW.replace(month=11, day=1)
        )
        Interaction.objects.for_tenant(acme).filter(pk=last.pk).update(deleted_at=make.NOW)
        first, second = Customer.objects.for_tenant(acme).order_by("pk")
        merge_customers(survivor=first, absorbed=second, by=ann, now=make.NOW, is_confirmed=True)
    counted(found)

    assert before == [(1, 200, 170), (1, 60, 30), (2, 10, None)]
    assert spans(found) == [(1, 200, 130), (2, 60, 30)]


def test_a_second_count_writes_nothing(acme: Tenant) -> None:
    did("ana", "bought", 200, 10, of=acme)
    found = definition(of=acme, days=30)
    counted(found)

    with tenant_bound(acme.pk):
        ids = set(ChurnSpan.objects.for_tenant(acme).values_list("pk", flat=True))
        again = recount_spans(definition=found, now=make.NOW)
        left = set(ChurnSpan.objects.for_tenant(acme).values_list("pk", flat=True))

    assert (again.spans, again.written, again.dropped) == (2, 0, 0)
    assert left == ids


def test_definitions_and_tenants_count_apart(acme: Tenant) -> None:
    other = make.tenant()
    did("ana", "bought", 40, of=acme)
    did("ana", "bought", 1, of=other)
    short, long = definition(of=acme, days=30), definition(of=acme, days=60, title="Long")
    theirs = definition(of=other, days=30)

    results = [counted(one) for one in (short, long, theirs)]

    assert [(one.there, one.gone) for one in results] == [(0, 1), (1, 0), (1, 0)]
