"""Pages of matrices: two axes with named ends, and the personas between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from personas.forms.matrices import MatrixForm, PersonaOnlyForm, PlaceForm
from personas.models import PersonaMatrix
from personas.selectors.matrices import matrices_listed, matrix_shown
from personas.services import matrices as services
from personas.views.finding import found_persona

if TYPE_CHECKING:
    from uuid import UUID

LIST = "personas/matrix_list.html"
DETAIL = "personas/matrix_page.html"
_JSON = "application/json"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def matrix_list(request: TenantRequest) -> HttpResponse:
    """List the matrices."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def matrix_create(request: TenantRequest) -> HttpResponse:
    """Make a matrix and show it."""
    form = MatrixForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            matrix = services.create_matrix(
                tenant=request.tenant, names=form.cleaned_data, by=request.membership, now=now()
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            return redirect(_url(matrix))
    return _list(request, form, status=422 if form.is_bound else 200)


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def matrix_page(request: TenantRequest, matrix_id: UUID) -> HttpResponse:
    """Show a matrix as a drawing and as a table."""
    return _detail(request, _found(request, matrix_id))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def matrix_edit(request: TenantRequest, matrix_id: UUID) -> HttpResponse:
    """Give a matrix and its ends other names."""
    matrix = _found(request, matrix_id)
    form = MatrixForm(request.POST if request.method == "POST" else None, matrix=matrix)
    if form.is_valid():
        try:
            services.rename_matrix(matrix=matrix, names=form.cleaned_data, by=request.membership)
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            return redirect(_url(matrix))
    panel = FormPanel("Edit the matrix", form, _url(matrix, "edit"), "Save", _url(matrix))
    return _detail(request, matrix, panel=panel, status=422 if form.is_bound else 200)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def matrix_delete(request: TenantRequest, matrix_id: UUID) -> HttpResponse:
    """Remove a matrix for good."""
    matrix = _found(request, matrix_id)
    services.delete_matrix(matrix=matrix, by=request.membership)
    messages.success(request, f"“{matrix}” is deleted. The personas are as they were.")
    return redirect(reverse("personas:matrix-list", args=[request.tenant.slug]))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def matrix_place(request: TenantRequest, matrix_id: UUID) -> HttpResponse:
    """Put a persona at a place; to a script that asks for JSON the answer is empty."""
    matrix, form = _found(request, matrix_id), PlaceForm(request.POST)
    wants_json = request.get_preferred_type(["text/html", _JSON]) == _JSON
    if not form.is_valid():
        if wants_json:
            return HttpResponse(form.words, status=422, content_type="text/plain")
        return _detail(request, matrix, refused=form.words, status=422)
    told = form.cleaned_data
    services.place_persona(
        matrix=matrix,
        persona=found_persona(request, told["persona"]),
        x=told["x"] / 100,
        y=told["y"] / 100,
    )
    return HttpResponse(status=204) if wants_json else redirect(_url(matrix))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def matrix_take_off(request: TenantRequest, matrix_id: UUID) -> HttpResponse:
    """Take a persona off a matrix."""
    matrix, form = _found(request, matrix_id), PersonaOnlyForm(request.POST)
    if not form.is_valid():
        return _detail(request, matrix, refused="Choose a persona.", status=422)
    persona = found_persona(request, form.cleaned_data["persona"])
    services.take_off(matrix=matrix, persona=persona)
    return redirect(_url(matrix))


def _list(
    request: TenantRequest, form: MatrixForm | None = None, *, status: int = 200
) -> HttpResponse:
    slug = request.tenant.slug
    list_url = reverse("personas:matrix-list", args=[slug])
    add_url = reverse("personas:matrix-create", args=[slug])
    context = {
        "page": page_of(matrices_listed(request.tenant), request),
        "may_edit": request.may(Right.EDIT_JOURNEYS),
        "add_url": add_url,
        "panel": form and FormPanel("Make a matrix", form, add_url, "Make it", list_url),
    }
    return page(request, LIST, context, part="matrix-panel" if form else None, status=status)


def _detail(
    request: TenantRequest,
    matrix: PersonaMatrix,
    *,
    panel: FormPanel | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    may_edit = request.may(Right.EDIT_JOURNEYS)
    context: dict[str, Any] = {
        "matrix": matrix,
        "shown": matrix_shown(matrix),
        "may_edit": may_edit,
        "place_url": _url(matrix, "place") if may_edit else "",
        "item_name": "persona",
        "take_off_url": _url(matrix, "take-off"),
        "here": _url(matrix),
        "refused": refused,
        "panel": panel,
    }
    return page(request, DETAIL, context, part="matrix-panel" if panel else None, status=status)


def _found(request: TenantRequest, matrix_id: UUID) -> PersonaMatrix:
    rows = PersonaMatrix.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=matrix_id)


def _url(matrix: PersonaMatrix, name: str = "page") -> str:
    return reverse(f"personas:matrix-{name}", args=[matrix.tenant.slug, matrix.pk])
