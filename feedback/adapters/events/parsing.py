"""Reading a stored body of events, whichever client sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from feedback.adapters.events import own, posthog, segment
from feedback.adapters.events.bodies import MB, unpacked
from feedback.adapters.events.moments import Clock
from feedback.adapters.events.parsed import BodyError
from feedback.adapters.webhooks import (
    chatwoot,
    delighted,
    formbricks,
    intercom,
    mail,
    surveymonkey,
    typeform,
    zendesk,
)
from feedback.adapters.webhooks.reading import Sent, Wishes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from feedback.adapters.events.parsed import ParsedBody

SEGMENT, POSTHOG, OWN = "segment", "posthog", "events"


class Reader(Protocol):
    """The module of one sender of webhooks."""

    NAME: str
    VERSION: int

    def accepts(self, text: bytes) -> bool:
        """Tell whether *text* looks like a webhook of this sender."""

    def parse(self, text: bytes, sent: Sent) -> ParsedBody:
        """Read a body; raises BodyError where it is no JSON."""


_READERS: tuple[Reader, ...] = (
    chatwoot,
    delighted,
    formbricks,
    intercom,
    mail,
    surveymonkey,
    typeform,
    zendesk,
)
_SENDERS = {module.NAME: module for module in _READERS}
# What is stored with each body, so that a replay can say which reader it was stored for.
VERSIONS: dict[str, int] = {SEGMENT: 1, POSTHOG: 1, OWN: 1} | {
    name: module.VERSION for name, module in _SENDERS.items()
}
LIMITS: dict[str, int] = {SEGMENT: 4 * MB, POSTHOG: 20 * MB, OWN: 4 * MB} | dict.fromkeys(
    _SENDERS, 4 * MB
)


def parse(
    envelope: Mapping[str, Any],
    body: bytes,
    *,
    zone: tzinfo,
    received_at: datetime,
    keeps_pages: bool = False,
    wishes: Wishes | None = None,
) -> ParsedBody:
    """Read *body*, raw as it came, with the reader that *envelope* names; pure.

    *envelope* holds `adapter`, and of the request `path`, `query` and `headers` (names in small
    letters). Times without an offset are read in *zone*. Page views are left out unless
    *keeps_pages*. *wishes* say where the answers of webhooks belong. Raises BodyError where
    nothing at all can be read.
    """
    adapter = envelope.get("adapter", "")
    if adapter not in LIMITS:
        raise BodyError("not_readable", f"There is no reader called “{adapter}”.")
    text = unpacked(body, limit=LIMITS[adapter])
    clock = Clock(received_at, zone)
    if adapter in _SENDERS:
        sent = Sent(envelope.get("headers", {}), clock, wishes or Wishes())
        return _of_sender(adapter, text, sent)
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


def _of_sender(adapter: str, text: bytes, sent: Sent) -> ParsedBody:
    module = _SENDERS[adapter]
    # What is left of a body whose person was erased says nothing any more.
    if b'"' in text and not module.accepts(text):
        message = f"This does not look like a webhook of {adapter.title()}: is the address right?"
        raise BodyError("wrong_sender", message)
    return module.parse(text, sent)
