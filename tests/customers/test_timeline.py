"""The timeline: all rows of a person, in pages, by day, filtered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cxm.customers.models import Customer
from cxm.customers.selectors.subjects import Looking, Subject, read_subject
from cxm.customers.selectors.timeline import (
    Place,
    TimelineFilter,
    place_before,
    read_filter,
    read_place,
    timeline_options,
    timeline_page,
)
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role, may
from tests import make
from tests.customers import served
from tests.customers.people import fact, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

EVERYTHING = TimelineFilter()


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant that the test is bound to."""
    made = make.tenant()
    with tenant_bound(made.pk):
        yield made


def subject_of(customer: Customer, role: Role = Role.AGENT) -> Subject:
    """Look at a customer as somebody of *role* does."""
    looking = Looking(customer.tenant, lambda right: may(role, right), make.NOW)
    subject = read_subject(looking, customer.pk)
    assert subject is not None
    return subject


@pytest.mark.django_db
def test_pages_follow_each_other_without_gap_or_repetition(tenant: Tenant) -> None:
    customer = person(of=tenant)
    moments = [make.NOW - timedelta(hours=hour // 3) for hour in range(25)]  # many at one moment
    expected = [fact(customer, occurred_at=at).pk for at in moments]
    subject, found, after = subject_of(customer), [], None
    while True:
        shown = timeline_page(subject, EVERYTHING, after=after, size=4)
        found += [entry.pk for entry in shown.entries]
        if shown.older is None:
            break
        after = shown.older

    assert sorted(found) == sorted(expected)
    assert len(found) == len(set(found))


@pytest.mark.django_db
def test_pages_turn_back_to_where_they_came_from(tenant: Tenant) -> None:
    customer = person(of=tenant)
    served.facts(customer, 10)
    subject = subject_of(customer)
    first = timeline_page(subject, EVERYTHING, size=4)
    second = timeline_page(subject, EVERYTHING, after=first.older, size=4)

    back = timeline_page(subject, EVERYTHING, before=second.newer, size=4)

    assert back.entries == first.entries
    assert (first.newer, back.newer) == (None, None)


@pytest.mark.django_db
def test_facts_of_every_merged_row_are_there(tenant: Tenant) -> None:
    root, other, stranger = person(of=tenant), person(of=tenant), person(of=tenant)
    expected = {fact(root).pk, fact(other).pk}
    fact(stranger)
    served.merged_into(root, other)

    found = {entry.pk for entry in timeline_page(subject_of(root), EVERYTHING).entries}

    assert found == expected


@pytest.mark.django_db
def test_what_was_deleted_is_not_there(tenant: Tenant) -> None:
    customer = person(of=tenant)
    fact(customer, deleted_at=make.NOW)

    assert timeline_page(subject_of(customer), EVERYTHING).entries == []


@pytest.mark.django_db
def test_days_are_those_of_the_tenant() -> None:
    tenant = make.tenant(time_zone="Asia/Tokyo")
    with tenant_bound(tenant.pk):
        customer = person(of=tenant)
        late = make.NOW.replace(hour=14, minute=59)  # 23:59 in Tokyo
        fact(customer, occurred_at=late)
        fact(customer, occurred_at=late + timedelta(minutes=1))

        days = timeline_page(subject_of(customer), EVERYTHING).days

    assert [(day.on.isoformat(), len(day.entries)) for day in days] == [
        ("2026-11-21", 1),
        ("2026-11-20", 1),
    ]


@pytest.mark.django_db
def test_a_day_that_the_page_before_began_is_continued(tenant: Tenant) -> None:
    customer = person(of=tenant)
    served.facts(customer, 20)
    subject = subject_of(customer)
    first = timeline_page(subject, EVERYTHING, size=5)

    second = timeline_page(subject, EVERYTHING, after=first.older, size=15)

    assert [day.is_continued for day in second.days] == [True, False]


@pytest.mark.django_db
def test_jumping_to_a_day_begins_with_its_last_entry(tenant: Tenant) -> None:
    customer = person(of=tenant)
    served.facts(customer, 40)
    subject = subject_of(customer)

    shown = timeline_page(subject, EVERYTHING, after=place_before(subject, "2026-11-19"))

    assert shown.entries[0].at.isoformat() == "2026-11-19T23:00:00+00:00"
    assert shown.days[0].is_continued is False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param(TimelineFilter(kind="message"), ["wrote"], id="kind"),
        pytest.param(TimelineFilter(source="file:old"), ["imported"], id="source"),
        pytest.param(TimelineFilter(channel="app"), ["opened", "tapped"], id="channel"),
        pytest.param(TimelineFilter(touchpoint="checkout"), ["bought"], id="touchpoint"),
        pytest.param(TimelineFilter(thread="order-1"), ["bought"], id="thread"),
        pytest.param(TimelineFilter(q="REFUND"), ["wrote"], id="text"),
        pytest.param(TimelineFilter(q="%"), [], id="a-sign-of-patterns-is-a-sign"),
        pytest.param(TimelineFilter(channel="app", touchpoint="checkout"), [], id="both"),
        pytest.param(TimelineFilter(channel="nothing"), [], id="unknown"),
    ],
)
def test_filters_keep_what_fits(tenant: Tenant, asked: TimelineFilter, names: list[str]) -> None:
    customer = person(of=tenant)
    app, old_app = make.channel(of=tenant, key="app"), make.channel(of=tenant, key="old-app")
    old_app.merged_into = app
    old_app.save(update_fields=["merged_into"])
    checkout = make.touchpoint(of=tenant, key="checkout")
    fact(customer, "wrote", kind="message", text="Where is my refund?")
    fact(customer, "imported", source="file:old")
    fact(customer, "opened", channel=app)
    fact(customer, "tapped", channel=old_app)
    fact(customer, "bought", touchpoint=checkout, thread_key="order-1")

    shown = timeline_page(subject_of(customer), asked)

    assert sorted(entry.title.lower() for entry in shown.entries) == names


