"""Annotations: listed with what Wayfare noticed itself, written down, changed, taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.forms.annotations import AnnotationForm
from analytics.models import Annotation
from analytics.rules.annotations import AnnotationError
from analytics.selectors.filters import read_date
from analytics.selectors.happenings import annotations_of, happened
from analytics.services import annotations as services
from analytics.views.asking import viewer_of
from cxm.kernel.clock import now
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from analytics.selectors.happenings import Happened
    from cxm.metrics.models import Metric

REFUSED = 422


@require_safe
@tenant_page(Right.SEE_FIGURES)
def annotation_list(request: TenantRequest) -> HttpResponse:
    """List what people and programs wrote down, and the newest of what Wayfare noticed."""
    noticed = happened(request.tenant, request.membership, start_on=None, end_on=None)
    context = {
        "page": page_of(annotations_of(request.tenant), request),
        "noticed": [one for one in noticed.shown if one.annotation_id is None],
        "may_edit": request.may(Right.EDIT_SEGMENTS),
    }
    return render(request, "analytics/annotation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def annotation_new(request: TenantRequest) -> HttpResponse:
    """Write down what happened; `?metric=`, `?day=` and `?back=` come from where it was noticed."""
    day = read_date(query_text(request.GET, "day")) or viewer_of(request).today
    initial = {"day": day, "metric": query_text(request.GET, "metric")}
    form = AnnotationForm(request.POST or None, tenant=request.tenant, initial=initial)
    if form.is_valid():
        try:
            made, _ = services.write_annotation(
                tenant=request.tenant, by=request.membership, now=now(), **form.values()
            )
        except AnnotationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{made}” stands beside the figures now.")
            return redirect(_back(request))
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_SEGMENTS)
@sent_once
def annotation_edit(request: TenantRequest, annotation_id: UUID) -> HttpResponse:
    """Change what was written down."""
    annotation = _annotation(request, annotation_id)
    initial = {
        name: getattr(annotation, name)
        for name in ("title", "kind", "day", "last_on", "text", "link")
    }
    initial["metric"] = annotation.metric.key if annotation.metric else ""
    form = AnnotationForm(request.POST or None, tenant=request.tenant, initial=initial)
    if form.is_valid():
        try:
            services.change_annotation(
                annotation=annotation, by=request.membership, now=now(), **form.values()
            )
        except AnnotationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{annotation}” is saved.")
            return redirect(_back(request))
    return _form_page(request, form, annotation)


@require_POST
@tenant_page(Right.EDIT_SEGMENTS)
def annotation_remove(request: TenantRequest, annotation_id: UUID) -> HttpResponse:
    """Take an annotation away."""
    annotation = _annotation(request, annotation_id)
    services.remove_annotation(annotation=annotation, by=request.membership)
    messages.success(request, f"“{annotation}” is taken away.")
    return redirect(_back(request))


@dataclass(frozen=True, slots=True)
class Beside:
    """What happened in the days of a figure, and where more is written down.

    *write_url* is empty for those who may not write; *back* leads here again.
    """

    happened: Happened
    may_edit: bool
    write_url: str
    back: str

    def context(self) -> dict[str, object]:
        """Give what `analytics/_happenings.html` expects."""
        return {
            "happened": self.happened,
            "may_edit": self.may_edit,
            "write_url": self.write_url,
            "back": self.back,
        }


def beside_figures(
    request: TenantRequest, start_on: date | None, end_on: date | None, metric: Metric | None
) -> Beside:
    """Gather what happened beside a figure from *start_on* until before *end_on*."""
    may_edit = request.may(Right.EDIT_SEGMENTS)
    back = {"back": request.get_full_path()}
    query = {**back, **({"metric": metric.key} if metric else {})}
    page = reverse("analytics:annotation-new", args=[request.tenant.slug])
    return Beside(
        happened(
            request.tenant, request.membership, start_on=start_on, end_on=end_on, metric=metric
        ),
        may_edit,
        f"{page}?{urlencode(query)}" if may_edit else "",
        urlencode(back),
    )


def _annotation(request: TenantRequest, annotation_id: UUID) -> Annotation:
    rows = Annotation.objects.for_tenant(request.tenant).select_related("tenant", "metric")
    return get_object_or_404(rows, pk=annotation_id)


def _back(request: TenantRequest) -> str:
    """Give where to go when it is done: the page of this workspace that was left, or the list."""
    back = request.GET.get("back", "")
    own = f"/t/{request.tenant.slug}/"
    if back.startswith(own) and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return reverse("analytics:annotation-list", args=[request.tenant.slug])


def _form_page(
    request: TenantRequest, form: AnnotationForm, annotation: Annotation | None
) -> HttpResponse:
    context = {"form": form, "annotation": annotation, "back_url": _back(request)}
    status = REFUSED if form.errors else 200
    return render(request, "analytics/annotation_form.html", context, status=status)
