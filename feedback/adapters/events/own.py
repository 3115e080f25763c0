"""Our own format of events: `{"events": [{"type": "track", "customer": {...}, ...}]}`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.records import Call, EventRecord
from feedback.adapters.events.bodies import SplitBody, split
from feedback.adapters.events.cleaning import MOST_NAME, amount_in
from feedback.adapters.events.items import (
    NO_NAME,
    Item,
    Person,
    currency_in,
    item_key,
    read_items,
)
from feedback.adapters.events.moments import Clock
from feedback.adapters.events.parsed import BodyError, ItemError, ItemLeftOut, ParsedBody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxm.customers.rules.records import JSON, Ref

TYPES = ("track", "page", "identify", "group", "alias")
# What a sender may say happened; the others are made by the product itself.
KINDS = (
    "event",
    "page",
    "message",
    "call",
    "visit",
    "order_step",
    "payment",
    "contract",
)
DIRECTIONS = ("in", "out", "none")
ACTORS = ("customer", "agent", "system")
IDENTIFIERS = {
    "id": "external",
    "email": "email",
    "phone": "phone",
    "card": "card",
    "social": "social",
    "device_id": "device",
    "anonymous_id": "anonymous",
}
_MOST_NAMESPACE = 60
_HAS_NAMESPACE = frozenset({"external", "card", "social", "device"})


@dataclass(frozen=True, slots=True)
class _Sender:
    clock: Clock
    keeps_pages: bool


def split_events(text: bytes) -> SplitBody:
    """Split *text*, unpacked JSON, into events, unread. Raises BodyError for other shapes."""
    body = split(text, "events")
    if not body.is_batch:
        raise BodyError("not_readable", "The body needs `events`, a list of events.")
    return body


def parse(text: bytes, *, clock: Clock, keeps_pages: bool) -> ParsedBody:
    """Read the events in *text*, unpacked JSON; `sent_at` beside them corrects the clock.

    Page views are left out unless *keeps_pages*. Raises BodyError where nothing at all can be
    read.
    """
    body = split_events(text)
    sender = _Sender(clock.sent(body.fields.get("sent_at")), keeps_pages)
    return read_items(body.items, partial(_read, sender))


def _read(sender: _Sender, item: Item) -> Iterator[EventRecord]:
    item.key = item_key(item, "id")
    kind = _choice(item, "type", TYPES) or "track"
    if kind == "page" and not sender.keeps_pages:
        raise ItemLeftOut("page", item.text("event", "name"))
    moment = sender.clock.occurred(item.fields.get("at"), "at")
    fields: dict[str, Any] = {
        "position": item.position,
        "key": item.key,
        "occurred_at": moment.at,
        "is_zone_assumed": moment.is_zone_assumed,
    }
    yield EventRecord(**fields, **_READERS[kind](item))


def _refs(item: Item, traits: dict[str, JSON] | None = None) -> tuple[Ref, ...]:
    given = item.fields.get("customer")
    if given is not None and not isinstance(given, dict):
        message = "`customer` is a JSON object with id, email, phone or anonymous_id."
        raise ItemError("not_an_object", message, "customer")
    customer = given or {}
    namespace = item.as_text(customer.get("namespace"))[:_MOST_NAMESPACE]
    person = Person()
    for name, kind in IDENTIFIERS.items():
        value = customer.get(name)
        if isinstance(value, float):
            message = f"`customer.{name}` is a number with a fraction. Send ids as text."
            raise ItemError("bad_value", message, f"customer.{name}")
        person.add(kind, item.as_text(value), namespace if kind in _HAS_NAMESPACE else "")
    return person.named(traits)


def _track(item: Item) -> dict[str, Any]:
    name = item.text("event", "name")
    if not name:
        raise ItemError("no_name", NO_NAME, "event")
    return _interaction(item, kind=_choice(item, "kind", KINDS) or "event", name=name)


def _page(item: Item) -> dict[str, Any]:
    return _interaction(item, kind="page", name=item.text("event", "name") or "Page")


def _interaction(item: Item, *, kind: str, name: str) -> dict[str, Any]:
    amount = item.fields.get("amount")
    if amount is not None and amount_in(amount) is None:
        message = "`amount` is no number. Send it like 19.90, without a currency sign."
        raise ItemError("bad_value", message, "amount")
    currency = item.fields.get("currency")
    if currency is not None and not currency_in(currency):
        message = "`currency` has three letters, such as EUR."
        raise ItemError("bad_value", message, "currency")
    return {
        "call": Call.TRACK,
        "refs": _refs(item),
        "kind": kind,
        "name": name[:MOST_NAME],
        "title": item.text("title"),
        "text": item.text("text"),
        "direction": _choice(item, "direction", DIRECTIONS) or "none",
        "actor": _choice(item, "actor", ACTORS) or "customer",
        "thread_key": item.text("thread"),
        "amount": amount_in(amount),
        "currency": currency_in(currency),
        "touchpoint": item.text("touchpoint"),
        "channel": item.text("channel"),
        "company": item.text("company")[:MOST_NAME],
        "props": item.object("properties"),
    }


def _identify(item: Item) -> dict[str, Any]:
    traits = item.object("traits")
    return {"call": Call.IDENTIFY, "refs": _refs(item, traits), "traits": traits}


def _group(item: Item) -> dict[str, Any]:
    company = item.id_text("company")
    if not company:
        message = "A group event needs `company`, the company's own id."
        raise ItemError("no_group", message, "company")
    traits = item.object("traits")
    return {
        "call": Call.GROUP,
        "refs": _refs(item),
        "company": company[:MOST_NAME],
        "traits": traits,
    }


def _alias(item: Item) -> dict[str, Any]:
    previous = Person()
    previous.add("anonymous", item.id_text("previous_id"))
    if not previous.refs:
        message = "An alias event needs `previous_id`, the id that was used before."
        raise ItemError("no_previous", message, "previous_id")
    return {"call": Call.ALIAS, "refs": _refs(item), "previous": previous.refs[0]}


_READERS: dict[str, Callable[[Item], dict[str, Any]]] = {
    "track": _track,
    "page": _page,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}


def _choice(item: Item, name: str, known: tuple[str, ...]) -> str:
    """Give the field *name*, which must be one of *known* or absent ("")."""
    if item.fields.get(name) is None:
        return ""
    text = item.text(name)
    if text not in known:
        message = f"`{name}` must be one of {', '.join(known)}."
        raise ItemError("unknown_type" if name == "type" else "bad_value", message, name)
    return text
