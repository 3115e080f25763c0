"""Identifiers that a record tells of in passing: in properties, traits and words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from cxm.customers.rules.records import JSON, EventRecord, Ref
from cxm.customers.rules.traces import ERASED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

LONGEST_NUMBER = 120
# An address with its domain, or signs that could have begun one: each is looked at once, so that
# long texts without addresses take no longer than others.
_EMAIL = re.compile(r"[\w.+%-]++(@[\w-]++(?:\.[\w-]++)++)?")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d(?:[\s()/.-]{0,3}\d){6,14}(?!\w)")
# Other keys hold the numbers of other things: an order may be called as a customer is.
_PERSON_KEY = re.compile(
    r"(?:client|contact|customer|distinct|member|person|profile|subscriber|user)"
    r"[\s_.-]*(?:id|key|no|nr|num|number)?",
    re.IGNORECASE,
)


def mentioned_refs(record: EventRecord) -> set[Ref]:
    """List whom a record may name besides by its own identifiers.

    That is every e-mail address and phone number in any of its texts, and what stands under a
    key such as "customer_id": a number of the tenant's own, or of a numbering the record uses.
    """
    words = (record.name, record.title, record.text, record.thread_key)
    told: list[JSON] = [*words, record.props, record.traits]
    return refs_said(told, namespaces=_namespaces(record))


def refs_said(value: JSON, *, key: str = "", namespaces: Collection[str] = ("",)) -> set[Ref]:
    """List whom the texts in *value*, which stands under *key*, may name.

    *namespaces* are the numberings that a number under a person's key may be of.
    """
    return {ref for at, text in _texts(value, key) for ref in _refs_in(at, text, namespaces)}


def without_mentions(record: EventRecord, gone: Collection[Ref]) -> EventRecord:
    """Give a record in whose place of each text that names one of *gone* stands "[erased]"."""
    spaces = _namespaces(record)

    def kept(value: JSON) -> JSON:
        return unsaid(value, gone, namespaces=spaces)

    return replace(
        record,
        name=str(kept(record.name)),
        title=str(kept(record.title)),
        text=str(kept(record.text)),
        thread_key=str(kept(record.thread_key)),
        props=cast("dict[str, JSON]", kept(record.props)),
        traits=cast("dict[str, JSON]", kept(record.traits)),
    )


def unsaid(
    value: JSON, gone: Collection[Ref], *, key: str = "", namespaces: Collection[str] = ("",)
) -> JSON:
    """Give *value*, which stands under *key*, with "[erased]" for each text naming one of *gone*.

    Names of its properties are texts as well. *namespaces* are as in `refs_said`.
    """
    refs = frozenset(gone)

    def without(value: JSON, key: str = "") -> JSON:
        if isinstance(value, dict):
            return {str(without(name)): without(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [without(part, key) for part in value]
        is_told = any(
            refs.intersection(_refs_in(key, text, namespaces)) for text in _as_text(value)
        )
        return ERASED if is_told else value

    return without(value, key)


def _namespaces(record: EventRecord) -> set[str]:
    return {"", record.namespace, *(ref.namespace for ref in record.refs)}


def _texts(value: JSON, key: str) -> Iterator[tuple[str, str]]:
    """Give every text of a JSON value, keys among them, with the key that it stands under."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield "", name
            yield from _texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, key)
    else:
        for text in _as_text(value):
            yield key, text


def _as_text(value: JSON) -> list[str]:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return [str(value)] if is_number or isinstance(value, str) else []


def _refs_in(key: str, text: str, namespaces: Collection[str]) -> Iterator[Ref]:
    for found in _EMAIL.finditer(text) if "@" in text else ():
        if found[1]:
            yield Ref.folded("email", found[0])
    for match in _PHONE.findall(text):
        yield Ref.folded("phone", match)
    number = text.strip()
    if _PERSON_KEY.fullmatch(key) and 0 < len(number) <= LONGEST_NUMBER:
        for namespace in namespaces:
            yield Ref("external", namespace, number)
