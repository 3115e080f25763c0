"""Which page of an account of Delighted comes next, and how long to wait for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback.rules.delighted_account import (
    Listed,
    Period,
    Place,
    first_place,
    next_place,
    wait_of,
    webhooks_of,
)

ALL = Period()
HUNDRED = {"per_page": "100"}
LINK = '<https://api.delighted.com/v1/people.json?page_id=abc&per_page=100>; rel="next"'
ANSWERS = {**HUNDRED, "expand": "person"}


@pytest.mark.parametrize(
    ("place", "page", "then"),
    [
        pytest.param(
            Place("people", HUNDRED),
            Listed([{"id": "7"}], LINK),
            Place("people", {"page_id": "abc", "per_page": "100"}, "7"),
            id="a link is followed",
        ),
        pytest.param(
            Place("people", HUNDRED),
            Listed([{"id": "7"}], '<https://x.example/?page=9>; rel="prev"'),
            Place("survey_responses", ANSWERS),
            id="people without a next link are over",
        ),
        pytest.param(
            Place("survey_responses", ANSWERS),
            Listed([{"id": "7"}]),
            Place("survey_responses", {**ANSWERS, "page": "2"}, "7"),
            id="a list without links is paged by number",
        ),
        pytest.param(
            Place("survey_responses", {**ANSWERS, "page": "2"}, "7", tries=3),
            Listed([{"id": 9}]),
            Place("survey_responses", {**ANSWERS, "page": "3"}, "9"),
            id="what came is not tried any more",
        ),
        pytest.param(
            Place("survey_responses", {**ANSWERS, "page": "3"}, "9"),
            Listed([]),
            Place("unsubscribes", HUNDRED),
            id="an empty page ends a part",
        ),
        pytest.param(
            Place("unsubscribes", {**HUNDRED, "page": "2"}, "1"),
            Listed([{"person_id": "1"}]),
            Place("bounces", HUNDRED),
            id="the same page again ends a part",
        ),
        pytest.param(Place("bounces", HUNDRED), Listed([]), None, id="the end"),
    ],
)
def test_the_way_through_an_account(place: Place, page: Listed, then: Place | None) -> None:
    assert next_place(place, page, ALL) == then


def test_a_period_is_asked_for_in_seconds() -> None:
    period = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))

    place = first_place("survey_responses", period)

    assert place.query == {**ANSWERS, "since": "1767225600", "until": "1769904000"}


@pytest.mark.parametrize(
    ("said", "tries", "seconds"),
    [
        ("7", 0, 7),
        ("0", 0, 1),
        ("99999", 0, 600),
        ("", 0, 5),
        ("", 2, 20),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1, 10),
        ("-3", 0, 5),
        ("", 60, 600),
    ],
)
def test_a_server_says_how_long_to_wait_or_it_is_doubled(
    said: str, tries: int, seconds: int
) -> None:
    assert wait_of(said, tries) == timedelta(seconds=seconds)


def test_people_and_answers_are_put_as_webhooks_bring_them() -> None:
    assert webhooks_of("people", [{"id": "1"}]) == [
        {"event_type": "person.fetched", "event_data": {"person": {"id": "1"}}}
    ]
    assert webhooks_of("survey_responses", [{"id": "2"}]) == [
        {"event_type": "survey_response.created", "event_data": {"id": "2"}}
    ]
