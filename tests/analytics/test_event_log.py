"""The event log of a journey: who is in it, who may have it, and the file."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.test import Client

from cxm.customers.models import Customer, Interaction
from cxm.customers.rules.records import Ref
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.models import Journey, JourneyMap
from tests import make
from tests.analytics.map_world import World, world
from tests.analytics.test_rules_event_log import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def made() -> World:
    """A live map with two touchpoints, and what three customers met there, and elsewhere."""
    found = world("shop", "parcel")
    tenant = found.member.tenant
    with tenant_bound(tenant.pk):
        rows = JourneyMap.objects.for_tenant(tenant).filter(pk=found.map_id)
        rows.update(status="published", valid_from=make.NOW)
    for day, who, where in (
        (9, "ana", "shop"),
        (8, "bob", "shop"),
        (7, "ana", "parcel"),
        (5, "ana", "shop"),
        (200, "old", "shop"),
    ):
        make.events("met", of=tenant, day=day, touchpoint=where, refs=(ref(who),))
    make.events("met", of=tenant, day=6, refs=(ref("ana"),))
    make.events("met", of=tenant, day=6, touchpoint="shop")
    return found


def ref(who: str) -> Ref:
    return Ref("external", "crm", who)


def answer(made: World, query: str = "", by: Membership | None = None) -> Any:
    client = Client()
    client.force_login((by or made.member).user)
    slug = made.member.tenant.slug
    return client.get(f"/t/{slug}/journeys/{made.journey_id}/log/{query}")


def cases(found: Any) -> list[tuple[str, list[str]]]:
    log = read(fromstring(found.content.decode()))
    return [(trace.name, [event.name for event in trace.events]) for trace in log]


def test_each_customer_is_a_case_with_what_they_met_in_order(made: World) -> None:
    found = answer(made, "?form=xes")

    assert cases(found) == [("case-1", ["shop", "parcel", "shop"]), ("case-2", ["shop"])]
    assert found["Content-Type"] == "application/xml"
    assert found["Content-Disposition"].endswith('-log.xes"')
    assert "ana" not in found.content.decode()


def test_customers_that_were_merged_are_one_case(made: World) -> None:
    with tenant_bound(made.member.tenant_id):
        rows = Interaction.objects.for_tenant(made.member.tenant).exclude(customer=None)
        first, second = rows.order_by("occurred_at").values_list("customer", flat=True)[1:3]
        Customer.objects.for_tenant(made.member.tenant).filter(pk=second).update(root=first)

    assert cases(answer(made, "?form=xes")) == [("case-1", ["shop", "shop", "parcel", "shop"])]


def test_days_are_those_of_the_workspace_and_both_ends_count(made: World) -> None:
    eight, seven = (f"2026-11-{(make.NOW.day - days):02}" for days in (8, 7))

    found = answer(made, f"?form=xes&first_on={eight}&last_on={seven}")

    assert cases(found) == [("case-1", ["shop"]), ("case-2", ["parcel"])]


def test_the_same_comes_as_rows(made: World) -> None:
    rows = list(csv.reader(StringIO(answer(made, "?form=csv").content.decode())))

    assert rows[0] == ["case", "activity", "timestamp", "resource"]
    assert [row[:2] for row in rows[1:]] == [
        ["case-1", "shop"],
        ["case-1", "parcel"],
        ["case-1", "shop"],
        ["case-2", "shop"],
    ]


def test_the_page_counts_and_the_journey_leads_to_it(made: World) -> None:
    page = answer(made).content.decode()
    client = Client()
    client.force_login(made.member.user)
    slug = made.member.tenant.slug
    journey = client.get(f"/t/{slug}/journeys/{made.journey_id}/").content.decode()

    assert "2 cases with 4 events in these days." in page
    assert f'value="{make.NOW.date()}"' in page
    assert f'href="/t/{slug}/journeys/{made.journey_id}/log/"' in journey


def test_taking_it_out_is_written_down_and_looking_is_not(made: World) -> None:
    answer(made)
    answer(made, "?form=csv")

    with tenant_bound(made.member.tenant_id):
        entries = AuditEntry.objects.for_tenant(made.member.tenant)
        [entry] = entries.filter(action="journey-log-exported")
    assert entry.changes == {"form": "csv", "cases": 2}
    assert entry.object_id == made.journey_id


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?first_on=2026-11-20&last_on=2026-11-10", "The last day comes after the first one."),
        ("?first_on=yesterday", "Enter a valid date."),
        ("?form=pdf", "Choose xes or csv."),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_field(
    made: World, query: str, words: str
) -> None:
    found = answer(made, query)

    assert found.status_code == 422
    assert words in found.content.decode()


def test_too_many_events_are_refused_in_words(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.selectors.event_log.MOST_EVENTS", 3)

    found = answer(made, "?form=xes")

    assert found.status_code == 422
    assert "choose fewer days" in found.content.decode()


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.VIEWER, Role.AGENT])
def test_who_may_not_export_or_see_customers_has_no_log(made: World, role: Role) -> None:
    other = make.member(of=made.member.tenant, role=role)

    assert answer(made, by=other).status_code == 404


def test_a_journey_that_is_restricted_or_elsewhere_is_not_found(made: World) -> None:
    analyst = make.member(of=made.member.tenant, role=Role.ANALYST)
    with tenant_bound(made.member.tenant_id):
        Journey.objects.for_tenant(made.member.tenant).filter(pk=made.journey_id).update(
            visibility="hidden"
        )

    client = Client()
    stranger = make.member()
    client.force_login(stranger.user)
    theirs = client.get(f"/t/{stranger.tenant.slug}/journeys/{made.journey_id}/log/?form=pdf")

    assert answer(made, by=analyst).status_code == 404
    assert theirs.status_code == 404
