"""Reading a stored body of events, whichever client sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.events import own, posthog, segment
from feedback.adapters.events.bodies import MB, unpacked
from feedback.adapters.events.moments import Clock
from feedback.adapters.events.parsed import BodyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from feedback.adapters.events.parsed import ParsedBody

SEGMENT, POSTHOG, OWN = "segment", "posthog", "events"
# What is stored with each body, so that a replay can say which reader it was stored for.
VERSIONS: dict[str, int] = {SEGMENT: 1, POSTHOG: 1, OWN: 1}
LIMITS: dict[str, int] = {SEGMENT: 4 * MB, POSTHOG: 20 * MB, OWN: 4 * MB}


def parse(
    envelope: Mapping[str, Any],
    body: bytes,
    *,
    zone: tzinfo,
    received_at: datetime,
    keeps_pages: bool = False,
) -> ParsedBody:
    """Read *body*, raw as it came, with the reader that *envelope* names; pure.

    *envelope* holds `adapter`, and of the request `path`, `query` and `headers` (names in small
    letters). Times without an offset are read in *zone*. Page views are left out unless
    *keeps_pages*. Raises BodyError where nothing at all can be read.
    """
    adapter = envelope.get("adapter", "")
    if adapter not in LIMITS:
        raise BodyError("not_readable", f"There is no reader called “{adapter}”.")
    text = unpacked(body, limit=LIMITS[adapter])
    clock = Clock(received_at, zone)
    if adapter == POSTHOG:
        query = envelope.get("query", {})
        return posthog.parse(text, query=query, clock=clock, keeps_pages=keeps_pages)
    if adapter == OWN:
        return own.parse(text, clock=clock, keeps_pages=keeps_pages)
    return segment.parse(
        text,
        path=envelope.get("path", ""),
        headers=envelope.get("headers", {}),
        clock=clock,
        keeps_pages=keeps_pages,
    )
