"""Builders of webhooks and news, and a worker's turn with a clock of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection

from cxm.integrations.models import Delivery, DeliveryAttempt, Webhook
from cxm.integrations.services.delivering import send_due
from cxm.integrations.services.webhooks import create_webhook
from cxm.kernel.announcing import News, announce
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

SITE = "https://cx.example"
CREATED = "response.created"


def webhook(
    member: Membership, url: str = "https://crm.example/hook", **fields: Any
) -> tuple[Webhook, str]:
    """Make a webhook for answers; give it and its secret."""
    fields = {"title": "CRM", "kinds": [CREATED], **fields}
    with tenant_bound(member.tenant_id):
        return create_webhook(
            tenant=member.tenant, url=url, by=member, now=make.NOW, site=SITE, **fields
        )


def happens(
    tenant: Tenant,
    kind: str = CREATED,
    *,
    about: UUID | None = None,
    at: datetime = make.NOW,
    content: Callable[[], dict[str, Any]] = lambda: {"scores": []},
) -> UUID:
    """Announce something; give the id of what it is about."""
    about = about or new_id()
    with tenant_bound(tenant.pk):
        announce(
            News(
                kind=kind,
                tenant_id=tenant.pk,
                about=about,
                at=at,
                content=content,
                path=f"responses/{about}/",
            )
        )
    return about


def turn(tenant: Tenant, at: datetime = make.NOW) -> int:
    """Let a worker take one turn at *at*."""
    return send_due(tenant.pk, clock=lambda: at)


def deliveries(tenant: Tenant) -> list[Delivery]:
    with tenant_bound(tenant.pk):
        rows = Delivery.objects.for_tenant(tenant).select_related("event", "webhook")
        return list(rows.order_by("pk"))


def attempts(tenant: Tenant) -> list[DeliveryAttempt]:
    with tenant_bound(tenant.pk):
        return list(DeliveryAttempt.objects.for_tenant(tenant).order_by("pk"))


def again(webhook: Webhook) -> Webhook:
    with tenant_bound(webhook.tenant_id):
        return Webhook.objects.for_tenant(webhook.tenant_id).get(pk=webhook.pk)


@contextmanager
def database_failing(piece: str, *, about: UUID) -> Iterator[None]:
    """Let every statement fail that holds *piece* and has *about* among its values."""

    def run(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        if piece in sql and str(about) in str(values):
            raise OperationalError
        return execute(sql, values, *rest)

    with connection.execute_wrapper(run):
        yield
