"""Every write to webhook sources: making them, their secrets, pausing, and where answers belong.

All of them are audited; the doors let nobody in without the right MANAGE_SOURCES.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.secrets import seal
from cxm.kernel.signatures import readable_secret
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from cxm.work.services import later_for_each
from feedback.errors import (
    NoWebhookError,
    SecretsFullError,
    SecretTwiceError,
    SecretUnusableError,
)
from feedback.models import EventSource, Inbox, SenderSecret, SurveyQuestion
from feedback.rules.senders import SENDERS, SenderKind
from feedback.services.accepting import LOAD
from feedback.services.event_sources import add_source
from feedback.services.webhooks_in import PURPOSE, opened_secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.metrics.models import Metric
    from cxm.tenants.models import Membership, Tenant

    type Actor = Membership | ApiKey

MOST_SECRETS = 5
# 24 random bytes are 32 characters that need no escaping in an address.
ADDRESS_BYTES = 24


@transaction.atomic
def create_webhook(
    *, tenant: Tenant, title: str, kind: SenderKind, by: Actor, now: datetime, time_zone: str = ""
) -> EventSource:
    """Make a source for the webhooks of *kind*, with an address of its own, and no secret yet.

    Raises NoWebhookError for our own clients, UnknownZoneError and SourceNameTakenError.
    """
    if kind is SenderKind.CLIENT:
        raise NoWebhookError
    address = secrets.token_urlsafe(ADDRESS_BYTES)
    return add_source(
        tenant=tenant,
        title=title,
        by=by,
        now=now,
        time_zone=time_zone,
        kind=kind,
        address=address,
    )


@transaction.atomic
def add_secret(*, source: EventSource, secret: str, by: Actor, now: datetime) -> SenderSecret:
    """Keep what a sender signs with, sealed; those before it work on.

    What was refused for its signature until now is counted no more. Raises NoWebhookError,
    SecretUnusableError, SecretTwiceError and SecretsFullError.
    """
    if not source.is_webhook:
        raise NoWebhookError
    if not readable_secret(SENDERS[SenderKind(source.kind)].family, secret):
        raise SecretUnusableError
    # Two people who add one at the same moment take turns at the source.
    EventSource.objects.for_tenant(source.tenant_id).filter(pk=source.pk).update(
        wrong_count=0, wrong_at=None, wrong_why=""
    )
    there = list(SenderSecret.objects.for_tenant(source.tenant_id).filter(event_source=source))
    if any(_is_same(opened_secret(one), secret) for one in there):
        raise SecretTwiceError
    if len(there) >= MOST_SECRETS:
        raise SecretsFullError(MOST_SECRETS)
    made = SenderSecret.objects.create(
        tenant_id=source.tenant_id,
        event_source=source,
        sealed=seal(secret, purpose=PURPOSE, tenant_id=source.tenant_id),
        created_at=now,
        created_by=None if isinstance(by, ApiKey) else by,
    )
    record(tenant=source.tenant, action="sender-secret-added", by=by, about=source)
    return made


@transaction.atomic
def remove_secret(*, secret: SenderSecret, by: Actor) -> None:
    """Forget a secret: what is signed with it is refused from now on."""
    rows = SenderSecret.objects.for_tenant(secret.tenant_id).filter(pk=secret.pk)
    if rows.delete()[0]:
        source = secret.event_source
        record(tenant=source.tenant, action="sender-secret-removed", by=by, about=source)


@transaction.atomic
def pause_source(*, source: EventSource, is_paused: bool, by: Actor, now: datetime) -> None:
    """Let what a webhook sends wait, stored and unread; or let it go on, with all that waits.

    Nothing happens when it is there already. Raises NoWebhookError.
    """
    if not source.is_webhook:
        raise NoWebhookError
    rows = EventSource.objects.for_tenant(source.tenant_id).filter(pk=source.pk)
    paused_at = now if is_paused else None
    if not rows.filter(paused_at__isnull=is_paused).update(paused_at=paused_at):
        return
    source.paused_at = paused_at
    action = "event-source-paused" if is_paused else "event-source-resumed"
    record(tenant=source.tenant, action=action, by=by, about=source)
    if not is_paused:
        _load(source, now, Inbox.State.STORED)


@transaction.atomic
def map_questions(
    *,
    source: EventSource,
    metrics: Mapping[SurveyQuestion, Metric | None],
    by: Actor,
    now: datetime,
) -> int:
    """Say which metric each question of a source's surveys gives; read what came before again.

    Gives how many questions changed. What was answered without a metric becomes scores, and
    scores of another metric are replaced, as far as bodies are still kept.
    """
    changes: dict[str, list[str | None]] = {}
    for question, metric in metrics.items():
        before = question.metric
        if (before and before.pk) != (metric and metric.pk):
            question.metric = metric
            question.save(update_fields=["metric"])
            name = f"{question.survey.key}.{question.key}"
            changes[name] = [one.key if one else None for one in (before, metric)]
    if changes:
        action = "source-questions-mapped"
        record(tenant=source.tenant, action=action, by=by, about=source, changes=changes)
        _load(source, now, Inbox.State.PARSED, Inbox.State.PARTLY)
    return len(changes)


def _load(source: EventSource, now: datetime, *states: str) -> None:
    """Promise to load every kept body of *source* that is in one of *states*, oldest first."""
    rows = Inbox.objects.for_tenant(source.tenant_id)
    kept = rows.filter(event_source=source, state__in=states).exclude(body=b"")
    ids: list[UUID] = list(kept.order_by("received_at", "pk").values_list("pk", flat=True))
    rows.filter(pk__in=ids).update(state=Inbox.State.STORED, error="")
    bodies = ({"inbox_id": str(pk)} for pk in ids)
    later_for_each(LOAD, tenant=source.tenant_id, now=now, each=bodies)


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
