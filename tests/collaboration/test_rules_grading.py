"""The truth meter: what evidence weighs, how it fades, and what grade comes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.collaboration.rules.grading import Piece, graded, strength
from cxm.collaboration.rules.kinds import EvidenceKind, Grade, Polarity

TODAY = date(2026, 11, 21)
KINDS, FOR, AGAINST = EvidenceKind, Polarity.SUPPORTS, Polarity.CONTRADICTS
# From the worst to the best: what "lower" and "raise" mean in the laws below.
LADDER = [Grade.CONTRADICTED, Grade.ASSUMPTION, Grade.SOME, Grade.STRONG]


def piece(
    days: int = 0,
    *,
    kind: EvidenceKind = KINDS.QUOTE,
    polarity: Polarity = FOR,
    subjects: int = 1,
) -> Piece:
    return Piece(kind, polarity, subjects, TODAY - timedelta(days=days))


def rank(*pieces: Piece, on: date = TODAY) -> int:
    return LADDER.index(graded(pieces, on).grade)


# Spec journeys 13.6: figure with n at or over 30: 3; five or more people: 2; single one: 1.
@pytest.mark.parametrize(
    ("kind", "subjects", "expected"),
    [
        pytest.param(KINDS.METRIC, 30, 3, id="a figure of 30 answers"),
        pytest.param(KINDS.METRIC, 29, 2, id="a figure of 29 answers"),
        pytest.param(KINDS.METRIC, 4, 1, id="a figure of 4 answers"),
        pytest.param(KINDS.INTERVIEW, 5, 2, id="five interviewed"),
        pytest.param(KINDS.INTERVIEW, 4, 1, id="four interviewed"),
        pytest.param(KINDS.QUOTE, 1, 1, id="one quote"),
        pytest.param(KINDS.URL, 1_000, 2, id="a study of a thousand is no figure of ours"),
        pytest.param(KINDS.EVENT_QUERY, 30, 2, id="a count of events is no figure with an n"),
    ],
)
def test_strength_is_as_the_spec_says(kind: EvidenceKind, subjects: int, expected: int) -> None:
    assert strength(kind, subjects) == expected


# Half of the points are left after 180 days, a quarter after 360.
@pytest.mark.parametrize(
    ("pieces", "grade", "supporting", "contradicting"),
    [
        pytest.param([], Grade.ASSUMPTION, 0, 0, id="nothing"),
        pytest.param([piece()], Grade.SOME, 100, 0, id="one quote of today"),
        pytest.param([piece(1)], Grade.ASSUMPTION, 99, 0, id="one quote of yesterday"),
        pytest.param([piece()] * 3, Grade.STRONG, 300, 0, id="three quotes of today"),
        pytest.param([piece(1)] * 3, Grade.SOME, 298, 0, id="three quotes of yesterday"),
        pytest.param([piece(180)] * 6, Grade.STRONG, 300, 0, id="six quotes, half a year old"),
        pytest.param([piece(360)] * 4, Grade.SOME, 100, 0, id="four quotes, a year old"),
        pytest.param([piece(180)], Grade.ASSUMPTION, 50, 0, id="one quote, half a year old"),
        pytest.param(
            [piece(kind=KINDS.METRIC, subjects=412)], Grade.STRONG, 300, 0, id="a large figure"
        ),
        pytest.param(
            [piece(180, kind=KINDS.METRIC, subjects=412)], Grade.SOME, 150, 0, id="it fades"
        ),
        pytest.param(
            [piece(), piece(polarity=AGAINST)], Grade.CONTRADICTED, 100, 100, id="one each"
        ),
        pytest.param(
            [piece(), piece(180, polarity=AGAINST)], Grade.SOME, 100, 50, id="the older is against"
        ),
        pytest.param(
            [piece(180), piece(polarity=AGAINST)], Grade.CONTRADICTED, 50, 100, id="older for it"
        ),
        pytest.param([piece(polarity=AGAINST)], Grade.CONTRADICTED, 0, 100, id="only against"),
        pytest.param(
            [piece(3_600, polarity=AGAINST)], Grade.CONTRADICTED, 0, 0, id="long ago, against alone"
        ),
        pytest.param([piece(-2)], Grade.SOME, 100, 0, id="dated after today counts as of today"),
    ],
)
def test_a_statement_is_graded_by_its_evidence(
    pieces: list[Piece], grade: Grade, supporting: int, contradicting: int
) -> None:
    found = graded(pieces, TODAY)

    assert (found.grade, found.supporting, found.contradicting) == (
        grade,
        supporting,
        contradicting,
    )


def test_each_piece_is_explained_in_its_order() -> None:
    found = graded([piece(180, kind=KINDS.METRIC, subjects=30), piece(polarity=AGAINST)], TODAY)

    told = [(one.strength, one.age_days, one.hundredths) for one in found.lines]
    assert told == [(3, 180, 150), (1, 0, 100)]


pieces_of_both = st.lists(
    st.builds(
        Piece,
        kind=st.sampled_from(EvidenceKind),
        polarity=st.sampled_from(Polarity),
        subjects=st.sampled_from([1, 4, 5, 29, 30, 500]),
        observed_on=st.integers(0, 4_000).map(lambda days: TODAY - timedelta(days=days)),
    ),
    max_size=12,
)


@given(pieces_of_both)
def test_the_points_of_the_lines_add_up(pieces: list[Piece]) -> None:
    found = graded(pieces, TODAY)

    by_side = {
        side: sum(one.hundredths for one in found.lines if one.piece.polarity is side)
        for side in Polarity
    }
    assert by_side == {FOR: found.supporting, AGAINST: found.contradicting}
    for one in found.lines:
        exact = 100 * one.strength * 0.5 ** (one.age_days / 180)
        assert abs(one.hundredths - exact) < 1 + 1e-9


@given(pieces_of_both, pieces_of_both)
def test_what_is_added_in_support_never_lowers_a_grade(
    pieces: list[Piece], more: list[Piece]
) -> None:
    support = [Piece(one.kind, FOR, one.subjects, one.observed_on) for one in more]

    assert rank(*pieces, *support) >= rank(*pieces)


@given(pieces_of_both, st.integers(0, 2_000), st.integers(0, 2_000))
def test_time_alone_never_raises_a_grade(pieces: list[Piece], first: int, later: int) -> None:
    early = TODAY + timedelta(days=first)

    assert rank(*pieces, on=early + timedelta(days=later)) <= rank(*pieces, on=early)


@given(pieces_of_both, st.integers(0, 4_000))
def test_time_neither_makes_nor_ends_a_contradiction(pieces: list[Piece], days: int) -> None:
    now, later = graded(pieces, TODAY), graded(pieces, TODAY + timedelta(days=days))

    assert (now.grade is Grade.CONTRADICTED) == (later.grade is Grade.CONTRADICTED)