@pytest.mark.django_db
def test_those_without_names_cannot_search_texts_or_threads_for_them(tenant: Tenant) -> None:
    customer = person(of=tenant)
    fact(customer, "wrote", text="It is Maya", title="Maya wrote", thread_key="maya@example.com")
    subject = subject_of(customer, Role.ANALYST)

    by_text = timeline_page(subject, TimelineFilter(q="Maya")).entries
    [entry] = timeline_page(subject, TimelineFilter(thread="somebody else")).entries

    assert by_text == []
    assert (entry.thread, entry.title, entry.text) == ("", "[name] wrote", "It is [name]")


@pytest.mark.django_db
def test_options_count_what_can_be_filtered(tenant: Tenant) -> None:
    customer, app = person(of=tenant), make.channel(of=tenant, key="app", title="App")
    fact(customer, channel=app)
    fact(customer, channel=app, kind="page")
    fact(customer)

    options = timeline_options(subject_of(customer))

    counted = {
        name: [(one.value, one.label, one.count) for one in found]
        for name, found in options.items()
    }
    assert counted == {
        "kind": [("event", "Event", 2), ("page", "Page view", 1)],
        "channel": [("app", "App", 2)],
        "touchpoint": [],
        "source": [("events:shop", "Shop", 3)],
    }


def test_a_place_survives_being_written_down() -> None:
    place = Place(make.NOW, new_id())

    assert read_place(place.text()) == place


NO_PLACES = [
    *("", "x", "~", "\0~\0"),
    "2026-11-20T12:00:00~" + "0" * 32,
    "2026-11-20T12:00:00+00:00~x",
    # No calendar of another time zone reaches these.
    "0001-01-01T00:00:00+14:00~" + "0" * 31 + "1",
    "9999-12-31T23:59:59-14:00~" + "0" * 31 + "1",
]


@pytest.mark.parametrize("text", NO_PLACES)
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_place(text) is None


@pytest.mark.parametrize("on", ["", "yesterday", "2026-02-30", "9999-12-31"])
@pytest.mark.django_db
def test_what_is_no_day_jumps_nowhere(tenant: Tenant, on: str) -> None:
    assert place_before(subject_of(person(of=tenant)), on) is None


def test_a_filter_reads_only_what_it_knows() -> None:
    asked = read_filter({"kind": "nonsense", "q": " a\0b ", "channel": "app", "page": "2"})

    assert asked == TimelineFilter(q="ab", channel="app")
    assert asked.query(("after", "x")) == "channel=app&q=ab&after=x"


@pytest.mark.django_db
def test_an_unknown_id_is_nobody(tenant: Tenant) -> None:
    looking = Looking(tenant, lambda _: True, make.NOW)

    assert read_subject(looking, new_id()) is None
