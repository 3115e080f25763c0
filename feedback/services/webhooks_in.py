"""Taking webhooks in: whose it is, whether its signature holds, and storing it once."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from cxm.kernel.secrets import SecretUnreadableError, unseal
from cxm.kernel.signatures import Verdict, verify
from cxm.tenants.binding import tenant_bound
from feedback.models import EventSource, SenderSecret
from feedback.rules.senders import SENDERS, SenderKind
from feedback.services.accepting import store_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from feedback.selectors.write_doors import SenderDoor
    from feedback.services.accepting import Delivery

logger = logging.getLogger(__name__)

PURPOSE = "webhook-source"
USED_EVERY = timedelta(minutes=1)
# What a sender calls one delivery, the same each time it tries again. Others say it in the body.
DELIVERY_IDS = {
    SenderKind.CHATWOOT: "x-chatwoot-delivery",
    SenderKind.FORMBRICKS: "webhook-id",
    SenderKind.MAIL: "webhook-id",
    SenderKind.ZENDESK: "x-zendesk-webhook-invocation-id",
}


def take_webhook(*, door: SenderDoor, delivery: Delivery, now: datetime) -> Verdict:
    """Store *delivery* and promise to load it, if its signature holds; say what was found.

    One transaction of its own, bound to the tenant: after VALID nothing is lost any more, after
    anything else nothing is stored. What was delivered before is not stored again. A sender that
    does not always sign may come unsigned as long as its source has no secret.
    """
    with tenant_bound(door.tenant_id):
        sources = EventSource.objects.for_tenant(door.tenant_id)
        source = sources.only("tenant", "key", "kind").get(pk=door.event_source_id)
        headers = {name.lower(): value for name, value in delivery.headers.items()}
        verdict = _verdict(source, headers, delivery.body, now)
        if verdict is Verdict.VALID:
            key = delivery_key(SenderKind(source.kind), headers, delivery.body)
            store_once(source=source, delivery=delivery, key=key, now=now)
    return verdict


def count_wrong(*, door: SenderDoor, why: Verdict, now: datetime) -> None:
    """Count a request that was refused for its signature; nothing else of it is kept."""
    with tenant_bound(door.tenant_id):
        rows = EventSource.objects.for_tenant(door.tenant_id).filter(pk=door.event_source_id)
        rows.update(wrong_count=F("wrong_count") + 1, wrong_at=now, wrong_why=why.value)


def delivery_key(kind: SenderKind, headers: Mapping[str, str], body: bytes) -> str:
    """Identify a delivery: by the sender's id in *headers*, else by its bytes."""
    given = headers.get(DELIVERY_IDS.get(kind, ""), "")
    said = given.encode("utf-8", "surrogatepass") if given else body
    return f"{'id' if given else 'body'}:{hashlib.sha256(said).hexdigest()}"


def _verdict(
    source: EventSource, headers: Mapping[str, str], body: bytes, now: datetime
) -> Verdict:
    sender = SENDERS[SenderKind(source.kind)]
    secrets = list(SenderSecret.objects.for_tenant(source.tenant_id).filter(event_source=source))
    if not secrets:
        return Verdict.MISSING if sender.signs_always else Verdict.VALID
    verdict = Verdict.WRONG
    for secret in secrets:
        opened = opened_secret(secret)
        verdict = verify(
            sender.family, headers=headers, body=body, secrets=[opened] if opened else [], now=now
        )
        if verdict is Verdict.VALID:
            _note_use(secret, now)
        if verdict is not Verdict.WRONG:
            break
    return verdict


def opened_secret(secret: SenderSecret) -> str:
    """Give the text of a secret; empty where the settings have lost the key to it."""
    try:
        return unseal(secret.sealed, purpose=PURPOSE, tenant_id=secret.tenant_id)
    except SecretUnreadableError:
        logger.exception("the secret %s cannot be opened", secret.pk)
        return ""


def _note_use(secret: SenderSecret, now: datetime) -> None:
    """Write down that a secret was used, at most once a minute."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_EVERY)
    rows = SenderSecret.objects.for_tenant(secret.tenant_id).filter(stale, pk=secret.pk)
    rows.update(last_used_at=now)
