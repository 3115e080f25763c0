"""Pages of channels."""

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
from cxm.touchpoints.forms import ChannelForm, MergeForm
from cxm.touchpoints.models import Channel
from cxm.touchpoints.views.merging import merge_choice, merge_sentence

if TYPE_CHECKING:
    from uuid import UUID

LIST = "touchpoints/channel_list.html"


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def channel_list(request: TenantRequest) -> HttpResponse:
    """List channels; `?q=` and `?archived=1` filter."""
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def channel_add(request: TenantRequest) -> HttpResponse:
    """Add one channel."""
    form = ChannelForm(request.POST or None, tenant=request.tenant)
    if form.is_valid():
        try:
            channel = services.create_channel(
                tenant=request.tenant, by=request.membership, **form.cleaned_data
            )
        except RegistryError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"“{channel}” is added.")
            return redirect(_url(request))
    return _form(request, "Add a channel", form, "Add")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def channel_edit(request: TenantRequest, channel_id: UUID) -> HttpResponse:
    """Change a channel; its key stays."""
    channel = _found(request, channel_id)
    form = ChannelForm(request.POST or None, tenant=request.tenant, row=channel)
    if form.is_valid():
        services.change_registered(row=channel, by=request.membership, **form.cleaned_data)
        messages.success(request, f"“{channel}” is changed.")
        return redirect(_url(request))
    return _form(request, f"Edit {channel}", form, "Save", words=f"Key: {channel.key}")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def channel_archive(request: TenantRequest, channel_id: UUID) -> HttpResponse:
    """Take a channel off the lists."""
    channel = _found(request, channel_id)
    undo_url = _url(request, "restore", channel.pk)
    words = f"“{channel}” is archived. Its numbers stay."
    return _archived(request, channel, words, is_archived=True, undo_url=undo_url)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def channel_restore(request: TenantRequest, channel_id: UUID) -> HttpResponse:
    """Bring an archived channel back."""
    channel = _found(request, channel_id)
    return _archived(request, channel, f"“{channel}” is back on the lists.", is_archived=False)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def channel_merge(request: TenantRequest, channel_id: UUID) -> HttpResponse:
    """Choose what to merge a channel into, read what will happen, and do it."""
    channel = _found(request, channel_id)
    title, form = f"Merge {channel}", MergeForm(merge_choice(request), row=channel)
    if not form.is_valid():
        return _form(request, title, form, "Continue", method="get")
    into = form.cleaned_data["into"]
    form.hide_choice()
    if request.method == "POST":
        try:
            services.merge_registered(row=channel, into=into, by=request.membership, now=now())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"“{channel}” is merged into “{into}”.")
            return redirect(_url(request))
    return _form(request, title, form, "Merge", words=merge_sentence(channel, into))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def channel_unmerge(request: TenantRequest, channel_id: UUID) -> HttpResponse:
    """Let a merged channel stand for itself again."""
    channel = _found(request, channel_id)
    try:
        services.unmerge_registered(row=channel, by=request.membership)
    except RegistryError as error:
        return _list(request, refused=str(error), status=422)
    messages.success(request, f"“{channel}” stands for itself again.")
    return redirect(_url(request))


def _found(request: TenantRequest, channel_id: UUID) -> Channel:
    rows = Channel.objects.for_tenant(request.tenant).select_related("merged_into")
    return get_object_or_404(rows, pk=channel_id)


def _url(request: TenantRequest, page_name: str = "list", *args: UUID) -> str:
    return reverse(f"touchpoints:channel-{page_name}", args=[request.tenant.slug, *args])


def _archived(
    request: TenantRequest, channel: Channel, words: str, *, is_archived: bool, undo_url: str = ""
) -> HttpResponse:
    """Archive or restore; answer htmx with the rows and a toast, and others with the list."""
    try:
        services.archive_registered(
            row=channel, is_archived=is_archived, by=request.membership, now=now()
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
    form: ChannelForm | MergeForm,
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
        "is_archived": bool(request.GET.get("archived")),
    }
    context = {
        **asked,
        "page": page_of(selectors.channels_listed(request.tenant, **asked), request),
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "panel": panel,
        "refused": refused,
    }
    part = "channel-panel" if panel else "channel-rows"
    return page(request, LIST, context, part=part, status=status)
