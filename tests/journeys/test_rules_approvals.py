"""Whether a map has the approvals that are asked for: by tables."""

from __future__ import annotations

from uuid import UUID

import pytest

from journeys.rules.approvals import Said, approvals_of, moved_on
from journeys.rules.reviews import Verdict

ANA, BEA, CARL = (UUID(int=n) for n in (1, 2, 3))
YES, NO = Verdict.APPROVE, Verdict.CHANGES
ASKS_ONE = "This workspace asks for an approval before a map is published; none holds."


@pytest.mark.parametrize(
    ("said", "needed", "falls", "words"),
    [
        pytest.param([], 0, True, "", id="nothing is asked for"),
        pytest.param([(BEA, NO, 7)], 0, True, "", id="nobody has to approve"),
        pytest.param([], 1, True, ASKS_ONE, id="none there"),
        pytest.param([(BEA, YES, 7)], 1, True, "", id="one there"),
        pytest.param([(BEA, YES, 6)], 1, True, ASKS_ONE, id="fell, as the map moved on"),
        pytest.param([(BEA, YES, 6)], 1, False, "", id="stays, as the workspace wants"),
        pytest.param(
            [(BEA, YES, 7)],
            2,
            True,
            "This workspace asks for 2 approvals before a map is published; 1 holds.",
            id="one of two",
        ),
        pytest.param(
            [(ANA, YES, 7)],
            1,
            True,
            "Somebody who did not draw the map has to approve it, too.",
            id="the author alone",
        ),
        pytest.param([(ANA, YES, 7), (BEA, YES, 7)], 2, True, "", id="the author and another"),
        pytest.param(
            [(BEA, YES, 7), (CARL, NO, 7)],
            1,
            True,
            "A reviewer asks for changes: make them, and ask for a review again.",
            id="an objection",
        ),
        pytest.param([(BEA, YES, 7), (CARL, NO, 6)], 1, True, "", id="an objection that was met"),
    ],
)
def test_what_keeps_a_map_from_being_published(
    said: list[tuple[UUID, Verdict, int]], needed: int, words: str, *, falls: bool
) -> None:
    found = approvals_of(
        [Said(*one) for one in said],
        authors={ANA},
        head_seq=7,
        needed=needed,
        falls_when_changed=falls,
    )

    assert found.words == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (7, ""),
        (6, "the map moved on by 1 change since"),
        (4, "the map moved on by 3 changes since"),
    ],
)
def test_it_is_said_how_far_a_map_moved_on(at: int, words: str) -> None:
    assert moved_on(at, 7) == words
