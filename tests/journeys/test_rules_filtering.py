"""What filters of a map leave out: worked by hand, one thing asked at a time and all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.rules.filtering import CardFacts, is_hidden
from journeys.rules.look import UNFILTERED, Look, look_asked

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAYA, PIET, ANA = (UUID(int=number) for number in (1, 2, 3))
PAIN = CardFacts(
    "waits for the engineer slot",
    NOW - timedelta(days=3),
    persona=MAYA,
    sort="pain",
    status="open",
    owners={ANA},
    grade="some",
    comments=2,
)
NOTE = CardFacts("opens four tabs", NOW - timedelta(days=300))


@pytest.mark.parametrize(
    ("asked", "hides_pain", "hides_note"),
    [
        ({}, False, False),
        ({"persona": MAYA}, False, False),
        ({"persona": PIET}, True, False),
        ({"q": "slot"}, False, True),
        ({"q": "slot engine"}, False, True),
        ({"q": "slot tabs"}, True, True),
        ({"types": "pain"}, False, True),
        ({"types": "opportunity"}, True, True),
        ({"status": "open"}, False, True),
        ({"status": "done"}, True, True),
        ({"owner": ANA}, False, True),
        ({"owner": PIET}, True, True),
        ({"grade": "some"}, False, True),
        ({"grade": "strong"}, True, True),
        ({"commented": True}, False, True),
        ({"changed_days": 7}, False, True),
        ({"changed_days": 1}, True, True),
        ({"persona": MAYA, "q": "slot", "types": "pain", "commented": True}, False, True),
        ({"types": "pain", "status": "rejected"}, True, True),
    ],
    ids=str,
)
def test_a_card_stays_that_fits_all_that_is_asked(
    asked: dict[str, Any], hides_pain: bool, hides_note: bool
) -> None:
    look = Look(**asked)

    assert (is_hidden(look, PAIN, NOW), is_hidden(look, NOTE, NOW)) == (hides_pain, hides_note)
    assert look.filters == bool(asked)


@pytest.mark.parametrize("days", [7, 30])
def test_changed_since_takes_in_the_moment_itself(days: int) -> None:
    card = CardFacts("", NOW - timedelta(days=days))

    assert not is_hidden(Look(changed_days=days), card, NOW)
    assert is_hidden(Look(changed_days=days), card, NOW + timedelta(seconds=1))


ASKED: dict[str, st.SearchStrategy[Any]] = {
    "q": st.sampled_from(["slot", "tabs", "e"]),
    "types": st.sampled_from(["pain", "goal"]),
    "status": st.sampled_from(["open", "done"]),
    "persona": st.sampled_from([MAYA, PIET]),
    "owner": st.sampled_from([ANA, PIET]),
    "grade": st.sampled_from(["some", "strong"]),
    "commented": st.just(True),
    "changed_days": st.sampled_from([1, 7]),
}


@given(st.fixed_dictionaries({}, optional=ASKED), st.sampled_from(sorted(ASKED)), st.data())
def test_asking_more_never_shows_more(
    asked: dict[str, Any], more: str, given_: st.DataObject
) -> None:
    wider = {key: value for key, value in asked.items() if key != more}
    narrower = {**wider, more: given_.draw(ASKED[more])}

    for card in (PAIN, NOTE):
        if is_hidden(Look(**wider), card, NOW):
            assert is_hidden(Look(**narrower), card, NOW)


@pytest.mark.parametrize(
    "query",
    [{"owner": "me"}, {"grade": "sure"}, {"commented": "yes"}, {"types": "text"}, {"status": "x"}],
    ids=str,
)
def test_a_filter_that_is_none_is_not_asked(query: dict[str, str]) -> None:
    assert not look_asked(query).filters


def test_without_filters_a_look_keeps_the_rest() -> None:
    look = Look(stage=MAYA, zoom="50", q="slot", owner=ANA, grade="some", commented=True)

    assert look.address(**UNFILTERED) == f"?stage={MAYA}&zoom=50"
