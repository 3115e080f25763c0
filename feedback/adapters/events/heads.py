"""What has to be known of a body before it is stored: that it is JSON, and whose key it shows."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from feedback.adapters.events.bodies import MOST_ITEM_BYTES, MOST_LENIENT_BYTES, NOT_JSON
from feedback.adapters.events.parsed import BodyError

_KEYS = ("writeKey", "api_key", "token")
_NOTHING = msgspec.Raw()


class _Fields(msgspec.Struct):
    writeKey: msgspec.Raw = _NOTHING  # noqa: N815 - as it is sent
    api_key: msgspec.Raw = _NOTHING
    token: msgspec.Raw = _NOTHING
    properties: msgspec.Raw = _NOTHING


_object = msgspec.json.Decoder(_Fields)
_anything = msgspec.json.Decoder(msgspec.Raw)
_value = msgspec.json.Decoder()
_first = json.JSONDecoder()


def keys_in(text: bytes) -> list[str]:
    """Find the keys that unpacked JSON shows: `writeKey`, `api_key`, `token`.

    They stand at the top, in the properties of a single event, or in the first event of a bare
    list. Nothing else is read or kept, as nobody knows yet who sent it; but the whole is looked
    through: BodyError `bad_json` for what is no JSON, `not_readable` for JSON of another shape.
    """
    text = text.strip()
    try:
        if not text.startswith(b"["):
            return _of(_object.decode(text))
        _anything.decode(text)
        return _in_event(_first_of(text))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _in_event(_read_leniently(text))


def _first_of(text: bytes) -> Any:
    """Give the first entry of a list; None for none, and for one longer than an event may be."""
    start = text[1 : 2 * MOST_ITEM_BYTES].decode("utf-8", "replace").lstrip()
    try:
        return _first.raw_decode(start)[0]
    except ValueError:
        return None


def _of(fields: _Fields) -> list[str]:
    raws = [raw for name in _KEYS if (raw := bytes(getattr(fields, name)))]
    if not raws and (inside := bytes(fields.properties)):
        properties = _value.decode(inside)
        return _texts(properties) if isinstance(properties, dict) else []
    return [key for raw in raws if isinstance(key := _value.decode(raw), str)]


def _read_leniently(text: bytes) -> Any:
    if len(text) > MOST_LENIENT_BYTES:
        raise BodyError("bad_json", NOT_JSON)
    try:
        value = json.loads(text.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BodyError("bad_json", NOT_JSON) from error
    if not isinstance(value, dict | list):
        raise BodyError("not_readable", "The body is JSON, but no object and no list of events.")
    return next(iter(value), None) if isinstance(value, list) else value


def _in_event(event: Any) -> list[str]:
    if not isinstance(event, dict):
        return []
    inside = event.get("properties")
    return _texts(event) or (_texts(inside) if isinstance(inside, dict) else [])


def _texts(fields: dict[str, Any]) -> list[str]:
    return [key for name in _KEYS if isinstance(key := fields.get(name), str)]
