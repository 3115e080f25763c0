"""Keeping what people wrote: what would tell who they are is taken out first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.work.services import later, promised
from feedback.models import Verbatim
from feedback.rules.text.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model

    from cxm.tenants.models import Tenant
    from cxm.work.models import Outbox
    from feedback.models import Response

READ = "feedback.read_texts"


def keep_texts(*, response: Response, texts: Mapping[str, str], now: datetime) -> None:
    """Make *texts*, by the keys of their questions, all that *response* says in words.

    A text that stays the same keeps its row, and with it what people said of it. Runs in the
    caller's transaction.
    """
    rows = Verbatim.objects.for_tenant(response.tenant_id).filter(response=response)
    there = dict(rows.values_list("question_key", "text"))
    wanted = redacted_texts(texts)
    changed = {key for key, text in there.items() if wanted.get(key) != text}
    if changed:
        rows.filter(question_key__in=changed).delete()
    new = {key: text for key, text in wanted.items() if there.get(key) != text}
    Verbatim.objects.bulk_create(new_texts(response, new))
    if new:
        promise_reading(response.tenant_id, now=now)


def new_texts(response: Response, texts: Mapping[str, str]) -> list[Verbatim]:
    """Give rows for *texts* of *response*, which are redacted already; nothing is written."""
    return [
        Verbatim(
            tenant_id=response.tenant_id,
            response=response,
            question_key=key,
            text=text,
            language=response.language,
        )
        for key, text in texts.items()
    ]


def redacted_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Give *texts* as they are stored, with marks for what would tell who wrote them."""
    return {key: redact(text) for key, text in texts.items()}


def promise_reading(tenant: Tenant | UUID, *, now: datetime) -> None:
    """Have new texts of a tenant read in the background."""
    later(READ, tenant=tenant, now=now)


def reading_promised(rows: Iterable[Model], *, now: datetime) -> list[Outbox]:
    """Give the row, to be written with *rows* of one tenant, by which texts among them are read.

    None where there is no text among them.
    """
    text = next((row for row in rows if isinstance(row, Verbatim)), None)
    return [promised(READ, tenant_id=text.tenant_id, now=now)] if text else []
