"""Clients as shops have them: they send, repeat what is in doubt, and write everything down."""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cxm.web.nemesis.history import Item, Outcome
from cxm.web.nemesis.stage import NOTE, SCORE, SURVEY_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.web.nemesis.history import History

CLIENTS = 4
PEOPLE = 200
NAMES = ("Order placed", "Order paid", "Parcel sent", "Parcel received", "Ticket opened")
EVENTS_A_BATCH, ANSWERS_A_BATCH = 25, 5
PAUSE_SECONDS = 0.8
ANSWER_SECONDS = 15
AGAIN_AFTER_SECONDS = (0.2, 0.5, 1, 2, 3)
# Of all batches so many are sent once more though they were acknowledged, ...
SENT_TWICE = 0.1
# ... every third holds answers to a survey, ...
ANSWERS = 1 / 3
# ... and so many are not sent again when their fate is in doubt: they stay so for the judge.
GIVEN_UP = 0.1

type Body = tuple[str, dict[str, str], bytes]


class Client(threading.Thread):
    """Sends batches until it is told to stop, one after the other, each till it is acknowledged."""

    def __init__(
        self, number: int, *, port: int, write_key: str, history: History, stop: threading.Event
    ) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.again = self.twice = 0
        self.crash: Exception | None = None
        self._number = number
        self._port = port
        self._write_key = write_key
        self._history = history
        self._over = stop
        self._dice = random.Random(number)  # noqa: S311 - no secret
        self._link: http.client.HTTPConnection | None = None
        self._made = 0

    def run(self) -> None:
        """Send until the stop is rung; what kills this thread is kept in `crash`."""
        try:
            while not self._over.is_set():
                self._send_one()
                self._over.wait(PAUSE_SECONDS * self._dice.uniform(0.5, 1.5))
        except Exception as error:  # noqa: BLE001 - told by the run, which ends as failed
            self.crash = error

    def _send_one(self) -> None:
        items = self._items()
        is_known = self._deliver(items)
        if is_known and self._dice.random() < SENT_TWICE:
            self.twice += len(items)
            self._deliver(items)

    def _items(self) -> tuple[Item, ...]:
        is_answer = self._dice.random() < ANSWERS
        return tuple(
            Item(
                id=self._next_id(),
                who=f"person-{self._dice.randrange(PEOPLE)}",
                name="answer" if is_answer else self._dice.choice(NAMES),
                score=self._dice.randrange(11) if is_answer else None,
            )
            for _ in range(ANSWERS_A_BATCH if is_answer else EVENTS_A_BATCH)
        )

    def _next_id(self) -> str:
        self._made += 1
        return f"{self._number}-{self._made}"

    def _deliver(self, items: Sequence[Item]) -> bool:
        """Send *items* until they are acknowledged; False when they were given up in doubt."""
        path, heads, body = _body(items, self._write_key)
        for turn in range(10_000):
            outcome, status = self._try(items, path, heads, body)
            if outcome is Outcome.OK:
                return True
            if self._over.is_set() or self._dice.random() < GIVEN_UP:
                return False
            self.again += 1
            pause = AGAIN_AFTER_SECONDS[min(turn, len(AGAIN_AFTER_SECONDS) - 1)]
            self._over.wait(pause if status else pause / 2)
        return False

    def _try(
        self, items: Sequence[Item], path: str, heads: dict[str, str], body: bytes
    ) -> tuple[Outcome, int]:
        number = self._history.begin(items)
        outcome, status = self._ask(path, heads, body)
        self._history.end(number, outcome, status)
        return outcome, status

    def _ask(self, path: str, heads: dict[str, str], body: bytes) -> tuple[Outcome, int]:
        try:
            link = self._linked()
        except OSError:
            return Outcome.FAIL, 0  # nothing was sent
        try:
            link.request("POST", path, body=body, headers=heads)
            answer = link.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            link.close()
            self._link = None
            return Outcome.UNKNOWN, 0
        return _outcome(answer.status), answer.status

    def _linked(self) -> http.client.HTTPConnection:
        if self._link is None:
            link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
            link.connect()
            self._link = link
        return self._link


def _outcome(status: int) -> Outcome:
    """Say what an answer tells; one of the server's own trouble tells nothing."""
    if status == http.HTTPStatus.OK:
        return Outcome.OK
    return Outcome.UNKNOWN if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else Outcome.FAIL


def _body(items: Sequence[Item], write_key: str) -> Body:
    """Write *items* as the clients of Segment send events, and those of PostHog answers."""
    moment = datetime.fromtimestamp(time.time(), tz=UTC).isoformat()
    heads = {"Content-Type": "application/json"}
    if items[0].score is None:
        login = base64.b64encode(f"{write_key}:".encode()).decode()
        told = {"batch": [_event(item, moment) for item in items], "sentAt": moment}
        return "/v1/batch", heads | {"Authorization": f"Basic {login}"}, json.dumps(told).encode()
    told = {"batch": [_answer(item, moment) for item in items], "api_key": write_key}
    return "/batch/", heads, json.dumps(told | {"sent_at": moment}).encode()


def _event(item: Item, moment: str) -> dict[str, Any]:
    return {
        "type": "track",
        "event": item.name,
        "userId": item.who,
        "messageId": item.id,
        "timestamp": moment,
        "properties": {"nid": item.id},
    }


def _answer(item: Item, moment: str) -> dict[str, Any]:
    return {
        "event": "survey sent",
        "uuid": item.id,
        "distinct_id": item.who,
        "timestamp": moment,
        "properties": {
            "$is_identified": True,
            "$survey_id": SURVEY_ID,
            "$survey_submission_id": item.id,
            "$survey_questions": [{"id": SCORE}, {"id": NOTE}],
            f"$survey_response_{SCORE}": item.score,
            f"$survey_response_{NOTE}": item.id,
        },
    }
