"""The judge: compares what the clients wrote down with what the database holds.

It knows nothing of how the product works. Its model is that of a set: an acknowledged item is in
it once, an item whose fate is unknown at most once, and nothing else is in it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.web.nemesis.history import Item, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cxm.web.nemesis.history import Operation


@dataclass(frozen=True, slots=True)
class Fact:
    """One row that the database holds: an interaction, or a response with its *scores*.

    *id* is what the row itself says it is, *key* what the product knows it by (None without a
    key), *who* the customer's own id. *scores* is None for an interaction.
    """

    id: str
    key: str | None
    who: str | None
    name: str
    scores: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Everything of one tenant that the judge looks at.

    *people* are customers' own ids, one for each customer there is (a customer with two of them
    twice). *keys* are those that items were claimed under. *names_seen* counts events by name as
    the product counted them. *unread*, *failed* and *refused* count stored bodies that wait, that
    could not be read, and single events refused; *parked* counts promises given up. *rolled_up* is
    how many scores the day rows and their ledger count, *score_sum* the sum of those that count.
    """

    facts: tuple[Fact, ...]
    keys: tuple[str, ...]
    people: tuple[str, ...]
    names_seen: dict[str, int]
    unread: int = 0
    failed: int = 0
    refused: int = 0
    rolled_up: int = 0
    score_sum: int = 0
    parked: int = 0


@dataclass(slots=True)
class Verdict:
    """What the judge says. All lists hold ids, in order; empty lists mean that all is well.

    *lost* were acknowledged and are not there; *doubled* are there more than once; *invented*
    were never sent; *undead* were refused and are there all the same; *altered* are there with
    other content; *keyless* are there under no key of their own, or the key without them.
    *people* and *counts* say in words what else does not agree.
    """

    sent: int = 0
    acknowledged: int = 0
    unknown_there: int = 0
    unknown_absent: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    undead: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    keyless: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)

    def anomalies(self) -> int:
        """Count all that is wrong."""
        wrong = (self.lost, self.doubled, self.invented, self.undead, self.altered)
        return sum(map(len, (*wrong, self.keyless, self.people, self.counts)))


def judge(history: Iterable[Operation], found: Found) -> Verdict:
    """Compare *history* with what was *found* after everything had come to rest."""
    sent, best = _fates(history)
    there = Counter(fact.id for fact in found.facts)
    acknowledged = {key for key, outcome in best.items() if outcome is Outcome.OK}
    unknown = {key for key, outcome in best.items() if outcome is Outcome.UNKNOWN}
    refused = best.keys() - acknowledged - unknown
    return Verdict(
        sent=len(sent),
        acknowledged=len(acknowledged),
        unknown_there=len(unknown & there.keys()),
        unknown_absent=len(unknown - there.keys()),
        lost=sorted(acknowledged - there.keys()),
        doubled=sorted(key for key, times in there.items() if times > 1),
        invented=sorted(there.keys() - sent.keys()),
        undead=sorted(refused & there.keys()),
        altered=sorted(f.id for f in found.facts if f.id in sent and not _same(f, sent[f.id])),
        keyless=_keyless(found),
        people=_people(found, sent),
        counts=_counts(found, [sent[key] for key in there if key in sent]),
    )


def when_acknowledged(history: Iterable[Operation]) -> dict[str, float]:
    """Give the moment of the first acknowledgement of every acknowledged item."""
    moments: dict[str, float] = {}
    for operation in history:
        if operation.outcome is Outcome.OK and operation.ended_at is not None:
            for item in operation.items:
                known = moments.get(item.id, operation.ended_at)
                moments[item.id] = min(known, operation.ended_at)
    return moments


def _fates(history: Iterable[Operation]) -> tuple[dict[str, Item], dict[str, Outcome]]:
    """Give every item that was sent, and the best that is known of its requests."""
    rank = {Outcome.OK: 2, Outcome.UNKNOWN: 1, Outcome.FAIL: 0}
    sent: dict[str, Item] = {}
    best: dict[str, Outcome] = {}
    for operation in history:
        for item in operation.items:
            sent[item.id] = item
            before = best.get(item.id, Outcome.FAIL)
            best[item.id] = max(before, operation.outcome, key=lambda outcome: rank[outcome])
    return sent, best


def _same(fact: Fact, item: Item) -> bool:
    scores = None if item.score is None else (item.score,)
    return (fact.who, fact.name, fact.scores) == (item.who, item.name, scores)


def _keyless(found: Found) -> list[str]:
    """Give facts that do not stand under their own key, and keys that have no fact."""
    strange = {fact.id for fact in found.facts if fact.key != fact.id}
    claimed = Counter(found.keys)
    ids = {fact.id for fact in found.facts}
    strange |= ids - claimed.keys()
    return sorted(strange | (claimed.keys() - ids) | {k for k, n in claimed.items() if n > 1})


def _people(found: Found, sent: dict[str, Item]) -> list[str]:
    wanted = {sent[fact.id].who for fact in found.facts if fact.id in sent}
    there = Counter(found.people)
    return [
        *(f"{who} is no customer" for who in sorted(wanted - there.keys())),
        *(f"{who} is {n} customers" for who, n in sorted(there.items()) if n > 1),
        *(f"nobody called {who} was sent" for who in sorted(_nobody(there, sent))),
    ]


def _nobody(there: Iterable[str], sent: dict[str, Item]) -> set[str]:
    return set(there) - {item.who for item in sent.values()}


def _counts(found: Found, effective: Sequence[Item]) -> list[str]:
    """Compare the product's own counters with the items that are there."""
    names = Counter(item.name for item in effective if item.score is None)
    scores = [item.score for item in effective if item.score is not None]
    pairs = {
        "bodies that wait": (found.unread, 0),
        "bodies that failed": (found.failed, 0),
        "refused events": (found.refused, 0),
        "promises given up": (found.parked, 0),
        "scores in the day rows": (found.rolled_up, len(scores)),
        "the sum of all scores": (found.score_sum, sum(scores)),
        **{
            f"times that “{name}” was seen": (found.names_seen.get(name, 0), names[name])
            for name in sorted(names.keys() | found.names_seen.keys())
        },
    }
    return [
        f"{what}: {is_} instead of {wanted}"
        for what, (is_, wanted) in pairs.items()
        if is_ != wanted
    ]
