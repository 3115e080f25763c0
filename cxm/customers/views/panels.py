"""Panels: the page where they are made, and the narrow page that helpdesks frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP, build_policy
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_POST, require_safe

from cxm.customers.errors import CustomerError
from cxm.customers.forms.serving import PanelForm
from cxm.customers.models import Panel
from cxm.customers.selectors.heads import read_head
from cxm.customers.selectors.panels import panels
from cxm.customers.selectors.promises import promises_to
from cxm.customers.selectors.stories import colleagues, read_parts, summary
from cxm.customers.selectors.subjects import Looking, read_subject
from cxm.customers.selectors.timeline import TimelineFilter, read_place, timeline_page
from cxm.customers.services import panels as services
from cxm.customers.services.opening import note_opening
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Tenant
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.selectors.subjects import Subject
    from cxm.customers.services.panels import PanelPass

LIST = "customers/panel_list.html"
ON_ONE_PAGE = 20
GONE = 410


@require_safe
@tenant_page(Right.MANAGE_KEYS)
def panel_list(request: TenantRequest) -> HttpResponse:
    """List the helpdesks that may show our panel, with the form for another."""
    return _panels(request, PanelForm())


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def panel_create(request: TenantRequest) -> HttpResponse:
    """Let a helpdesk show our panel."""
    form = PanelForm(request.POST)
    if not form.is_valid():
        return _panels(request, form, status=422)
    try:
        panel = services.create_panel(
            tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
        )
    except CustomerError as error:
        form.add_error(error.field or None, str(error))
        return _panels(request, form, status=422)
    messages.success(request, f"“{panel.title}” may show the panel now.")
    return redirect("customers:panel-list", request.tenant.slug)


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def panel_revoke(request: TenantRequest, panel_id: UUID) -> HttpResponse:
    """Make every link of a panel worthless, at once."""
    rows = Panel.objects.for_tenant(request.tenant).select_related("tenant")
    panel = get_object_or_404(rows, pk=panel_id)
    services.revoke_panel(panel=panel, by=request.membership, now=now())
    messages.success(request, f"“{panel.title}” was revoked: its links show nothing any more.")
    return redirect("customers:panel-list", request.tenant.slug)


@never_cache
@xframe_options_exempt
@require_safe
def panel_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a customer inside a helpdesk; the signed token is all the leave it has.

    No cookie is read or set, and only a page of the token's origin may frame it. A forged or
    foreign token, one of a revoked panel and one for an address the panel has lost are 404; one
    that has run out says so, with 410.
    """
    given = services.read_token(token)
    if given is None:
        raise Http404
    moment = now()
    with tenant_bound(given.tenant_id):
        panel = _live_panel(given)
        if given.expires_at <= moment:
            return _framed(render(request, "customers/panel_over.html", status=GONE), given)
        tenant = Tenant.objects.get(pk=given.tenant_id)
        looking = Looking(tenant, given.rights.__contains__, moment)
        subject = read_subject(looking, given.customer_id)
        if subject is None:
            raise Http404
        services.note_panel_use(panel, now=moment)
        note_opening(
            tenant=tenant,
            customer_id=subject.root.pk,
            by=None,
            now=moment,
            changes={"panel": panel.title, "agent": given.agent},
        )
        return _framed(render(request, "customers/panel.html", _seen(request, subject)), given)


def _seen(request: HttpRequest, subject: Subject) -> dict[str, object]:
    """Read all that the panel shows: it runs no script, so nothing can load after."""
    head, promises, parts = read_head(subject), promises_to(subject), read_parts(subject)
    after = read_place(request.GET.get("after", ""))
    shown = timeline_page(subject, TimelineFilter(), after=after, size=ON_ONE_PAGE)
    return {
        "subject": subject,
        "head": head,
        "promises": promises,
        "parts": parts,
        "summary": summary(subject, head, promises, parts),
        "colleagues": colleagues(subject, head),
        "timeline": shown,
        "is_first_page": after is None,
    }


def _live_panel(given: PanelPass) -> Panel:
    live = Panel.objects.for_tenant(given.tenant_id).filter(revoked_at__isnull=True)
    panel = get_object_or_404(live, pk=given.panel_id)
    if given.origin not in panel.origins:
        raise Http404
    return panel


def _framed(answer: HttpResponse, given: PanelPass) -> HttpResponse:
    """Let exactly the origin of the token frame *answer*."""
    policy: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": [given.origin]}
    answer[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
    return answer


def _panels(request: TenantRequest, form: PanelForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "page": page_of(panels(request.tenant), request)}
    return page(request, LIST, context, status=status)
