"""The overview's card of what people write about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cxm.tenants.rules import Role
from tests import make
from tests.feedback.response_pages import html, signed_in
from tests.feedback.text import topics

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def _words(client: Client, tenant: Tenant, query: str = "period=all") -> str:
    url = reverse("analytics:themes", args=[tenant.slug])
    return " ".join(html(client.get(f"{url}?{query}")).split())


def test_the_topics_of_most_texts_come_first(client: Client) -> None:
    member = signed_in(client)
    topics.topic(member, "Staff", "staff")
    topics.topic(member, "Delivery", "parcel")
    topics.topic(member, "Silence", "silence")
    topics.wrote(member.tenant, "parcel one", "parcel two", "staff one", "other")

    page = _words(client, member.tenant)

    assert "Of 4 texts in this period, 25.0 % are about no topic" in page
    assert page.index("Delivery") < page.index("Staff")
    assert "50.0 %" in page
    assert "Silence" not in page


def test_only_texts_of_the_period_count(client: Client) -> None:
    member = signed_in(client)
    topics.topic(member, "Staff", "staff")
    topics.wrote(member.tenant, "staff one")

    page = _words(client, member.tenant, "from=2020-01-01&to=2020-12-31")

    assert "No text of this period is about one of your topics" in page


def test_the_card_says_that_there_are_no_topics(client: Client) -> None:
    member = signed_in(client)

    assert "There are none yet" in _words(client, member.tenant)


def test_the_overview_asks_for_the_card_within_its_own_filter(client: Client) -> None:
    member = signed_in(client, Role.VIEWER)
    make.load(make.record(9), of=member.tenant)

    url = reverse("analytics:overview", args=[member.tenant.slug])
    page = html(client.get(f"{url}?period=all"))

    assert f'hx-get="{reverse("analytics:themes", args=[member.tenant.slug])}?period=all"' in page
