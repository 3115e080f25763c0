"""What goes wrong, and when: a plan drawn from a seed before anything runs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class Kind(StrEnum):
    """The families of faults, as they are named on the command line."""

    WORKER = "worker"
    BROKER = "broker"
    DATABASE = "database"
    ABSENT = "absent"
    POISON = "poison"
    IDEMPOTENCY = "idempotency"


class Deed(StrEnum):
    """What is done to the product; each belongs to one kind."""

    KILL_WORKER = "kill-worker"
    KILL_CHILD = "kill-child"
    PAUSE = "pause"
    KILL_BROKER = "kill-broker"
    BREAK_DATABASE = "break-database"
    TAKE_BROKER = "take-broker"


class Poison(StrEnum):
    """Work that harms its worker, by the names under which it is promised."""

    KILLS = "nemesis.kills"
    HANGS = "nemesis.hangs"
    RAISES = "nemesis.raises"


@dataclass(frozen=True, slots=True)
class Fault:
    """One deed *at* so many seconds after the load began; *lasts* is what it holds on for.

    A paused part is the one called *part*. Of what is killed, *lasts* is the time that it is away.
    """

    at: float
    kind: Kind
    deed: Deed
    lasts: float
    part: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long clients send, in seconds, and what goes wrong meanwhile, in order."""

    load_seconds: float
    faults: tuple[Fault, ...]
    is_poisoned: bool
    is_repeated: bool


# Seconds from one fault to the next, so that the product comes back in between.
GAP_SECONDS, SHORT_GAP_SECONDS = 7.0, 4.0
SHORT_RUN_SECONDS = 120.0
QUIET_SECONDS = 6.0
PAUSE_SECONDS = 10.0
LONGEST_ABSENCE_SECONDS = 300.0
SHORTEST_ABSENCE_SECONDS = 6.0
ABSENT_SHARE = 0.15
_LONGEST_AWAY_SECONDS = 2.5


def plan(minutes: float, kinds: Collection[Kind], *, seed: int) -> Plan:
    """Draw the faults of a run of *minutes*: equal arguments give equal plans.

    The first seconds are quiet, to know how fast the product answers undisturbed. Every kind that
    is asked for comes at least once, whatever *minutes*; the broker is absent once, for a share
    of the run and at most five minutes. Worker, broker and database take turns.
    """
    dice = random.Random(seed)  # noqa: S311 - no secret; a plan can be run again
    seconds = minutes * 60
    gap = GAP_SECONDS if seconds > SHORT_RUN_SECONDS else SHORT_GAP_SECONDS
    faults: list[Fault] = []
    at = QUIET_SECONDS
    if Kind.ABSENT in kinds:
        lasts = min(max(seconds * ABSENT_SHARE, SHORTEST_ABSENCE_SECONDS), LONGEST_ABSENCE_SECONDS)
        faults.append(Fault(at, Kind.ABSENT, Deed.TAKE_BROKER, lasts))
        at += lasts + gap
    deeds = _deeds(kinds)
    turns = cycle(deeds)
    still_to_come = {kind for kind, _, _ in deeds}
    while still_to_come or (deeds and at < seconds):
        kind, deed, part = next(turns)
        lasts = PAUSE_SECONDS if deed is Deed.PAUSE else dice.uniform(0.2, _LONGEST_AWAY_SECONDS)
        faults.append(Fault(at, kind, deed, lasts, part))
        at += lasts + gap * dice.uniform(0.7, 1.3)
        still_to_come.discard(kind)
    return Plan(
        load_seconds=max(seconds, at),
        faults=tuple(faults),
        is_poisoned=Kind.POISON in kinds,
        is_repeated=Kind.IDEMPOTENCY in kinds,
    )


def _deeds(kinds: Collection[Kind]) -> list[tuple[Kind, Deed, str]]:
    """Give one round of deeds, so mixed that no two of a kind stand together if it can be."""
    rounds: list[tuple[Kind, Deed, str]] = [
        (Kind.WORKER, Deed.KILL_WORKER, ""),
        (Kind.BROKER, Deed.KILL_BROKER, ""),
        (Kind.DATABASE, Deed.BREAK_DATABASE, ""),
        (Kind.WORKER, Deed.KILL_CHILD, ""),
        (Kind.BROKER, Deed.KILL_BROKER, ""),
        (Kind.WORKER, Deed.PAUSE, "worker"),
        (Kind.DATABASE, Deed.BREAK_DATABASE, ""),
        (Kind.WORKER, Deed.KILL_WORKER, ""),
        (Kind.WORKER, Deed.PAUSE, "web"),
    ]
    return [turn for turn in rounds if turn[0] in kinds]
