"""Every write to webhooks and their secrets.

All of them are audited; the doors let nobody in without the right MANAGE_KEYS.
"""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from cxm.integrations.models import Delivery, DeliveryAttempt, Webhook, WebhookSecret
from cxm.integrations.rules.addresses import AddressRefusedError, read_target
from cxm.integrations.rules.bodies import fits
from cxm.integrations.rules.errors import (
    KindsRefusedError,
    TooManyWebhooksError,
    UrlRefusedError,
)
from cxm.integrations.rules.kinds import (
    MOST_WEBHOOKS,
    PING,
    Form,
    Grace,
    Reason,
    WebhookState,
)
from cxm.integrations.selectors.webhooks import live_secrets
from cxm.integrations.services.events import SEND, send_ping
from cxm.integrations.services.forgetting import DAY_SECONDS, FORGET
from cxm.integrations.services.signing import PURPOSE
from cxm.kernel.announcing import News, newsroom
from cxm.kernel.secrets import seal
from cxm.kernel.signatures import STANDARD_PREFIX
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey, Tenant
from cxm.work.services import ring, schedule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import Membership

    type Actor = Membership | ApiKey

SECRET_BYTES = 32
HINT_LENGTH = 10


@transaction.atomic
def create_webhook(
    *,
    tenant: Tenant,
    title: str,
    url: str,
    kinds: Sequence[str],
    by: Actor,
    now: datetime,
    site: str,
    form: str = Form.STANDARD,
    is_thin: bool = False,
) -> tuple[Webhook, str]:
    """Make a webhook with its first secret; give both, the secret to be shown this once.

    *site* begins the links in what is sent, as `https://cx.example`. Raises UrlRefusedError,
    KindsRefusedError and TooManyWebhooksError.
    """
    # Two who make the last one at once meet here.
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if Webhook.objects.for_tenant(tenant).count() >= MOST_WEBHOOKS:
        raise TooManyWebhooksError
    _check(url, kinds, form)
    webhook = Webhook.objects.create(
        tenant=tenant,
        title=title,
        url=url,
        kinds=sorted(set(kinds)),
        form=form,
        is_thin=is_thin and form == Form.STANDARD,
        site=site,
        state_since=now,
        created_at=now,
        created_by=None if isinstance(by, ApiKey) else by,
    )
    text = _make_secret(webhook, now)
    schedule(FORGET, tenant=tenant, every_seconds=DAY_SECONDS, now=now + timedelta(days=1))
    changes = {"host": webhook.host, "kinds": webhook.kinds, "form": form}
    _record("webhook-created", webhook, by, changes)
    return webhook, text


@transaction.atomic
def change_webhook(*, webhook: Webhook, by: Actor, **fields: Any) -> None:
    """Change `title`, `url`, `kinds`, `form` or `is_thin`; what waits goes to the new address.

    Raises UrlRefusedError and KindsRefusedError.
    """
    wanted = {name: fields.get(name, getattr(webhook, name)) for name in _FIELDS}
    _check(wanted["url"], wanted["kinds"], wanted["form"])
    wanted["kinds"] = sorted(set(wanted["kinds"]))
    wanted["is_thin"] = wanted["is_thin"] and wanted["form"] == Form.STANDARD
    changed = [name for name, value in wanted.items() if getattr(webhook, name) != value]
    if not changed:
        return
    changes = {name: [getattr(webhook, name), wanted[name]] for name in changed}
    for name in changed:
        setattr(webhook, name, wanted[name])
    webhook.save(update_fields=changed)
    if "url" in changes:
        # An address often holds a secret of the receiver's: who changed it is enough.
        changes["url"] = [urlsplit(url).hostname for url in changes["url"]]
    _record("webhook-changed", webhook, by, changes)


@transaction.atomic
def rotate_secret(*, webhook: Webhook, grace: Grace, by: Actor, now: datetime) -> str:
    """Make a new secret, and let the old one sign beside it for *grace*; give the new text.

    At most two sign: a third ends at once.
    """
    Webhook.objects.for_tenant(webhook.tenant_id).select_for_update().get(pk=webhook.pk)
    live = live_secrets(webhook, now=now)
    old = live.first()
    if old is not None:
        live.exclude(pk=old.pk).update(expires_at=now)
        ends_at = now + grace.lasts
        later_than_that = Q(expires_at__isnull=True) | Q(expires_at__gt=ends_at)
        live.filter(later_than_that, pk=old.pk).update(expires_at=ends_at)
    text = _make_secret(webhook, now)
    _forget_ended(webhook, now)
    _record("webhook-secret-rotated", webhook, by, {"new": text[:HINT_LENGTH], "old_ends": grace})
    return text


