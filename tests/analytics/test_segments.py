"""Figures of the members of a segment: exactly those of a direct count, everywhere."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from analytics.selectors.histograms import By, Slice, histograms
from cxm.customers.models import Customer, Identity, Segment, SegmentMember
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from feedback.models import Rating
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cxm.metrics.rules.histogram import Histogram
    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db

# Customer, score, days ago, touchpoint: Anna has two rows, Bob and Cleo are nobody else.
ANSWERS = [
    ("anna", 10, 1, "checkout"),
    ("anna-too", 9, 2, "support"),
    ("bob", 3, 1, "checkout"),
    ("bob", 7, 9, None),
    ("cleo", 0, 3, "support"),
    ("", 8, 1, "checkout"),
]


@pytest.fixture
def acme() -> Tenant:
    """A tenant with answers, where Anna's rows are merged, Anna is a pro, and Bob is in both."""
    tenant = make.tenant()
    records = [
        make.record(value, customer=who, day=day, touchpoint=place)
        for who, value, day, place in ANSWERS
    ]
    make.load(*records, of=tenant)
    with tenant_bound(tenant.pk):
        rows = {i.value: i.customer_id for i in _identities(tenant)}
        customers = Customer.objects.for_tenant(tenant)
        customers.filter(pk=rows["anna-too"]).update(root=rows["anna"])
        customers.filter(pk__in=[rows["anna-too"]]).update(attributes={"plan": "pro"})
        customers.filter(pk=rows["bob"]).update(attributes={"plan": "pro", "seats": 5})
    make.segment(of=tenant)
    make.segment(of=tenant, title="Large", rule={"attr": "seats", "op": ">", "value": 1})
    make.segment(of=tenant, title="Nobody", rule={"attr": "seats", "op": ">", "value": 100})
    drain(tenant.pk)
    return tenant


def _identities(tenant: Tenant) -> Any:
    return Identity.objects.for_tenant(tenant)


def direct_count(tenant: Tenant, *keys: str) -> Counter[int]:
    """Count the ratings of members by value, one row at a time."""
    with tenant_bound(tenant.pk):
        inside = set(
            SegmentMember.objects.for_tenant(tenant)
            .filter(segment__key__in=keys, to_at__isnull=True)
            .values_list("customer_id", flat=True)
        )
        ratings = Rating.objects.for_tenant(tenant).counted().select_related("response__customer")
        return Counter(
            rating.value
            for rating in ratings
            if rating.response.customer and rating.response.customer.root_id in inside
        )


def counted(histogram: Histogram | None) -> Counter[int]:
    """Write a histogram of NPS as a count by value."""
    counts = histogram.counts if histogram else ()
    return Counter({value: count for value, count in enumerate(counts) if count})


def ids_of(tenant: Tenant, *keys: str) -> frozenset[Any]:
    with tenant_bound(tenant.pk):
        rows = Segment.objects.for_tenant(tenant).filter(key__in=keys)
        return frozenset(rows.values_list("pk", flat=True))


CASES = [
    (("pros",), {10: 1, 9: 1, 3: 1, 7: 1}),
    (("large",), {3: 1, 7: 1}),
    (("large", "pros"), {10: 1, 9: 1, 3: 1, 7: 1}),
    (("nobody",), {}),
]


@pytest.mark.parametrize(("keys", "expected"), CASES, ids=["-".join(one[0]) for one in CASES])
@pytest.mark.parametrize("by", [by for by in By if by is not By.SEGMENT])
def test_a_histogram_of_members_is_their_direct_count(
    acme: Tenant, keys: tuple[str, ...], expected: dict[int, int], by: By
) -> None:
    within = Slice(segments=ids_of(acme, *keys))
    nps = make.metric(of=acme)

    with tenant_bound(acme.pk):
        groups = histograms(tenant=acme, metrics=[nps], by=by, within=within)[nps.pk]

    total = sum((counted(one) for one in groups.values()), Counter())
    assert total == direct_count(acme, *keys) == Counter(expected)


def test_segments_compared_count_their_members_each(acme: Tenant) -> None:
    nps = make.metric(of=acme)

    with tenant_bound(acme.pk):
        groups = histograms(tenant=acme, metrics=[nps], by=By.SEGMENT)[nps.pk]
        keys = dict(Segment.objects.for_tenant(acme).values_list("pk", "key"))

    found = {keys[pk]: counted(one) for pk, one in groups.items()}  # type: ignore[index]
    assert found == {"pros": direct_count(acme, "pros"), "large": direct_count(acme, "large")}


def test_days_and_places_narrow_the_members_answers(acme: Tenant) -> None:
    nps = make.metric(of=acme)
    yesterday = make.NOW.date().replace(day=19)
    within = Slice(start_on=yesterday, segments=ids_of(acme, "pros"))

    with tenant_bound(acme.pk):
        groups = histograms(tenant=acme, metrics=[nps], by=By.TOUCHPOINT, within=within)[nps.pk]

    assert [counted(one) for one in groups.values()] == [Counter({10: 1, 3: 1})]


