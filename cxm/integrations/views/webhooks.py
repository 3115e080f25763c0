"""Pages of webhooks: the list, one of them, its settings and its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.integrations.forms.webhooks import RotateForm, WebhookForm
from cxm.integrations.models import Webhook
from cxm.integrations.selectors.webhooks import (
    deliveries_of,
    live_secrets,
    webhook_uses,
    webhooks_listed,
)
from cxm.integrations.services import webhooks as services
from cxm.kernel.announcing import newsroom
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from uuid import UUID

LIST = "integrations/webhook_list.html"
DETAIL = "integrations/webhook_detail.html"
SETTINGS = "integrations/webhook_settings.html"
LATEST = 5


@require_safe
@tenant_page(Right.MANAGE_KEYS)
def webhook_list(request: TenantRequest) -> HttpResponse:
    """List webhooks with how each is doing."""
    return _list(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_KEYS)
@sent_once
def webhook_new(request: TenantRequest) -> HttpResponse:
    """Ask for a new webhook beside the list; make it, and show its secret this once."""
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            webhook, text = services.create_webhook(
                tenant=request.tenant,
                by=request.membership,
                now=now(),
                site=_site(request),
                **form.cleaned_data,
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            answer = _detail(request, webhook, text=text)
            # The secret is shown this once: who sends the form again is led to the webhook.
            answer["Content-Location"] = reverse(
                "integrations:webhook-detail", args=[request.tenant.slug, webhook.pk]
            )
            return answer
    panel = FormPanel("Add a webhook", form, request.path, "Add and make a secret", _home(request))
    return _list(request, panel=panel, status=422 if form.errors else 200)


@require_safe
@tenant_page(Right.MANAGE_KEYS)
def webhook_detail(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Show a webhook: its state, what it sends, its secrets, the latest deliveries."""
    return _detail(request, found_webhook(request, webhook_id))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_KEYS)
def webhook_settings(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Change where a webhook sends what."""
    webhook = found_webhook(request, webhook_id)
    stored = {name: getattr(webhook, name) for name in WebhookForm.base_fields}
    form = WebhookForm(request.POST or None, initial=stored)
    if form.is_valid():
        try:
            services.change_webhook(webhook=webhook, by=request.membership, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"“{webhook}” is changed.")
            return redirect("integrations:webhook-detail", request.tenant.slug, webhook.pk)
    context = {"webhook": webhook, "tab": "settings", "form": form}
    return page(request, SETTINGS, context, status=422 if form.errors else 200)


@never_cache
@require_POST
@tenant_page(Right.MANAGE_KEYS)
def webhook_rotate(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Make a new secret; the answer shows it, this once."""
    webhook = found_webhook(request, webhook_id)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _detail(request, webhook, rotate=form, status=422)
    text = services.rotate_secret(
        webhook=webhook, grace=form.cleaned_data["grace"], by=request.membership, now=now()
    )
    return _detail(request, webhook, text=text)


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def webhook_test(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Send a test event, and lead to the page that shows the answer when it is there."""
    webhook = found_webhook(request, webhook_id)
    delivery = services.try_webhook(webhook=webhook, now=now())
    return redirect("integrations:delivery", request.tenant.slug, webhook.pk, delivery.pk)


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def webhook_pause(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Send nothing for now."""
    webhook = found_webhook(request, webhook_id)
    services.pause_webhook(webhook=webhook, by=request.membership, now=now())
    return _changed(request, webhook, "“{}” is paused: what happens meanwhile waits.")


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def webhook_resume(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Send again, what waits first."""
    webhook = found_webhook(request, webhook_id)
    services.resume_webhook(webhook=webhook, by=request.membership, now=now())
    return _changed(request, webhook, "“{}” sends again, what waits first.")


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def webhook_remove(request: TenantRequest, webhook_id: UUID) -> HttpResponse:
    """Remove a webhook with its log."""
    webhook = found_webhook(request, webhook_id)
    services.remove_webhook(webhook=webhook, by=request.membership)
    messages.success(request, f"“{webhook}” is removed: nothing is sent there any more.")
    return redirect("integrations:webhook-list", request.tenant.slug)


def found_webhook(request: TenantRequest, webhook_id: UUID) -> Webhook:
    """Load a webhook of the tenant at hand; raises Http404."""
    rows = Webhook.objects.for_tenant(request.tenant).select_related("tenant", "created_by__user")
    return get_object_or_404(rows, pk=webhook_id)


def _changed(request: TenantRequest, webhook: Webhook, words: str) -> HttpResponse:
    messages.success(request, words.format(webhook))
    return redirect("integrations:webhook-detail", request.tenant.slug, webhook.pk)


def _list(
    request: TenantRequest, *, panel: FormPanel | None = None, status: int = 200
) -> HttpResponse:
    shown = page_of(webhooks_listed(request.tenant), request)
    uses = webhook_uses(request.tenant, shown.rows)
    rows = [(webhook, uses[webhook.pk]) for webhook in shown.rows]
    context = {"page": shown, "rows": rows, "panel": panel}
    return page(request, LIST, context, part="webhook-panel" if panel else None, status=status)


def _detail(
    request: TenantRequest,
    webhook: Webhook,
    *,
    text: str = "",
    rotate: RotateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "webhook": webhook,
        "tab": "overview",
        "text": text,
        "kinds": [newsroom.kinds[kind] for kind in webhook.kinds if kind in newsroom.kinds],
        "use": webhook_uses(request.tenant, [webhook])[webhook.pk],
        "secrets": list(live_secrets(webhook, now=now())),
        "rotate": rotate or RotateForm(),
        "is_rotating": rotate is not None,
        "latest": list(deliveries_of(webhook)[:LATEST]),
    }
    return page(request, DETAIL, context, status=status)


def _site(request: TenantRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _home(request: TenantRequest) -> str:
    return reverse("integrations:webhook-list", args=[request.tenant.slug])