@transaction.atomic
def pause_webhook(*, webhook: Webhook, by: Actor, now: datetime) -> None:
    """Send nothing until it is resumed: what happens meanwhile waits. Asked twice it is paused."""
    rows = Webhook.objects.for_tenant(webhook.tenant_id).filter(pk=webhook.pk)
    state, reason = WebhookState.PAUSED.value, Reason.PERSON.value
    if rows.filter(state=WebhookState.ACTIVE).update(state=state, reason=reason, state_since=now):
        webhook.state, webhook.reason, webhook.state_since = state, reason, now
        _record("webhook-paused", webhook, by)


@transaction.atomic
def resume_webhook(*, webhook: Webhook, by: Actor, now: datetime) -> None:
    """Send again, and first what waits; one that is active stays so."""
    rows = Webhook.objects.for_tenant(webhook.tenant_id).filter(pk=webhook.pk)
    anew = {
        "state": WebhookState.ACTIVE.value,
        "reason": "",
        "state_since": now,
        "failing_since": None,
        "throttled_until": None,
    }
    if rows.exclude(state=WebhookState.ACTIVE).update(**anew):
        for name, value in anew.items():
            setattr(webhook, name, value)
        transaction.on_commit(partial(ring, webhook.tenant_id, task=SEND))
        _record("webhook-resumed", webhook, by)


@transaction.atomic
def remove_webhook(*, webhook: Webhook, by: Actor) -> None:
    """Remove a webhook with its secrets and its log, for good."""
    tenant_id = webhook.tenant_id
    deliveries = Delivery.objects.for_tenant(tenant_id).filter(webhook=webhook)
    attempts = DeliveryAttempt.objects.for_tenant(tenant_id)
    attempts.filter(delivery__in=deliveries.values("pk")).delete()
    deliveries.delete()
    WebhookSecret.objects.for_tenant(tenant_id).filter(webhook=webhook).delete()
    if Webhook.objects.for_tenant(tenant_id).filter(pk=webhook.pk).delete()[0]:
        _record("webhook-removed", webhook, by)


def try_webhook(*, webhook: Webhook, now: datetime) -> Delivery:
    """Send a test event, once, whatever the webhook's state; give its delivery."""
    content = {"message": "This is a test of the webhook.", "webhook": webhook.title}
    news = News(
        kind=PING, tenant_id=webhook.tenant_id, about=webhook.pk, at=now, content=lambda: content
    )
    return send_ping(webhook=webhook, news=news)


def _check(url: str, kinds: Sequence[str], form: str) -> None:
    try:
        read_target(url, allowed_hosts=settings.WEBHOOK_ALLOWED_HOSTS)
    except AddressRefusedError as error:
        raise UrlRefusedError(str(error)) from error
    if not kinds:
        message = "Choose at least one kind of event."
        raise KindsRefusedError(message)
    if unknown := sorted(set(kinds) - set(newsroom.kinds)):
        message = f"There are no events of the kind “{unknown[0]}”."
        raise KindsRefusedError(message)
    if misfit := sorted(kind for kind in kinds if not fits(kind, form)):
        message = (
            f"Delighted had no event like “{misfit[0]}”: leave it out, or choose another form."
        )
        raise KindsRefusedError(message)


def _make_secret(webhook: Webhook, now: datetime) -> str:
    text = STANDARD_PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    WebhookSecret.objects.create(
        tenant_id=webhook.tenant_id,
        webhook=webhook,
        sealed=seal(text, purpose=PURPOSE, tenant_id=webhook.tenant_id),
        hint=text[:HINT_LENGTH],
        created_at=now,
    )
    return text


def _forget_ended(webhook: Webhook, now: datetime) -> None:
    """Forget secrets that sign no more: nobody needs them, and they could leak."""
    rows = WebhookSecret.objects.for_tenant(webhook.tenant_id).filter(webhook=webhook)
    rows.filter(expires_at__lte=now).delete()


def _record(
    action: str, webhook: Webhook, by: Actor, changes: dict[str, Any] | None = None
) -> None:
    record(tenant=webhook.tenant, action=action, by=by, about=webhook, changes=changes)


_FIELDS = ("title", "url", "kinds", "form", "is_thin")
