"""Records of people who were erased: what happened is taken in, without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxm.customers.rules.identifiers import is_known
from cxm.customers.rules.mentions import mentioned_refs, without_mentions
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.suppressing import anybody_erased, suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cxm.tenants.models import Tenant

# Traits that name a person besides telling something of them.
NAMING_TRAITS = ("email", "phone")


def named_refs(record: EventRecord) -> list[Ref]:
    """List all identifiers that a record gives of its customer, those among traits as well."""
    refs = list(record.refs)
    if record.call is Call.IDENTIFY:
        for kind in NAMING_TRAITS:
            value = record.traits.get(kind)
            if isinstance(value, str):
                refs.append(Ref.folded(kind, value))
    return refs


def previous_refs(record: EventRecord) -> list[Ref]:
    """List what the former id of an alias call may be: clients do not say if it is a number."""
    former = record.previous
    if former is None:
        return []
    is_unsaid = former.kind == "anonymous"
    return [former, Ref("external", "", former.value)] if is_unsaid else [former]


def without_erased(tenant: Tenant, records: Sequence[EventRecord]) -> list[EventRecord]:
    """Take erased people out of *records*, in their order; others are the same objects.

    A record is about an erased person when one of its lasting identifiers (a number, an address)
    is theirs, or all of its identifiers are: then it names nobody and says nothing in words. Of
    others, such as that of somebody else on a browser they shared, only the erased identifiers
    go. A record that tells of an erased person in passing, as in a property or a text, loses that
    property or text. One query where nobody was ever erased, three where somebody was.
    """
    if not records or not anybody_erased(tenant):
        return list(records)
    mentioned = [mentioned_refs(record) for record in records]
    asked = {ref for record in records for ref in _all_refs(record)}.union(*mentioned)
    gone = suppressed(tenant, asked)
    if not gone:
        return list(records)
    return [
        without_mentions(kept, named & gone) if named & gone else kept
        for kept, named in zip((_kept(one, gone) for one in records), mentioned, strict=True)
    ]


def is_about(refs: Iterable[Ref], gone: set[Ref]) -> bool:
    """Whether a record with *refs* is about somebody whose identifiers are *gone*."""
    named = set(refs)
    return bool(named) and (named <= gone or any(is_known(ref.kind) for ref in named & gone))


def _kept(record: EventRecord, gone: set[Ref]) -> EventRecord:
    refs = named_refs(record)
    if is_about(refs, gone):
        return replace(
            record,
            refs=(),
            previous=None,
            title="",
            text="",
            thread_key="",
            props={},
            traits={},
            company="",
        )
    if not gone.intersection(_all_refs(record)):
        return record
    previous = None if gone.intersection(previous_refs(record)) else record.previous
    return replace(record, refs=tuple(r for r in record.refs if r not in gone), previous=previous)


def _all_refs(record: EventRecord) -> list[Ref]:
    return [*named_refs(record), *previous_refs(record)]
