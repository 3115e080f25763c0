"""Looking on while faults happen: how much waits, and whether pages still answer."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from cxm.web.nemesis.facts import Database

EVERY_SECONDS = 0.25
PAGE_SECONDS = 10
OK = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """How much waited *at* a moment, and since when the oldest of it (None when nothing did)."""

    at: float
    waiting: int
    oldest: float | None


class Watch(threading.Thread):
    """Samples the backlog until it is told to stop; moments when the database is away are left out.

    All times are seconds since 1970 by the clock of this machine.
    """

    def __init__(self, database: Database, over: threading.Event) -> None:
        super().__init__(name="watch", daemon=True)
        self.samples: list[Sample] = []
        self._database = database
        self._over = over

    def run(self) -> None:
        """Sample, four times a second."""
        while not self._over.wait(EVERY_SECONDS):
            try:
                waiting, oldest, moment = self._database.backlog()
            except psycopg.Error:
                continue
            self.samples.append(Sample(moment, waiting, oldest))
        self._database.close()

    def drained_after(self, moment: float) -> float | None:
        """Give the seconds from *moment* until nothing that was promised before it waited."""
        for sample in list(self.samples):
            if sample.at >= moment and (sample.oldest is None or sample.oldest > moment):
                return sample.at - moment
        return None

    def longest_wait(self, start: float, end: float) -> float:
        """Give how long, at most, something had waited at a moment of [start, end)."""
        waits = [
            s.at - s.oldest
            for s in list(self.samples)
            if start <= s.at < end and s.oldest is not None
        ]
        return max(waits, default=0.0)


class Reader(threading.Thread):
    """Asks for the figures of a metric again and again, as a dashboard does, until told to stop."""

    PATH = "/api/v1/figures/?metric=nps"

    def __init__(self, *, port: int, api_key: str, over: threading.Event) -> None:
        super().__init__(name="reader", daemon=True)
        self.answers: list[tuple[float, int]] = []
        self._port = port
        self._heads = {"Authorization": f"Bearer {api_key}"}
        self._over = over

    def run(self) -> None:
        """Ask twice a second; an answer that does not come counts as status 0."""
        while not self._over.wait(2 * EVERY_SECONDS):
            began_at = time.time()
            self.answers.append((began_at, self._ask()))

    def between(self, start: float, end: float) -> tuple[int, int]:
        """Give how often it asked in [start, end), and how often it was answered well."""
        statuses = [status for at, status in list(self.answers) if start <= at < end]
        return len(statuses), statuses.count(OK)

    def _ask(self) -> int:
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PAGE_SECONDS)
        try:
            link.request("GET", self.PATH, headers=self._heads)
            answer = link.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            link.close()
        return answer.status
