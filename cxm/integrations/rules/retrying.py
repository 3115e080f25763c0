"""When a delivery that failed is tried again, and when no more.

The pauses are those of the schedule in the specification of wire formats, 13.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_ATTEMPTS = len(PAUSES) + 1
# A pause is lengthened by up to a tenth, so that what failed together does not return together.
JITTER = 0.1
LONGEST_WISH = timedelta(hours=24)
SHORTEST_THROTTLE = timedelta(minutes=1)
FAILING_FOR = timedelta(days=5)
_THROTTLING = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
)


class Outcome(StrEnum):
    """What an attempt means for the delivery."""

    DELIVERED = "delivered"
    AGAIN = "again"
    DEAD = "dead"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an attempt.

    *pause* is the time until the next one (AGAIN only); *throttle* is how long nothing at all
    is sent to the receiver, or None.
    """

    outcome: Outcome
    pause: timedelta | None = None
    throttle: timedelta | None = None


def verdict(
    *, attempts: int, status: int | None, wish: timedelta | None, chance: float, is_test: bool
) -> Verdict:
    """Decide after attempt number *attempts* (from 1), answered with *status* (None: nothing).

    *wish* is what the receiver asked for by Retry-After: the pause is never shorter. *chance*, from
    0 to 1, draws the jitter. 2xx is success, 410 ends the webhook; all else is tried again until
    the attempts are used up. A test is tried once.
    """
    if status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Verdict(Outcome.DELIVERED)
    if status == HTTPStatus.GONE:
        return Verdict(Outcome.GONE)
    throttle = max(wish or timedelta(0), SHORTEST_THROTTLE) if status in _THROTTLING else None
    if is_test or attempts >= MOST_ATTEMPTS:
        return Verdict(Outcome.DEAD, throttle=throttle)
    pause = PAUSES[attempts - 1] * (1 + JITTER * chance)
    return Verdict(Outcome.AGAIN, max(pause, wish or timedelta(0)), throttle)


def retry_after(text: str, *, now: datetime) -> timedelta | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds, or a date; None for anything else.

    A wish is never longer than a day, and never negative.
    """
    if text.isascii() and text.isdigit():
        # Ten digits are more than a day, and no number is too long to be one.
        wish = timedelta(seconds=int(text[:10]))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        wish = moment - now
    return min(max(wish, timedelta(0)), LONGEST_WISH)


def is_given_up(failing_since: datetime | None, *, now: datetime) -> bool:
    """Whether a receiver has taken nothing for so long that it is paused."""
    return failing_since is not None and now - failing_since >= FAILING_FOR
