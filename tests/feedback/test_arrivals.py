"""What the live view says of events that arrived: whose they were, and what became of them."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxm.customers.models import Customer, Identity, Interaction
from cxm.customers.selectors.persons import Reader
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import TouchpointRule
from feedback.models import EventSource, Inbox
from feedback.rules.arrivals import LEFT_OUT_WORDS, REPEATED_WORDS, Fate
from feedback.services import arrivals as service
from feedback.services.event_loading import replay_inbox
from feedback.services.event_sources import change_source
from feedback.services.sample_events import send_test_event
from tests import make
from tests.feedback.event_bodies import arrive, load, source_of, track

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from feedback.services.arrivals import Arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> EventSource:
    return source_of(make.member())


def look(source: EventSource, *, sees_persons: bool = True, **asked: str) -> list[Arrival]:
    with tenant_bound(source.tenant_id):
        reader = Reader(source.tenant, sees_persons)
        return service.recent_arrivals(reader, source, **asked).rows


def fates(source: EventSource) -> list[tuple[str, Fate]]:
    return [(arrival.name, arrival.fate) for arrival in look(source)]


def test_what_arrived_is_told_newest_first(source: EventSource) -> None:
    arrive(source, track("A", key="1"), track("B", key="2"))
    arrive(source, track("C", key="3"), is_loaded=False)

    assert fates(source) == [("C", Fate.WAITING), ("B", Fate.LOADED), ("A", Fate.LOADED)]


def test_a_loaded_event_leads_to_its_customer(source: EventSource) -> None:
    arrive(source, track(user="u-1042"))

    [arrival] = look(source)

    with tenant_bound(source.tenant_id):
        identity = Identity.objects.for_tenant(source.tenant).get(value="u-1042")
        customer = Customer.objects.for_tenant(source.tenant).get(pk=identity.customer_id)
    assert (arrival.customer, arrival.person_id) == ("id u-1042", customer.root_id)
    assert (arrival.call, arrival.key, arrival.identifiers) == ("track", "m1", ("id u-1042",))


def test_a_customer_that_was_merged_is_told_by_the_root(source: EventSource) -> None:
    arrive(source, track(user="", anonymousId="visitor-77"))
    arrive(
        source, {"type": "identify", "messageId": "m2", "userId": "u1", "anonymousId": "visitor-77"}
    )

    seen = {(arrival.call, arrival.customer): arrival.person_id for arrival in look(source)}

    with tenant_bound(source.tenant_id):
        roots = set(Customer.objects.for_tenant(source.tenant).values_list("root", flat=True))
    assert seen.keys() == {("identify", "id u1"), ("track", "visitor visitor-77")}
    assert set(seen.values()) == roots
    assert len(roots) == 1


def test_an_event_says_by_which_rule_it_got_its_touchpoint(source: EventSource) -> None:
    touchpoint = make.touchpoint(of=source.tenant, key="checkout", title="Checkout")
    with tenant_bound(source.tenant_id):
        rule = TouchpointRule.objects.create(
            tenant=source.tenant, touchpoint=touchpoint, event_name="Order*"
        )
    arrive(source, track("Order placed", key="1"), track("Logged in", key="2"))

    by_name = {arrival.name: arrival for arrival in look(source)}

    placed, unplaced = by_name["Order placed"], by_name["Logged in"]
    assert (placed.touchpoint, placed.rule, placed.lacks_touchpoint) == (touchpoint, rule, False)
    assert (unplaced.touchpoint, unplaced.rule, unplaced.lacks_touchpoint) == (None, None, True)


@pytest.mark.parametrize(
    ("item", "code", "path", "called"),
    [
        ({"type": "track", "messageId": "x", "userId": "u1"}, "no_name", "event", ("track", "")),
        ({"type": "track", "messageId": "x", "event": "A"}, "no_customer", "", ("track", "A")),
        (track("A", timestamp="yesterday"), "bad_time", "timestamp", ("track", "A")),
        (track(properties={"x": "y" * 33_000}), "too_large", "", ("track", "")),
        ({"type": "<b>", "userId": "u1"}, "unknown_type", "type", ("item", "<b>")),
        ("words", "not_an_object", "", ("item", "")),
    ],
    ids=["no-name", "nobody", "time", "large", "type", "no-object"],
)
def test_a_refused_event_says_why(
    source: EventSource, item: Any, code: str, path: str, called: tuple[str, str]
) -> None:
    arrive(source, item, track("Good", key="good"))

    good, bad = look(source)

    assert (good.fate, bad.fate) == (Fate.LOADED, Fate.REFUSED)
    assert [(row.code, row.path) for row in bad.refused] == [(code, path)]
    assert bad.why == bad.refused[0].message
    assert (bad.call, bad.name) == called


def test_a_page_view_is_left_out_while_pages_are_off(source: EventSource) -> None:
    pages = [{"type": "page", "messageId": f"p{n}", "userId": "u1", "name": "Home"} for n in (1, 2)]
    arrive(source, pages[0])
    with tenant_bound(source.tenant_id):
        change_source(source=source, by=None, keeps_pages=True)  # type: ignore[arg-type]  # the shell
    arrive(source, pages[1])

    told = [(arrival.call, arrival.fate, arrival.why) for arrival in look(source)]

    assert told == [
        ("page", Fate.LOADED, ""),
        ("page", Fate.LEFT_OUT, LEFT_OUT_WORDS["page"]),
    ]


def test_the_same_event_again_was_sent_before(source: EventSource) -> None:
    earlier = now() - timedelta(hours=1)
    arrive(source, track("A", key="1"), at=earlier)
    arrive(source, track("A", key="1"), track("B", key="2"), track("B", key="2"))

    assert fates(source) == [
        ("B", Fate.REPEATED),
        ("B", Fate.LOADED),
        ("A", Fate.REPEATED),
        ("A", Fate.LOADED),
    ]
    assert look(source)[0].why == REPEATED_WORDS


def test_an_event_whose_first_body_is_out_of_sight_was_sent_before(
    source: EventSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(source, track(key="1"), at=now() - timedelta(hours=1))
    later = now() + timedelta(minutes=1)
    arrive(source, track(key="1"), at=later)
    monkeypatch.setattr(service, "MOST_BODIES", 1)

    assert fates(source) == [("Order placed", Fate.REPEATED)]


def test_reading_a_body_again_does_not_make_its_events_repeats(source: EventSource) -> None:
    inbox_id = arrive(source, track(key="1"))
    with tenant_bound(source.tenant_id):
        inbox = Inbox.objects.for_tenant(source.tenant).select_related("tenant").get(pk=inbox_id)
        replay_inbox(inbox=inbox, by=None, now=now())  # type: ignore[arg-type]  # the shell
    waiting = fates(source)
    load(source.tenant, inbox_id)

    assert waiting == [("Order placed", Fate.WAITING)]
    assert fates(source) == [("Order placed", Fate.LOADED)]


@pytest.mark.parametrize(
    "body", [b"\x1f\x8bbroken", b"not json", b""], ids=["gzip", "text", "gone"]
)
def test_a_body_that_cannot_be_read_is_told_as_one(source: EventSource, body: bytes) -> None:
    arrive(source, body=body)

    told = [(arrival.fate, arrival.position, bool(arrival.why)) for arrival in look(source)]

    # One that retention emptied has nothing to show.
    assert told == ([(Fate.UNREADABLE, 0, True)] if body else [])


def test_a_packed_body_is_shown_unpacked(source: EventSource) -> None:
    item = track(properties={"order": 12345678901234567890123})
    arrive(source, body=gzip.compress(json.dumps({"batch": [item]}).encode()))

    [arrival] = look(source)

    assert json.loads(arrival.raw) == item
    assert "\n" in arrival.raw


def test_identify_group_and_alias_are_named_by_what_they_are_about(source: EventSource) -> None:
    arrive(
        source,
        {"type": "identify", "messageId": "1", "userId": "u1", "traits": {"plan": "pro"}},
        {"type": "group", "messageId": "2", "userId": "u1", "groupId": "acme"},
        {"type": "alias", "messageId": "3", "userId": "u1", "previousId": "old-1"},
    )

    assert [(arrival.call, arrival.name, arrival.fate) for arrival in look(source)] == [
        ("alias", "visitor old-1", Fate.LOADED),
        ("group", "acme", Fate.LOADED),
        ("identify", "", Fate.LOADED),
    ]


def test_a_value_that_was_left_out_of_a_loaded_event_is_told(source: EventSource) -> None:
    traits = {"plan": "pro", "x" * 500: "long"}
    arrive(source, {"type": "identify", "messageId": "1", "userId": "u1", "traits": traits})

    [arrival] = look(source)

    assert (arrival.fate, arrival.has_losses) == (Fate.LOADED, True)
    assert [row.code for row in arrival.refused] == ["bad_trait_name"]


def test_events_are_filtered_by_state_and_name(source: EventSource) -> None:
    arrive(
        source, track("Order placed", key="1"), {"type": "track", "userId": "u", "messageId": "2"}
    )
    arrive(source, track("Logged in", key="3"))

    assert [row.name for row in look(source, fate="loaded")] == ["Logged in", "Order placed"]
    assert [row.name for row in look(source, name="ORDER")] == ["Order placed"]
    assert look(source, fate="waiting") == []
    assert look(source, fate="nonsense") == []


def test_persons_are_hidden_from_those_who_may_not_see_them(source: EventSource) -> None:
    arrive(
        source,
        {
            "type": "identify",
            "messageId": "m1",
            "userId": "u-secret",
            "traits": {
                "email": "ada@example.com",
                "name": "Ada Moss",
                "age": 987654,
                "is_vip": True,
            },
        },
        track(timestamp="ada@example.com", user="ada@example.com"),
    )

    shown = look(source, sees_persons=False)

    told = repr([(a.customer, a.identifiers, a.why, a.raw, a.refused, a.name) for a in shown])
    assert [word for word in ("ada@", "Ada", "Moss", "u-secret", "987654") if word in told] == []
    assert '"is_vip": true' in shown[1].raw
    assert shown[1].customer.startswith("id #")
    assert shown[1].fate == Fate.LOADED


def test_the_sequence_changes_with_what_arrives_and_what_is_loaded(source: EventSource) -> None:
    def sequence() -> str:
        with tenant_bound(source.tenant_id):
            return service.arrival_sequence(source)

    seen = [sequence(), sequence()]
    inbox_id = arrive(source, track(), is_loaded=False)
    seen.append(sequence())
    load(source.tenant, inbox_id)
    seen += [sequence(), sequence()]

    assert seen[0] == seen[1]
    assert seen[3] == seen[4]
    assert len(set(seen)) == 3


def test_looking_costs_the_same_for_one_event_and_for_three(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    few, many = source_of(make.member()), source_of(make.member())
    arrive(few, track())
    for key in ("1", "2", "3"):
        arrive(many, track(key=key, user=key))

    for source in (few, many):
        reader = Reader(source.tenant, sees_persons=True)
        with tenant_bound(source.tenant_id), django_assert_num_queries(7):
            service.recent_arrivals(reader, source)


def test_a_look_ends_at_its_limits(source: EventSource, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("1", "2", "3"):
        arrive(source, track(key, key=key))

    counts = []
    for name, limit in (("MOST_BODIES", 2), ("MOST_ITEMS", 1), ("MOST_BYTES", 10)):
        with monkeypatch.context() as patch:
            patch.setattr(service, name, limit)
            counts.append(len(look(source)))

    assert counts == [2, 1, 1]


def test_one_event_is_found_by_its_place(source: EventSource) -> None:
    inbox_id = arrive(source, track("A", key="1"), track("B", key="2"))
    other = source_of(make.member(of=source.tenant), "Other")
    reader = Reader(source.tenant, sees_persons=True)

    with tenant_bound(source.tenant_id):
        found = [service.read_arrival(reader, source, inbox_id, place) for place in (0, 1, 2)]
        elsewhere = service.read_arrival(reader, other, inbox_id, 0)

    assert [arrival.name if arrival else None for arrival in found] == ["A", "B", None]
    assert elsewhere is None


def test_a_test_event_goes_the_way_of_real_ones(source: EventSource) -> None:
    with tenant_bound(source.tenant_id):
        [member] = [make.member(of=source.tenant)]
        inbox_id = send_test_event(source=source, by=member, now=now())
    waiting = fates(source)
    load(source.tenant, inbox_id)

    assert waiting == [("Test event", Fate.WAITING)]
    assert fates(source) == [("Test event", Fate.LOADED)]
    with tenant_bound(source.tenant_id):
        made = Interaction.objects.for_tenant(source.tenant).get(name="Test event")
    assert made.source == "events:web-shop"
