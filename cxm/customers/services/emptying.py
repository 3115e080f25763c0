"""What customers themselves take away when a person is erased: the last parts of an erasure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from cxm.customers.models import (
    AttributeValue,
    CompanyMember,
    Contract,
    Customer,
    CustomerMerge,
    EventName,
    Identity,
    IngestKey,
    Interaction,
    MergeProposal,
    Promise,
    SegmentMember,
)
from cxm.customers.rules.traces import ERASED, Traces, traces_of
from cxm.customers.services.suppressing import value_hash
from cxm.kernel.erasing import Erased, Eraser, Leaving
from cxm.work.models import IdempotentAnswer, Job, Outbox

if TYPE_CHECKING:
    from collections.abc import Iterable

ROWS_A_STEP = 5_000
_EMPTY = {"title": "", "text": "", "props": {}, "thread_key": ""}
_LETTERS = re.compile(r"[^\W\d_]+")

_WORDS = "SELECT tsvector_to_array(customers_words(%(said)s, '', ''))"
# One pass over all customers, however many words are asked about.
_LONELY_WORDS = """
DELETE FROM customers_customerword w
WHERE w.tenant_id = (SELECT %(tenant)s::uuid) AND w.word = ANY(%(words)s) AND w.word <> ALL(ARRAY(
    SELECT DISTINCT carried.word
    FROM customers_customer c, unnest(tsvector_to_array(c.words)) AS carried(word)
    WHERE c.tenant_id = (SELECT %(tenant)s::uuid) AND c.id <> ALL(%(ids)s)
        AND c.words @@ (%(query)s)::tsquery AND carried.word = ANY(%(words)s)
))
"""


def empty_timeline(person: Leaving, cursor: str) -> Erased:
    """Empty up to 5,000 interactions: kind, time, touchpoint, channel, amount and name stay.

    The name goes as well where it holds an identifier, and so does the key the event came under.
    """
    rows = Interaction.objects.for_tenant(person.tenant_id).filter(customer__in=person.customer_ids)
    behind = rows.filter(pk__gt=UUID(cursor)) if cursor else rows
    found = list(behind.order_by("pk").values_list("pk", "name")[:ROWS_A_STEP])
    ids = [pk for pk, _ in found]
    traces = _traces(person)
    rows.filter(pk__in=ids).exclude(**_EMPTY).update(**_EMPTY)
    named = [pk for pk, name in found if traces.are_in(name)]
    rows.filter(pk__in=named).update(name=ERASED)
    return Erased(
        counts={"interactions": len(ids), "event keys": _empty_keys(person, traces, ids)},
        cursor=str(ids[-1]) if len(ids) == ROWS_A_STEP else None,
    )


def empty_history(person: Leaving, _cursor: str) -> Erased:
    """Remove attributes, companies and proposals; empty promises and the reasons of merges."""
    tenant, ids = person.tenant_id, person.customer_ids
    merges = CustomerMerge.objects.for_tenant(tenant).exclude(evidence={})
    proposals = MergeProposal.objects.for_tenant(tenant)
    promises = Promise.objects.for_tenant(tenant).filter(customer__in=ids).exclude(text="")
    members = SegmentMember.objects.for_tenant(tenant).filter(customer__in=ids)
    return Erased(
        counts={
            "attribute values": _removed(AttributeValue.objects.for_tenant(tenant), ids),
            "contracts": _empty_contracts(person),
            "company memberships": _removed(CompanyMember.objects.for_tenant(tenant), ids),
            "merges": merges.filter(Q(survivor__in=ids) | Q(absorbed__in=ids)).update(evidence={}),
            "merge proposals": proposals.filter(Q(first__in=ids) | Q(second__in=ids)).delete()[0],
            "promises": promises.update(text=""),
            "segment memberships": members.filter(to_at__isnull=True).update(to_at=person.at),
        }
    )


def _empty_contracts(person: Leaving) -> int:
    """Take the number and the reason from contracts: money that was agreed stays counted."""
    rows = Contract.objects.for_tenant(person.tenant_id).filter(customer__in=person.customer_ids)
    for one in rows.order_by("pk"):
        one.external_id = f"erased:{value_hash(person.tenant_id, 'contract', one.external_id)}"
        one.end_reason = ""
        one.save(update_fields=["external_id", "end_reason"])
    return rows.count()


def empty_leftovers(person: Leaving, _cursor: str) -> Erased:
    """Take identifiers out of what is kept beside customers: names of events, answers, errors.

    All of these tables are small: names are capped, answers are kept for a day, errors are rare.
    """
    tenant, traces = person.tenant_id, _traces(person)
    names = EventName.objects.for_tenant(tenant)
    answers = IdempotentAnswer.objects.for_tenant(tenant).filter(body__isnull=False)
    parked = Outbox.objects.for_tenant(tenant).exclude(error="")
    jobs = Job.objects.for_tenant(tenant).exclude(error="", message="")
    told = [pk for pk, name in names.values_list("pk", "name") if traces.are_in(name)]
    said = [
        pk for pk, body in answers.values_list("pk", "body") if traces.removed_from(body) != body
    ]
    broken = [pk for pk, error in parked.values_list("pk", "error") if traces.are_in(error)]
    failed = [
        pk
        for pk, *texts in jobs.values_list("pk", "error", "message")
        if any(map(traces.are_in, texts))
    ]
    return Erased(
        counts={
            "event names": names.filter(pk__in=told).delete()[0],
            "kept answers": answers.filter(pk__in=said).delete()[0],
            "errors": parked.filter(pk__in=broken).update(error=ERASED)
            + jobs.filter(pk__in=failed).update(error=ERASED, message=ERASED),
        }
    )


def empty_customer(person: Leaving, _cursor: str) -> Erased:
    """Empty the rows themselves, and remove the identifiers and the words nobody else has."""
    tenant, ids = person.tenant_id, person.customer_ids
    words = _words(person)
    rows = Customer.objects.for_tenant(tenant).filter(pk__in=ids)
    emptied = rows.update(
        display_name="", email="", phone="", language="", time_zone="", attributes={}
    )
    return Erased(
        counts={
            "customers": emptied,
            "identifiers": _removed(Identity.objects.for_tenant(tenant), ids),
            "search words": _forget_words(person, words),
        }
    )


# In this order: identifiers must be known until all that is recognised by them is gone.
OWN_PARTS: dict[str, Eraser] = {
    "timeline": empty_timeline,
    "history": empty_history,
    "leftovers": empty_leftovers,
    "customer": empty_customer,
}


def _traces(person: Leaving) -> Traces:
    return traces_of(person.identifiers, person.said)


def _removed(rows: Any, ids: Iterable[UUID]) -> int:
    removed: int = rows.filter(customer__in=ids).delete()[0]
    return removed


def _empty_keys(person: Leaving, traces: Traces, ids: list[UUID]) -> int:
    """Replace the keys that hold an identifier: an event's key has the id of its interaction."""
    keys = IngestKey.objects.for_tenant(person.tenant_id).filter(pk__in=ids)
    told = [key for key in keys.order_by("pk") if traces.are_in(key.key)]
    for key in told:
        hashed = value_hash(person.tenant_id, "key", key.key)
        keys.filter(pk=key.pk).update(key=f"erased:{hashed}", content_hash="")
    return len(told)


def _words(person: Leaving) -> list[str]:
    """Give the words of letters alone that the person's texts hold, as search keeps them."""
    said = " ".join([*person.said, *(value for _, value in person.identifiers)])
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"said": said})
        [(words,)] = cursor.fetchall()
    return sorted(word for word in words if _LETTERS.fullmatch(word))


def _forget_words(person: Leaving, words: list[str]) -> int:
    if not words:
        return 0
    query = " | ".join(f"'{word}'" for word in words)
    asked: dict[str, Any] = {
        "tenant": person.tenant_id,
        "ids": list(person.customer_ids),
        "words": words,
        "query": query,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LONELY_WORDS, asked)
        return int(cursor.rowcount)
