"""Pages of touchpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel, with_toast
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.touchpoints import selectors, services
from cxm.touchpoints.errors import RegistryError
from cxm.touchpoints.forms import MergeForm, TouchpointForm, TouchpointTitlesForm
from cxm.touchpoints.models import Touchpoint
from cxm.touchpoints.views.merging import merge_choice, merge_sentence

if TYPE_CHECKING:
    from uuid import UUID

LIST = "touchpoints/touchpoint_list.html"


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def touchpoint_list(request: TenantRequest) -> HttpResponse:
    """List touchpoints; `?q=`, `?channel=` (a key) and `?archived=1` filter."""
    return _list(request)


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def touchpoint_detail(request: TenantRequest, touchpoint_id: UUID) -> HttpResponse:
    """Show one touchpoint: its facts, its other names, and its figures."""
    touchpoint = _found(request, touchpoint_id)
    context = {
        "touchpoint": touchpoint,
        "aliases": selectors.touchpoint_aliases(touchpoint),
        "followers": selectors.merged_touchpoints(touchpoint),
        "may_edit": request.may(Right.EDIT_REGISTRIES),
    }
    return page(request, "touchpoints/touchpoint_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_add(request: TenantRequest) -> HttpResponse:
    """Add one touchpoint."""
    form = TouchpointForm(request.POST or None, tenant=request.tenant)
    if form.is_valid():
        try:
            touchpoint = services.create_touchpoint(
                tenant=request.tenant, by=request.membership, **form.cleaned_data
            )
        except RegistryError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"“{touchpoint}” is added.")
            return redirect(_url(request))
    return _form(request, "Add a touchpoint", form, "Add")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_add_many(request: TenantRequest) -> HttpResponse:
    """Add touchpoints by pasting their titles."""
    form = TouchpointTitlesForm(request.POST or None, tenant=request.tenant)
    if form.is_valid():
        titles = form.cleaned_data["titles"]
        made = services.add_touchpoints(
            tenant=request.tenant, by=request.membership, **form.cleaned_data
        )
        messages.success(request, _added_words(len(made), there=len(titles) - len(made)))
        return redirect(_url(request))
    return _form(request, "Add many touchpoints", form, "Add all")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_edit(request: TenantRequest, touchpoint_id: UUID) -> HttpResponse:
    """Change a touchpoint; its key stays."""
    touchpoint = _found(request, touchpoint_id)
    form = TouchpointForm(request.POST or None, tenant=request.tenant, row=touchpoint)
    if form.is_valid():
        services.change_registered(row=touchpoint, by=request.membership, **form.cleaned_data)
        messages.success(request, f"“{touchpoint}” is changed.")
        return redirect(_url(request, "detail", touchpoint.pk))
    return _form(request, f"Edit {touchpoint}", form, "Save", words=f"Key: {touchpoint.key}")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_archive(request: TenantRequest, touchpoint_id: UUID) -> HttpResponse:
    """Take a touchpoint off the lists."""
    touchpoint = _found(request, touchpoint_id)
    undo_url = _url(request, "restore", touchpoint.pk)
    words = f"“{touchpoint}” is archived. Its numbers stay."
    return _archived(request, touchpoint, words, is_archived=True, undo_url=undo_url)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_restore(request: TenantRequest, touchpoint_id: UUID) -> HttpResponse:
    """Bring an archived touchpoint back."""
    touchpoint = _found(request, touchpoint_id)
    return _archived(
        request, touchpoint, f"“{touchpoint}” is back on the lists.", is_archived=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_merge(request: TenantRequest, touchpoint_id: UUID) -> HttpResponse:
    """Choose what to merge a touchpoint into, read what will happen, and do it."""
    touchpoint = _found(request, touchpoint_id)
    title, form = f"Merge {touchpoint}", MergeForm(merge_choice(request), row=touchpoint)
    if not form.is_valid():
        return _form(request, title, form, "Continue", method="get")
    into = form.cleaned_data["into"]
    form.hide_choice()
    if request.method == "POST":
        try:
            services.merge_registered(row=touchpoint, into=into, by=request.membership, now=now())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"“{touchpoint}” is merged into “{into}”.")
            return redirect(_url(request, "detail", into.pk))
    return _form(request, title, form, "Merge", words=merge_sentence(touchpoint, into))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def touchpoint_unmerge(request: TenantRequest, touchpoint_id: UUID) -> HttpResponse:
    """Let a merged touchpoint stand for itself again."""
    touchpoint = _found(request, touchpoint_id)
    try:
        services.unmerge_registered(row=touchpoint, by=request.membership)
    except RegistryError as error:
        return _list(request, refused=str(error), status=422)
    messages.success(request, f"“{touchpoint}” stands for itself again.")
    return redirect(_url(request, "detail", touchpoint.pk))


def _found(request: TenantRequest, touchpoint_id: UUID) -> Touchpoint:
    rows = Touchpoint.objects.for_tenant(request.tenant).select_related("channel", "merged_into")
    return get_object_or_404(rows, pk=touchpoint_id)


def _url(request: TenantRequest, page_name: str = "list", *args: UUID) -> str:
    return reverse(f"touchpoints:touchpoint-{page_name}", args=[request.tenant.slug, *args])


def _added_words(made: int, *, there: int) -> str:
    words = "1 touchpoint is added." if made == 1 else f"{made} touchpoints are added."
    if not there:
        return words
    return f"{words} {there} {'was' if there == 1 else 'were'} there already."


def _archived(
    request: TenantRequest,
    touchpoint: Touchpoint,
    words: str,
    *,
    is_archived: bool,
    undo_url: str = "",
) -> HttpResponse:
    """Archive or restore; answer htmx with the rows and a toast, and others with the list."""
    try:
        services.archive_registered(
            row=touchpoint, is_archived=is_archived, by=request.membership, now=now()
        )
    except RegistryError as error:
        return _list(request, refused=str(error), status=422)
    if request.htmx:
        return with_toast(_list(request), words, undo_url=undo_url)
    messages.success(request, words)
    return redirect(_url(request))


def _form(
    request: TenantRequest,
    title: str,
    form: TouchpointForm | TouchpointTitlesForm | MergeForm,
    submit: str,
    *,
    words: str = "",
    method: str = "post",
) -> HttpResponse:
    panel = FormPanel(title, form, request.path, submit, _url(request), words, method)
    return _list(request, panel=panel, status=422 if form.is_bound and form.errors else 200)


def _list(
    request: TenantRequest,
    *,
    panel: FormPanel | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "channel": query_text(request.GET, "channel"),
        "is_archived": bool(request.GET.get("archived")),
    }
    context = {
        **asked,
        "page": page_of(selectors.touchpoints_listed(request.tenant, **asked), request),
        "channels": selectors.channel_choices(request.tenant),
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "panel": panel,
        "refused": refused,
    }
    part = "touchpoint-panel" if panel else "touchpoint-rows"
    return page(request, LIST, context, part=part, status=status)
