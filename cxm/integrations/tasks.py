"""The queue's door: sending what is due, and forgetting what is old."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from celery import shared_task

from cxm.integrations.services.delivering import due_tenants, send_due
from cxm.integrations.services.events import SEND
from cxm.integrations.services.forgetting import FORGET, forget_old
from cxm.kernel.clock import now
from cxm.kernel.effects import effect
from cxm.work.services import ring

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.kernel.effects import Again

logger = logging.getLogger(__name__)

TURN = timedelta(seconds=20)


@shared_task(name=SEND)
def send(*, tenant_id: str, **_from_newer_senders: object) -> int:
    """Send what is due for one tenant, for one turn; ring again when more may be left."""
    tenant, end, sent = UUID(tenant_id), now() + TURN, 0
    while now() < end:
        count = send_due(tenant, clock=now)
        if not count:
            return sent
        sent += count
    ring(tenant, task=SEND)
    return sent


@shared_task(name="integrations.sweep")
def sweep(**_from_newer_senders: object) -> int:
    """Send what no bell announced, a turn a tenant, so that none starves or stops another."""
    end, sent = now() + TURN, 0
    while now() < end:
        count = sum(_sent(tenant) for tenant in due_tenants(now()))
        if not count:
            break
        sent += count
    return sent


def _sent(tenant_id: UUID) -> int:
    try:
        return send_due(tenant_id, clock=now)
    except Exception:
        logger.exception("what is due for tenant %s could not be sent", tenant_id)
        return 0


@effect(FORGET)
def forget(*, tenant_id: UUID, now: datetime, **_from_newer_senders: object) -> Again | None:
    """Forget what was sent a month ago."""
    return forget_old(tenant_id=tenant_id, now=now)
