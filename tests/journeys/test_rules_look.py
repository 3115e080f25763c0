"""How a map is looked at stands in the address, whatever somebody writes into it."""

from __future__ import annotations

from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.rules.look import CHANGED_DAYS, ZOOMS, Look, look_asked

STAGE = UUID("01900000-0000-7000-8000-000000000001")
LANE = UUID("01900000-0000-7000-8000-000000000002")
LOOKS = st.builds(
    Look,
    stage=st.none() | st.uuids(),
    persona=st.none() | st.uuids(),
    lanes=st.frozensets(st.uuids(), max_size=4),
    toggled=st.frozensets(st.uuids(), max_size=4),
    q=st.text("abc &=?%", max_size=20).map(lambda text: " ".join(text.split())),
    types=st.sampled_from(["", "pain", "gain"]),
    status=st.sampled_from(["", "open"]),
    changed_days=st.sampled_from([0, *CHANGED_DAYS]),
    zoom=st.sampled_from(ZOOMS),
)


@given(LOOKS)
def test_a_look_is_read_back_from_its_address(look: Look) -> None:
    assert look_asked(dict(parse_qsl(look.address().removeprefix("?")))) == look


def test_the_usual_look_needs_no_words() -> None:
    assert Look().address() == "?"


@pytest.mark.parametrize(
    "query",
    [
        {"zoom": "9000"},
        {"changed": "-1"},
        {"stage": "x"},
        {"lanes": "x,,"},
        {"types": "joy"},
        {"status": "lost"},
        {"filter": " \0 "},
    ],
)
def test_what_makes_no_sense_is_as_usual(query: dict[str, str]) -> None:
    assert look_asked(query) == Look()


@pytest.mark.parametrize(
    ("usually", "toggled", "is_folded"),
    [(False, False, False), (False, True, True), (True, False, True), (True, True, False)],
)
def test_toggling_turns_what_is_usual_around(
    usually: bool,
    toggled: bool,
    is_folded: bool,
) -> None:
    look = Look(toggled=frozenset({STAGE} if toggled else ()))

    assert look.is_folded(STAGE, usually=usually) == is_folded


def test_a_link_that_folds_keeps_the_rest() -> None:
    look = Look(q="wait", toggled=frozenset({LANE}))

    assert look_asked(dict(parse_qsl(look.toggling(STAGE)[1:]))) == Look(
        q="wait", toggled=frozenset({LANE, STAGE})
    )
