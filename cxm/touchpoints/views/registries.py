"""The pages that channels and touchpoints share: the list, and what is done with a row.

Routes tell each view which registry it is about; see `cxm.touchpoints.urls`.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from cxm.touchpoints.forms import ChannelForm, MergeForm, RegisteredForm, TouchpointForm
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.touchpoints.views.merging import merge_choice, merge_sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.db.models import QuerySet
    from django.forms import Form

LIST = "touchpoints/registry_list.html"

type Registered = Channel | Touchpoint


@dataclass(frozen=True, slots=True)
class Registry:
    """Channels or touchpoints: how they are read and made, and what their list says.

    *noun* stands in names of routes, in ids and in sentences; *filters* are parameters of the
    list beside `q` and `archived`; rows with a *page* of their own are shown there when changed.
    """

    noun: str
    model: type[Registered]
    form: type[RegisteredForm]
    create: Callable[..., Registered]
    listed: Callable[..., QuerySet[Any]]
    parents: tuple[str, ...]
    filters: tuple[str, ...]
    has_page: bool
    sub: str
    find: str
    heads: tuple[str, ...]
    numbers: str
    what: str

    @property
    def title(self) -> str:
        """What the list is headed with."""
        return f"{self.noun.capitalize()}s"

    @property
    def nothing(self) -> str:
        """What an empty list is headed with."""
        return f"No {self.noun}s yet"

    @property
    def cells(self) -> str:
        """The template of one row's cells."""
        return f"touchpoints/_{self.noun}_cells.html"

    def url(self, request: TenantRequest, page_name: str = "list", *args: UUID) -> str:
        """Give the address of one of the registry's pages."""
        return reverse(f"touchpoints:{self.noun}-{page_name}", args=[request.tenant.slug, *args])

    def url_of(self, request: TenantRequest, row: Registered) -> str:
        """Give the address where *row* is looked at: its own page, or the list."""
        return self.url(request, "detail", row.pk) if self.has_page else self.url(request)


CHANNELS = Registry(
    noun="channel",
    model=Channel,
    form=ChannelForm,
    create=services.create_channel,
    listed=selectors.channels_listed,
    parents=("merged_into",),
    filters=(),
    has_page=False,
    sub="The media through which you and your customers meet.",
    find="Find by title or key",
    heads=("Medium", "Whose"),
    numbers="Touchpoints",
    what=(
        "A channel is a medium: the website, the app, a store, the phone. Importing a survey file "
        "makes those it names."
    ),
)
TOUCHPOINTS = Registry(
    noun="touchpoint",
    model=Touchpoint,
    form=TouchpointForm,
    create=services.create_touchpoint,
    listed=selectors.touchpoints_listed,
    parents=("channel", "merged_into"),
    filters=("channel",),
    has_page=True,
    sub="Every place where customers meet you. Surveys, files and events all speak of these.",
    find="Find by title, key or other name",
    heads=("Channel", "What happens", "Who begins"),
    numbers="",
    what=(
        "A touchpoint is one place where a customer meets you: the checkout, a delivery, a call. "
        "Importing a survey file makes those it names."
    ),
)


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def row_list(request: TenantRequest, *, registry: Registry) -> HttpResponse:
    """List a registry; `?q=`, `?archived=1` and its own parameters filter."""
    return list_page(request, registry)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def row_add(request: TenantRequest, *, registry: Registry) -> HttpResponse:
    """Add one row."""
    form = registry.form(request.POST or None, tenant=request.tenant)
    if form.is_valid():
        try:
            row = registry.create(tenant=request.tenant, by=request.membership, **form.cleaned_data)
        except RegistryError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"“{row}” is added.")
            return redirect(registry.url(request))
    return form_page(request, registry, f"Add a {registry.noun}", form, "Add")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def row_edit(request: TenantRequest, /, *, registry: Registry, **key: UUID) -> HttpResponse:
    """Change a row; its key stays."""
    row = found(request, registry, **key)
    form = registry.form(request.POST or None, tenant=request.tenant, row=row)
    if form.is_valid():
        services.change_registered(row=row, by=request.membership, **form.cleaned_data)
        messages.success(request, f"“{row}” is changed.")
        return redirect(registry.url_of(request, row))
    return form_page(request, registry, f"Edit {row}", form, "Save", words=f"Key: {row.key}")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def row_archive(request: TenantRequest, /, *, registry: Registry, **key: UUID) -> HttpResponse:
    """Take a row off the lists."""
    row = found(request, registry, **key)
    undo_url = registry.url(request, "restore", row.pk)
    words = f"“{row}” is archived. Its numbers stay."
    return _archived(request, registry, row, words, is_archived=True, undo_url=undo_url)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def row_restore(request: TenantRequest, /, *, registry: Registry, **key: UUID) -> HttpResponse:
    """Bring an archived row back."""
    row = found(request, registry, **key)
    return _archived(request, registry, row, f"“{row}” is back on the lists.", is_archived=False)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_REGISTRIES)
