"""The events of PostHog clients, single or in batches, with the special ones about persons.

Sources: PostHog, "Capture and batch API endpoints" and "Sending events"; its Python and browser
clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cxm.customers.rules.records import Call, EventRecord
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
from feedback.adapters.events.moments import Clock, milliseconds_before
from feedback.adapters.events.parsed import Beside, ItemError, ItemLeftOut, ParsedBody
from feedback.adapters.events.posthog_surveys import SENT, latest_only, survey_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxm.customers.rules.records import JSON, Ref
    from feedback.adapters.events.items import Reading
    from feedback.adapters.events.moments import Moment

_PAGES = frozenset({"$pageview", "$screen"})
# What browser libraries report of themselves: no person did it on purpose.
_NOISE = frozenset(
    {
        "$$heatmap",
        "$autocapture",
        "$copy_autocapture",
        "$dead_click",
        "$feature_flag_called",
        "$heatmap",
        "$opt_in",
        "$pageleave",
        "$performance_event",
        "$rageclick",
        "$snapshot",
        "$web_vitals",
    }
)
# Of PostHog's own properties just these are facts about what happened.
_KEPT = ("$survey_", "$screen_name")
_SECRETS = frozenset({"token", "distinct_id", "api_key"})
_MEDIA = {"web": "web", "posthog-ios": "app", "posthog-android": "app", "posthog-flutter": "app"}


@dataclass(frozen=True, slots=True)
class _Sender:
    clock: Clock
    keeps_pages: bool


@dataclass(slots=True)
class _Event:
    """One event with what every reader of it needs."""

    item: Item
    name: str
    moment: Moment
    props: dict[str, JSON]

    def record(self, call: Call, refs: tuple[Ref, ...], **more: Any) -> EventRecord:
        """Make a record of this event; *more* are further fields, or others than usual."""
        fields: dict[str, Any] = {
            "call": call,
            "position": self.item.position,
            "key": self.item.key,
            "occurred_at": self.moment.at,
            "is_zone_assumed": self.moment.is_zone_assumed,
            "refs": refs,
        }
        return EventRecord(**{**fields, **more})

    def traits(self, name: str) -> dict[str, JSON]:
        """Give what the event sets of its person; `$set` stands beside or in the properties."""
        beside = self.item.object(name)
        inside = self.item.cleaner.fields(self.props.get(name), f"properties.{name}")
        return {k: v for k, v in {**inside, **beside}.items() if not k.startswith("$")}


def parse(text: bytes, *, query: dict[str, str], clock: Clock, keeps_pages: bool) -> ParsedBody:
    """Read the events in *text*, unpacked JSON; the browser's clock stands in *query* as `_`.

    Page views are left out unless *keeps_pages*. Of several answers to one submission of a
    survey the latest is kept. Raises BodyError where nothing at all can be read.
    """
    body = split(text, "batch")
    sent_at = body.fields.get("sent_at") or _milliseconds(query.get("_", ""))
    sender = _Sender(clock.sent(sent_at), keeps_pages)
    return latest_only(read_items(body.items, partial(_read, sender)))


def _milliseconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None  # noqa: PLR2004 - no later year


def _read(sender: _Sender, item: Item) -> Iterator[Reading]:
    item.key = item_key(item, "uuid", "$insert_id")
    name = item.text("event")
    if not name:
        raise ItemError("no_name", NO_NAME, "event")
    if name in _NOISE:
        raise ItemLeftOut("noise", name)
    props = item.object("properties")
    if name in _PAGES and not sender.keeps_pages:
        raise ItemLeftOut("page", _page_name(item, props))
    event = _Event(item, name, _moment(sender, item), props)
    person = _person(event)
    yield from _readings(event, person)
    if once := event.traits("$set_once"):
        key = f"{item.key}#once"
        record = event.record(Call.IDENTIFY, person.named(once), key=key, traits=once)
        yield Beside(record, is_first=True)


def _readings(event: _Event, person: Person) -> Iterator[Reading]:
    reader = _READERS.get(event.name)
    if reader:
        yield reader(event, person)
        return
    if event.name == SENT:
        yield survey_answer(event.item, event.props, event.moment, person.named())
    else:
        yield _interaction(event, person)
    if traits := event.traits("$set"):
        key = f"{event.item.key}#set"
        yield Beside(event.record(Call.IDENTIFY, person.named(traits), key=key, traits=traits))


def _moment(sender: _Sender, item: Item) -> Moment:
    written = item.fields.get("timestamp")
    if written is None and (offset := item.fields.get("offset")) is not None:
        before = milliseconds_before(sender.clock.received_at, offset)
        return Clock(sender.clock.received_at, sender.clock.zone).occurred(
            before.isoformat() if before else None, "offset"
        )
    return sender.clock.occurred(written, "timestamp")


def _distinct_id(event: _Event) -> str:
    return event.item.id_text("distinct_id") or event.item.as_text(event.props.get("distinct_id"))


def _person(event: _Event) -> Person:
    """Name the person: PostHog has one id for known and unknown people, and says which it is."""
    person, distinct_id = Person(), _distinct_id(event)
    is_unknown = (
        event.props.get("$is_identified") is False
        or event.props.get("$process_person_profile") is False
        or event.props.get("$device_id") == distinct_id
    )
    person.add("anonymous" if is_unknown else "external", distinct_id)
    return person


def _set(event: _Event, person: Person) -> EventRecord:
    traits = event.traits("$set")
    return event.record(Call.IDENTIFY, person.named(traits), traits=traits)


def _identify(event: _Event, person: Person) -> EventRecord:
    person = Person()
    person.add("external", _distinct_id(event))
    person.add("anonymous", event.item.as_text(event.props.get("$anon_distinct_id")))
    return _set(event, person)


def _alias(event: _Event, person: Person) -> EventRecord:  # noqa: ARG001 - as the others
    now, before = Person(), Person()
    now.add("external", event.item.as_text(event.props.get("alias")))
    before.add(
        "anonymous", event.item.as_text(event.props.get("distinct_id")) or _distinct_id(event)
    )
    if not before.refs:
        message = "`$create_alias` needs `distinct_id`, the id that was used before."
        raise ItemError("no_previous", message, "properties.distinct_id")
    return event.record(Call.ALIAS, now.named(), previous=before.refs[0])


def _group(event: _Event, person: Person) -> EventRecord:
    kind = event.item.as_text(event.props.get("$group_type"))
    company = event.item.as_text(event.props.get("$group_key"))
    if not company:
        message = "`$groupidentify` needs `$group_key`, the company's own id."
        raise ItemError("no_group", message, "properties.$group_key")
    placeholder = f"${kind}_{company}"  # what clients send where no person is meant
    return event.record(
        Call.GROUP,
        () if _distinct_id(event) == placeholder else tuple(person.refs),
        company=company[:MOST_NAME],
        namespace=kind[:60],
        traits=event.item.cleaner.fields(event.props.get("$group_set"), "properties.$group_set"),
    )


_READERS: dict[str, Callable[[_Event, Person], EventRecord]] = {
    "$set": _set,
    "$identify": _identify,
    "$create_alias": _alias,
    "$groupidentify": _group,
}


def _interaction(event: _Event, person: Person) -> EventRecord:
    item, props = event.item, event.props
    is_page = event.name in _PAGES
    amount, currency = money_in(props)
    kind, company = _company(props)
    kept = {k: v for k, v in props.items() if _is_kept(k)}
    return event.record(
        Call.TRACK,
        person.named(),
        kind="page" if is_page else "event",
        name=(_page_name(item, props) if is_page else event.name)[:MOST_NAME],
        thread_key=thread_in(item, props),
        amount=amount,
        currency=currency,
        touchpoint=item.as_text(props.get("touchpoint")),
        channel=item.as_text(props.get("channel")),
        medium="app" if event.name == "$screen" else _MEDIA.get(str(props.get("$lib")), ""),
        company=item.as_text(company)[:MOST_NAME],
        namespace=kind[:60],
        props=with_context(kept, small_context(item, _context(props))),
    )


def _is_kept(name: str) -> bool:
    return name not in _SECRETS and (not name.startswith("$") or name.startswith(_KEPT))


def _company(props: dict[str, JSON]) -> tuple[str, JSON]:
    groups = props.get("$groups")
    return next(iter(groups.items()), ("", "")) if isinstance(groups, dict) else ("", "")


def _page_name(item: Item, props: dict[str, JSON]) -> str:
    shown = props.get("$screen_name") or props.get("$pathname") or props.get("$current_url")
    text = item.as_text(shown)
    if text.startswith(("http://", "https://")):
        try:
            text = urlsplit(text).path
        except ValueError:
            text = ""
    return text or "Page"


def _context(props: dict[str, JSON]) -> dict[str, Any]:
    """Give PostHog's own properties the shape of a context."""
    return {
        "library": {"name": props.get("$lib"), "version": props.get("$lib_version")},
        "page": {"path": props.get("$pathname"), "referrer": props.get("$referrer")},
        "device": {"type": props.get("$device_type")},
        "app": {"name": props.get("$app_name"), "version": props.get("$app_version")},
        "locale": props.get("$browser_language") or props.get("$locale"),
    }
