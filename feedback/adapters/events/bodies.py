"""From the bytes of a request to its items: unpacked by what they are, split without reading."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import msgspec

from feedback.adapters.events.parsed import BodyError, BodyTooLargeError, ItemError

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON

MB = 1_000_000
MOST_ITEM_BYTES = 32 * 1024
MOST_ITEMS = 100_000
# What the lenient reader makes of a body takes many times its length.
MOST_LENIENT_BYTES = 6 * MB
# More than this no honest body has; a list of them would not fit into memory.
_MOST_COMMAS = 2_000_000
_GZIP = b"\x1f\x8b"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_FORM = b"data="
_MARK = b"\xef\xbb\xbf"
# zlib: read the kind of packing from its own head.
_BY_HEAD = 47
# Every part copies the rest of the body: thousands of empty ones would keep a process busy.
_MOST_PARTS = 100

_head = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])
_value = msgspec.json.Decoder()

NOT_JSON = "The body is not JSON. Send one JSON object, packed with gzip or plain."


@dataclass(frozen=True, slots=True)
class SplitBody:
    """The items of a body as bytes of JSON, and the fields that stand beside them.

    *is_batch* tells a list of items from a body that is one item itself.
    """

    items: list[bytes]
    fields: dict[str, JSON]
    is_batch: bool


def unpacked(body: bytes, *, limit: int) -> bytes:
    """Give the JSON text in *body*: packed with gzip or zlib, as form data, or plain.

    What a body is told by its first bytes, never by its label. Raises BodyTooLargeError above
    *limit* bytes, before or after unpacking, and BodyError `not_readable` for broken packing.
    """
    if len(body) > limit:
        raise BodyTooLargeError(limit)
    if body.startswith(_FORM):
        body = _from_form(body)
    if body.startswith((_GZIP, *_ZLIB)):
        body = _inflated(body, limit)
    return body.removeprefix(_MARK)


def split(text: bytes, list_name: str) -> SplitBody:
    """Take the items out of *text*: the list called *list_name*, a bare list, or the body itself.

    Raises BodyError `bad_json` for what is no JSON, `not_readable` for other shapes, and
    `too_many_events` for more than 100,000.
    """
    if text.count(b",") > _MOST_COMMAS:
        raise _too_many()
    body = _split(text.strip(), list_name)
    if len(body.items) > MOST_ITEMS:
        raise _too_many()
    return body


def read_item(raw: bytes, *, limit: int = MOST_ITEM_BYTES) -> tuple[dict[str, Any], bool]:
    """Read one item of at most *limit* bytes; tell also whether it took the lenient reader.

    That one takes NaN, infinities and halves of surrogate pairs, which some clients send. Raises
    ItemError `too_large`, `not_readable`, `too_deep` and `not_an_object`.
    """
    if len(raw) > limit:
        message = f"The event has {len(raw):,} bytes; at most {limit:,} are taken."
        raise ItemError("too_large", message)
    is_lenient = False
    try:
        item = _value.decode(raw)
    except RecursionError:
        raise ItemError("too_deep", "The event is nested too deep to be read.") from None
    except (msgspec.MsgspecError, UnicodeError):
        item, is_lenient = _read_leniently(raw), True
    if not isinstance(item, dict):
        raise ItemError("not_an_object", "An event is a JSON object; this is something else.")
    return item, is_lenient


def exact_text(raw: bytes, name: str) -> str:
    """Give the field *name* of the item *raw* as it was written: numbers keep every digit."""
    return bytes(_head.decode(raw)[name]).decode()


def _too_many() -> BodyError:
    message = f"The body has more than {MOST_ITEMS:,} events. Send them in several requests."
    return BodyError("too_many_events", message)


def _split(text: bytes, list_name: str) -> SplitBody:
    try:
        if text.startswith(b"["):
            return SplitBody([bytes(raw) for raw in _list.decode(text)], {}, is_batch=True)
        fields = _head.decode(text)
        if list_name not in fields:
            return SplitBody([text], {}, is_batch=False)
        items = [bytes(raw) for raw in _list.decode(fields.pop(list_name))]
        beside = {name: _value.decode(raw) for name, raw in fields.items() if _is_small(raw)}
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _split_leniently(text, list_name)
    return SplitBody(items, beside, is_batch=True)


def _from_form(body: bytes) -> bytes:
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=20)
        return base64.b64decode(fields["data"][0].replace(" ", "+"), validate=True)
    except (KeyError, ValueError, binascii.Error) as error:
        message = "The form's field `data` is not base64."
        raise BodyError("not_readable", message) from error


def _inflated(body: bytes, limit: int) -> bytes:
    """Unpack *body*, which may be several packed parts one after the other, at most 100."""
    text, rest, parts = b"", body, 0
    while rest.startswith((_GZIP, *_ZLIB)):
        parts += 1
        if parts > _MOST_PARTS:
            message = f"The body is packed in more than {_MOST_PARTS} parts. Pack it as one."
            raise BodyError("not_readable", message)
        unpacker = zlib.decompressobj(_BY_HEAD)
        try:
            text += unpacker.decompress(rest, limit + 1 - len(text))
        except zlib.error as error:
            message = "The body is packed, but broken: it cannot be unpacked."
            raise BodyError("not_readable", message) from error
        if len(text) > limit:
            raise BodyTooLargeError(limit)
        if not unpacker.eof:
            raise BodyError("not_readable", "The body is packed, but its end is missing.")
        rest = unpacker.unused_data
    return text


def _split_leniently(text: bytes, list_name: str) -> SplitBody:
    if len(text) > MOST_LENIENT_BYTES:
        raise BodyError("bad_json", NOT_JSON)
    try:
        value = json.loads(text.decode("utf-8", "surrogatepass"))
        if isinstance(value, dict) and list_name not in value:
            return SplitBody([text], {}, is_batch=False)
        fields = value if isinstance(value, dict) else {list_name: value}
        items = fields.pop(list_name)
        if not isinstance(items, list):
            message = f"`{list_name}` is not a list of events."
            raise BodyError("not_readable", message)
        written = [_written(item) for item in items]
        beside = {name: v for name, v in fields.items() if _is_small(_written(v))}
    except (ValueError, RecursionError) as error:
        raise BodyError("bad_json", NOT_JSON) from error
    return SplitBody(written, beside, is_batch=True)


def _is_small(raw: msgspec.Raw | bytes) -> bool:
    # What stands beside the items is read with every one of them, so it may not be long.
    return len(bytes(raw)) <= MOST_ITEM_BYTES


def _written(item: JSON) -> bytes:
    text = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _read_leniently(raw: bytes) -> JSON:
    try:
        value: JSON = json.loads(raw.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        raise ItemError("not_readable", "The event cannot be read as JSON in UTF-8.") from None
    return value
