"""Responses of people who were erased, or that tell of them: scores are taken in, without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cxm.customers.rules.mentions import refs_said, unsaid
from cxm.customers.rules.records import Ref
from cxm.customers.services.suppressing import anybody_erased, suppressed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Tenant
    from feedback.adapters.records import ResponseRecord


def without_erased(tenant: Tenant, records: Sequence[ResponseRecord]) -> list[ResponseRecord]:
    """Take erased people out of *records*, in their order; others are the same objects.

    The record of an erased person says neither who nor anything besides its scores. In that of
    somebody else, each comment and answer that names an erased person becomes "[erased]". One
    query where nobody was ever erased, three where somebody was.
    """
    if not records or not anybody_erased(tenant):
        return list(records)
    people = [customer_refs(record) for record in records]
    mentioned = [mentioned_refs(record) for record in records]
    gone = suppressed(tenant, set().union(*people, *mentioned))
    return [
        _kept(record, gone, is_theirs=bool(who & gone), is_told=bool(told & gone))
        for record, who, told in zip(records, people, mentioned, strict=True)
    ]


def customer_refs(record: ResponseRecord) -> set[Ref]:
    """Give the identifier of who answered, if any."""
    who = record.customer
    return {Ref(who.kind, who.namespace, who.value)} if who else set()


def mentioned_refs(record: ResponseRecord) -> set[Ref]:
    """List whom the comments and answers of a record may name."""
    spaces = _namespaces(record)
    said = (*record.comments.items(), *record.answers.items())
    return {ref for key, told in said for ref in refs_said(told, key=key, namespaces=spaces)}


def _kept(
    record: ResponseRecord, gone: set[Ref], *, is_theirs: bool, is_told: bool
) -> ResponseRecord:
    if is_theirs:
        return replace(record, customer=None, comments={}, answers={})
    if not is_told:
        return record
    spaces = _namespaces(record)
    comments = {
        key: str(unsaid(text, gone, key=key, namespaces=spaces))
        for key, text in record.comments.items()
    }
    answers = {
        key: unsaid(value, gone, key=key, namespaces=spaces)
        for key, value in record.answers.items()
    }
    return replace(record, comments=comments, answers=answers)


def _namespaces(record: ResponseRecord) -> set[str]:
    return {"", record.customer.namespace} if record.customer else {""}
