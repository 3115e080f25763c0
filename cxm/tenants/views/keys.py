"""The page about the API keys of a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants import services
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.errors import KeyEndsInThePastError
from cxm.tenants.forms import KeyForm
from cxm.tenants.models import ApiKey
from cxm.tenants.rules import RIGHT_MEANINGS, Right
from cxm.tenants.selectors import api_keys

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

KEYS = "tenants/key_list.html"


@require_safe
@tenant_page(Right.MANAGE_KEYS)
def key_list(request: TenantRequest) -> HttpResponse:
    """List the keys, with the form for another."""
    return _keys(request, _form(request))


@never_cache
@require_POST
@tenant_page(Right.MANAGE_KEYS)
def key_create(request: TenantRequest) -> HttpResponse:
    """Make a key; the answer shows its text, this once."""
    form = _form(request)
    if not form.is_valid():
        return _keys(request, form, status=422)
    try:
        key, text = services.create_api_key(
            tenant=request.tenant,
            name=form.cleaned_data["name"],
            rights=form.cleaned_data["rights"],
            by=request.membership,
            now=now(),
            expires_at=form.expires_at(),
        )
    except KeyEndsInThePastError as error:
        form.add_error("expires_on", str(error))
        return _keys(request, form, status=422)
    return _keys(request, _form(request, is_empty=True), text=text, made=key)


@require_POST
@tenant_page(Right.MANAGE_KEYS)
def key_revoke(request: TenantRequest, api_key_id: UUID) -> HttpResponse:
    """Make a key worthless, at once."""
    keys = ApiKey.objects.for_tenant(request.tenant).select_related("tenant")
    key = get_object_or_404(keys, pk=api_key_id)
    services.revoke_api_key(key=key, by=request.membership, now=now())
    messages.success(request, f"“{key.name}” was revoked: it does not work any more.")
    return redirect("tenants:key-list", request.tenant.slug)


def _form(request: TenantRequest, *, is_empty: bool = False) -> KeyForm:
    posted = None if is_empty or request.method != "POST" else request.POST
    # Nobody lets a program into a single journey.
    shown = [right for right in RIGHT_MEANINGS if right is not Right.OPEN_JOURNEYS]
    rights = [right for right in shown if request.may(right)]
    return KeyForm(posted, rights=rights, time_zone=request.tenant.time_zone)


def _keys(
    request: TenantRequest,
    form: KeyForm,
    *,
    text: str = "",
    made: ApiKey | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "text": text,
        "made": made,
        "page": page_of(api_keys(request.tenant, now=now()), request),
    }
    return page(request, KEYS, context, status=status)
