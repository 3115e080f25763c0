"""Giving what stays of an element another key, in all maps of its journey at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from cxm.kernel.operations.records import ArchivedDocumentError
from cxm.tenants.audit import record
from journeys.errors import KeyKnownError, KeyRefusedError
from journeys.models import Lineage
from journeys.services.lineages import take_turns

if TYPE_CHECKING:
    from cxm.tenants.models import ApiKey, Membership
    from journeys.models import Journey

LONGEST_KEY = 63
# Files name elements like this; what comes from outside is held against it before it is kept.
_SHAPE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORDS = {"flow": "way"}


@transaction.atomic
def rekey(*, lineage: Lineage, journey: Journey, key: str, by: Membership | ApiKey) -> Lineage:
    """Call the element *lineage* of *journey* by *key* in files, on all maps of the journey.

    The key it had is kept among its former ones, by which older files still find it; one of those
    can become its key again, which takes the change back. Nothing happens where it is called so
    already. Raises KeyRefusedError where the key is no key, KeyKnownError where another element of
    the kind has it or had it, and ArchivedDocumentError. Five queries.
    """
    if journey.archived_at:
        label = "journey"
        raise ArchivedDocumentError(label)
    told = key.strip()
    if len(told) > LONGEST_KEY or not _SHAPE.fullmatch(told):
        message = f"Write up to {LONGEST_KEY} small letters and digits, joined by single hyphens."
        raise KeyRefusedError(message)
    take_turns(journey.pk)
    rows = Lineage.objects.for_tenant(journey.tenant_id).filter(journey=journey)
    fresh = rows.get(pk=lineage.pk)
    before = fresh.key
    if before == told:
        return fresh
    same_kind = rows.filter(kind=fresh.kind).exclude(pk=fresh.pk)
    if same_kind.filter(Q(key=told) | Q(former_keys__contains=[told])).exists():
        raise KeyKnownError(_WORDS.get(fresh.kind, fresh.kind))
    fresh.key = told
    fresh.former_keys = [*(one for one in fresh.former_keys if one != told), before]
    fresh.save(update_fields=["key", "former_keys"])
    changes = {"kind": fresh.kind, "before": before, "after": told}
    record(tenant=journey.tenant, action="key-renamed", by=by, about=journey, changes=changes)
    return fresh
