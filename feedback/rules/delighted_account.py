"""Going through an account of Delighted: which page comes next, and how long to wait.

Source: delighted.com/docs/api, "Pagination" and "Rate limits"; the clients of PyPI and npm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from feedback.rules.delighted import MOST_A_PAGE, epoch

if TYPE_CHECKING:
    from collections.abc import Sequence

PEOPLE, RESPONSES, UNSUBSCRIBES, BOUNCES = PARTS = (
    "people",
    "survey_responses",
    "unsubscribes",
    "bounces",
)
# About an hour in all, after which somebody should look.
MOST_TRIES = 12
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
_NEXT = re.compile(r'<([^<>]{1,2000})>\s*;\s*rel="?next"?')
_SECONDS = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the way through an account is: *query* of which page of *part*; as JSON.

    *first* is the id that the page before began with, *tries* how often this one did not come.
    """

    part: str
    query: dict[str, str]
    first: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """What is fetched: all between two moments, or from the first, to the last."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def query(self) -> dict[str, str]:
        """Give it as Delighted's parameters."""
        told = {"since": epoch(self.since), "until": epoch(self.until)}
        return {name: str(value) for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: its *items*, and the header `Link` that may say where the next one is."""

    items: list[dict[str, Any]] = field(default_factory=list)
    link: str = ""


def first_place(part: str, period: Period) -> Place:
    """Give the first page of *part*; answers come with the person who gave them."""
    query = {"per_page": str(MOST_A_PAGE), **period.query}
    return Place(part, query | {"expand": "person"} if part == RESPONSES else query)


def next_place(place: Place, page: Listed, period: Period) -> Place | None:
    """Give what comes after *page*: its next one, the first of the next part, None at the end.

    Of a link only the query is taken: it leads nowhere else. A list that has none is paged by
    number until a page is empty; people come by links alone. A server that gives the same page
    again would never end: its part is over then.
    """
    first = str(page.items[0].get("id") or page.items[0].get("person_id")) if page.items else ""
    if first and first != place.first:
        if query := _linked(page.link):
            return Place(place.part, query, first)
        if place.part != PEOPLE:
            number = int(place.query.get("page", "1")) + 1
            return Place(place.part, {**place.query, "page": str(number)}, first)
    after = PARTS.index(place.part) + 1
    return first_place(PARTS[after], period) if after < len(PARTS) else None


def wait_of(retry_after: str, tries: int) -> timedelta:
    """Give how long to wait: as the server says in seconds, else twice as long each time."""
    if _SECONDS.fullmatch(retry_after.strip()):
        return min(timedelta(seconds=max(int(retry_after), 1)), _LONGEST_PAUSE)
    return min(_FIRST_PAUSE * (1 << min(tries, 10)), _LONGEST_PAUSE)


def webhooks_of(part: str, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put people and answers as webhooks would bring them, for the same reader to read."""
    if part == RESPONSES:
        return [{"event_type": "survey_response.created", "event_data": one} for one in items]
    return [{"event_type": "person.fetched", "event_data": {"person": one}} for one in items]


def _linked(link: str) -> dict[str, str]:
    found = _NEXT.search(link)
    return dict(parse_qsl(urlsplit(found[1]).query)) if found else {}
