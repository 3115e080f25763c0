"""The page of one metric, as a browser gets it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.analytics.page_reading import metric_url, reads_in, signed_in, text_of
from tests.analytics.reading import NPS_EXAMPLE, load_scores

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]


def test_the_metric_page_shows_figure_distribution_and_breakdown(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant, touchpoint="checkout")

    page = text_of(signed_in(client, tenant), metric_url(tenant))

    assert "51 answers, between 29 and 67" in page
    assert "Promoters 63% Passives 25% Detractors 12%" in page
    assert "Checkout 51 29 to 67, 51 answers 100.0%" in page


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", ["Bad", "Mixed", "Good", "Few"]),
        ("?sort=value&order=back", ["Good", "Mixed", "Bad", "Few"]),
        ("?sort=n", ["Mixed", "Good", "Bad", "Few"]),
        ("?sort=name", ["Bad", "Good", "Mixed", "Few"]),
        ("?sort=nonsense&by=nothing", ["Bad", "Mixed", "Good", "Few"]),
    ],
)
def test_a_breakdown_is_ordered_as_its_address_says(
    client: Client, query: str, order: list[str]
) -> None:
    tenant = make.tenant()
    load_scores({0: 10}, of=tenant, touchpoint="bad")
    load_scores({0: 15, 10: 15}, of=tenant, touchpoint="mixed")
    load_scores({10: 20}, of=tenant, touchpoint="good")
    load_scores({10: 2}, of=tenant, touchpoint="few")

    page = text_of(signed_in(client, tenant), metric_url(tenant, query))

    table = page.partition("Share of answers Change")[2]
    found = re.findall(r"Bad|Mixed|Good|Few", table)
    assert found == order


@pytest.mark.parametrize(
    ("answers", "query", "shown"),
    [
        ([{"touchpoint": "a"}, {"touchpoint": "b"}], "", "Touchpoint"),
        ([{"channel": "web"}, {"channel": "phone"}], "", "Channel"),
        ([{"survey": "spring"}, {"survey": "autumn"}], "", "Survey"),
        ([{}], "", "Survey"),
        ([{"touchpoint": "a", "channel": "web"}], "", "Touchpoint"),
        ([{"touchpoint": "a"}, {}], "", "Touchpoint"),
        ([{"channel": "web"}, {"channel": "phone"}], "?by=touchpoint", "Touchpoint"),
        ([{"touchpoint": "a"}, {"touchpoint": "b"}], "?by=survey", "Survey"),
    ],
)
def test_a_breakdown_opens_where_it_tells_groups_apart(
    client: Client, answers: list[dict[str, Any]], query: str, shown: str
) -> None:
    tenant = make.tenant()
    make.load(*[make.record(**answer) for answer in answers], of=tenant)

    page = signed_in(client, tenant).get(metric_url(tenant, query)).content.decode()

    tabs = page.partition('id="breakdown"')[2]
    assert re.findall(r'aria-current="[^"]*"[^>]*>\s*(\w+)s\s*<', tabs)[0] == shown
    assert f'<th scope="col">{shown}</th>' in tabs


def test_a_breakdown_that_was_chosen_stays_when_its_order_changes(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, channel="web")
    signed_in(client, tenant)

    by_itself = client.get(metric_url(tenant)).content.decode()
    chosen = client.get(metric_url(tenant, "?by=touchpoint")).content.decode()

    assert f'href="{metric_url(tenant, "?by=touchpoint&amp;sort=n")}#breakdown"' in chosen
    assert f'href="{metric_url(tenant, "?sort=n")}#breakdown"' in by_itself


def test_every_mark_leads_to_its_answers(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, touchpoint="checkout")

    answer = signed_in(client, tenant).get(metric_url(tenant))

    rows = f"/t/{tenant.slug}/responses/?from=2026-08-24&amp;metric=nps&amp;to=2026-11-22"
    page = answer.content.decode()
    assert f'href="{rows}"' in page
    assert f'href="{rows}&amp;touchpoint=checkout"' in page
    assert f'href="{rows}&amp;score=9&amp;score=10"' in page
    assert "from=2026-11-16&amp;metric=nps&amp;to=2026-11-22" in page


def test_weighted_and_unweighted_never_share_a_page(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 10, 0: 10}, of=tenant, weight=Decimal("1.5"))
    signed_in(client, tenant)

    plain = text_of(client, metric_url(tenant))
    weighted = text_of(client, metric_url(tenant, "?weighted=1"))

    assert "Each answer once Weighted" in plain
    assert "worth 20 equal ones" not in plain
    assert "worth 20 equal ones" in weighted


def test_without_weights_there_is_no_switch(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 10}, of=tenant)

    assert "Each answer once" not in text_of(signed_in(client, tenant), metric_url(tenant))


def test_filters_are_chips_that_can_be_taken_away(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant, touchpoint="checkout", channel="web")
    url = metric_url(tenant, "?touchpoint=checkout&channel=web&period=28d")

    answer = signed_in(client, tenant).get(url)

    page = answer.content.decode()
    assert f'href="{metric_url(tenant)}?channel=web&amp;period=28d"' in page
    assert f'href="{metric_url(tenant)}?period=28d"' in page


def test_what_is_not_understood_is_shown_and_ignored(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)
    url = metric_url(tenant, "?touchpoint=nowhere&colour=%3Cb%3E&from=soon")

    page = text_of(signed_in(client, tenant), url)

    assert "There is no touchpoint “nowhere”: it was left out." in page
    assert "“colour” is not a filter: it was left out." in page
    assert "12 answers" in page


def test_the_metric_page_takes_the_same_queries_at_one_and_at_three_touchpoints(
    client: Client,
) -> None:
    counts = []
    for touchpoints in (1, 3):
        tenant = make.tenant()
        for place in range(touchpoints):
            load_scores({10: 12}, of=tenant, touchpoint=f"touchpoint-{place}")
        signed_in(client, tenant)
        with CaptureQueriesContext(connection) as queries:
            client.get(metric_url(tenant, "?by=touchpoint"))
        counts.append(reads_in(queries))
    assert counts == [20, 20]


def test_the_metric_page_looks_at_each_breakdown_once_to_find_a_telling_one(
    client: Client,
) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)
    signed_in(client, tenant)

    with CaptureQueriesContext(connection) as queries:
        client.get(metric_url(tenant))

    assert reads_in(queries) == 20 + 2
