"""The stream of made-up answers: repeatable, in order, never of the future."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from cxm.web.demo.answers import Arrival, arrivals
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.brightline_leaving import reason_of
from cxm.web.demo.harbour import HARBOUR
from cxm.web.demo.people import People

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def made(*, seed: int = 1, now: datetime = NOW, first: int = 300) -> list[Arrival]:
    return list(islice(arrivals(HARBOUR, scale=0.2, seed=seed, now=now), first))


def test_same_seed_gives_the_same_answers() -> None:
    assert made() == made()


def test_another_seed_gives_other_answers() -> None:
    assert made(seed=1) != made(seed=2)


def test_answers_come_in_order() -> None:
    received = [arrival.received_at for arrival in made()]

    assert received == sorted(received)


def test_nothing_is_answered_after_it_came_in_or_in_the_future() -> None:
    stream = made(first=100_000)

    assert all(one.record.answered_at < one.received_at <= NOW for one in stream)
    assert stream[-1].received_at > NOW - timedelta(days=20)


def test_scores_and_channels_are_those_of_the_company() -> None:
    channels = {channel.key for channel in HARBOUR.channels}
    points = {point.key for point in HARBOUR.touchpoints}

    records = [arrival.record for arrival in made()]

    assert {record.channel for record in records} <= channels
    named = {rating.touchpoint for record in records for rating in record.ratings}
    assert named - {None} <= points
    stars = [r.value for record in records for r in record.ratings if r.metric == "stars"]
    assert set(stars) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("now", [NOW, datetime(2024, 2, 29, 6, tzinfo=UTC)], ids=["2026", "leap"])
def test_three_years_are_told_at_any_moment(now: datetime) -> None:
    [first] = made(now=now, first=1)

    assert timedelta(days=1060) < now - first.record.answered_at < timedelta(days=1097)


def test_who_leaves_says_what_the_contract_says() -> None:
    plan = BRIGHTLINE.timeline and BRIGHTLINE.timeline.contracts
    assert plan
    today = NOW.astimezone(ZoneInfo(BRIGHTLINE.time_zone)).date()
    people = People(BRIGHTLINE, scale=0.1, seed=1, today=today)
    told = {one.reference: reason_of(plan, one, today=today, seed=1) for one in people.everybody}

    stream = arrivals(BRIGHTLINE, scale=0.1, seed=1, now=NOW)
    said = [one.record for one in stream if one.record.survey == "leaving"]

    assert len(said) > 20
    assert all(one.customer for one in said)
    assert [one.answers.get("reason", "") for one in said] == [
        told[one.customer] for one in said if one.customer
    ]
    assert {one.answers.get("reason") for one in said} > {None, "Too expensive"}
