"""The answers that were given to posts with an idempotency key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from cxm.kernel.clock import now
from cxm.kernel.effects import effect
from cxm.kernel.problems import ConflictError
from cxm.work.models import IdempotentAnswer, Schedule

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

FORGET = "work.forget-answers"
KEPT = timedelta(hours=24)
FORGET_EVERY_SECONDS = 3600


class AnswerTable:
    """The answer book of `cxm.kernel.api`, kept in the tenant's own rows.

    Why a row and no lock or cache: the entry is made in the transaction of the post, so it
    exists exactly when its effect does. A second post with the key waits at the unique
    constraint until the first has committed, then reads its answer; when the first was rolled
    back, the second takes its place.
    """

    def claim(self, *, tenant_id: UUID, actor_id: UUID, key: str, digest: str) -> IdempotentAnswer:
        """Enter a post, or give the answered entry of an equal one.

        Raises ConflictError when the key was used with another body.
        """
        try:
            with transaction.atomic():
                entry = IdempotentAnswer.objects.create(
                    tenant_id=tenant_id, actor_id=actor_id, key=key, request_hash=digest
                )
        except IntegrityError:
            entry = IdempotentAnswer.objects.for_tenant(tenant_id).get(actor_id=actor_id, key=key)
        if entry.request_hash != digest:
            message = f"The idempotency key “{key}” was used for another request: choose a new one."
            raise ConflictError(message)
        return entry

    def keep(self, entry: IdempotentAnswer, *, status: int, body: Any) -> None:
        """Write the answer into *entry*, and see to it that it is forgotten one day."""
        entry.status, entry.body = status, body
        entry.save(update_fields=["status", "body"])
        Schedule.objects.for_tenant(entry.tenant_id).get_or_create(
            task=FORGET,
            defaults={
                "tenant_id": entry.tenant_id,
                "every_seconds": FORGET_EVERY_SECONDS,
                "next_at": now() + KEPT,
            },
        )


@effect(FORGET)
def forget_answers(*, tenant_id: UUID, now: datetime) -> None:
    """Remove the answers that are older than a day."""
    IdempotentAnswer.objects.for_tenant(tenant_id).filter(created_at__lt=now - KEPT).delete()
