"""Chatwoot's webhooks: a satisfaction survey that was answered in a conversation.

Drops: all other messages and changes of conversations and contacts. Source: chatwoot/chatwoot,
views of satisfaction surveys and listeners of webhooks; the name of the event is not verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.webhooks.reading import CSAT_5, Draft, inside, left_out, read_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedback.adapters.events.items import Item, Reading
    from feedback.adapters.events.parsed import ParsedBody
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "chatwoot", 1
SIGNED_AT = "x-chatwoot-timestamp"


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a webhook of Chatwoot."""
    known = (b'"event"', b'"feedback_message"', b'"account"')
    return any(word in text for word in known)


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is no JSON."""
    return read_webhook(text, sent, _read)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    submitted = inside(
        item.fields, "content_attributes", "submitted_values", "csat_survey_response"
    )
    rating = submitted or item.fields
    if rating.get("rating") is None:
        raise left_out(item.text("event"))
    draft = Draft(item, sent, path="content_attributes" if submitted else "")
    draft.answered("rating", "How was the conversation?", rating.get("rating"), CSAT_5)
    draft.answered("comment", "Comment", item.as_text(rating.get("feedback_message")))
    conversation = inside(item.fields, "conversation")
    meta = inside(conversation, "meta")
    _person(draft, inside(item.fields, "contact") or inside(meta, "sender"))
    agent = inside(item.fields, "assigned_agent") or inside(meta, "assignee")
    draft.known("conversation", item.fields.get("conversation_id") or conversation.get("id"))
    draft.known("agent", agent.get("name") or agent.get("id"))
    message = item.text("message_id") or item.text("id")
    moment = sent.clock.occurred(_when(item, sent), "created_at")
    yield from draft.finished(
        kind=NAME,
        survey=(sent.wishes.key or "satisfaction", sent.wishes.title or "Chatwoot satisfaction"),
        key=f"message:{message}" if message else "",
        answered=moment,
    )


def _when(item: Item, sent: Sent) -> Any:
    """Give when it was answered: a changed message keeps the time when it was asked."""
    signed = sent.headers.get(SIGNED_AT, "")
    if signed.isascii() and signed.isdecimal():
        return int(signed[:12])
    return None if item.text("event") else item.fields.get("created_at")


def _person(draft: Draft, contact: dict[str, Any]) -> None:
    item = draft.item
    draft.person.add("external", item.as_text(contact.get("identifier")))
    draft.person.add("email", item.as_text(contact.get("email")))
    draft.person.add("phone", item.as_text(contact.get("phone_number")))
    draft.person.add("external", item.as_text(contact.get("id")), NAME)
    draft.name = item.as_text(contact.get("name"))
