"""Signing what is sent: which secrets, and which headers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cxm.integrations.rules.kinds import Form
from cxm.kernel.secrets import SecretUnreadableError, unseal
from cxm.kernel.signatures import Family, Message, sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cxm.integrations.models import WebhookSecret

logger = logging.getLogger(__name__)

PURPOSE = "webhook"
AGENT = "Wayfare-Webhooks/1"
SIGNATURES = ("webhook-signature", "x-delighted-webhook-signature")


def opened(secrets: Iterable[WebhookSecret]) -> list[str]:
    """Give the texts of those *secrets* that can be read, in their order.

    One whose key has left the settings signs nothing any more; the others go on.
    """
    texts: list[str] = []
    for one in secrets:
        try:
            texts.append(unseal(one.sealed, purpose=PURPOSE, tenant_id=one.tenant_id))
        except SecretUnreadableError:
            logger.warning("a secret of webhook %s cannot be read", one.webhook_id)
    return texts


def headers_of(
    *, form: str, secrets: Sequence[str], message_id: str, body: bytes, now: datetime
) -> dict[str, str]:
    """Give the headers of one attempt, made at *now*; *secrets* has the newest one first.

    Standard Webhooks 1.0.0 lets every secret sign. Delighted's header holds one signature: that
    of the newest secret.
    """
    shared = {"Content-Type": "application/json", "User-Agent": AGENT}
    if form == Form.DELIGHTED:
        signature = sign(Family.DELIGHTED, secret=secrets[0], message=Message(body))
        return {**shared, "X-Delighted-Webhook-Signature": signature}
    timestamp = str(int(now.timestamp()))
    message = Message(body, timestamp=timestamp, message_id=message_id)
    signatures = [sign(Family.STANDARD, secret=one, message=message) for one in secrets]
    return {
        **shared,
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def without_signatures(headers: dict[str, str]) -> dict[str, str]:
    """Give the headers that may be kept: a signature stays valid for minutes."""
    return {name: text for name, text in headers.items() if name.lower() not in SIGNATURES}
