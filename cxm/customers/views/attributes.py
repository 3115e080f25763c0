"""The page of settings about attributes: which there are, and what each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cxm.customers.forms.attributes import AttributeForm
from cxm.customers.models import AttributeDef
from cxm.customers.selectors.attributes import attribute_uses, attributes_listed, unmapped_first
from cxm.customers.services.attributes import describe_attribute
from cxm.customers.views.customers import reader_of
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

PAGE = "customers/attribute_list.html"


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def attribute_list(request: TenantRequest) -> HttpResponse:
    """List the attributes of customers and companies, those not described yet first."""
    return _listed(request, part="attribute-rows")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_CUSTOMERS)
def attribute_edit(request: TenantRequest, attribute_id: UUID) -> HttpResponse:
    """Describe an attribute: its title, its type, how personal it is; its key stays."""
    rows = AttributeDef.objects.for_tenant(request.tenant).select_related("tenant")
    attribute = get_object_or_404(rows, pk=attribute_id)
    use = attribute_uses(reader_of(request), [attribute])[attribute.pk]
    form = AttributeForm(request.POST or None, attribute=attribute, likely_type=use.likely_type)
    if form.is_valid():
        describe_attribute(attribute=attribute, by=request.membership, **form.cleaned_data)
        messages.success(request, f"“{attribute}” is described.")
        return redirect(_url(request))
    words = f"Key: {attribute.key}"
    if use.examples or use.strays:
        words += f". For example {', '.join([*use.examples, *use.strays])}."
    panel = FormPanel(f"What is “{attribute}”?", form, request.path, "Save", _url(request), words)
    status = 422 if form.errors else 200
    return _listed(request, panel=panel, part="attribute-panel", status=status)


def _listed(
    request: TenantRequest, *, panel: FormPanel | None = None, part: str, status: int = 200
) -> HttpResponse:
    q, scope = query_text(request.GET, "q"), request.GET.get("scope", "")
    if scope not in AttributeDef.Scope.values:
        scope = ""
    is_unmapped = "unmapped" in request.GET or None
    rows = attributes_listed(request.tenant, scope=scope, q=q, is_unmapped=is_unmapped)
    shown = page_of(unmapped_first(rows), request)
    uses = attribute_uses(reader_of(request), shown.rows)
    context = {
        "page": shown,
        "rows": [(row, uses[row.pk]) for row in shown.rows],
        "q": q,
        "scope": scope,
        "scopes": AttributeDef.Scope.choices,
        "is_unmapped": is_unmapped,
        "may_edit": request.may(Right.EDIT_CUSTOMERS),
        "panel": panel,
    }
    return page(request, PAGE, context, part=part, status=status)


def _url(request: TenantRequest) -> str:
    return reverse("customers:attribute-list", args=[request.tenant.slug])
