"""What the dialects share: going through the items of a body, ids, keys and small contexts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from cxm.customers.rules.identifiers import is_usable
from cxm.customers.rules.records import EventRecord, EventRefusal, Ref
from feedback.adapters.events.bodies import MOST_ITEM_BYTES, exact_text, read_item
from feedback.adapters.events.cleaning import MOST_NAME, Cleaner, amount_in
from feedback.adapters.events.parsed import (
    MOST_MESSAGE,
    Beside,
    IgnoredItem,
    ItemError,
    ItemLeftOut,
    MailReport,
    ParsedBody,
    SurveyAnswer,
    raw_text,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from cxm.customers.rules.records import JSON

MOST_KEY = 180
_MOST_CONTEXT = 200
_CONTEXT = {
    "library": ("name", "version"),
    "page": ("path", "referrer"),
    "device": ("type",),
    "app": ("name", "version"),
}
# What changes from one sending of an item to the next.
_VOLATILE = ("sentAt", "sent_at", "_metadata", "writeKey", "api_key", "token")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
# The names that shops use with every client; `$revenue` is PostHog's own.
_ORDER_IDS = ("order_id", "orderId", "checkout_id")
_AMOUNTS = ("revenue", "$revenue", "total")
_canonical = msgspec.json.Encoder(order="deterministic")

NO_CUSTOMER = (
    "The event names nobody. Send the customer's own id, or an anonymous id, with every event; "
    "ids such as “null”, “undefined” or “0” stand for nobody."
)
NO_NAME = "The event has no name. Say what happened, such as “Order Completed”."


@dataclass(slots=True)
class Item:
    """One item of a body: its place, its bytes, its fields, and what cleans them."""

    position: int
    raw: bytes
    fields: dict[str, Any]
    cleaner: Cleaner
    is_lenient: bool = False
    key: str = ""

    def text(self, *names: str) -> str:
        """Give the first of the fields *names* that holds text, cleaned; else ""."""
        return next((t for name in names if (t := self.as_text(self.fields.get(name)))), "")

    def as_text(self, value: JSON) -> str:
        """Give *value* cleaned where it is text, a whole number as its digits, else ""."""
        if isinstance(value, str):
            return self.cleaner.text(value)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

    def id_text(self, name: str) -> str:
        """Give an id as text, exactly as it was written: a number keeps every digit; else ""."""
        value = self.fields.get(name)
        if isinstance(value, float) and not self.is_lenient:
            return exact_text(self.raw, name)
        return self.as_text(value)

    def object(self, *names: str) -> dict[str, JSON]:
        """Give the first of the fields *names* that is there, cleaned and within its limits.

        Raises ItemError `not_an_object`, `too_many_properties` and `too_deep`.
        """
        name = next((name for name in names if self.fields.get(name) is not None), names[0])
        return self.cleaner.fields(self.fields.get(name), name)


type Reading = EventRecord | Beside | SurveyAnswer | MailReport
type ReadOne = Callable[[Item], Iterable[Reading]]


@dataclass(slots=True)
class Person:
    """Collects the identifiers of one customer, leaving out those that stand for nobody."""

    refs: list[Ref] = field(default_factory=list)

    def add(self, kind: str, value: str, namespace: str = "") -> None:
        """Take in an identifier as it was sent; nothing happens where it is unusable."""
        ref = Ref.folded(kind, value, namespace)
        if is_usable(ref.kind, ref.value) and ref not in self.refs:
            self.refs.append(ref)

    def named(self, traits: dict[str, JSON] | None = None) -> tuple[Ref, ...]:
        """Give all identifiers, the strongest first as they were added.

        Raises ItemError `no_customer` where there are none, and *traits* hold no address that
        could name somebody instead.
        """
        if not self.refs and not _has_address(traits or {}):
            raise ItemError("no_customer", NO_CUSTOMER)
        return tuple(self.refs)


def read_items(
    raws: Iterable[bytes], read_one: ReadOne, *, limit: int = MOST_ITEM_BYTES
) -> ParsedBody:
    """Read every item of a body with *read_one*; one that cannot be read stands alone.

    So does one of more than *limit* bytes.
    """
    parsed = ParsedBody()
    for position, raw in enumerate(raws):
        parsed.raws.append(raw)
        item = Item(position, raw, {}, Cleaner(is_suspect=True))
        try:
            item.fields, item.is_lenient = read_item(raw, limit=limit)
            item.cleaner = Cleaner.of(raw, is_lenient=item.is_lenient)
            for reading in list(read_one(item)):
                _take(parsed, reading)
        except ItemLeftOut as left_out:
            parsed.ignored.append(IgnoredItem(position, left_out.why, left_out.name[:MOST_NAME]))
        except ItemError as error:
            parsed.refused.append(refusal(item, error))
    return parsed


def refusal(item: Item, error: ItemError) -> EventRefusal:
    """Say why *item* was kept out; one that has no id is known again by its bytes."""
    harmless = Cleaner(is_suspect=True)
    return EventRefusal(
        position=item.position,
        code=error.code,
        message=harmless.text(error.message)[:MOST_MESSAGE],
        path=harmless.text(error.path)[:MOST_NAME],
        key=item.key or _hashed(item.raw),
        name=item.text("event", "type")[:MOST_NAME],
        raw=raw_text(item.raw),
    )


def item_key(item: Item, *names: str) -> str:
    """Give what identifies *item* for good: the first id in the fields *names*, else a hash.

    The hash is of the item's content, so that what is sent twice counts once; what changes with
    each sending is left out of it. Ids too long for their column are hashed as well.
    """
    text = next((text for name in names if (text := item.id_text(name))), "")
    if text and len(text) <= MOST_KEY:
        return text
    said = {k: v for k, v in item.fields.items() if k not in _VOLATILE}
    hashed = text.encode() if text else _canonical_bytes(said)
    return _hashed(hashed)


def small_context(item: Item, context: Mapping[str, Any]) -> dict[str, JSON]:
    """Give the little that interactions keep of *context*; what is empty is absent.

    Library and app with their versions, path and referrer of the page (the referrer's query is
    dropped: it may hold anything), the type of the device, the locale. No address, no id.
    """
    small: dict[str, JSON] = {}
    for part, names in _CONTEXT.items():
        values = context.get(part)
        if isinstance(values, dict):
            kept: dict[str, JSON] = {
                name: text[:_MOST_CONTEXT]
                for name in names
                if (text := item.as_text(values.get(name)))
            }
            if kept:
                small[part] = kept
    page = small.get("page")
    if isinstance(page, dict) and isinstance(referrer := page.get("referrer"), str):
        page["referrer"] = _without_query(referrer)
    if locale := item.as_text(context.get("locale")):
        small["locale"] = locale[:_MOST_CONTEXT]
    return small


def with_context(props: dict[str, JSON], context: dict[str, JSON]) -> dict[str, JSON]:
    """Put *context* among *props*; an object of that name that the sender made is filled up."""
    if not context:
        return props
    own = props.get("context")
    props["context"] = {**own, **context} if isinstance(own, dict) else context
    return props


def thread_in(item: Item, props: Mapping[str, JSON]) -> str:
    """Give the order that the properties of an event name; "" where they name none."""
    return next((text for name in _ORDER_IDS if (text := item.as_text(props.get(name)))), "")


def money_in(props: Mapping[str, JSON]) -> tuple[Decimal | None, str]:
    """Give the amount that the properties of an event name, with its currency if that is told."""
    amounts = (amount_in(props.get(name)) for name in _AMOUNTS)
    amount = next((amount for amount in amounts if amount is not None), None)
    return amount, currency_in(props.get("currency")) if amount is not None else ""


def currency_in(value: JSON) -> str:
    """Give a currency of three letters in capitals; "" for anything else."""
    return value.upper() if isinstance(value, str) and _CURRENCY.fullmatch(value) else ""


def _hashed(said: bytes) -> str:
    return f"hash:{hashlib.blake2b(said, digest_size=20).hexdigest()}"


def _take(parsed: ParsedBody, reading: Reading) -> None:
    if isinstance(reading, SurveyAnswer):
        parsed.answers.append(reading)
    elif isinstance(reading, Beside):
        (parsed.first_traits if reading.is_first else parsed.besides).append(reading.record)
    elif isinstance(reading, MailReport):
        parsed.reports.append(reading)
    else:
        parsed.events.append(reading)


def _has_address(traits: dict[str, JSON]) -> bool:
    refs = (
        Ref.folded(kind, v) for kind in ("email", "phone") if isinstance(v := traits.get(kind), str)
    )
    return any(is_usable(ref.kind, ref.value) for ref in refs)


def _canonical_bytes(said: dict[str, Any]) -> bytes:
    try:
        return _canonical.encode(said)
    except (UnicodeError, ValueError):
        return repr(sorted(said.items())).encode("utf-8", "backslashreplace")


def _without_query(address: str) -> str:
    if "?" not in address and "#" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path
