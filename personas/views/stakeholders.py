"""Pages of the register of stakeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from personas.forms.stakeholders import StakeholderForm
from personas.models import Stakeholder
from personas.rules.kinds import StakeholderKind
from personas.selectors.stakeholders import stakeholders_listed, uses_of
from personas.services import stakeholders as services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

LIST = "personas/stakeholder_list.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def stakeholder_list(request: TenantRequest) -> HttpResponse:
    """List the register; `?q=`, `?kind=` and `?archived=1` filter."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def stakeholder_add(request: TenantRequest) -> HttpResponse:
    """Put somebody on the register."""
    form = StakeholderForm(request.POST or None, tenant=request.tenant, reader=request.membership)
    if form.is_valid():
        try:
            made = services.create_stakeholder(
                tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"“{made}” is on the register.")
            return redirect(_list_url(request))
    return _form(request, "Add a stakeholder", form, "Add")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def stakeholder_edit(request: TenantRequest, stakeholder_id: UUID) -> HttpResponse:
    """Change what the register says of somebody."""
    row = _found(request, stakeholder_id)
    form = StakeholderForm(
        request.POST or None, tenant=request.tenant, reader=request.membership, row=row
    )
    if form.is_valid():
        try:
            services.change_stakeholder(stakeholder=row, by=request.membership, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"“{row}” is changed.")
            return redirect(_list_url(request))
    return _form(request, f"Edit {row}", form, "Save")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def stakeholder_archive(request: TenantRequest, stakeholder_id: UUID) -> HttpResponse:
    """Show where somebody stands, and take them off the register and these maps when posted."""
    row = _found(request, stakeholder_id)
    if request.method == "POST":
        services.archive_stakeholder(stakeholder=row, by=request.membership, now=now())
        messages.success(request, f"“{row}” is archived. Restoring brings the maps back, too.")
        return redirect(_list_url(request))
    context = {"stakeholder": row, "uses": uses_of(row, request.membership)}
    return page(request, "personas/stakeholder_archive.html", context)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def stakeholder_restore(request: TenantRequest, stakeholder_id: UUID) -> HttpResponse:
    """Bring somebody back to the register, and to the maps they were taken off."""
    row = _found(request, stakeholder_id)
    services.restore_stakeholder(stakeholder=row, by=request.membership, now=now())
    messages.success(request, f"“{row}” is back.")
    return redirect(_list_url(request))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def stakeholder_persona(request: TenantRequest, stakeholder_id: UUID) -> HttpResponse:
    """Make a persona of somebody, and show it; both stay linked."""
    row = _found(request, stakeholder_id)
    try:
        made = services.make_persona(stakeholder=row, by=request.membership, now=now())
    except DomainError as error:
        return _list(request, refused=str(error), status=422)
    messages.success(request, "This is the persona. It stays linked to the stakeholder.")
    return redirect(reverse("personas:persona-page", args=[request.tenant.slug, made.pk]))


def _found(request: TenantRequest, stakeholder_id: UUID) -> Stakeholder:
    rows = Stakeholder.objects.for_tenant(request.tenant)
    rows = rows.select_related("tenant", "persona", "member__user")
    return get_object_or_404(rows, pk=stakeholder_id)


def _list_url(request: TenantRequest) -> str:
    return reverse("personas:stakeholder-list", args=[request.tenant.slug])


def _export_url(request: TenantRequest) -> str:
    """Give the address of the filtered list as a workbook; "" for those who may not export."""
    if not request.may(Right.EXPORT_JOURNEYS):
        return ""
    url = reverse("personas:register-xlsx", args=[request.tenant.slug])
    return f"{url}?{request.GET.urlencode()}"


def _form(request: TenantRequest, title: str, form: StakeholderForm, submit: str) -> HttpResponse:
    panel = FormPanel(title, form, request.path, submit, _list_url(request))
    status = 422 if form.is_bound and form.errors else 200
    return _list(request, panel=panel, status=status)


def _list(
    request: TenantRequest,
    *,
    panel: FormPanel | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "kind": query_text(request.GET, "kind"),
        "is_archived": bool(request.GET.get("archived")),
    }
    context = {
        **asked,
        "page": page_of(stakeholders_listed(request.tenant, **asked), request),
        "is_filtered": any(asked.values()),
        "kinds": StakeholderKind.choices(),
        "may_edit": request.may(Right.EDIT_JOURNEYS),
        "export_url": _export_url(request),
        "panel": panel,
        "refused": refused,
    }
    part = "stakeholder-panel" if panel else "stakeholder-rows"
    return page(request, LIST, context, part=part, status=status)
