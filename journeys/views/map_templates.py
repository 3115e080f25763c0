"""Maps as templates: saved, listed, archived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from journeys.forms.map_templates import MarksForm, TemplateForm
from journeys.models import MapTemplate
from journeys.rules.template_parts import markable_parts
from journeys.rules.templates import built_in_templates, laid_out_tree
from journeys.selectors.templates import own_templates
from journeys.services import map_templates as services
from journeys.views.finding import found_map
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

SAVE, LIST = "journeys/map_template_save.html", "journeys/template_list.html"
PARTS = "journeys/template_parts.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def template_list(request: TenantRequest) -> HttpResponse:
    """List the templates that people made of maps, the archived ones too, and those built in."""
    context = {
        "own": own_templates(request.tenant),
        "archived": own_templates(request.tenant, is_archived=True),
        "built_in": built_in_templates(),
        "may_edit": request.may(Right.EDIT_JOURNEYS),
        "may_keep": request.may(Right.PUBLISH_JOURNEYS),
    }
    return page(request, LIST, context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def map_template_save(request: TenantRequest, journey_map_id: UUID) -> HttpResponse:
    """Save a map as a template that new maps can begin as."""
    row = found_map(request, journey_map_id, Sight.CONTENT, "journey__parent", "baseline")
    form = TemplateForm(request.POST or None, initial={"title": row.journey.title[:120]})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = services.save_template(of=row, by=request.membership, now=now(), **told)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"“{made.title}” is a template now.")
            if not request.may(Right.PUBLISH_JOURNEYS):
                return redirect("journeys:template-list", request.tenant.slug)
            return redirect("journeys:template-parts", request.tenant.slug, made.pk)
    return page(request, SAVE, {"map": row, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.PUBLISH_JOURNEYS)
def template_parts(request: TenantRequest, template_id: UUID) -> HttpResponse:
    """Say which parts of a template stay on maps that begin as it, and which are to be filled."""
    row = _template(request, template_id)
    offered = markable_parts(laid_out_tree(row.document, {}))
    now_marked = {"locked": row.locked, "required": row.required}
    # Nothing ticked is an answer, too.
    sent = request.POST if request.method == "POST" else None
    form = MarksForm(offered, sent, initial=now_marked)
    if form.is_valid():
        services.mark_template(template=row, by=request.membership, **form.cleaned_data)
        messages.success(request, f"“{row.title}” is saved. Maps that began as it stay.")
        return redirect("journeys:template-list", request.tenant.slug)
    told = {name: form[name].value() or [] for name in now_marked}
    context = {"template": row, "form": form, "offered": offered, **told}
    return page(request, PARTS, context, status=422 if form.is_bound else 200)


@require_POST
@tenant_page(Right.PUBLISH_JOURNEYS)
def template_archive(request: TenantRequest, template_id: UUID) -> HttpResponse:
    """Take a template off the list; `restore=1` brings it back."""
    row = _template(request, template_id)
    if request.POST.get("restore"):
        services.restore_template(template=row, by=request.membership)
        messages.success(request, f"“{row.title}” is back on the list.")
    else:
        services.archive_template(template=row, by=request.membership, now=now())
        messages.success(request, f"“{row.title}” is off the list. Maps that began as it stay.")
    return redirect("journeys:template-list", request.tenant.slug)


def _template(request: TenantRequest, template_id: UUID) -> MapTemplate:
    rows = MapTemplate.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=template_id)
