"""The tracking calls of Segment and RudderStack: identify, track, page, screen, group, alias.

Sources: Segment, "HTTP API Source" and "Spec: Common fields"; RudderStack, "HTTP API". RudderStack
differs in where it puts things: traits only in the context, times at the batch, calls `merge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from cxm.customers.rules.records import Call, EventRecord, Ref
from feedback.adapters.events.bodies import split
from feedback.adapters.events.cleaning import MOST_NAME
from feedback.adapters.events.items import (
    NO_NAME,
    Item,
    Person,
    item_key,
    money_in,
    read_items,
    small_context,
    thread_in,
    with_context,
)
from feedback.adapters.events.parsed import ItemError, ItemLeftOut, ParsedBody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxm.customers.rules.records import JSON
    from feedback.adapters.events.moments import Clock, Moment

CALLS = ("identify", "track", "page", "screen", "group", "alias", "merge")
# The last part of the path of a single call, and the letter that browsers send instead.
_LETTERS = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}
_MERGED_KINDS = {
    "email": "email",
    "phone": "phone",
    "mobile": "phone",
    "anonymousId": "anonymous",
    "userId": "external",
}
_WEB_LIBRARIES = ("analytics.js", "analytics-next", "javascript")
_APP_LIBRARIES = ("ios", "android", "swift", "kotlin", "flutter", "react-native", "react native")
_APP_SYSTEMS = frozenset({"ios", "ipados", "android", "watchos", "tvos"})
_PAIR = 2


@dataclass(frozen=True, slots=True)
class _Batch:
    """What stands beside the items and holds for all of them."""

    clock: Clock
    call: str
    context: dict[str, JSON]
    timestamp: JSON
    channel: JSON
    anonymous_id: str
    keeps_pages: bool


def parse(
    text: bytes,
    *,
    path: str,
    headers: dict[str, str],
    clock: Clock,
    keeps_pages: bool,
) -> ParsedBody:
    """Read the calls in *text*, unpacked JSON that came to *path*.

    Of *headers* (names in small letters) `anonymousid` names the visitor of items that name
    nobody. Page views are left out unless *keeps_pages*. Raises BodyError where nothing at all
    can be read.
    """
    body = split(text, "batch")
    fields = body.fields
    context = fields.get("context")
    batch = _Batch(
        clock=clock.sent(fields.get("sentAt")),
        call=_call_of(path),
        context=context if isinstance(context, dict) else {},
        timestamp=fields.get("timestamp"),
        channel=fields.get("channel"),
        anonymous_id=headers.get("anonymousid", ""),
        keeps_pages=keeps_pages,
    )
    return read_items(body.items, partial(_read, batch))


def _call_of(path: str) -> str:
    """Name the call that a path of single calls is for; "" for those of batches."""
    last = path.strip("/").rpartition("/")[2]
    call = _LETTERS.get(last, last)
    return call if call in CALLS else ""


def _read(batch: _Batch, item: Item) -> Iterator[EventRecord]:
    item.key = item_key(item, "messageId")
    call = batch.call or item.text("type").lower()
    if call not in CALLS:
        message = f"The event's `type` must be one of {', '.join(CALLS[:-1])}."
        raise ItemError("unknown_type", message, "type")
    if call in {"page", "screen"} and not batch.keeps_pages:
        raise ItemLeftOut("page", item.text("name"))
    moment = _moment(batch, item)
    yield _READERS[call](batch, item, moment)


def _moment(batch: _Batch, item: Item) -> Moment:
    named = ("originalTimestamp", "timestamp")
    path = next((name for name in named if item.fields.get(name)), "")
    written = item.fields[path] if path else batch.timestamp
    return batch.clock.occurred(written, path or "timestamp", sent_at=item.fields.get("sentAt"))


def _person(batch: _Batch, item: Item) -> Person:
    person = Person()
    person.add("external", item.id_text("userId"))
    person.add("anonymous", item.id_text("anonymousId"))
    if not person.refs:
        person.add("anonymous", batch.anonymous_id)
    return person


def _context(batch: _Batch, item: Item) -> dict[str, Any]:
    own = item.fields.get("context")
    return {**batch.context, **own} if isinstance(own, dict) else batch.context


def _identify(batch: _Batch, item: Item, moment: Moment) -> EventRecord:
    beside = item.cleaner.fields(_context(batch, item).get("traits"), "context.traits")
    traits = {**beside, **item.object("traits")}
    return EventRecord(
        call=Call.IDENTIFY,
        position=item.position,
        key=item.key,
        occurred_at=moment.at,
        is_zone_assumed=moment.is_zone_assumed,
        refs=_person(batch, item).named(traits),
        traits=traits,
    )


def _track(batch: _Batch, item: Item, moment: Moment) -> EventRecord:
    name = item.text("event")
    if not name:
        raise ItemError("no_name", NO_NAME, "event")
    return _interaction(batch, item, moment, kind="event", name=name)


def _page(batch: _Batch, item: Item, moment: Moment) -> EventRecord:
    page = _part(_context(batch, item), "page")
    shown = item.text("name") or item.as_text(page.get("path")) or item.text("category")
    return _interaction(batch, item, moment, kind="page", name=shown or "Page")


def _screen(batch: _Batch, item: Item, moment: Moment) -> EventRecord:
    shown = item.text("name", "category") or "Screen"
    return _interaction(batch, item, moment, kind="page", name=shown, medium="app")


def _interaction(
    batch: _Batch, item: Item, moment: Moment, *, kind: str, name: str, medium: str = ""
) -> EventRecord:
    refs = _person(batch, item).named()
    props = item.object("properties")
    if category := item.text("category"):
        props.setdefault("category", category)
    context = _context(batch, item)
    amount, currency = money_in(props)
    return EventRecord(
        call=Call.TRACK,
        position=item.position,
        key=item.key,
        occurred_at=moment.at,
        is_zone_assumed=moment.is_zone_assumed,
        refs=refs,
        kind=kind,
        name=name[:MOST_NAME],
        thread_key=thread_in(item, props),
        amount=amount,
        currency=currency,
        touchpoint=item.as_text(props.get("touchpoint") or context.get("touchpoint")),
        channel=item.as_text(props.get("channel") or context.get("channel")),
        medium=medium or _medium(context, item.fields.get("channel") or batch.channel),
        company=item.as_text(context.get("groupId")),
        props=with_context(props, small_context(item, context)),
    )


def _group(batch: _Batch, item: Item, moment: Moment) -> EventRecord:
    company = item.id_text("groupId")
    if not company:
        message = "A group call needs `groupId`, the company's own id."
        raise ItemError("no_group", message, "groupId")
    return EventRecord(
        call=Call.GROUP,
        position=item.position,
        key=item.key,
        occurred_at=moment.at,
        is_zone_assumed=moment.is_zone_assumed,
        refs=_person(batch, item).named(),
        company=company[:MOST_NAME],
        traits=item.object("traits"),
    )


def _alias(batch: _Batch, item: Item, moment: Moment) -> EventRecord:  # noqa: ARG001 - as the others
    previous = Person()
    previous.add("anonymous", item.id_text("previousId") or item.id_text("anonymousId"))
    if not previous.refs:
        message = "An alias call needs `previousId`, the id that was used before."
        raise ItemError("no_previous", message, "previousId")
    person = Person()
    person.add("external", item.id_text("userId"))
    return _same_person(item, moment, refs=person.named(), previous=previous.refs[0])


def _merge(batch: _Batch, item: Item, moment: Moment) -> EventRecord:  # noqa: ARG001 - as the others
    person = Person()
    listed = item.fields.get("mergeProperties")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and (kind := _MERGED_KINDS.get(str(entry.get("type")))):
            person.add(kind, item.as_text(entry.get("value")))
    if len(person.refs) != _PAIR:
        message = "A merge call needs two `mergeProperties` of type email, phone or userId."
        raise ItemError("no_previous", message, "mergeProperties")
    first, second = person.refs
    return _same_person(item, moment, refs=(first,), previous=second)


def _same_person(
    item: Item, moment: Moment, *, refs: tuple[Ref, ...], previous: Ref
) -> EventRecord:
    return EventRecord(
        call=Call.ALIAS,
        position=item.position,
        key=item.key,
        occurred_at=moment.at,
        is_zone_assumed=moment.is_zone_assumed,
        refs=refs,
        previous=previous,
    )


_READERS: dict[str, Callable[[_Batch, Item, Moment], EventRecord]] = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "alias": _alias,
    "merge": _merge,
}


def _part(context: dict[str, Any], name: str) -> dict[str, Any]:
    part = context.get(name)
    return part if isinstance(part, dict) else {}


def _medium(context: dict[str, Any], said: JSON) -> str:
    """Tell what the client runs on: RudderStack says it, libraries and systems show it."""
    if said in {"web", "mobile"}:
        return "web" if said == "web" else "app"
    library, system = _part(context, "library").get("name"), _part(context, "os").get("name")
    shown = _medium_of(str(library or ""), str(system or ""))
    return shown or ("web" if _part(context, "page").get("path") else "")


@lru_cache(maxsize=1_000)
def _medium_of(library: str, system: str) -> str:
    library = library.lower()
    if any(word in library for word in _WEB_LIBRARIES):
        return "web"
    is_app = system.lower() in _APP_SYSTEMS or any(word in library for word in _APP_LIBRARIES)
    return "app" if is_app else ""
