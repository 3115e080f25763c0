"""Delighted's webhooks: responses with score, comment and further answers, and unsubscribes.

Drops: notes and e-mail events. Source: delighted.com/docs/api, "Webhooks".
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.records import Call, EventRecord
from feedback.adapters.events.items import MOST_KEY, Person
from feedback.adapters.webhooks.reading import (
    NPS,
    Draft,
    inside,
    left_out,
    listed,
    read_webhook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.customers.rules.records import JSON
    from feedback.adapters.events.items import Item, Reading
    from feedback.adapters.events.parsed import ParsedBody
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "delighted", 1
_RESPONSES = frozenset({"survey_response.created", "survey_response.updated"})
_UNSUBSCRIBED = "unsubscribe.created"
UNSUBSCRIBED = "Unsubscribed from surveys"
_MOST_NAME = 200
# Delighted has no such webhook: people who are fetched from its API come under this name.
PERSON = "person.fetched"


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a webhook of Delighted."""
    return b'"event_data"' in text


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is no JSON."""
    return read_webhook(text, sent, _read)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    event, about = item.text("event_type"), inside(item.fields, "event_data")
    if event == _UNSUBSCRIBED:
        yield _unsubscribed(item, sent, about)
    elif event in _RESPONSES:
        yield from _response(item, sent, about)
    elif event == PERSON:
        yield _met(item, sent, about)
    else:
        raise left_out(event)


def _response(item: Item, sent: Sent, about: dict[str, Any]) -> Iterator[Reading]:
    kind = item.as_text(about.get("survey_type")) or "nps"
    draft = Draft(item, sent, path="event_data")
    draft.answered("score", "Score", about.get("score"), NPS if kind == "nps" else None)
    draft.answered("comment", "Comment", item.as_text(about.get("comment")))
    for one in listed(about.get("additional_answers")):
        question = inside(one, "question")
        key = item.as_text(question.get("id")) or item.as_text(one.get("id"))
        draft.answered(key, item.as_text(question.get("text")), _value(inside(one, "value")))
    properties = inside(about, "person_properties")
    draft.place(properties)
    for name, value in properties.items():
        if name not in {"touchpoint", "channel"}:
            draft.known(f"property.{name}", value)
    draft.known("permalink", about.get("permalink"))
    draft.person, draft.name = _person(item, about), item.as_text(_whole(about).get("name"))
    answered = sent.clock.occurred(about.get("created_at"), "event_data.created_at")
    revised = about.get("updated_at") or about.get("created_at")
    wishes = sent.wishes
    yield from draft.finished(
        kind=NAME,
        survey=(f"{wishes.key}-{kind}" if wishes.key else kind, wishes.title or "Delighted"),
        key=item.as_text(about.get("id")),
        answered=answered,
        revised_at=sent.clock.occurred(revised, "event_data.updated_at").at,
    )


def _value(value: dict[str, Any]) -> JSON:
    """Give the one answer that is there: text, a number, a choice or several."""
    if chosen := inside(value, "select_one"):
        one: JSON = chosen.get("text")
        return one
    if several := listed(value.get("select_many")):
        return [each.get("text") for each in several]
    plain: JSON = value.get("free_response")
    return plain if plain is not None else value.get("scale")


def _unsubscribed(item: Item, sent: Sent, about: dict[str, Any]) -> EventRecord:
    item.key = f"event:{item.text('event_id')}"[:MOST_KEY] if item.text("event_id") else ""
    moment = sent.clock.occurred(about.get("unsubscribed_at"), "event_data.unsubscribed_at")
    return EventRecord(
        call=Call.TRACK,
        position=item.position,
        key=item.key or f"unsubscribe:{item.as_text(about.get('person_id'))}",
        occurred_at=moment.at,
        refs=_person(item, about).named(),
        name=UNSUBSCRIBED,
        direction="in",
        touchpoint=sent.wishes.touchpoint,
        channel=sent.wishes.channel,
    )


def _met(item: Item, sent: Sent, about: dict[str, Any]) -> EventRecord:
    """Give somebody of whom Delighted knows; another name or address is told again."""
    told, person = _whole(about), _person(item, about)
    known = {"email": "email", "phone": "phone_number", "name": "name"}
    traits: dict[str, JSON] = {
        name: text[:_MOST_NAME]
        for name, key in known.items()
        if (text := item.as_text(told.get(key)))
    }
    said = hashlib.sha256(json.dumps(traits, sort_keys=True).encode()).hexdigest()[:16]
    item.key = f"person:{item.as_text(told.get('id'))[:100]}:{said}"
    return EventRecord(
        call=Call.IDENTIFY,
        position=item.position,
        key=item.key,
        occurred_at=sent.clock.occurred(told.get("created_at"), "event_data.person.created_at").at,
        refs=person.named(),
        traits=traits,
    )


def _whole(about: dict[str, Any]) -> dict[str, Any]:
    """Give the person where it came whole; an unsubscribe is about one itself."""
    return inside(about, "person") or about


def _person(item: Item, about: dict[str, Any]) -> Person:
    told, person = _whole(about), Person()
    person.add("email", item.as_text(told.get("email")))
    person.add("phone", item.as_text(told.get("phone_number")))
    known = inside(about, "person").get("id") or about.get("person_id") or about.get("person")
    person.add("external", item.as_text(known), NAME)
    return person
