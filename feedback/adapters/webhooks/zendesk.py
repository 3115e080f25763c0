"""Zendesk's satisfaction: the body of a trigger that we give to paste, or a rating of its API.

Drops: offered but unanswered surveys. Good and bad are 2 and 1 on the scale of two points.
Source: developer.zendesk.com, "Satisfaction ratings" and "Webhooks: verifying".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.events.parsed import ItemError, Offered
from feedback.adapters.webhooks.reading import CSAT_5, Draft, inside, left_out, read_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedback.adapters.events.items import Item, Reading
    from feedback.adapters.events.parsed import ParsedBody
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "zendesk", 1
SIGNED_AT = "x-zendesk-webhook-signature-timestamp"
_THUMBS = Offered("csat", 1, 2)
_UNANSWERED = ("offered", "unoffered", "-")


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a webhook of Zendesk."""
    return b'"ticket_id"' in text or b'"satisfaction_rating"' in text


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is no JSON."""
    return read_webhook(text, sent, _read)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    rating = inside(item.fields, "satisfaction_rating") or item.fields
    ticket = item.text("ticket_id") or item.as_text(item.fields.get("id"))
    score = item.as_text(rating.get("score")).lower()
    if not score or score in _UNANSWERED:
        raise left_out(score or "ticket")
    draft = Draft(item, sent)
    value, scale = _scored(score)
    key, told = ("score", scale) if scale is CSAT_5 else ("thumbs", scale)
    draft.answered(key, "How was the support?", value, told)
    draft.answered("comment", "Comment", item.as_text(rating.get("comment")))
    _person(draft, rating)
    draft.known("ticket", ticket)
    draft.known("reason", rating.get("reason"))
    draft.known("agent", rating.get("assignee") or rating.get("assignee_id"))
    draft.known("team", rating.get("group") or rating.get("group_id"))
    written = rating.get("updated_at") or sent.headers.get(SIGNED_AT)
    rating_id = item.as_text(rating.get("id"))
    yield from draft.finished(
        kind=NAME,
        survey=(sent.wishes.key or "satisfaction", sent.wishes.title or "Zendesk satisfaction"),
        key=f"rating:{rating_id}" if rating_id else f"ticket:{ticket}" if ticket else "",
        answered=sent.clock.occurred(written, "updated_at"),
    )


def _scored(score: str) -> tuple[int, Offered]:
    """Read “good”, “good_with_comment”, “bad …”, or a number from 1 to 5."""
    for word, value in (("good", 2), ("bad", 1)):
        if score.startswith(word):
            return value, _THUMBS
    if score.isascii() and score.isdecimal() and len(score) == 1:
        return int(score), CSAT_5
    raise ItemError("bad_value", f"The score “{score[:40]}” is not one of Zendesk’s.", "score")


def _person(draft: Draft, rating: dict[str, Any]) -> None:
    requester = draft.item.as_text(rating.get("requester"))
    if "@" in requester:
        draft.person.add("email", requester)
    draft.person.add("external", draft.item.as_text(rating.get("requester_id")), NAME)
