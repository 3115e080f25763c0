"""Trial T12: one idempotency key, many posts at once, with equal and with different bodies."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE = 50
CHANNELS = "/api/v1/channels/"
CREATED, CONFLICT = 201, 409
ANSWER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What one post was answered: the title it asked for, the status, the JSON of the body."""

    title: str
    status: int
    body: Any


type Post = "Callable[[str, str], Answer]"


def repeat(post: Post, titles: Callable[[], Sequence[str]], *, at_once: int = AT_ONCE) -> list[str]:
    """Post *at_once* times at once with one key, equal bodies; then with two bodies in turn.

    *post* takes a key and a title and gives the answer; *titles* gives those of all rows there
    are. Gives what went wrong, in words; empty when nothing did.
    """
    same = _at_once(post, "same", ["Same"] * at_once)
    mixed = _at_once(post, "mixed", ["One", "Other"] * (at_once // 2))
    rows = Counter(titles())
    return [*_judged(same, rows), *_judged(mixed, rows)]


def http_post(port: int, api_key: str) -> Post:
    """Give a function that adds a channel by the API at *port* of this machine."""

    def post(key: str, title: str) -> Answer:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        heads = {
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            link.request("POST", CHANNELS, body=json.dumps({"title": title}), headers=heads)
            answer = link.getresponse()
            return Answer(title, answer.status, json.loads(answer.read() or b"null"))
        finally:
            link.close()

    return post


def _at_once(post: Post, key: str, titles: Sequence[str]) -> list[Answer]:
    gate = threading.Barrier(len(titles))

    def send(title: str) -> Answer:
        gate.wait()
        return post(key, title)

    with ThreadPoolExecutor(len(titles)) as threads:
        return list(threads.map(send, titles))


def _judged(answers: Sequence[Answer], rows: Counter[str]) -> list[str]:
    """Say what is wrong with the answers to the posts of one key, and with the rows of them."""
    asked = {answer.title for answer in answers}
    made = [answer for answer in answers if answer.status == CREATED]
    winners = {answer.title for answer in made}
    wrong: list[str] = []
    if len(winners) != 1:
        wrong.append(f"{sorted(winners)} were made of {sorted(asked)}, not one of them")
    if any(answer.body != made[0].body for answer in made):
        wrong.append(f"posts of {sorted(asked)} were answered differently")
    there = sum(rows[title] for title in asked)
    if there != 1:
        wrong.append(f"{there} rows instead of 1 are there of {sorted(asked)}")
    statuses = Counter((a.title in winners, a.status) for a in answers)
    wrong += [
        f"{count} posts of {'the same' if is_same else 'another'} body were answered {status}"
        for (is_same, status), count in sorted(statuses.items())
        if status != (CREATED if is_same else CONFLICT)
    ]
    return wrong
