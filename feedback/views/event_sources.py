"""Pages of event sources: the list, how to connect one, its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.metrics.rules.days import day_start
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.event_sources import EventSourceForm, NewSourceForm
from feedback.forms.webhook_sources import SecretForm, WebhookForm
from feedback.models import EventSource
from feedback.rules.senders import SENDERS, SenderKind
from feedback.rules.snippets import connect_snippets
from feedback.selectors.event_sources import source_uses, sources_listed, working_keys
from feedback.selectors.webhook_sources import sender_secrets
from feedback.services import event_sources as services
from feedback.services.webhook_sources import create_webhook
from feedback.views.webhooks_in import PREFIX

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

LIST = "feedback/event_source_list.html"
CONNECT = "feedback/event_source_connect.html"
CONNECT_WEBHOOK = "feedback/event_source_webhook.html"
SETTINGS = "feedback/event_source_settings.html"


@require_safe
@tenant_page(Right.MANAGE_SOURCES)
def source_list(request: TenantRequest) -> HttpResponse:
    """List event sources with what came from them today; `?archived=1` lists the archived."""
    return _list(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_SOURCES)
def source_new(request: TenantRequest) -> HttpResponse:
    """Ask for a new source beside the list; make it, and show its key this once, or its address."""
    form = NewSourceForm(request.POST or None, zone=request.tenant.time_zone)
    if form.is_valid():
        try:
            source, text = _made(request, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            if source.is_webhook:
                return redirect("feedback:event-source-connect", request.tenant.slug, source.pk)
            return connect_page(request, source, text=text)
    panel = FormPanel("Add an event source", form, request.path, "Add the source", _home(request))
    return _list(request, panel=panel, status=422 if form.errors else 200)


@require_safe
@tenant_page(Right.MANAGE_SOURCES)
def source_connect(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Show how to connect a client to a source."""
    return connect_page(request, found_source(request, event_source_id))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_SOURCES)
def source_settings(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Rename a source, and say how its events are read."""
    source = found_source(request, event_source_id)
    form = _settings_form(request, source)
    if form.is_valid():
        changes = form.changes() if isinstance(form, WebhookForm) else form.cleaned_data
        services.change_source(source=source, by=request.membership, **changes)
        messages.success(request, f"“{source}” is changed.")
        return redirect(request.path)
    context = {"source": source, "tab": "settings", "form": form}
    return page(request, SETTINGS, context, status=422 if form.errors else 200)


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def source_archive(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Let a source take nothing more in."""
    words = "“{}” is archived: its keys are refused. What it sent stays."
    return _archived(request, event_source_id, words, is_archived=True)


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def source_restore(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Let an archived source take events in again."""
    return _archived(request, event_source_id, "“{}” takes events in again.", is_archived=False)


def found_source(request: TenantRequest, event_source_id: UUID) -> EventSource:
    """Load a source of the tenant at hand; raises Http404."""
    rows = EventSource.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=event_source_id)


def connect_page(
    request: TenantRequest, source: EventSource, *, text: str = "", form: SecretForm | None = None
) -> HttpResponse:
    """Show how to connect what sends; *text* is a key that was just made, shown this once.

    *form* is one about a webhook's secret that was refused.
    """
    address = request.build_absolute_uri("/").rstrip("/")
    context: dict[str, Any] = {"source": source, "tab": "connect", "address": address}
    if source.is_webhook:
        context |= {
            "address": f"{address}/{PREFIX}/{source.address}",
            "sender": SENDERS[SenderKind(source.kind)],
            "secrets": list(sender_secrets(source)),
            "form": form or SecretForm(),
        }
        return page(request, CONNECT_WEBHOOK, context, status=422 if form else 200)
    context |= {
        "text": text,
        "snippets": connect_snippets(address=address, key=text),
        "keys": list(working_keys(source, now=now())),
    }
    return page(request, CONNECT, context)


def _made(request: TenantRequest, *, kind: SenderKind, **fields: Any) -> tuple[EventSource, str]:
    """Make a source; give the text of its key too, empty for a webhook, which has none."""
    shared: dict[str, Any] = {"tenant": request.tenant, "by": request.membership, "now": now()}
    if kind is SenderKind.CLIENT:
        source, _, text = services.create_source(**shared, **fields)
        return source, text
    fields.pop("keeps_pages")
    return create_webhook(**shared, **fields, kind=kind), ""


def _settings_form(request: TenantRequest, source: EventSource) -> EventSourceForm:
    if source.is_webhook:
        return WebhookForm(request.POST or None, source=source)
    stored = {name: getattr(source, name) for name in ("title", "time_zone", "keeps_pages")}
    return EventSourceForm(request.POST or None, initial=stored, zone=request.tenant.time_zone)


def _list(
    request: TenantRequest, *, panel: FormPanel | None = None, status: int = 200
) -> HttpResponse:
    moment, is_archived = now(), bool(request.GET.get("archived"))
    zone = ZoneInfo(request.tenant.time_zone)
    today = day_start(moment.astimezone(zone).date(), zone)
    shown = page_of(sources_listed(request.tenant, is_archived=is_archived), request)
    uses = source_uses(request.tenant, shown.rows, since=today, now=moment)
    context = {
        "page": shown,
        "rows": [(source, uses[source.pk]) for source in shown.rows],
        "is_archived": is_archived,
        "panel": panel,
    }
    return page(request, LIST, context, part="source-panel" if panel else None, status=status)


def _archived(
    request: TenantRequest, event_source_id: UUID, words: str, *, is_archived: bool
) -> HttpResponse:
    source = found_source(request, event_source_id)
    services.archive_source(
        source=source, is_archived=is_archived, by=request.membership, now=now()
    )
    messages.success(request, words.format(source))
    return redirect("feedback:event-source-settings", request.tenant.slug, source.pk)


def _home(request: TenantRequest) -> str:
    return reverse("feedback:event-source-list", args=[request.tenant.slug])
