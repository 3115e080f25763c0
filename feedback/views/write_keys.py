"""The page about the write keys of an event source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import FeedbackError
from feedback.forms.event_sources import RotateForm
from feedback.models import EventSource, WriteKey
from feedback.selectors.event_sources import write_keys
from feedback.services import event_sources as services
from feedback.views.event_sources import found_source

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

KEYS = "feedback/write_key_list.html"


@require_safe
@tenant_page(Right.MANAGE_SOURCES)
def key_list(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """List the keys of a source."""
    return _keys(request, found_source(request, event_source_id))


@never_cache
@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def key_create(request: TenantRequest, event_source_id: UUID) -> HttpResponse:
    """Make another key; the answer shows its text, this once."""
    source = found_source(request, event_source_id)
    try:
        key, text = services.create_key(source=source, by=request.membership, now=now())
    except FeedbackError as error:
        return _keys(request, source, refused=str(error))
    return _keys(request, source, made=key, text=text)


@never_cache
@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def key_rotate(request: TenantRequest, event_source_id: UUID, write_key_id: UUID) -> HttpResponse:
    """Make the successor of a key; the answer shows its text, this once."""
    key = _found(request, event_source_id, write_key_id)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _keys(request, key.event_source, form=form, rotating=key)
    try:
        made, text = services.rotate_key(
            key=key, grace=form.cleaned_data["grace"], by=request.membership, now=now()
        )
    except FeedbackError as error:
        return _keys(request, key.event_source, refused=str(error))
    return _keys(request, key.event_source, made=made, text=text)


@require_POST
@tenant_page(Right.MANAGE_SOURCES)
def key_revoke(request: TenantRequest, event_source_id: UUID, write_key_id: UUID) -> HttpResponse:
    """Make a key worthless, at once."""
    key = _found(request, event_source_id, write_key_id)
    try:
        services.revoke_key(key=key, by=request.membership, now=now())
    except FeedbackError as error:
        return _keys(request, key.event_source, refused=str(error))
    messages.success(request, f"The key {key} was revoked: it does not work any more.")
    return redirect("feedback:write-key-list", request.tenant.slug, event_source_id)


def _found(request: TenantRequest, event_source_id: UUID, write_key_id: UUID) -> WriteKey:
    rows = WriteKey.objects.for_tenant(request.tenant).select_related("event_source__tenant")
    return get_object_or_404(rows, pk=write_key_id, event_source=event_source_id)


def _keys(
    request: TenantRequest,
    source: EventSource,
    *,
    made: WriteKey | None = None,
    text: str = "",
    refused: str = "",
    form: RotateForm | None = None,
    rotating: WriteKey | None = None,
) -> HttpResponse:
    shown = page_of(write_keys(source, now=now()), request)
    context = {
        "source": source,
        "tab": "keys",
        "page": shown,
        "rows": [(key, _form_of(key, form, rotating)) for key in shown.rows],
        "rotating": rotating,
        "made": made,
        "text": text,
        "refused": refused,
    }
    return page(request, KEYS, context, status=422 if refused or form else 200)


def _form_of(key: WriteKey, form: RotateForm | None, rotating: WriteKey | None) -> RotateForm:
    """Give the form below *key*: the refused one, or an empty one with ids of its own."""
    is_refused = form is not None and rotating == key
    return form if is_refused and form else RotateForm(auto_id=f"rotate-{key.pk.hex}_%s")
