"""Pages of metric definitions: what is measured, and what its values mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel, with_toast
from cxm.metrics import selectors, services
from cxm.metrics.errors import MetricError
from cxm.metrics.forms import MeaningForm, MetricForm, ScaleForm
from cxm.metrics.models import Metric
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

LIST, DETAIL = "metrics/metric_list.html", "metrics/metric_detail.html"
REREADS = (
    "A new version rereads all history: the scores that people gave stay as they are, and every "
    "number made from them, past ones too, follows the new meaning at once. The version before "
    "stays in the history."
)


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def metric_list(request: TenantRequest) -> HttpResponse:
    """List metric definitions; `?archived=1` lists the archived ones."""
    return _list(request)


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def metric_detail(request: TenantRequest, metric_id: UUID) -> HttpResponse:
    """Show one definition and its history."""
    return _detail(request, _found(request, metric_id))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def metric_add(request: TenantRequest) -> HttpResponse:
    """Add a metric: first its scale, then what the values on it mean."""
    asked = request.POST or request.GET
    scale_form = ScaleForm(asked if "scale_min" in asked else None)
    if not scale_form.is_valid():
        return _form(request, scale_form, "Continue", method="get")
    scale = (scale_form.cleaned_data["scale_min"], scale_form.cleaned_data["scale_max"])
    form = MetricForm(request.POST or None, scale=scale)
    if form.is_valid():
        try:
            metric = services.create_metric(
                tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
            )
        except MetricError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"“{metric}” is added.")
            return redirect(_url(request, "detail", metric.pk))
    return _form(request, form, "Add", words=f"On a scale from {scale[0]} to {scale[1]}.")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def metric_redefine(request: TenantRequest, metric_id: UUID) -> HttpResponse:
    """Give a metric a new version of its meaning."""
    metric = _found(request, metric_id)
    version = services.current_version(metric)
    initial = {name: getattr(version, name) for name in MeaningForm.base_fields if name != "title"}
    scale = (metric.scale_min, metric.scale_max)
    form = MeaningForm(request.POST or None, scale=scale, initial=initial | {"title": metric.title})
    if form.is_valid():
        version = services.redefine_metric(
            metric=metric, by=request.membership, now=now(), **form.cleaned_data
        )
        messages.success(request, f"“{metric}” is at version {version.number}.")
        return redirect(_url(request, "detail", metric.pk))
    panel = FormPanel(
        f"Redefine {metric}",
        form,
        request.path,
        "Make a new version",
        _url(request, "detail", metric.pk),
        REREADS,
    )
    return _detail(request, metric, panel=panel, status=422 if form.errors else 200)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def metric_archive(request: TenantRequest, metric_id: UUID) -> HttpResponse:
    """Take a metric off the pages."""
    metric = _found(request, metric_id)
    services.archive_metric(metric=metric, is_archived=True, by=request.membership, now=now())
    undo_url = _url(request, "restore", metric.pk)
    return _done(request, f"“{metric}” is archived. Its scores stay.", undo_url=undo_url)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def metric_restore(request: TenantRequest, metric_id: UUID) -> HttpResponse:
    """Bring an archived metric back."""
    metric = _found(request, metric_id)
    services.archive_metric(metric=metric, is_archived=False, by=request.membership, now=now())
    return _done(request, f"“{metric}” is back on the pages.")


def _found(request: TenantRequest, metric_id: UUID) -> Metric:
    return get_object_or_404(Metric.objects.for_tenant(request.tenant), pk=metric_id)


def _url(request: TenantRequest, page_name: str = "list", *args: UUID) -> str:
    return reverse(f"metrics:metric-{page_name}", args=[request.tenant.slug, *args])


def _done(request: TenantRequest, words: str, *, undo_url: str = "") -> HttpResponse:
    """Answer htmx with the rows and a toast, and others with the list."""
    if request.htmx:
        return with_toast(_list(request), words, undo_url=undo_url)
    messages.success(request, words)
    return redirect(_url(request))


def _form(
    request: TenantRequest,
    form: ScaleForm | MetricForm,
    submit: str,
    *,
    words: str = "",
    method: str = "post",
) -> HttpResponse:
    panel = FormPanel("Add a metric", form, request.path, submit, _url(request), words, method)
    return _list(request, panel=panel, status=422 if form.is_bound and form.errors else 200)


def _list(
    request: TenantRequest, *, panel: FormPanel | None = None, status: int = 200
) -> HttpResponse:
    is_archived = bool(request.GET.get("archived"))
    found = page_of(selectors.metrics_listed(request.tenant, is_archived=is_archived), request)
    context = {
        "page": found,
        "rows": selectors.defined(found.rows),
        "is_archived": is_archived,
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "panel": panel,
    }
    part = "metric-panel" if panel else "metric-rows"
    return page(request, LIST, context, part=part, status=status)


def _detail(
    request: TenantRequest, metric: Metric, *, panel: FormPanel | None = None, status: int = 200
) -> HttpResponse:
    history = selectors.metric_history(metric)
    context = {
        "metric": metric,
        "current": history[0],
        "history": history,
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "panel": panel,
    }
    part = "metric-panel" if panel else None
    return page(request, DETAIL, context, part=part, status=status)
