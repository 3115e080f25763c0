"""The library of evidence: all of it, and changing or archiving a piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.collaboration.forms.evidence import EvidenceForm
from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.evidence import WRITTEN
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.selectors.evidence import day_in, evidence_listed, evidence_shown
from cxm.collaboration.services import evidence as services
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

LIST = "collaboration/evidence_list.html"
ARCHIVE = "collaboration/evidence_archive.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def evidence_list(request: TenantRequest) -> HttpResponse:
    """List all evidence; `?q=`, `?kind=`, `?polarity=` and `?archived=1` filter."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def evidence_create(request: TenantRequest) -> HttpResponse:
    """Write down a piece of evidence, to be cited later."""
    form = _form_of(request)
    if form.is_valid():
        try:
            services.write_evidence(
                tenant=request.tenant, seen=form.observation(), by=request.membership, now=now()
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, "The evidence is kept. Cite it under a statement.")
            return redirect(_list_url(request))
    return _list(request, form=form, submit="Keep it", title="Write down evidence")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def evidence_edit(request: TenantRequest, evidence_id: UUID) -> HttpResponse:
    """Change a piece that was written down by hand."""
    row = _found(request, evidence_id)
    form = _form_of(request, row)
    if form.is_valid():
        try:
            services.change_evidence(
                evidence=row, seen=form.observation(), by=request.membership, now=now()
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "The evidence is changed, and so is what it weighs.")
            return redirect(_list_url(request))
    return _list(request, form=form, submit="Save", title="Change the evidence")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def evidence_archive(request: TenantRequest, evidence_id: UUID) -> HttpResponse:
    """Show where a piece is cited, and take it off the lists when posted."""
    row = _found(request, evidence_id)
    if request.method == "POST":
        services.archive_evidence(evidence=row, by=request.membership, now=now())
        messages.success(request, "The evidence is archived and counts no more.")
        return redirect(_list_url(request))
    sees = request.may(Right.SEE_EXCERPTS)
    [shown] = evidence_shown(request.tenant, [row], sees_excerpts=sees)
    return page(request, ARCHIVE, {"shown": shown, "list_url": _list_url(request)})


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def evidence_restore(request: TenantRequest, evidence_id: UUID) -> HttpResponse:
    """Bring an archived piece back; it counts again where it is cited."""
    row = _found(request, evidence_id)
    services.restore_evidence(evidence=row, by=request.membership)
    messages.success(request, "The evidence is back, and counts where it is cited.")
    return redirect(_list_url(request))


def _found(request: TenantRequest, evidence_id: UUID) -> Evidence:
    rows = Evidence.objects.for_tenant(request.tenant).select_related("tenant", "asset")
    return get_object_or_404(rows, pk=evidence_id)


def _form_of(request: TenantRequest, row: Evidence | None = None) -> EvidenceForm:
    today = day_in(request.tenant, now())
    return EvidenceForm(
        request.POST if request.method == "POST" else None,
        tenant=request.tenant,
        today=today,
        row=row,
        initial={} if row else {"observed_on": today},
    )


def _list_url(request: TenantRequest) -> str:
    return reverse("collaboration:evidence-list", args=[request.tenant.slug])


def _list(
    request: TenantRequest,
    *,
    form: EvidenceForm | None = None,
    submit: str = "",
    title: str = "",
) -> HttpResponse:
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "kind": query_text(request.GET, "kind"),
        "polarity": query_text(request.GET, "polarity"),
        "is_archived": bool(request.GET.get("archived")),
    }
    sees = request.may(Right.SEE_EXCERPTS)
    found = page_of(evidence_listed(request.tenant, **asked, sees_excerpts=sees), request)
    context = {
        **asked,
        "page": found,
        "shown": evidence_shown(request.tenant, found.rows, sees_excerpts=sees),
        "is_filtered": any(asked.values()),
        "kinds": EvidenceKind.choices(),
        "polarities": Polarity.choices(),
        "written": [kind.value for kind in WRITTEN],
        "sees_excerpts": sees,
        "may_edit": request.may(Right.EDIT_JOURNEYS),
        "form": form,
        "submit": submit,
        "title": title,
        "action": request.path,
        "list_url": _list_url(request),
    }
    part = "evidence-panel" if form else "evidence-rows"
    status = 422 if form and form.errors else 200
    return page(request, LIST, context, part=part, status=status)