def row_merge(request: TenantRequest, /, *, registry: Registry, **key: UUID) -> HttpResponse:
    """Choose what to merge a row into, read what will happen, and do it."""
    row = found(request, registry, **key)
    title, form = f"Merge {row}", MergeForm(merge_choice(request), row=row)
    if not form.is_valid():
        return form_page(request, registry, title, form, "Continue", method="get")
    into = form.cleaned_data["into"]
    form.hide_choice()
    if request.method == "POST":
        try:
            services.merge_registered(row=row, into=into, by=request.membership, now=now())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"“{row}” is merged into “{into}”.")
            return redirect(registry.url_of(request, into))
    words = merge_sentence(row, into)
    return form_page(request, registry, title, form, "Merge", words=words)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def row_unmerge(request: TenantRequest, /, *, registry: Registry, **key: UUID) -> HttpResponse:
    """Let a merged row stand for itself again."""
    row = found(request, registry, **key)
    try:
        services.unmerge_registered(row=row, by=request.membership)
    except RegistryError as error:
        return list_page(request, registry, refused=str(error), status=422)
    messages.success(request, f"“{row}” stands for itself again.")
    return redirect(registry.url_of(request, row))


def found(request: TenantRequest, registry: Registry, **key: UUID) -> Any:
    """Load the row that the address names by its one argument; raises Http404."""
    rows = registry.model.objects.for_tenant(request.tenant).select_related(*registry.parents)
    return get_object_or_404(rows, pk=key[f"{registry.noun}_id"])


def form_page(
    request: TenantRequest,
    registry: Registry,
    title: str,
    form: Form,
    submit: str,
    *,
    words: str = "",
    method: str = "post",
) -> HttpResponse:
    """Show the list with *form* beside it; 422 when the form was refused."""
    panel = FormPanel(title, form, request.path, submit, registry.url(request), words, method)
    status = 422 if form.is_bound and form.errors else 200
    return list_page(request, registry, panel=panel, status=status)


def list_page(
    request: TenantRequest,
    registry: Registry,
    *,
    panel: FormPanel | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the rows that the query asks for, with *panel* beside them or a refusal above them."""
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "is_archived": bool(request.GET.get("archived")),
        **{name: query_text(request.GET, name) for name in registry.filters},
    }
    choices = selectors.channel_choices(request.tenant) if "channel" in registry.filters else None
    context = {
        **asked,
        "registry": registry,
        "is_filtered": any(asked.values()),
        "page": page_of(registry.listed(request.tenant, **asked), request),
        "channels": choices,
        "may_edit": request.may(Right.EDIT_REGISTRIES),
        "panel": panel,
        "refused": refused,
        "list_url": registry.url(request),
        "add_url": registry.url(request, "add"),
    }
    part = "registry-panel" if panel else "registry-rows"
    return page(request, LIST, context, part=part, status=status)


def _archived(
    request: TenantRequest,
    registry: Registry,
    row: Registered,
    words: str,
    *,
    is_archived: bool,
    undo_url: str = "",
) -> HttpResponse:
    """Archive or restore; answer htmx with the rows and a toast, and others with the list."""
    try:
        services.archive_registered(
            row=row, is_archived=is_archived, by=request.membership, now=now()
        )
    except RegistryError as error:
        return list_page(request, registry, refused=str(error), status=422)
    if request.htmx:
        return with_toast(list_page(request, registry), words, undo_url=undo_url)
    messages.success(request, words)
    return redirect(registry.url(request))
