"""The contact policy: order, boundaries, figures, and when somebody can be asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.rules.distribution.policy import (
    BARS,
    Asking,
    Contact,
    Outcome,
    Person,
    PolicyRule,
    decide,
    drawn,
    quiet_until,
)
from feedback.rules.distribution.words import Reason, RuleKind

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANA = Person(id="ana", address="ana@example.com", is_address_right=True, zone="UTC")
ASKING = Asking(medium="email", purpose="transactional", at=AT, expires_at=AT + timedelta(days=3))


def _rule(kind: str, **more: Any) -> PolicyRule:
    scope = {name: more.pop(name) for name in ("medium", "purpose") if name in more}
    return PolicyRule(f"rule-{kind}", RuleKind(kind), more, **scope)


def _asked(days_ago: float, **more: Any) -> Contact:
    told = {"medium": "email", "purpose": "transactional", **more}
    return Contact(AT - timedelta(days=days_ago), **told)


def test_who_nothing_speaks_against_is_asked() -> None:
    assert decide(ANA, ASKING, []).outcome is Outcome.ASK


@pytest.mark.parametrize("bar", BARS)
def test_who_is_on_the_list_is_not_asked(bar: Reason) -> None:
    verdict = decide(replace(ANA, bars=frozenset({bar})), ASKING, [])

    assert (verdict.outcome, verdict.reason) == (Outcome.NO, bar)


def test_the_first_bar_in_order_is_the_one_that_is_told() -> None:
    both = frozenset({Reason.BOUNCED, Reason.ERASED})

    assert decide(replace(ANA, bars=both), ASKING, []).reason is Reason.ERASED


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (replace(ANA, address=""), Reason.NO_ADDRESS),
        (replace(ANA, is_address_right=False), Reason.BAD_ADDRESS),
        (replace(ANA, is_visitor=True), Reason.VISITOR),
    ],
)
def test_who_cannot_be_reached_is_not_asked(person: Person, reason: Reason) -> None:
    assert decide(person, ASKING, []).reason is reason


@pytest.mark.parametrize(("has_agreed", "outcome"), [(True, Outcome.ASK), (False, Outcome.NO)])
def test_consent_is_wanted_where_a_rule_wants_it(*, has_agreed: bool, outcome: Outcome) -> None:
    verdict = decide(replace(ANA, has_agreed=has_agreed), ASKING, [_rule("consent")])

    assert verdict.outcome is outcome


@pytest.mark.parametrize(
    ("born", "outcome"),
    [
        ("2010-11-22", Outcome.ASK),
        ("2010-11-23", Outcome.NO),
        ("soon", Outcome.NO),
        (None, Outcome.NO),
    ],
)
def test_age_counts_birthdays_and_wants_to_be_known(born: str | None, outcome: Outcome) -> None:
    person = replace(ANA, attributes={"born": born})

    assert decide(person, ASKING, [_rule("age", years=16, attribute="born")]).outcome is outcome


@pytest.mark.parametrize(
    ("days_ago", "outcome"),
    [(29.99, Outcome.NO), (30, Outcome.ASK), (-29.99, Outcome.NO), (-30, Outcome.ASK)],
)
def test_a_quiet_period_ends_to_the_moment_and_sees_what_is_queued(
    days_ago: float, outcome: Outcome
) -> None:
    person = replace(ANA, contacts=[_asked(days_ago)])

    assert decide(person, ASKING, [_rule("quiet_period", days=30)]).outcome is outcome


def test_a_quiet_period_says_when_it_ends() -> None:
    person = replace(ANA, contacts=[_asked(10), _asked(40)])

    verdict = decide(person, ASKING, [_rule("quiet_period", days=30)])

    assert verdict.again_at == AT + timedelta(days=20)
    assert verdict.rule == "rule-quiet_period"
    assert verdict.figures["days"] == 30


def test_an_answer_counts_for_rest_like_an_invitation_but_not_for_caps() -> None:
    person = replace(ANA, contacts=[_asked(1, is_answer=True)])

    assert decide(person, ASKING, [_rule("quiet_period", days=2)]).reason is Reason.QUIET_PERIOD
    assert decide(person, ASKING, [_rule("cap", times=1, days=2)]).outcome is Outcome.ASK


def test_a_cap_says_when_there_is_room_again() -> None:
    person = replace(ANA, contacts=[_asked(1), _asked(50), _asked(80)])

    verdict = decide(person, ASKING, [_rule("cap", times=3, days=90)])

    assert verdict.reason is Reason.CAP
    assert verdict.again_at == AT + timedelta(days=10)
    assert decide(person, ASKING, [_rule("cap", times=4, days=90)]).outcome is Outcome.ASK


def test_a_cap_of_a_company_counts_colleagues() -> None:
    person = replace(ANA, company_contacts=[_asked(1), _asked(2)])

    assert decide(person, ASKING, [_rule("cap", times=2, days=9)]).outcome is Outcome.ASK
    verdict = decide(person, ASKING, [_rule("cap", times=2, days=9, per="company")])
    assert verdict.reason is Reason.CAP


def test_rules_hold_for_their_medium_and_purpose_only() -> None:
    person = replace(ANA, contacts=[_asked(1, purpose="pulse")])

    assert decide(person, ASKING, [_rule("quiet_period", days=9, medium="sms")]) == decide(
        person, ASKING, []
    )
    scoped = [_rule("quiet_period", days=9, purpose="transactional")]
    assert decide(person, ASKING, scoped).outcome is Outcome.ASK


def test_an_invitation_does_not_stand_in_its_own_way() -> None:
    person = replace(ANA, contacts=[_asked(1, invitation="me")])
    rules = [_rule("quiet_period", days=9)]

    assert decide(person, replace(ASKING, invitation="me"), rules).outcome is Outcome.ASK


def test_a_sample_is_drawn_the_same_each_time_and_about_its_share() -> None:
    names = [f"person {number}" for number in range(10_000)]

    share = sum(drawn("seed", name) < 0.25 for name in names) / len(names)

    assert abs(share - 0.25) < 0.015
    assert [drawn("seed", n) for n in names[:9]] == [drawn("seed", n) for n in names[:9]]
    assert decide(ANA, replace(ASKING, share=0.0), []).reason is Reason.NOT_SAMPLED


def test_reminders_are_not_drawn_again() -> None:
    asking = replace(ASKING, share=0.0, is_reminder=True)

    assert decide(ANA, asking, []).outcome is Outcome.ASK


@pytest.mark.parametrize(
    ("at", "zone", "until"),
    [
        ("2026-11-22T21:30+00:00", "UTC", "2026-11-23T08:00+00:00"),
        ("2026-11-22T03:00+00:00", "UTC", "2026-11-22T08:00+00:00"),
        ("2026-11-22T08:00+00:00", "UTC", None),
        ("2026-11-22T20:59+00:00", "UTC", None),
        ("2026-11-22T12:30+00:00", "Asia/Tokyo", "2026-11-22T23:00+00:00"),
    ],
)
def test_quiet_hours_are_those_of_the_customers_clock(
    at: str, zone: str, until: str | None
) -> None:
    end = quiet_until(datetime.fromisoformat(at), zone, "21:00", "08:00")

    assert end == (datetime.fromisoformat(until) if until else None)


def test_quiet_hours_put_off_and_what_waits_too_long_is_not_sent() -> None:
    late = replace(ASKING, at=AT.replace(hour=22), expires_at=AT + timedelta(days=3))
    rules = [_rule("hours", **{"from": "21:00", "to": "08:00"})]

    assert decide(ANA, late, rules).outcome is Outcome.LATER
    verdict = decide(ANA, replace(late, expires_at=AT.replace(hour=23)), rules)
    assert (verdict.outcome, verdict.reason) == (Outcome.NO, Reason.TOO_LATE)
    assert verdict.figures == {"waited_for": "hours"}


def test_the_rate_of_a_sender_puts_off_by_a_minute() -> None:
    rules = [_rule("rate", per_minute=10)]

    assert decide(ANA, replace(ASKING, sent_lately=9), rules).outcome is Outcome.ASK
    verdict = decide(ANA, replace(ASKING, sent_lately=10), rules)
    assert verdict.again_at == AT + timedelta(minutes=1)


@given(
    gaps=st.lists(st.floats(0, 400), max_size=30),
    days=st.integers(1, 90),
    times=st.integers(1, 4),
)
def test_nobody_is_asked_more_often_than_a_cap_whatever_comes(
    gaps: list[float], days: int, times: int
) -> None:
    contacts: list[Contact] = []
    at = AT
    for gap in gaps:
        at += timedelta(hours=gap)
        asking = replace(ASKING, at=at, expires_at=at)
        person = replace(ANA, contacts=contacts)
        if decide(person, asking, [_rule("cap", times=times, days=days)]).outcome is Outcome.ASK:
            contacts.append(Contact(at, "email", "transactional"))

    window = timedelta(days=days)
    for one in contacts:
        within = [other for other in contacts if one.at <= other.at < one.at + window]
        assert len(within) <= times
