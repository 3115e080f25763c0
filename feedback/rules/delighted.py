"""What programs written for Delighted send, and the refusals that they understand.

Source: delighted.com/docs/api, and the unmodified clients of PyPI and npm.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.identifiers import fold, is_usable

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_A_PAGE, USUAL_A_PAGE = 100, 20
LONGEST_DELAY = timedelta(days=365)
LONGEST_NAME, LONGEST_COMMENT = 200, 10_000
MOST_PROPERTIES, LONGEST_PROPERTY = 100, 1_000
BLANK = "can't be blank"
_TRUE = (True, "true", "1", 1, None)
_EPOCH_ENDS = 253_402_300_800
_WHOLE = re.compile(r"-?[0-9]{1,6}")


class InvalidError(Exception):
    """What was sent cannot be taken; *errors* by field, as Delighted's 422 has them."""

    def __init__(self, **errors: str) -> None:
        super().__init__(", ".join(f"{name} {words}" for name, words in errors.items()))
        self.errors = {name: [words] for name, words in errors.items()}


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """Somebody whom a program adds, and whether and when to ask them."""

    email: str
    phone: str
    name: str
    delay: timedelta
    is_sent: bool
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted, newest first where *is_newest_first*."""

    number: int
    size: int
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    is_newest_first: bool = False

    @property
    def start(self) -> int:
        """Give how many rows come before it."""
        return (self.number - 1) * self.size


def read_person(told: Mapping[str, Any]) -> PersonAsked:
    """Read the body of `POST /people`. Raises InvalidError."""
    email, phone = _text(told, "email"), _text(told, "phone_number")
    if not email and not phone:
        raise InvalidError(email=BLANK)
    for name, kind, value in (("email", "email", email), ("phone_number", "phone", phone)):
        if value and not is_usable(kind, fold(kind, value)):
            raise InvalidError(**{name: "is invalid"})
    seconds = _number(told, "delay") or 0
    if not 0 <= seconds <= LONGEST_DELAY.total_seconds():
        raise InvalidError(delay="must be between 0 and a year of seconds")
    return PersonAsked(
        email=fold("email", email),
        phone=fold("phone", phone),
        name=_text(told, "name")[:LONGEST_NAME],
        delay=timedelta(seconds=seconds),
        is_sent=told.get("send") in _TRUE,
        properties=read_properties(told.get("properties")),
    )


def read_properties(told: object, name: str = "properties") -> dict[str, str]:
    """Read properties, as text each. Raises InvalidError."""
    if told in (None, ""):
        return {}
    if not isinstance(told, dict):
        raise InvalidError(**{name: "must be an object"})
    if len(told) > MOST_PROPERTIES:
        raise InvalidError(**{name: f"has more than {MOST_PROPERTIES} entries"})
    return {
        str(key)[:LONGEST_PROPERTY]: str(value)[:LONGEST_PROPERTY]
        for key, value in told.items()
        if value is not None
    }


def read_page(told: Mapping[str, Any]) -> Page:
    """Read paging and its bounds of a list. Raises InvalidError."""
    number, size = _number(told, "page") or 1, _number(told, "per_page") or USUAL_A_PAGE
    if not 1 <= number <= 1_000_000:  # noqa: PLR2004 - further than any list goes
        raise InvalidError(page="must be 1 or more")
    return Page(
        number=int(number),
        size=int(min(max(size, 1), MOST_A_PAGE)),
        since=read_moment(told, "since"),
        until=read_moment(told, "until"),
        updated_since=read_moment(told, "updated_since"),
        is_newest_first=told.get("order") == "desc",
    )


def read_moment(told: Mapping[str, Any], name: str) -> datetime | None:
    """Read seconds since 1970. Raises InvalidError."""
    seconds = _number(told, name)
    if seconds is None:
        return None
    if not 0 <= seconds < _EPOCH_ENDS:
        raise InvalidError(**{name: "must be seconds since 1970"})
    return datetime.fromtimestamp(seconds, UTC)


def read_score(told: Mapping[str, Any], first: int, last: int) -> int:
    """Read a score on the scale from *first* to *last*. Raises InvalidError."""
    score = told.get("score")
    if score in (None, ""):
        raise InvalidError(score=BLANK)
    words = f"must be a whole number from {first} to {last}"
    is_whole = not isinstance(score, bool) and _WHOLE.fullmatch(str(score))
    if not is_whole or not first <= int(str(score)) <= last:
        raise InvalidError(score=words)
    return int(str(score))


def read_comment(told: Mapping[str, Any]) -> str:
    """Read what was written beside a score; "" for nothing."""
    return _text(told, "comment")[:LONGEST_COMMENT]


def epoch(moment: datetime | None) -> int | None:
    """Give whole seconds since 1970."""
    return int(moment.timestamp()) if moment else None


def percent(part: int, whole: int) -> int:
    """Round a share as Delighted did: to whole percent, halves away from 0."""
    return int(100 * part / whole + 0.5) if whole else 0


def net_score(promoters: int, detractors: int, whole: int) -> int:
    """Give the Net Promoter Score as a whole number, halves away from 0."""
    if not whole:
        return 0
    exact = 100 * (promoters - detractors) / whole
    return int(exact + 0.5) if exact >= 0 else -int(-exact + 0.5)


def clean(told: Any) -> Any:
    """Take out of what was sent, however deep, what no text of ours can hold."""
    if isinstance(told, str):
        return told.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(told, list):
        return [clean(one) for one in told]
    if isinstance(told, dict):
        return {clean(key): clean(value) for key, value in told.items()}
    return told


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise InvalidError(**{name: "must be text"})
    return str(value).strip()


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    if value in (None, ""):
        return None
    try:
        number = float(str(value)[:20])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidError(**{name: "must be a number"})
    return number
