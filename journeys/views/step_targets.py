"""Targets of a step, or of a whole map: what a future or an ideal map promises of its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.metric_values import NO_SOURCE, metric_values
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.metrics import RemovalForm, TargetChangeForm, TargetForm, binding_words
from journeys.models import Target
from journeys.selectors.promises import bindings_at, bindings_of_whole, may_promise, needs_reason
from journeys.services import targets as services
from journeys.views.finding import found_map
from journeys.views.step_figures import form_page, found_step, refuse, step_url
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from journeys.models import JourneyMap, MetricBinding


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def target_new(
    request: TenantRequest, journey_map_id: UUID, step_id: UUID | None = None
) -> HttpResponse:
    """Promise something of a figure of a step, or of the whole map; its value today is shown."""
    row = _promising(request, journey_map_id)
    step = found_step(row, step_id)
    bindings = bindings_at(row, step_id) if step_id else bindings_of_whole(row)
    initial = {"binding": request.GET.get("binding")}
    form = TargetForm(
        request.POST or None,
        initial=initial,
        bindings=bindings,
        needs_reason=needs_reason(row),
    )
    if form.is_valid():
        try:
            services.set_target(
                of=row,
                binding=form.cleaned_data["binding"],
                promised=form.promised(),
                reason=form.why(),
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(step_url(row, step_id))
    figures = _figures_now(request, row, bindings)
    return form_page(
        request, row, step, form, title="Set a target", submit="Promise it", figures=figures
    )


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def target_change(request: TenantRequest, journey_map_id: UUID, target_id: UUID) -> HttpResponse:
    """Promise something else of a figure; of a published map with a reason."""
    row = _promising(request, journey_map_id)
    target = _found(row, target_id)
    step = found_step(row, target.step_id)
    names = ("direction", "value", "margin", "due", "note")
    form = TargetChangeForm(
        request.POST or None,
        initial={name: getattr(target, name) for name in names},
        needs_reason=needs_reason(row),
    )
    if form.is_valid():
        try:
            services.change_target(
                target=target,
                promised=form.promised(),
                reason=form.why(),
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(step_url(row, target.step_id))
    figures = _figures_now(request, row, [target.binding])
    title = binding_words(target.binding)
    return form_page(request, row, step, form, title=title, submit="Save", figures=figures)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def target_remove(request: TenantRequest, journey_map_id: UUID, target_id: UUID) -> HttpResponse:
    """Take a promise back; of a published map with a reason."""
    row = _promising(request, journey_map_id)
    target = _found(row, target_id)
    step = found_step(row, target.step_id)
    is_sent = request.method == "POST"
    form = RemovalForm(request.POST if is_sent else None)
    if form.is_valid():
        try:
            services.remove_target(
                target=target,
                reason=form.cleaned_data["reason"],
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(step_url(row, target.step_id))
    return form_page(request, row, step, form, title="Take the promise back", submit="Take it back")


def _promising(request: TenantRequest, map_id: UUID) -> JourneyMap:
    """Give a map whose targets may be changed. Raises Http404."""
    row = found_map(request, map_id, Sight.CHANGE)
    if not may_promise(row):
        raise Http404
    return row


def _found(row: JourneyMap, target_id: UUID) -> Target:
    rows = Target.objects.for_tenant(row.tenant_id).filter(map=row, removed_at=None)
    named = rows.select_related(
        "tenant", "map__journey", "map__tenant", "binding__metric", "binding__touchpoint"
    )
    return get_object_or_404(named, pk=target_id)


def _figures_now(
    request: TenantRequest, row: JourneyMap, bindings: Sequence[MetricBinding]
) -> list[tuple[str, str]]:
    """Give each figure by name with its value, answers and interval at this moment."""
    sees_answers, moment = request.may(Right.SEE_RESPONSES), now()
    found = []
    for one in bindings:
        value = metric_values.binding(
            journey_map=row, binding=one, sees_answers=sees_answers, now=moment
        )
        found.append((binding_words(one), value.words if value else NO_SOURCE))
    return found