def test_weights_of_members_are_those_of_the_rollup() -> None:
    tenant = make.tenant()
    make.load(
        make.record(9, customer="a", weight=Decimal("1.5")),
        make.record(2, customer="b", weight=Decimal("0.5")),
        make.record(4, customer="c"),
        of=tenant,
    )
    make.segment(of=tenant, title="All", rule={"attr": "$kind", "op": "=", "value": "known"})
    drain(tenant.pk)
    nps = make.metric(of=tenant)

    with tenant_bound(tenant.pk):
        whole = histograms(tenant=tenant, metrics=[nps])
        within = Slice(segments=ids_of(tenant, "all"))
        members = histograms(tenant=tenant, metrics=[nps], within=within)

    assert members == whole


def client_of(tenant: Tenant, role: Role = Role.ADMIN) -> Client:
    client = Client()
    client.force_login(make.member(of=tenant, role=role).user)
    return client


def test_the_page_of_a_metric_is_about_the_members(acme: Tenant) -> None:
    url = reverse("analytics:metric-page", args=[acme.slug, "nps"])

    page = client_of(acme).get(f"{url}?segment=pros&period=all").content.decode()

    assert "n = 4" in page or "4 answers" in page
    assert "segment=pros" in page


def test_the_rows_behind_a_figure_are_those_of_the_members(acme: Tenant) -> None:
    client = client_of(acme)
    url = reverse("feedback:response-list", args=[acme.slug])

    ratings = client.get(f"{url}?metric=nps&segment=pros").context["page"]
    responses = client.get(f"{url}?segment=pros&segment=large").context["page"]

    assert sorted(row.scores[0].value for row in ratings.rows) == [3, 7, 9, 10]
    assert len(responses.rows) == 4


def test_an_unknown_segment_is_said_and_left_out(acme: Tenant) -> None:
    client = client_of(acme)
    pages = [
        client.get(reverse(name, args=[acme.slug]) + "?segment=gone").content.decode()
        for name in ("analytics:overview", "feedback:response-list")
    ]

    assert "There is no segment “gone”: it was left out." in pages[0]
    assert "“gone” is not the key of a segment: it was left out." in pages[1]


def test_links_and_chips_keep_the_segment(acme: Tenant) -> None:
    url = reverse("analytics:overview", args=[acme.slug])

    page = client_of(acme).get(f"{url}?segment=pros&period=all").content.decode()

    assert "<span>Segment</span> Pros" in page
    metric = reverse("analytics:metric-page", args=[acme.slug, "nps"])
    assert f"{metric}?period=all&amp;segment=pros" in page


def test_figures_of_members_are_never_taken_from_the_cache(acme: Tenant) -> None:
    client, url = client_of(acme), reverse("analytics:metric-page", args=[acme.slug, "nps"])
    address = f"{url}?segment=large&period=all"
    before = client.get(address).content.decode()
    with tenant_bound(acme.pk):
        SegmentMember.objects.for_tenant(acme).filter(segment__key="large").update(to_at=make.NOW)

    after = client.get(address).content.decode()

    assert before != after


@pytest.mark.parametrize("query", ["", "segment=pros"])
def test_a_segment_costs_a_metric_page_no_further_query(
    acme: Tenant,
    query: str,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    client, url = client_of(acme), reverse("analytics:metric-page", args=[acme.slug, "nps"])

    with django_assert_num_queries(22):
        client.get(f"{url}?{query}")


def api(tenant: Tenant, path: str, *rights: Right) -> Any:
    _, key = make.api_key(of=tenant, rights=rights or tuple(Right))
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})


def test_the_api_gives_the_figures_of_members(acme: Tenant) -> None:
    [one] = api(acme, "figures/?metric=nps&segment=pros").json()["results"]
    each = api(acme, "figures/?metric=nps&by=segment").json()["results"]
    rows = api(acme, "ratings/?metric=nps&segment=pros").json()["results"]

    assert (one["n"], one["value"], one["filter"]) == (4, 25.0, "metric=nps&segment=pros")
    assert [(g["group"], g["n"]) for g in each] == [("large", 2), ("pros", 4)]
    assert len(rows) == 4


def test_keys_that_may_not_see_answers_get_no_segments(acme: Tenant) -> None:
    answers = [
        api(acme, f"figures/?metric=nps&{query}", Right.SEE_FIGURES)
        for query in ("segment=pros", "by=segment")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_the_command_prints_the_figures_of_members(acme: Tenant) -> None:
    out = StringIO()

    call_command(
        "show_metric", tenant=acme.slug, metric="nps", segment=["large"], json=True, stdout=out
    )

    [one] = json.loads(out.getvalue())
    assert (one["n"], one["histogram"]["3"], one["histogram"]["7"]) == (2, 1, 1)


def test_the_list_of_segments_shows_their_scores(acme: Tenant) -> None:
    page = client_of(acme).get(reverse("customers:segment-list", args=[acme.slug])).content.decode()

    assert page.count("figure-inline") >= 2
    assert "No answers" in page
