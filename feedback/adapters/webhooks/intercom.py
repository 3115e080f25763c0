"""Intercom's webhooks: the rating of a conversation, with its remark and the teammate rated.

Drops: everything else about conversations, contacts and tickets, and ratings of the AI agent.
Source: Intercom's OpenAPI description 2.16, "Webhook topics".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.webhooks.reading import (
    CSAT_5,
    Draft,
    inside,
    left_out,
    listed,
    read_webhook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedback.adapters.events.items import Item, Reading
    from feedback.adapters.events.parsed import ParsedBody
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "intercom", 1
_RATINGS = {
    "conversation.rating.added": "conversation_rating",
    "ticket.rating.provided": "ticket_rating",
}


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a webhook of Intercom."""
    return b'"notification_event' in text


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is no JSON."""
    return read_webhook(text, sent, _read)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    topic = item.text("topic")
    if topic not in _RATINGS:
        raise left_out(topic)
    about = inside(item.fields, "data", "item")
    rating = inside(about, _RATINGS[topic]) or inside(about, "conversation_rating")
    draft = Draft(item, sent, path=f"data.item.{_RATINGS[topic]}")
    draft.answered("rating", "How was the conversation?", rating.get("rating"), CSAT_5)
    draft.answered("remark", "Remark", item.as_text(rating.get("remark")))
    _person(draft, about, inside(rating, "contact"))
    conversation = item.as_text(about.get("id"))
    teammate = inside(rating, "teammate")
    draft.known("conversation", conversation)
    draft.known("agent", teammate.get("name") or teammate.get("id"))
    # `created_at` is when the rating was asked for.
    written = rating.get("updated_at") or rating.get("replied_at") or item.fields.get("created_at")
    yield from draft.finished(
        kind=NAME,
        survey=(sent.wishes.key or "ratings", sent.wishes.title or "Intercom ratings"),
        key=f"conversation:{conversation}" if conversation else "",
        answered=sent.clock.occurred(written, f"{draft.path}.updated_at"),
    )


def _person(draft: Draft, about: dict[str, Any], rater: dict[str, Any]) -> None:
    item = draft.item
    contacts = listed(inside(about, "contacts").get("contacts"))
    same = [one for one in contacts if one.get("id") == rater.get("id")] or contacts[:1]
    known = [rater, *same, inside(about, "source", "author")]
    if not same and known[-1].get("id") not in (None, rater.get("id")):
        known.pop()  # an admin began the conversation
    for kind, name, space in (
        ("external", "external_id", ""),
        ("email", "email", ""),
        ("external", "id", NAME),
    ):
        for one in known:
            draft.person.add(kind, item.as_text(one.get(name)), space)
    draft.name = next((text for one in known if (text := item.as_text(one.get("name")))), "")
