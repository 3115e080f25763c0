"""What the clients did, written down by them alone: every request begun, and how it ended."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Outcome(StrEnum):
    """How a request ended, as far as its sender can know."""

    OK = "ok"  # acknowledged: it must have had its effect, once
    FAIL = "fail"  # never sent, or refused: it must have had none
    UNKNOWN = "unknown"  # broken off or answered 5xx: it may have had its effect, once


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was sent: a tracking event, or an answer with a *score*."""

    id: str
    who: str
    name: str
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One request; *began_at* and *ended_at* are seconds since 1970 by the sender's clock.

    *status* is 0 where no answer came, *ended_at* is None where the sender did not live to see it.
    """

    number: int
    began_at: float
    items: tuple[Item, ...]
    outcome: Outcome = Outcome.UNKNOWN
    status: int = 0
    ended_at: float | None = None


class History:
    """Writes to the file *path*, line by line, from any number of threads.

    A request is written down before it is sent: what the file does not hold was never sent.
    """

    def __init__(self, path: Path) -> None:
        self._lines = path.open("a", encoding="utf-8")
        self._turn = threading.Lock()
        self._count = 0

    def begin(self, items: Sequence[Item]) -> int:
        """Write down a request that is about to be sent; give its number."""
        with self._turn:
            self._count += 1
            number = self._count
            self._write(number=number, at=time.time(), items=[asdict(item) for item in items])
        return number

    def end(self, number: int, outcome: Outcome, status: int = 0) -> None:
        """Write down how request *number* ended."""
        with self._turn:
            self._write(number=number, at=time.time(), outcome=outcome, status=status)

    def close(self) -> None:
        """Write no more."""
        with self._turn:
            self._lines.close()

    def _write(self, **line: Any) -> None:
        self._lines.write(f"{json.dumps(line)}\n")
        self._lines.flush()


def read_history(path: Path) -> list[Operation]:
    """Read what was written down, in the order in which the requests began."""
    operations: dict[int, Operation] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        number = line["number"]
        if "items" in line:
            items = tuple(Item(**item) for item in line["items"])
            operations[number] = Operation(number, line["at"], items)
        else:
            operations[number] = replace(
                operations[number],
                outcome=Outcome(line["outcome"]),
                status=line["status"],
                ended_at=line["at"],
            )
    return list(operations.values())
