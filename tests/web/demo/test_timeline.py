"""The made-up timelines: whole, in order, in agreement with the answers and the stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from cxm.customers.rules.records import Call
from cxm.touchpoints.rules.conditions import Condition
from cxm.touchpoints.rules.matching import MatchRule, RuleSet
from cxm.web.demo.answers import arrivals
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.harbour import HARBOUR
from cxm.web.demo.organisations import organisations_of
from cxm.web.demo.people import People
from cxm.web.demo.stories import age_in_weeks
from cxm.web.demo.tales import WEEKS_TOLD, Causes
from cxm.web.demo.timeline import portions

if TYPE_CHECKING:
    from cxm.customers.rules.records import EventRecord
    from cxm.web.demo.company import Company, TimelinePlan

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
BERLIN = ZoneInfo("Europe/Berlin")
# What happened before an answer about a touchpoint, within three weeks.
BEFORE = {
    "call-support": "support_call",
    "chat-support": "chat_started",
    "write-support": "email_received",
    "shop-visit": "store_visited",
    "report-fault": "fault_reported",
    "router-delivery": "parcel_delivered",
    "invoice": "invoice_sent",
    "technician-visit": "technician_visited",
    "change-plan": "plan_changed",
    "move-house": "move_announced",
    "outage-information": "outage_ended",
}


def planned(company: Company) -> TimelinePlan:
    assert company.timeline is not None
    return company.timeline


def told(company: Company, causes: Causes, *, scale: float, seed: int = 1) -> list[EventRecord]:
    people = People(company, scale=scale, seed=seed, today=TODAY)
    coming = portions(company, planned(company), people, causes, scale=scale, seed=seed, now=NOW)
    return [record for portion in coming for records in portion.values() for record in records]


@pytest.fixture(scope="module")
def causes() -> Causes:
    found = Causes()
    found.note(arrivals(BRIGHTLINE, scale=0.1, seed=1, now=NOW))
    return found


@pytest.fixture(scope="module")
def records(causes: Causes) -> list[EventRecord]:
    return told(BRIGHTLINE, causes, scale=0.1)


@pytest.fixture(scope="module")
def tracks(records: list[EventRecord]) -> list[EventRecord]:
    return [record for record in records if record.call is Call.TRACK]


def age(record: EventRecord) -> float:
    return age_in_weeks(record.occurred_at.astimezone(BERLIN).date(), TODAY)


def weekly(tracks: list[EventRecord], newest: float, oldest: float, *, topic: str = "") -> float:
    """Count the calls and faults of a week, on average, between two ages."""
    names = {"support_call", "fault_reported"}
    found = [
        record
        for record in tracks
        if record.name in names
        and newest < age(record) <= oldest
        and topic in str(record.props.get("topic", ""))
    ]
    return len(found) / (oldest - newest)


def test_same_seed_tells_the_same_and_another_does_not() -> None:
    assert told(HARBOUR, Causes(), scale=0.2) == told(HARBOUR, Causes(), scale=0.2)
    assert told(HARBOUR, Causes(), scale=0.2) != told(HARBOUR, Causes(), scale=0.2, seed=2)


def test_nothing_is_told_of_the_future_or_of_before_the_sources(records: list[EventRecord]) -> None:
    days = {record.occurred_at.astimezone(BERLIN).date() for record in records}

    assert max(record.occurred_at for record in records) <= NOW
    assert min(days) >= TODAY - timedelta(weeks=WEEKS_TOLD)


def test_each_record_has_a_key_of_its_own_and_somebody_it_is_about(
    records: list[EventRecord],
) -> None:
    keys = Counter((record.name, record.key) for record in records)

    assert max(keys.values()) == 1
    assert all(record.refs for record in records)


def test_no_answer_comes_before_its_contact(causes: Causes, tracks: list[EventRecord]) -> None:
    happened = defaultdict(list)
    for record in tracks:
        happened[record.refs[0].value, record.name].append(record.occurred_at)
    begin = NOW - timedelta(weeks=WEEKS_TOLD - 4)
    checked = [
        (who, cause)
        for who, answers in causes.of.items()
        for cause in answers
        if cause.touchpoint in BEFORE and cause.at > begin
    ]

    lonely = [
        (who, cause)
        for who, cause in checked
        if not any(
            timedelta() < cause.at - at < timedelta(days=21)
            for at in happened[who, BEFORE[cause.touchpoint]]
        )
    ]

    assert len(checked) > 1_200
    assert lonely == []


def test_order_steps_are_in_order_but_for_a_few(tracks: list[EventRecord]) -> None:
    steps = ["order_placed", "technician_booked", "technician_visited", "line_activated"]
    orders: dict[str, dict[str, datetime]] = defaultdict(dict)
    for record in tracks:
        if record.thread_key.startswith("O-") and record.name in steps:
            orders[record.thread_key][record.name] = record.occurred_at
    whole = [[order[step] for step in steps] for order in orders.values() if len(order) == 4]

    swapped = [moments for moments in whole if moments != sorted(moments)]

    assert len(whole) > 150
    assert 1 <= len(swapped) <= len(whole) * 0.04
    assert all(sorted(moments)[0] == moments[0] for moments in whole)


def test_new_invoice_brings_calls_while_it_is_broken(tracks: list[EventRecord]) -> None:
    before = weekly(tracks, 32, 50, topic="invoice")
    broken = weekly(tracks, 20, 30, topic="invoice")
    after = weekly(tracks, 0, 18, topic="invoice")

    assert broken > 2 * before
    assert broken > 2 * after
    assert weekly(tracks, 30, 50, topic="new invoice") < broken / 20


def test_outage_weekend_brings_calls(tracks: list[EventRecord]) -> None:
    usual = weekly(tracks, 9, 30)
    outage = weekly(tracks, 54 / 7, 58 / 7)

    assert outage > 4 * usual


def test_people_have_stories_and_a_few_have_long_ones(tracks: list[EventRecord]) -> None:
    lengths = sorted(Counter(record.refs[0].value for record in tracks).values())

    assert 3 <= lengths[len(lengths) // 2] <= 12
    assert sum(length > 100 for length in lengths) in range(1, 20)
    assert lengths[-1] <= 400


def test_everything_finds_a_touchpoint_but_for_three_names(tracks: list[EventRecord]) -> None:
    rules = RuleSet(
        MatchRule(
            id=uuid4(),
            touchpoint_id=uuid4(),
            channel_id=None,
            priority=place,
            kind=rule.kind,
            name=rule.event,
            conditions=tuple(Condition(*condition) for condition in rule.conditions),
        )
        for place, rule in enumerate(planned(BRIGHTLINE).rules)
    )

    homeless = {
        record.name
        for record in tracks
        if not record.touchpoint
        and rules.first_match(
            source="", kind=record.kind, name=record.name, props=record.props, at=NOW
        )
        is None
    }

    assert homeless == {"speedtest_run", "coverage_map_opened", "friend_referred"}


@pytest.mark.parametrize("company", [BRIGHTLINE, HARBOUR], ids=lambda company: company.slug)
def test_touchpoints_named_by_rules_and_events_exist(
    company: Company, tracks: list[EventRecord]
) -> None:
    known = {point.key for point in company.touchpoints}

    assert {rule.touchpoint for rule in planned(company).rules} <= known
    if company is BRIGHTLINE:
        assert {record.touchpoint for record in tracks} - {""} <= known


def test_visitors_look_around_and_some_sign_in_later(tracks: list[EventRecord]) -> None:
    looked: dict[str, datetime] = {}
    for record in tracks:
        if record.refs[0].kind == "anonymous":
            looked[record.refs[0].value] = record.occurred_at
    signed_in = {
        ref.value: record.occurred_at
        for record in tracks
        for ref in record.refs[1:]
        if ref.kind == "anonymous"
    }

    assert len(looked.keys() - signed_in.keys()) >= 20
    assert len(signed_in) > 50
    assert all(looked.get(who, at) <= at for who, at in signed_in.items())


def test_business_customers_belong_to_organisations(records: list[EventRecord]) -> None:
    members = Counter(record.company for record in records if record.call is Call.GROUP)
    names = {record.traits["name"] for record in records if record.call is Call.GROUP}

    assert len(members) == len(names) == 6
    assert len(set(members.values())) > 1


def test_organisations_have_names_of_their_own() -> None:
    people = People(BRIGHTLINE, scale=1, seed=1, today=TODAY)

    found = organisations_of(BRIGHTLINE, people.everybody, scale=1, seed=1)

    members = Counter(organisation.number for organisation in found.values())
    names = {organisation.traits["name"] for organisation in found.values()}
    assert len(members) == len(names) == 60
    assert members.total() == 300
    assert max(members.values()) > 2 * min(members.values())


def test_some_have_no_address_and_some_speak_german(records: list[EventRecord]) -> None:
    profiles = [record.traits for record in records if record.call is Call.IDENTIFY]

    def share(key: str) -> float:
        return sum(key in traits for traits in profiles) / len(profiles)

    assert share("email") == pytest.approx(0.88, abs=0.03)
    assert share("phone") == pytest.approx(0.5, abs=0.03)
    assert share("language") == pytest.approx(0.2, abs=0.03)
    assert share("product") > 0.99
