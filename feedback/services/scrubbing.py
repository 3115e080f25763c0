"""Taking one person out of bytes that were stored as they came."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from cxm.customers.rules.mentions import mentioned_refs, refs_said
from cxm.customers.rules.records import Ref
from cxm.customers.services.forgetting import is_about, named_refs
from cxm.customers.services.suppressing import anybody_erased, suppressed
from feedback.adapters.events.bodies import unpacked as unpacked_body
from feedback.adapters.events.parsed import BodyError
from feedback.services.forgetting import customer_refs
from feedback.services.forgetting import mentioned_refs as mentioned_in_answer
from feedback.services.row_log import QUICKEST, unpacked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cxm.customers.rules.records import EventRecord
    from cxm.customers.rules.traces import Traces
    from cxm.tenants.models import Tenant
    from feedback.adapters.events.parsed import ParsedBody

# What takes the place of an event, so that its neighbours keep their positions.
NOTHING: dict[str, Any] = {}
# More than any body that is taken in.
_MOST = 100_000_000
_LISTS = ("batch", "events", "data")


def without_person(body: bytes, traces: Traces) -> bytes:
    """Give a body of events without those that hold a trace; as it was when none does.

    Such an event becomes `{}`, and the body plain JSON. One that cannot be read as events goes
    whole.
    """
    try:
        text = unpacked_body(body, limit=_MOST)
    except BodyError:
        text = body
    plain = text.decode("utf-8", "replace")
    if not traces.are_in(plain):
        return body
    try:
        value = json.loads(plain)
    except (ValueError, RecursionError):
        return b"{}"
    return json.dumps(_without_items(value, traces), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def without_rows(body: bytes, traces: Traces) -> bytes:
    """Give a stored chunk of a file with the cells of rows that hold a trace emptied."""
    rows = unpacked(body)
    lines = {line for line, cells in rows if any(map(traces.are_in, cells))}
    return without_lines(body, lines)


def without_lines(body: bytes, lines: Collection[int]) -> bytes:
    """Give a stored chunk of a file with the cells of *lines* emptied; as it was without any."""
    if not lines:
        return body
    rows = [(line, [""] * len(cells) if line in lines else cells) for line, cells in unpacked(body)]
    packed = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    return zlib.compress(packed, QUICKEST)


def _without_items(value: Any, traces: Traces) -> Any:
    if isinstance(value, list):
        return [NOTHING if _holds(item, traces) else item for item in value]
    if not isinstance(value, dict):
        return NOTHING
    items = next((name for name in _LISTS if isinstance(value.get(name), list)), None)
    if items is None:
        return NOTHING
    kept = {name: part for name, part in value.items() if not _holds(part, traces)}
    return {**kept, items: _without_items(value[items], traces)}


def _holds(value: Any, traces: Traces) -> bool:
    return traces.are_in(json.dumps(value, ensure_ascii=False))


def erased_items(tenant: Tenant, parsed: ParsedBody) -> set[int]:
    """Give the positions of the items of a body that are about erased people, or name one.

    One query where nobody was ever erased, three where somebody was.
    """
    if not anybody_erased(tenant):
        return set()
    records = list(_records(parsed))
    mentioned = [(record.position, mentioned_refs(record)) for record in records]
    named = [(record.position, named_refs(record)) for record in records]
    for answer in parsed.answers:
        mentioned.append((answer.position, mentioned_in_answer(answer.record)))
        named.append((answer.position, list(customer_refs(answer.record))))
    named += [(one.position, [Ref("email", "", one.email)]) for one in parsed.reports if one.email]
    for refusal in parsed.refused:
        told = refs_said(_plain(parsed.raws[refusal.position]))
        mentioned.append((refusal.position, told))
    gone = suppressed(tenant, {ref for _, refs in (*named, *mentioned) for ref in refs})
    return {position for position, refs in named if is_about(refs, gone)} | {
        position for position, refs in mentioned if refs & gone
    }


def _plain(raw: bytes) -> Any:
    """Give an item that was refused as JSON, or as text where it is none."""
    text = raw.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def without_positions(body: bytes, positions: Collection[int]) -> bytes:
    """Give a body of events without the items at *positions*, which become `{}`.

    As it was without any; one that cannot be read goes whole.
    """
    if not positions:
        return body
    try:
        value = json.loads(unpacked_body(body, limit=_MOST).decode("utf-8", "surrogatepass"))
    except (BodyError, ValueError, RecursionError):
        return b"{}"
    holder, name = _items_in(value)
    if holder is None:
        return b"{}"
    holder[name] = [
        NOTHING if position in positions else item for position, item in enumerate(holder[name])
    ]
    whole = holder[name] if isinstance(value, list) else value
    return json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _items_in(value: Any) -> tuple[dict[str, Any] | None, str]:
    """Find the list of items in a body: the dict it stands in, and its name there."""
    if isinstance(value, list):
        return {"": value}, ""
    if not isinstance(value, dict):
        return None, ""
    name = next((name for name in _LISTS if isinstance(value.get(name), list)), None)
    return (value, name) if name else (None, "")


def _records(parsed: ParsedBody) -> Iterable[EventRecord]:
    return (*parsed.events, *parsed.besides, *parsed.first_traits)
