"""Replaying the past: order, what becomes known when, what is asked about once, and counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedback.rules.distribution.policy import Contact, Person, PolicyRule
from feedback.rules.distribution.replay import Decided, History, Known, Wish, replay
from feedback.rules.distribution.trial_counts import counted
from feedback.rules.distribution.words import Reason, RuleKind

MONDAY = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
REST = PolicyRule("rest", RuleKind.QUIET_PERIOD, {"days": 10})
NIGHT = PolicyRule("night", RuleKind.HOURS, {"from": "20:00", "to": "08:00"})


def _wish(name: str, *, person: str = "ana", day: float = 0, **more: Any) -> Wish:
    at = MONDAY + timedelta(days=day)
    wish = Wish(
        invitation=name,
        person=person,
        distribution="after delivery",
        survey="delivery",
        natural_key=name,
        medium="email",
        purpose="transactional",
        planned_at=at,
        due_at=at,
        expires_at=at + timedelta(days=3),
    )
    return replace(wish, **more)


def _history(*wishes: Wish, **more: Any) -> History:
    persons = {
        (one.person, one.medium): Person(one.person, f"{one.person}@example.com", True, "UTC")
        for one in wishes
    }
    return History(wishes, persons, **more)


def _told(history: History, *rules: PolicyRule) -> dict[str, str]:
    return {one.wish.invitation: str(one.reason or "ask") for one in replay(history, rules)}


def test_the_quiet_period_begins_with_whom_the_replay_asked() -> None:
    history = _history(*(_wish(f"day {day}", day=day) for day in (0, 4, 11, 19)))

    assert _told(history, REST) == {
        "day 0": "ask",
        "day 4": "quiet_period",
        "day 11": "ask",
        "day 19": "quiet_period",
    }


def test_a_rule_that_decides_is_named() -> None:
    first, second = _wish("first"), _wish("second", day=1)

    assert replay(_history(first, second), [REST]) == [
        Decided(first),
        Decided(second, Reason.QUIET_PERIOD, "rest"),
    ]


def test_at_once_the_lower_priority_asks_then_the_older_event() -> None:
    late = _wish("late", due_at=MONDAY + timedelta(hours=1))
    early = _wish("early")
    urgent = _wish("urgent", due_at=MONDAY + timedelta(hours=2), priority=50)

    assert _told(_history(late, early), REST) == {"early": "ask", "late": "quiet_period"}
    assert _told(_history(late, early, urgent), REST) == {
        "urgent": "ask",
        "early": "quiet_period",
        "late": "quiet_period",
    }


def test_quiet_hours_move_a_message_and_its_contact() -> None:
    night = _wish("night", day=10 / 24)
    # Ten days after it was planned, less than ten after it went out at eight.
    after = _wish("after", day=10 + 15 / 24)

    assert _told(_history(night, after), NIGHT, REST) == {"night": "ask", "after": "quiet_period"}
    assert _told(_history(night, after), REST) == {"night": "ask", "after": "ask"}


def test_hours_that_last_longer_than_the_message_is_worth_are_too_late() -> None:
    wish = _wish("night", day=10 / 24, expires_at=MONDAY + timedelta(hours=12))

    assert _told(_history(wish), NIGHT) == {"night": "too_late"}


def test_an_answer_counts_from_when_it_was_given() -> None:
    first = _wish("first", answered_at=MONDAY + timedelta(days=8))
    second = _wish("second", day=12)

    assert _told(_history(first, second), REST)["second"] == "quiet_period"
    unanswered = replace(first, answered_at=None)
    assert _told(_history(unanswered, second), REST)["second"] == "ask"


def test_the_answer_to_what_is_not_sent_is_not_given() -> None:
    known = Known("ana", MONDAY, Contact(MONDAY - timedelta(days=1), "email", "transactional"))
    first = _wish("first", day=1, answered_at=MONDAY + timedelta(days=8))
    second = _wish("second", day=12)

    assert _told(_history(first, second, known=[known]), REST) == {
        "first": "quiet_period",
        "second": "ask",
    }


@pytest.mark.parametrize(
    ("since", "said"), [(-1, "bounced"), (0, "bounced"), (1, "ask")], ids=["before", "at", "after"]
)
def test_the_list_counts_from_the_day_of_its_entry(since: int, said: str) -> None:
    barred = {("ana", "email"): {Reason.BOUNCED: MONDAY + timedelta(days=since)}}

    assert _told(_history(_wish("one"), barred=barred)) == {"one": said}


def test_who_is_barred_between_planning_and_sending_is_not_asked() -> None:
    wish = _wish("one", due_at=MONDAY + timedelta(hours=2))
    barred = {("ana", "email"): {Reason.UNSUBSCRIBED: MONDAY + timedelta(hours=1)}}
    after = _wish("two", day=1)

    # What did not go out begins no quiet period: the bar is what both are told.
    assert _told(_history(wish, after, barred=barred), REST) == {
        "one": "unsubscribed",
        "two": "unsubscribed",
    }


def test_another_distribution_of_the_survey_asks_about_an_order_once() -> None:
    first = _wish("first", natural_key="A-1", is_about_event=True)
    other = _wish(
        "other", day=20, natural_key="A-1", is_about_event=True, distribution="again", person="bo"
    )

    assert _told(_history(first, other)) == {"first": "ask", "other": "duplicate"}
    survey = replace(other, survey="another")
    assert _told(_history(first, survey)) == {"first": "ask", "other": "ask"}


def test_what_was_asked_about_before_is_a_duplicate_or_known() -> None:
    own = _wish("own", natural_key="A-1", is_about_event=True)
    other = _wish("other", natural_key="A-2", is_about_event=True)
    before = [
        ("delivery", "after delivery", "A-1", True),
        ("delivery", "again", "A-2", True),
        ("delivery", "third", "A-2", False),
    ]

    assert _told(_history(own, other, before=before)) == {"other": "duplicate"}


def test_a_call_off_frees_what_it_was_about_and_begins_no_quiet_period() -> None:
    first = _wish("first", natural_key="A-1", is_about_event=True, was_called_off=True)
    again = _wish("again", day=1, natural_key="A-1", is_about_event=True, distribution="again")

    assert _told(_history(first, again), REST) == {"first": "cancelled", "again": "ask"}


def test_a_message_that_failed_begins_no_quiet_period() -> None:
    history = _history(_wish("first", has_failed=True), _wish("second", day=1))

    assert _told(history, REST) == {"first": "ask", "second": "ask"}


def test_a_company_is_asked_as_often_as_the_rule_says_together() -> None:
    cap = PolicyRule("cap", RuleKind.CAP, {"times": 1, "days": 10, "per": "company"})
    history = _history(
        _wish("ana", person="ana"),
        _wish("bo", person="bo", day=1),
        _wish("cy", person="cy", day=1),
        companies={"ana": ["harbour"], "bo": ["harbour", "pier"]},
    )

    assert _told(history, cap) == {"ana": "ask", "bo": "cap", "cy": "ask"}


def test_a_replay_is_counted_by_person_reason_and_week() -> None:
    decisions = [
        Decided(_wish("1")),
        Decided(_wish("2", day=7)),
        Decided(_wish("3", person="bo"), Reason.CAP, "cap"),
        Decided(_wish("4", person="bo", day=6.6), Reason.CAP, "cap"),
        Decided(_wish("5", person="cy"), Reason.BOUNCED),
    ]

    # The fourth is due on Sunday in UTC, and on Monday already in Auckland.
    assert counted(decisions, ZoneInfo("Pacific/Auckland")) == {
        "asked": 2,
        "not_asked": 3,
        "persons": 1,
        "nobody": 2,
        "often": 1,
        "reasons": [["cap", "cap", 2], ["bounced", "", 1]],
        "weeks": [["2026-11-02", 1, 2], ["2026-11-09", 1, 1]],
    }
