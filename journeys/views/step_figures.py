"""Figures bound to a step: adding, changing, removing them beside a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.metrics import BindingChangeForm, BindingForm
from journeys.models import MetricBinding, Step
from journeys.services import bindings as services
from journeys.views.finding import found_map, map_url
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms

    from journeys.models import JourneyMap

PAGE = "journeys/step_form.html"
METRICS = "metrics"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def binding_new(
    request: TenantRequest, journey_map_id: UUID, step_id: UUID | None = None
) -> HttpResponse:
    """Bind a figure to a step, or to the maps of the journey as a whole, and go back to it."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    step = found_step(row, step_id)
    form = BindingForm(request.POST or None, tenant=request.tenant)
    if form.is_valid():
        told = form.cleaned_data
        try:
            services.bind_metric(
                journey=row.journey, step=step_id, by=request.membership, now=now(), **told
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(step_url(row, step_id))
    return form_page(request, row, step, form, title="Show a figure", submit="Show it")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def binding_change(request: TenantRequest, journey_map_id: UUID, binding_id: UUID) -> HttpResponse:
    """Change which answers a figure counts, and go back to its step."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    binding = found_binding(row, binding_id)
    step = found_step(row, binding.step_id)
    names = ("touchpoint", "window_days", "min_n")
    initial = {name: getattr(binding, name) for name in names}
    form = BindingChangeForm(request.POST or None, initial=initial, tenant=request.tenant)
    if form.is_valid():
        try:
            services.change_binding(binding=binding, by=request.membership, **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(step_url(row, binding.step_id))
    return form_page(request, row, step, form, title=binding.metric.title, submit="Save")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def binding_remove(request: TenantRequest, journey_map_id: UUID, binding_id: UUID) -> HttpResponse:
    """Take a figure off its step, and go back to it; while a target needs it, say so there."""
    row = found_map(request, journey_map_id, Sight.CHANGE)
    binding = found_binding(row, binding_id)
    try:
        services.remove_binding(binding=binding, by=request.membership, now=now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(step_url(row, binding.step_id))


def found_step(row: JourneyMap, step_id: UUID | None) -> Step | None:
    """Give a step of a map; None is the map as a whole. Raises Http404."""
    if step_id is None:
        return None
    rows = Step.objects.for_tenant(row.tenant_id).filter(map=row, deleted_at=None)
    return get_object_or_404(rows, lineage=step_id)


def found_binding(row: JourneyMap, binding_id: UUID) -> MetricBinding:
    """Give a live binding of the journey of a map. Raises Http404."""
    rows = MetricBinding.objects.for_tenant(row.tenant_id).filter(
        journey=row.journey_id, archived_at=None
    )
    named = rows.select_related("tenant", "journey", "metric", "touchpoint", "persona__segment")
    return get_object_or_404(named, pk=binding_id)


def step_url(row: JourneyMap, step_id: UUID | None) -> str:
    """Give the address of a map with the figures of a step, or its own, beside it."""
    return f"{map_url(row)}?{urlencode({'of': str(step_id or row.pk), 'tab': METRICS})}"


def form_page(
    request: TenantRequest,
    row: JourneyMap,
    step: Step | None,
    form: forms.Form,
    *,
    title: str,
    submit: str,
    **more: Any,
) -> HttpResponse:
    """Answer with a form about a step, or the whole map; 422 once it was sent."""
    close_url = step_url(row, step.lineage if step else None)
    told = {"map": row, "step": step, "form": form, "title": title, "submit": submit}
    context = {**told, "close_url": close_url, "action": request.get_full_path(), **more}
    return page(request, PAGE, context, status=422 if form.is_bound else 200)


def refuse(form: forms.Form, error: DomainError) -> None:
    """Show a refusal at the field that it names, or over the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
