"""The overview, and what all pages of figures have in common, as a browser gets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.services.rollups import fold_ledger, verify_rollups
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import RIGHTS, Right, Role
from tests import make
from tests.analytics.page_reading import metric_url, overview_url, reads_in, signed_in, text_of
from tests.analytics.reading import NPS_EXAMPLE, load_scores

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
HTMX = {"HX-Request": "true"}


def test_a_new_tenant_is_told_to_import(client: Client) -> None:
    tenant = make.tenant()

    page = text_of(signed_in(client, tenant, Role.MANAGER), overview_url(tenant))

    assert "No answers yet" in page
    assert "Import a file" in page


def test_a_viewer_of_a_new_tenant_is_not_offered_an_import(client: Client) -> None:
    tenant = make.tenant()

    answer = signed_in(client, tenant, Role.VIEWER).get(overview_url(tenant))

    assert f"/t/{tenant.slug}/imports/" not in answer.content.decode()


def test_the_overview_shows_each_metric_with_n_and_interval(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)
    load_scores({5: 24, 1: 6}, of=tenant, metric="csat_5")

    page = text_of(signed_in(client, tenant), overview_url(tenant))

    assert "51 , open the 51 answers behind Net Promoter Score" in page
    assert "51 answers, between 29 and 67" in page
    assert "80.0 % , open the 30 answers behind Satisfaction" in page


def test_the_overview_says_where_it_hurts(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 20}, of=tenant, touchpoint="checkout")
    load_scores({0: 15, 10: 5}, of=tenant, touchpoint="delivery")
    load_scores({0: 9}, of=tenant, touchpoint="rare")

    page = text_of(signed_in(client, tenant), overview_url(tenant))

    assert "Lowest at Delivery : Net Promoter Score −50" in page
    lowest = page.partition("Lowest touchpoints")[2].partition("Most moved")[0]
    assert "Rare" not in lowest  # nine answers are not ranked
    assert "All 3 touchpoints" in page


def test_a_change_is_said_only_when_it_is_certain(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 60, 0: 40}, of=tenant, touchpoint="checkout", day=100)
    load_scores({10: 90, 0: 10}, of=tenant, touchpoint="checkout")
    load_scores({10: 10, 0: 2}, of=tenant, touchpoint="delivery", day=100)
    load_scores({10: 11, 0: 2}, of=tenant, touchpoint="delivery")

    page = text_of(signed_in(client, tenant), overview_url(tenant))
    breakdown = text_of(client, metric_url(tenant))

    moved = page.partition("Most moved")[2].partition("All 2 touchpoints")[0]
    assert "up 60 since the 13 weeks before" in moved
    assert "Delivery" not in moved
    assert re.search(r"Delivery 69 .* too early to say; about [\d,]+ more answers", breakdown)
    assert "3 changes on this page tested together (Benjamini-Hochberg)" in page


def test_old_answers_are_shown_when_nobody_answered_lately(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant, day=3000)

    page = text_of(signed_in(client, tenant), overview_url(tenant))

    assert "Nobody answered in the last 13 weeks, so this is all time." in page
    assert "51 answers" in page


def test_an_empty_period_that_was_asked_for_stays_empty(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant, day=3000)

    page = text_of(signed_in(client, tenant), overview_url(tenant, "?period=28d"))

    assert "No answers in this period" in page


def test_the_overview_takes_the_same_queries_at_one_and_at_three_touchpoints(
    client: Client,
) -> None:
    counts = []
    for touchpoints in (1, 3):
        tenant = make.tenant()
        for place in range(touchpoints):
            load_scores({10: 12, 0: 3}, of=tenant, touchpoint=f"touchpoint-{place}")
        signed_in(client, tenant)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(overview_url(tenant))
        counts.append(reads_in(queries))
    assert counts == [14, 14]


def test_a_page_that_nothing_has_changed_on_is_read_from_the_cache(client: Client) -> None:
    tenant = make.tenant()
    load_scores(NPS_EXAMPLE, of=tenant)
    signed_in(client, tenant).get(overview_url(tenant))

    with CaptureQueriesContext(connection) as queries:
        client.get(overview_url(tenant))

    assert reads_in(queries) == 7


def test_a_cached_page_follows_new_answers_at_once(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 10}, of=tenant)
    signed_in(client, tenant)
    assert "10 answers" in text_of(client, overview_url(tenant))

    load_scores({10: 2}, of=tenant)

    assert "12 answers" in text_of(client, overview_url(tenant))


def test_a_cached_page_follows_answers_that_were_folded_between_two_looks(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 10}, of=tenant)
    _fold(tenant)
    signed_in(client, tenant)
    assert "10 answers" in text_of(client, overview_url(tenant))

    load_scores({10: 2}, of=tenant)
    _fold(tenant)

    assert "12 answers" in text_of(client, overview_url(tenant))


def _fold(tenant: Tenant) -> None:
    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)


def test_who_reads_figures_only_never_gets_the_page_of_those_who_see_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RIGHTS, Role.VIEWER, frozenset({Right.SEE_FIGURES, Right.SEE_REGISTRIES}))
    tenant = make.tenant()
    load_scores({10: 4}, of=tenant)
    assert "4 answers" in text_of(signed_in(client, tenant), overview_url(tenant))

    page = text_of(signed_in(client, tenant, Role.VIEWER), overview_url(tenant))

    assert "4 answers" not in page
    assert "Fewer people answered than may be shown" in page


@pytest.mark.parametrize("path", ["", "metrics/nps/", "metrics/nps/export.csv", "figures/refresh/"])
def test_figures_are_not_found_for_strangers(client: Client, path: str) -> None:
    tenant = make.tenant()
    client.force_login(make.member().user)

    assert client.get(f"/t/{tenant.slug}/{path}").status_code == 404


@pytest.mark.parametrize("key", ["nope", "nps\0x"])
def test_news_of_an_unknown_metric_are_not_found(client: Client, key: str) -> None:
    tenant = make.tenant()

    answer = signed_in(client, tenant).get(f"/t/{tenant.slug}/figures/refresh/", {"metric": key})

    assert answer.status_code == 404


def test_an_unknown_metric_is_not_found(client: Client) -> None:
    tenant = make.tenant()

    assert signed_in(client, tenant).get(metric_url(tenant, key="nope")).status_code == 404


def test_a_page_says_when_it_was_verified(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)
    with tenant_bound(tenant.pk):
        verify_rollups(tenant=tenant, now=make.NOW)

    page = text_of(signed_in(client, tenant), overview_url(tenant))

    assert "As of 20 Nov 2026, 12:00 (UTC)." in page
    assert "Verified 20 Nov, 12:00" in page


def test_nothing_is_answered_while_nothing_has_changed(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)
    signed_in(client, tenant)

    answer = client.get(_poll_url(client, overview_url(tenant)), headers=HTMX)

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(("more", "words"), [(1, "1 new answer, show"), (3, "3 new answers, show")])
def test_new_answers_are_announced(client: Client, more: int, words: str) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)
    poll_url = _poll_url(signed_in(client, tenant), metric_url(tenant))
    load_scores({10: more}, of=tenant)

    answer = client.get(poll_url, headers=HTMX)

    assert words in answer.content.decode()


def test_folding_the_ledger_announces_nothing(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)
    poll_url = _poll_url(signed_in(client, tenant), metric_url(tenant))
    _fold(tenant)

    answer = client.get(poll_url, headers=HTMX)

    assert answer.status_code == 200
    assert "show</a>" not in answer.content.decode()


def test_guests_are_not_told_of_single_answers(client: Client) -> None:
    tenant = make.tenant()
    load_scores({10: 12}, of=tenant)
    signed_in(client, tenant, Role.GUEST)

    assert "figures-fresh" not in client.get(overview_url(tenant)).content.decode()
    assert client.get(f"/t/{tenant.slug}/figures/refresh/").status_code == 404


def _poll_url(client: Client, url: str) -> str:
    page = client.get(url).content.decode()
    found = re.search(r'hx-get="([^"]*figures/refresh[^"]*)"', page)
    assert found
    return found[1].replace("&amp;", "&")
