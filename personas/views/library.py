"""The library of personas, and what is done with a persona as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import FormPanel
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.sending import sent_once
from personas.forms.personas import PersonaForm
from personas.rules.kinds import PersonaKind, PersonaStatus
from personas.rules.templates import BLANK, TEMPLATES
from personas.selectors.evidence import library_backing
from personas.selectors.library import personas_listed
from personas.services import personas as services
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from uuid import UUID

LIST = "personas/persona_list.html"
CARDS_AT_ONCE = 24


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def persona_list(request: TenantRequest) -> HttpResponse:
    """Show the personas as cards, or with `?view=table` as a table.

    `?q=`, `?kind=`, `?status=` and `?archived=1` filter.
    """
    return _library(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def persona_create(request: TenantRequest) -> HttpResponse:
    """Make a persona, blank or from a template; `?template=` chooses one beforehand."""
    if request.method != "POST":
        wanted = query_text(request.GET, "template")
        key = wanted if wanted in TEMPLATES else BLANK.key
        return _library(request, PersonaForm(initial={"template": key}))
    form = PersonaForm(request.POST)
    if not form.is_valid():
        return _library(request, form, status=422)
    try:
        persona = services.create_persona(
            tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
        )
    except DomainError as error:
        form.add_error(error.field or None, str(error))
        return _library(request, form, status=422)
    return redirect(persona_url(persona))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def persona_copy(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Make a copy of a persona and show it."""
    persona = found_persona(request, persona_id)
    try:
        copy = services.copy_persona(persona=persona, by=request.membership, now=now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(persona_url(persona))
    messages.success(request, "This is the copy. Give it a name of its own.")
    return redirect(persona_url(copy))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def persona_archive(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Take a persona off the library; it can be restored."""
    persona = found_persona(request, persona_id)
    services.archive_persona(persona=persona, by=request.membership, now=now())
    messages.success(request, f"“{persona.name}” is archived. You can restore it.")
    return redirect(reverse("personas:persona-list", args=[request.tenant.slug]))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def persona_unarchive(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Bring an archived persona back to the library."""
    persona = found_persona(request, persona_id)
    services.unarchive_persona(persona=persona, by=request.membership, now=now())
    messages.success(request, f"“{persona.name}” is back in the library.")
    return redirect(persona_url(persona))


def _library(
    request: TenantRequest, form: PersonaForm | None = None, *, status: int = 200
) -> HttpResponse:
    asked: dict[str, Any] = {
        "q": query_text(request.GET, "q"),
        "kind": query_text(request.GET, "kind"),
        "status": query_text(request.GET, "status"),
        "is_archived": bool(request.GET.get("archived")),
    }
    found = page_of(personas_listed(request.tenant, **asked), request, size=CARDS_AT_ONCE)
    list_url = reverse("personas:persona-list", args=[request.tenant.slug])
    add_url = reverse("personas:persona-create", args=[request.tenant.slug])
    context = {
        **asked,
        "page": found,
        "backings": library_backing(request.tenant, found.rows, now=now()),
        "is_table": request.GET.get("view") == "table",
        "is_filtered": any(asked.values()),
        "kinds": PersonaKind.choices(),
        "statuses": PersonaStatus.choices(),
        "templates": list(TEMPLATES.values()),
        "may_edit": request.may(Right.EDIT_JOURNEYS),
        "list_url": list_url,
        "add_url": add_url,
        "panel": form and FormPanel("Add a persona", form, add_url, "Add", list_url),
    }
    return page(
        request,
        LIST,
        context,
        part="persona-panel" if form else "persona-rows",
        status=status,
    )
