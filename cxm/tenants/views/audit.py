"""The page that says who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_safe

from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.forms import AuditFilterForm
from cxm.tenants.rules import Right
from cxm.tenants.selectors import audit_entries

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
@tenant_page(Right.SEE_AUDIT)
def audit_list(request: TenantRequest) -> HttpResponse:
    """List what was done, newest first; `?action=` and `?person=` (a member's id) filter."""
    form = AuditFilterForm(request.GET, tenant=request.tenant)
    is_valid = form.is_valid()
    action = form.cleaned_data.get("action", "")
    person = form.cleaned_data.get("person")
    entries = audit_entries(request.tenant, action=action, actor_id=person)
    context = {
        "form": form,
        "page": page_of(entries, request),
        "is_filtered": bool(action or person),
    }
    status = 200 if is_valid else 422
    return page(request, "tenants/audit_list.html", context, status=status)
