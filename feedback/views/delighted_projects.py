"""The page of keys for programs that were written for Delighted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.delighted import AutopilotForm, ProjectForm
from feedback.models import AutopilotMember, DelightedProject
from feedback.services.delighted_projects import end_project, make_project, set_autopilot

if TYPE_CHECKING:
    from uuid import UUID

REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.MANAGE_KEYS)
def delighted_keys(request: TenantRequest) -> HttpResponse:
    """List the keys, or make one for a survey: it is shown on this answer only."""
    form = ProjectForm(request.POST if request.method == "POST" else None, tenant=request.tenant)
    text = ""
    if form.is_valid():
        try:
            _, text = make_project(
                survey=form.cleaned_data["survey"], by=request.membership, now=now()
            )
        except DomainError as error:
            form.add_error("survey", str(error))
        else:
            form = ProjectForm(None, tenant=request.tenant)
    return _page(request, form, text=text, status=REFUSED if form.errors else 200)


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def delighted_autopilot(request: TenantRequest, project_id: UUID) -> HttpResponse:
    """Switch the autopilot of a project on or off."""
    project = _project(request, project_id)
    form = AutopilotForm(request.POST)
    if not form.is_valid():
        return _page(
            request,
            ProjectForm(None, tenant=request.tenant),
            wrong=(project.pk, form),
            status=REFUSED,
        )
    set_autopilot(project=project, by=request.membership, **form.cleaned_data)
    messages.success(request, "The autopilot is set.")
    return redirect("feedback:delighted-keys", request.tenant.slug)


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def delighted_end(request: TenantRequest, project_id: UUID) -> HttpResponse:
    """End a key."""
    end_project(project=_project(request, project_id), by=request.membership, now=now())
    messages.success(request, "This key is worth nothing any more.")
    return redirect("feedback:delighted-keys", request.tenant.slug)


def _page(
    request: TenantRequest,
    form: ProjectForm,
    *,
    text: str = "",
    wrong: tuple[UUID, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = DelightedProject.objects.for_tenant(request.tenant).filter(
        api_key__revoked_at__isnull=True
    )
    members = AutopilotMember.objects.for_tenant(request.tenant)
    projects = list(rows.select_related("survey", "api_key").order_by("-created_at", "-pk"))
    context = {
        "form": form,
        "key_text": text,
        "may_bring": request.may(Right.MANAGE_SOURCES),
        "base_url": request.build_absolute_uri("/v1/"),
        "projects": [
            (
                one,
                members.filter(project=one).count(),
                wrong[1]
                if wrong and wrong[0] == one.pk
                else AutopilotForm(
                    initial={"is_on": one.is_autopilot_on, "days": one.autopilot_days}
                ),
            )
            for one in projects
        ],
    }
    return render(request, "feedback/delighted_keys.html", context, status=status)


def _project(request: TenantRequest, project_id: UUID) -> DelightedProject:
    rows = DelightedProject.objects.for_tenant(request.tenant).select_related(
        "tenant", "api_key__tenant"
    )
    return get_object_or_404(rows, pk=project_id, api_key__revoked_at__isnull=True)
