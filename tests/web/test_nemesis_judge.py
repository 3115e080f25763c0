"""The judge of a nemesis finds every loss and double that is planted."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from cxm.web.nemesis.checking import Fact, Found, judge
from cxm.web.nemesis.history import History, Item, Operation, Outcome, read_history

if TYPE_CHECKING:
    from pathlib import Path

EVENT = Item("1-1", "ana", "Order placed")
SCORE = Item("1-2", "ben", "answer", 9)
MORE = Item("1-3", "ana", "Order paid")


def sent(
    *items: Item, outcome: Outcome = Outcome.OK, ended_at: float | None = 2.0, number: int = 1
) -> Operation:
    return Operation(number, 1.0, items, outcome, 200, ended_at)


def fact(item: Item, **other: Any) -> Fact:
    scores = None if item.score is None else (item.score,)
    fields = {"id": item.id, "key": item.id, "who": item.who, "name": item.name, "scores": scores}
    return Fact(**(fields | other))


def found(*facts: Fact, **other: Any) -> Found:
    """What a product holds that has done right with *facts*, but for *other*."""
    events = [f for f in facts if f.scores is None]
    scores = [score for f in facts for score in f.scores or ()]
    fields: dict[str, Any] = {
        "facts": facts,
        "keys": tuple(f.id for f in facts),
        "people": tuple(sorted({f.who for f in facts if f.who})),
        "names_seen": {f.name: sum(e.name == f.name for e in events) for f in events},
        "rolled_up": len(scores),
        "score_sum": sum(scores),
    }
    return Found(**(fields | other))


GOOD = found(fact(EVENT), fact(SCORE))
HISTORY = [sent(EVENT, SCORE)]


def test_a_history_that_the_database_agrees_with_has_no_anomaly() -> None:
    verdict = judge(HISTORY, GOOD)

    assert (verdict.anomalies(), verdict.sent, verdict.acknowledged) == (0, 2, 2)


@pytest.mark.parametrize(
    ("there", "what", "named"),
    [
        pytest.param(found(fact(EVENT)), "lost", ["1-2"], id="an acknowledged item is lost"),
        pytest.param(
            found(fact(EVENT), fact(EVENT), fact(SCORE)), "doubled", ["1-1"], id="one is doubled"
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), fact(MORE)), "invented", ["1-3"], id="never sent"
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE, scores=(3,))), "altered", ["1-2"], id="another score"
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE, scores=(9, 9))), "altered", ["1-2"], id="scored twice"
        ),
        pytest.param(
            found(fact(EVENT, who="eve"), fact(SCORE)), "altered", ["1-1"], id="somebody else's"
        ),
        pytest.param(
            found(fact(EVENT, key=None), fact(SCORE)), "keyless", ["1-1"], id="without its key"
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), keys=("1-1", "1-2", "1-9")),
            "keyless",
            ["1-9"],
            id="a key without a row",
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), keys=("1-1",)),
            "keyless",
            ["1-2"],
            id="a row without a key",
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), people=("ana", "ben", "ben")),
            "people",
            ["ben is 2 customers"],
            id="a customer is made twice",
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), people=("ana",)),
            "people",
            ["ben is no customer"],
            id="a customer is missing",
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), people=("ana", "ben", "eve")),
            "people",
            ["nobody called eve was sent"],
            id="a customer that nobody sent",
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), rolled_up=2),
            "counts",
            ["scores in the day rows: 2 instead of 1"],
            id="a score is counted twice",
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), names_seen={"Order placed": 2}),
            "counts",
            ["times that “Order placed” was seen: 2 instead of 1"],
            id="a name is counted twice",
        ),
        pytest.param(
            found(fact(EVENT), fact(SCORE), failed=1),
            "counts",
            ["bodies that failed: 1 instead of 0"],
            id="a body could not be read",
        ),
    ],
)
def test_the_judge_finds(there: Found, what: str, named: list[str]) -> None:
    verdict = judge(HISTORY, there)

    assert getattr(verdict, what) == named
    assert verdict.anomalies() >= 1


def test_what_was_refused_must_not_be_there() -> None:
    verdict = judge([sent(EVENT, outcome=Outcome.FAIL)], found(fact(EVENT)))

    assert (verdict.undead, verdict.lost) == (["1-1"], [])


@pytest.mark.parametrize(
    ("there", "counts"),
    [(found(), (0, 1)), (found(fact(EVENT)), (1, 0))],
    ids=["absent", "there once"],
)
def test_what_is_in_doubt_may_be_there_once_or_not(there: Found, counts: tuple[int, int]) -> None:
    verdict = judge([sent(EVENT, outcome=Outcome.UNKNOWN)], there)

    assert verdict.anomalies() == 0
    assert (verdict.unknown_there, verdict.unknown_absent) == counts


def test_what_is_in_doubt_must_not_be_there_twice() -> None:
    verdict = judge([sent(EVENT, outcome=Outcome.UNKNOWN)], found(fact(EVENT), fact(EVENT)))

    assert verdict.doubled == ["1-1"]


def test_the_best_answer_to_any_request_with_an_item_counts() -> None:
    ways = [Outcome.FAIL, Outcome.UNKNOWN, Outcome.OK, Outcome.UNKNOWN, Outcome.FAIL]
    history = [sent(EVENT, outcome=way, number=n) for n, way in enumerate(ways)]

    assert judge(history, found()).lost == ["1-1"]


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    with closing(History(tmp_path / "history")) as history:
        first, second = history.begin([EVENT]), history.begin([SCORE])
        history.end(second, Outcome.OK, 200)

    operations = read_history(tmp_path / "history")

    assert [(o.number, o.items, o.outcome, o.status) for o in operations] == [
        (first, (EVENT,), Outcome.UNKNOWN, 0),
        (second, (SCORE,), Outcome.OK, 200),
    ]
