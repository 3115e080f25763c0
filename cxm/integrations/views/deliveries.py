"""Pages of the delivery log: all of a webhook's, one with what was sent and answered, replay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from cxm.integrations.forms.webhooks import LogFilter, ReplayForm
from cxm.integrations.models import Delivery
from cxm.integrations.rules.bodies import body_of
from cxm.integrations.rules.kinds import DeliveryState
from cxm.integrations.selectors.webhooks import attempts_of, deliveries_of, kinds_sent
from cxm.integrations.services.delivering import told
from cxm.integrations.services.replaying import replay_delivery, replay_range
from cxm.integrations.views.webhooks import found_webhook
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.integrations.models import Webhook

LOG = "integrations/delivery_list.html"
ONE = "integrations/delivery.html"


@require_safe
@tenant_page(Right.MANAGE_KEYS)
def delivery_list(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """List what was sent to a webhook; `?state=` and `?kind=` filter."""
    return _log(request, found_webhook(request, webhook_id))


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def deliveries_replay(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Send what happened on some days again."""
    webhook = found_webhook(request, webhook_id)
    form = ReplayForm(request.POST, time_zone=request.tenant.time_zone)
    if form.is_valid():
        start, end = form.period()
        try:
            count = replay_range(
                webhook=webhook,
                start=start,
                end=end,
                is_dead_only=form.cleaned_data["is_dead_only"],
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{count:,} event{'' if count == 1 else 's'} on the way again."
            )
            return redirect("integrations:delivery-list", request.tenant.slug, webhook.pk)
    return _log(request, webhook, replay=form)


@require_safe
@tenant_page(Right.MANAGE_KEYS)
def delivery_detail(request: TenantRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Show what was sent, and every answer; asks again by itself while it is on the way."""
    delivery = _found(request, webhook_id, delivery_id)
    webhook = delivery.webhook
    body = body_of(told(delivery), form=webhook.form, is_thin=webhook.is_thin)
    attempts = list(attempts_of(delivery))
    context = {
        "webhook": webhook,
        "tab": "deliveries",
        "delivery": delivery,
        "attempts": attempts,
        "headers": attempts[0].headers if attempts else {},
        "body": json.dumps(json.loads(body), ensure_ascii=False, indent=2),
        "is_live": delivery.state == DeliveryState.WAITING and delivery.attempts <= 1,
    }
    return page(request, ONE, context, part="delivery-outcome")


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def delivery_replay(request: TenantRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one event again."""
    delivery = _found(request, webhook_id, delivery_id)
    if replay_delivery(delivery=delivery, by=request.membership, now=now()):
        messages.success(request, "The event is on the way again.")
    return redirect("integrations:delivery", request.tenant.slug, webhook_id, delivery_id)


def _found(request: TenantRequest, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    rows = Delivery.objects.for_tenant(request.tenant).select_related("event", "webhook__tenant")
    return get_object_or_404(rows, pk=delivery_id, webhook=webhook_id)


def _log(
    request: TenantRequest, webhook: Webhook, *, replay: ReplayForm | None = None
) -> HttpResponse:
    asked = LogFilter(request.GET).asked()
    context = {
        "webhook": webhook,
        "tab": "deliveries",
        "page": page_of(deliveries_of(webhook, **asked), request),
        "states": [("", "All"), *((one.value, one.words) for one in DeliveryState)],
        "kinds": kinds_sent(webhook),
        "asked": asked,
        "replay": replay or ReplayForm(time_zone=request.tenant.time_zone),
        "is_replaying": replay is not None,
    }
    return page(request, LOG, context, status=422 if replay else 200)
