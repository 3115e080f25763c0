"""Pages of metric definitions, through the browser's door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.metrics.models import Metric, MetricVersion
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LIKELY = {
    "title": "Likely to return",
    "kind": "rating",
    "scale_min": "1",
    "scale_max": "5",
    "direction": "higher",
    "favourable": ["4", "5"],
    "unfavourable": ["1"],
    "statistic": "share",
    "unit": "%",
    "decimals": "1",
    "description": "Percent who will come back.",
}


def _url(of: Tenant, name: str, *args: UUID) -> str:
    return reverse(f"metrics:metric-{name}", args=[of.slug, *args])


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _versions(metric: Metric) -> list[MetricVersion]:
    with tenant_bound(metric.tenant_id):
        rows = MetricVersion.objects.for_tenant(metric.tenant_id).filter(metric=metric)
        return list(rows.order_by("number"))


def _keys(of: Tenant) -> set[str]:
    with tenant_bound(of.pk):
        return set(Metric.objects.for_tenant(of).values_list("key", flat=True))


def test_the_list_draws_each_value_with_what_it_counts_as() -> None:
    member = make.member()

    shown = _client(member).get(_url(member.tenant, "list")).content.decode()

    assert shown.count('<li class="tone-favourable"') == 2 + 2 + 2 + 1 + 1 + 3 + 2 + 2
    assert '9<span class="sr"> favourable</span>' in shown
    assert '7<span class="sr"> neutral</span>' in shown


def test_the_list_costs_the_same_for_one_metric_and_for_three() -> None:
    member = make.member()
    client, url = _client(member), _url(member.tenant, "list") + "?archived=1"
    counts = []

    for keys in (("nps",), ("csat_5", "stars")):
        for key in keys:
            client.post(_url(member.tenant, "archive", make.metric(key, of=member.tenant).pk))
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_adding_asks_the_scale_first_and_then_its_values() -> None:
    member = make.member()
    client, url = _client(member), _url(member.tenant, "add")

    first = client.get(url).content.decode()
    second = client.get(url, {"scale_min": "1", "scale_max": "3"}, headers=HTMX).content.decode()

    assert 'name="favourable"' not in first
    assert second.count('name="favourable"') == 3


def test_a_metric_is_added() -> None:
    member = make.member()

    answer = _client(member).post(_url(member.tenant, "add"), LIKELY, follow=True)

    metric = make.metric("likely-to-return", of=member.tenant)
    [version] = _versions(metric)
    assert "“Likely to return” is added." in answer.content.decode()
    assert (metric.scale_min, metric.scale_max, metric.direction) == (1, 5, "higher")
    assert (version.favourable, version.unfavourable, version.statistic) == ([4, 5], [1], "share")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"scale_max": "12"}, "Use a number from 2 to 11."),
        ({"scale_max": "1"}, "Use a number from 2 to 11."),
        ({"favourable": []}, "This field is required."),
        ({"favourable": ["6"]}, "6 is not one of the available choices."),
        ({"unfavourable": ["1", "4"]}, "4: favourable and unfavourable at once. Choose one."),
        ({"key": "nps"}, "“nps” is taken: choose another key."),
        ({"decimals": "9"}, "Ensure this value is less than or equal to 4."),
    ],
    ids=["too long", "empty", "nothing good", "off scale", "both", "taken", "decimals"],
)
def test_a_metric_that_cannot_be_is_refused(wrong: dict[str, Any], words: str) -> None:
    member = make.member()
    before = _keys(member.tenant)

    answer = _client(member).post(_url(member.tenant, "add"), LIKELY | wrong)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert _keys(member.tenant) == before


def test_redefining_makes_a_new_version_and_says_so_before() -> None:
    member = make.member()
    metric = make.metric("csat_5", of=member.tenant)
    client, url = _client(member), _url(member.tenant, "redefine", metric.pk)

    asked = client.get(url).content.decode()
    answer = client.post(url, LIKELY | {"title": "Delight", "favourable": ["5"]}, follow=True)

    assert "A new version rereads all history" in asked
    assert "“Delight” is at version 2." in answer.content.decode()
    assert [(v.number, v.favourable) for v in _versions(metric)] == [(1, [4, 5]), (2, [5])]


def test_a_redefinition_without_favourable_values_is_refused() -> None:
    member = make.member()
    metric = make.metric("csat_5", of=member.tenant)

    answer = _client(member).post(
        _url(member.tenant, "redefine", metric.pk), LIKELY | {"favourable": []}
    )

    assert answer.status_code == 422
    assert len(_versions(metric)) == 1


def test_archiving_can_be_undone() -> None:
    member = make.member()
    metric = make.metric(of=member.tenant)
    client = _client(member)

    archived = client.post(_url(member.tenant, "archive", metric.pk), headers=HTMX)
    is_archived = make.metric(of=member.tenant).archived_at is not None
    client.post(_url(member.tenant, "restore", metric.pk))

    assert is_archived
    assert _url(member.tenant, "restore", metric.pk) in archived.headers["HX-Trigger"]
    assert make.metric(of=member.tenant).archived_at is None


def test_the_detail_page_tells_the_history() -> None:
    member = make.member()
    metric = make.metric("csat_5", of=member.tenant)
    client = _client(member)
    client.post(_url(member.tenant, "redefine", metric.pk), LIKELY | {"favourable": ["5"]})

    shown = client.get(_url(member.tenant, "detail", metric.pk)).content.decode()

    assert shown.count('<ol class="scale-strip">') == 3
    assert "Percent who will come back." in shown


@pytest.mark.parametrize("deed", ["redefine", "archive", "restore"])
def test_deeds_are_not_found_by_viewers_nor_by_strangers(deed: str) -> None:
    member, stranger = make.member(role=Role.VIEWER), make.member()
    metric = make.metric(of=member.tenant)
    url = _url(member.tenant, deed, metric.pk)

    answers = [
        _client(member).post(url, LIKELY),
        _client(stranger).post(url, LIKELY),
        _client(stranger).post(_url(stranger.tenant, deed, metric.pk), LIKELY),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len(_versions(metric)) == 1
