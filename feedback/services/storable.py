"""The last look at a record before the database: nothing that one row holds may stop the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

from feedback.adapters.records import Refusal, ResponseRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedback.adapters.records import CustomerRef, LineEvents

    type Item = ResponseRecord | LineEvents | Refusal

LONGEST_IDENTITY = 300
LONGEST_EMAIL = 254
LONGEST_NAME = 200
LONGEST_LANGUAGE = 12
LONGEST_QUESTION = 80
HEAVIEST = 10**8  # weights are numeric(18, 10)
SHOWN = 40


def storable(item: Item) -> Iterator[Item]:
    """Yield *item* as it can be stored, then refusals of the parts of it that cannot.

    Lines of events come fit from their adapter. An identity or weight beyond what the columns
    hold is left out and refused; names are cut, and keys of questions shortened so that they
    stay apart.
    """
    if not isinstance(item, ResponseRecord):
        yield item
        return
    refusals = []
    if item.customer and len(item.customer.value) > _longest(item.customer):
        refusals.append(_refusal(item, "bad_customer", item.customer.value, "is too long"))
        item = replace(item, customer=None)
    if item.weight is not None and item.weight >= HEAVIEST:
        refusals.append(_refusal(item, "bad_weight", str(item.weight), "is too large a weight"))
        item = replace(item, weight=None)
    yield _shortened(item) if _is_long(item) else item
    yield from refusals


def short_key(key: str, length: int = LONGEST_QUESTION) -> str:
    """Cut *key* to *length* characters; a cut one ends with a checksum of the whole."""
    if len(key) <= length:
        return key
    checksum = format(crc32(key.encode()), "08x")
    return f"{key[: length - 9]}-{checksum}"


def _longest(customer: CustomerRef) -> int:
    return LONGEST_EMAIL if customer.kind == "email" else LONGEST_IDENTITY


def _refusal(record: ResponseRecord, code: str, value: str, reason: str) -> Refusal:
    message = f"Line {record.line}: “{value[:SHOWN]}” {reason}; the rest of the row is loaded."
    return Refusal(record.line, code, message, is_whole_row=False)


def _is_long(record: ResponseRecord) -> bool:
    questions = [rating.question for rating in record.ratings]
    return (
        any(len(key) > LONGEST_QUESTION for key in (*questions, *record.comments))
        or len(record.language) > LONGEST_LANGUAGE
        or (record.customer is not None and len(record.customer.name) > LONGEST_NAME)
    )


def _shortened(record: ResponseRecord) -> ResponseRecord:
    who = record.customer
    return replace(
        record,
        customer=replace(who, name=who.name[:LONGEST_NAME]) if who else None,
        language=record.language if len(record.language) <= LONGEST_LANGUAGE else "",
        ratings=tuple(replace(r, question=short_key(r.question)) for r in record.ratings),
        comments={short_key(key): text for key, text in record.comments.items()},
    )
