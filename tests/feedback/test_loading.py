"""The loader: records become rows, once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection

from analytics.services.rollups import verify_rollups
from cxm.customers.models import Customer, Identity, IngestKey, Interaction
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.touchpoints.models import TouchpointAlias
from feedback.adapters.records import CustomerRef, RatingRecord, ResponseRecord
from feedback.models import Rating, Response, Survey, Verbatim
from feedback.services.loading import Loaded, load_records
from feedback.services.registering import Named, Wanted, missing, read_registry, register
from tests import make

pytestmark = pytest.mark.django_db


def load(tenant: Tenant, *records: ResponseRecord, source: str = "file:survey") -> Loaded:
    with tenant_bound(tenant.pk):
        return load_records(
            tenant=tenant,
            source=source,
            records=records,
            registry=read_registry(tenant),
            batch=None,
            now=make.NOW,
        )


def prepared(*, time_zone: str = "UTC") -> Tenant:
    """A tenant whose survey is registered."""
    tenant = make.tenant(time_zone=time_zone)
    wanted = Wanted("survey", "Survey", "file:survey", (Named("web", "Web"),))
    with tenant_bound(tenant.pk):
        register(tenant=tenant, wanted=wanted, batch=make.batch(of=tenant))
    return tenant


def counts(tenant: Tenant) -> dict[str, int]:
    models = (Customer, Identity, IngestKey, Interaction, Response, Rating, Verbatim)
    with tenant_bound(tenant.pk):
        return {model.__name__: model.objects.for_tenant(tenant).count() for model in models}


def test_a_record_becomes_customer_interaction_response_rating_and_comment() -> None:
    tenant = prepared()

    loaded = load(tenant, make.record(9, customer="0042", comment="Very good", channel="web"))

    assert loaded == Loaded(loaded=1, ratings={"nps": 1})
    assert counts(tenant) == dict.fromkeys(counts(tenant), 1)
    with tenant_bound(tenant.pk):
        response = Response.objects.for_tenant(tenant).select_related("interaction").get()
        identity = Identity.objects.for_tenant(tenant).get()
    assert (identity.value, identity.customer_id) == ("0042", response.customer_id)
    assert response.interaction is not None
    assert response.interaction.customer_id == response.customer_id


def test_the_same_record_again_changes_nothing() -> None:
    tenant = prepared()
    record = make.record(9, customer="a")
    load(tenant, record)
    before = counts(tenant)

    again = load(tenant, replace(record, line=77))

    assert (again.loaded, again.unchanged, again.conflicts) == (0, 1, [])
    assert counts(tenant) == before


def test_the_same_key_with_other_content_is_a_conflict_and_changes_nothing() -> None:
    tenant = prepared()
    load(tenant, make.record(9, key="r1"))

    again = load(tenant, make.record(2, key="r1"))

    assert (again.loaded, again.unchanged, again.conflicts) == (0, 0, ["r1"])
    with tenant_bound(tenant.pk):
        assert Rating.objects.for_tenant(tenant).get().value == 9


def test_a_key_twice_in_one_load_counts_once() -> None:
    tenant = prepared()
    record = make.record(9, key="r1")

    loaded = load(tenant, record, replace(record, line=2), make.record(1, key="r1"))

    assert (loaded.loaded, loaded.unchanged, loaded.conflicts) == (1, 1, ["r1"])
    assert loaded.ratings == {"nps": 1}


def test_the_same_key_from_another_source_or_tenant_is_another_response() -> None:
    tenant, other = prepared(), prepared()
    record = make.record(9, key="r1", customer="a")

    results = [load(tenant, record), load(tenant, record, source="hook"), load(other, record)]

    assert [result.loaded for result in results] == [1, 1, 1]
    assert counts(tenant)["Customer"] == counts(other)["Customer"] == 1


def test_records_of_one_customer_meet_on_one_row_also_across_loads() -> None:
    tenant = prepared()
    load(tenant, make.record(1, customer="a"), make.record(2, customer="a"))

    load(tenant, make.record(3, customer="a"), make.record(4, customer="b"))

    with tenant_bound(tenant.pk):
        people = Response.objects.for_tenant(tenant).values_list("customer", flat=True)
        assert len(set(people)) == 2
    assert counts(tenant)["Customer"] == 2


def test_an_email_is_kept_on_the_customer() -> None:
    tenant = prepared()
    who = CustomerRef("email", "", "ada@example.com", "Ada")

    load(tenant, replace(make.record(9), customer=who))

    with tenant_bound(tenant.pk):
        customer = Customer.objects.for_tenant(tenant).get()
    assert (customer.email, customer.display_name, customer.root_id) == (
        "ada@example.com",
        "Ada",
        customer.pk,
    )


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        pytest.param("Europe/Berlin", date(2026, 3, 29), id="Berlin"),
        pytest.param("UTC", date(2026, 3, 28), id="UTC"),
        pytest.param("America/New_York", date(2026, 3, 28), id="New York"),
    ],
)
def test_the_day_is_the_tenants_own(zone: str, day: date) -> None:
    tenant = prepared(time_zone=zone)

    load(tenant, make.record(9, answered_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC)))

    with tenant_bound(tenant.pk):
        assert Rating.objects.for_tenant(tenant).get().day == day
        assert Response.objects.for_tenant(tenant).get().day == day


def test_a_weight_is_kept_exactly() -> None:
    tenant = prepared()

    load(tenant, make.record(9, weight=Decimal("0.2847177143")))

    with tenant_bound(tenant.pk):
        assert Rating.objects.for_tenant(tenant).get().weight == Decimal("0.2847177143")


def test_a_record_that_names_something_unknown_is_an_error_and_writes_nothing() -> None:
    tenant = prepared()

    with pytest.raises(KeyError):
        load(tenant, make.record(9), make.record(9, touchpoint="nowhere"))

    assert counts(tenant)["Response"] == 0


def test_a_score_off_the_scale_is_refused_by_the_database() -> None:
    tenant = prepared()

    with pytest.raises(DatabaseError, match="11 is not on the scale 0 to 10 of metric nps"):
        load(tenant, make.record(11))

    assert counts(tenant)["Rating"] == 0


def test_the_scale_of_a_metric_is_fixed() -> None:
    tenant = prepared()
    metric = make.metric(of=tenant)
    metric.scale_max = 5

    with pytest.raises(DatabaseError, match="never changes"), tenant_bound(tenant.pk):
        metric.save()


def test_a_fact_keeps_the_touchpoint_it_names_and_an_alias_names_its_own() -> None:
    tenant = prepared()
    shop = make.touchpoint(of=tenant, key="shop")
    store = make.touchpoint(of=tenant, key="store")
    with tenant_bound(tenant.pk):
        store.merged_into = shop
        store.save()
        TouchpointAlias.objects.create(tenant=tenant, touchpoint=shop, name="branch")

    load(tenant, make.record(9, touchpoint="store"), make.record(8, touchpoint="branch"))

    with tenant_bound(tenant.pk):
        found = Rating.objects.for_tenant(tenant).values_list("value", "touchpoint")
        assert dict(found) == {9: store.pk, 8: shop.pk}


def test_registering_says_before_what_it_makes_after() -> None:
    tenant = make.tenant()
    make.channel(of=tenant, key="web")
    wanted = Wanted(
        "visits",
        "Visits",
        "file:visits",
        channels=(Named("web", "Website"), Named("shop", "Shop")),
        touchpoints=(Named("till", "At the till", "shop"),),
    )
    with tenant_bound(tenant.pk):
        told = missing(tenant, wanted)
        register(tenant=tenant, wanted=wanted, batch=make.batch(of=tenant))
        register(tenant=tenant, wanted=wanted, batch=make.batch(of=tenant))

        assert told == {
            "surveys": ["Visits"],
            "channels": ["Shop"],
            "touchpoints": ["At the till"],
        }
        assert missing(tenant, wanted) == {"surveys": [], "channels": [], "touchpoints": []}
        assert Survey.objects.for_tenant(tenant).get().title == "Visits"


def test_nothing_to_load_is_no_error() -> None:
    assert load(prepared()) == Loaded()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_loaders_of_the_same_records_have_one_effect() -> None:
    tenant = prepared()
    records = [make.record(v % 11, key=f"k{v}", customer=f"c{v % 7}") for v in range(40)]
    results: list[Loaded] = []

    def work(order: int) -> None:
        results.append(load(tenant, *(records if order % 2 else reversed(records))))
        connection.close()

    threads = [threading.Thread(target=work, args=(order,)) for order in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(result.loaded for result in results) == 40
    assert sum(result.unchanged for result in results) == 200
    assert counts(tenant) | {"Verbatim": 0} == {
        "Customer": 7,
        "Identity": 7,
        "IngestKey": 40,
        "Interaction": 40,
        "Response": 40,
        "Rating": 40,
        "Verbatim": 0,
    }
    with tenant_bound(tenant.pk):
        assert verify_rollups(tenant=tenant, now=make.NOW).differences == 0


def test_two_ratings_of_one_question_cannot_both_count() -> None:
    tenant = prepared()
    twice = RatingRecord("q1", "nps", 9)

    with pytest.raises(DatabaseError, match="one_current"):
        load(tenant, replace(make.record(9), ratings=(twice, twice)))

    assert counts(tenant)["Rating"] == 0
