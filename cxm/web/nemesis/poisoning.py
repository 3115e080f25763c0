"""Trial T13: work that harms its worker ends after a few attempts, and holds nobody up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.web.nemesis.parts import TIME_LIMIT_SECONDS
from cxm.web.nemesis.planning import Poison

if TYPE_CHECKING:
    from pathlib import Path

    from cxm.web.nemesis.facts import Database
    from cxm.web.nemesis.product import Product

MOST_ATTEMPTS = 5
LOOK_SECONDS = 0.5
# The shortest pause that the engine makes between two attempts; the others are twice the last.
PAUSE_SECONDS = 5.0
# Each attempt of what hangs lasts until the limit; the rest of the patience is for slow machines.
PATIENCE_SECONDS = MOST_ATTEMPTS * TIME_LIMIT_SECONDS + 120


@dataclass(frozen=True, slots=True)
class Poisoned:
    """What came of each poison, by name: how often it was tried, and its state at the end.

    *began_at* and *ended_at* are seconds since 1970.
    """

    began_at: float
    ended_at: float
    attempts: dict[str, int]
    states: dict[str, str]

    def wrong(self) -> list[str]:
        """Say what is wrong, in words."""
        return [
            *(
                f"{task} was tried {times} times, not {MOST_ATTEMPTS} at most"
                for task, times in self.attempts.items()
                if times > MOST_ATTEMPTS
            ),
            *(f"{task} was never tried" for task, times in self.attempts.items() if not times),
            *(f"{task} is {s}" for task, s in self.states.items() if s != "parked"),
        ]


def poison(product: Product, database: Database, *, is_short: bool) -> Poisoned:
    """Promise each poison and wait until all are parked, or patience ends.

    The pauses between attempts are cut to the shortest, as if the rest had passed. With *is_short*
    there are none, so that delays of others mean nothing, and what hangs counts as tried four
    times before, since each attempt lasts until the time limit.
    """
    began_at = time.time()
    for one in Poison:
        tried = MOST_ATTEMPTS - 1 if is_short and one is Poison.HANGS else 0
        database.plant(one, attempts=tried)
    pause = LOOK_SECONDS if is_short else PAUSE_SECONDS
    deadline = time.monotonic() + PATIENCE_SECONDS
    hurried_at = time.monotonic()
    while time.monotonic() < deadline and not _all_parked(database):
        product.stop.wait(LOOK_SECONDS)
        product.revive()
        if time.monotonic() >= hurried_at + pause:
            database.hurry()
            hurried_at = time.monotonic()
    states = {task: state for task, (_, state) in database.poisoned().items()}
    ended_at = time.time()
    return Poisoned(
        began_at, ended_at, {p.value: _attempts(product.home, p) for p in Poison}, states
    )


def _all_parked(database: Database) -> bool:
    return all(state == "parked" for _, state in database.poisoned().values())


def _attempts(home: Path, poison: Poison) -> int:
    """Count the attempts that the poison itself has noted."""
    noted = home / poison.value
    return len(noted.read_text()) if noted.exists() else 0
