"""Putting pictures and files into the sections of a persona."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.pictures import SectionFileForm, SectionPictureForm
from personas.models import PersonaSection
from personas.rules.kinds import HOLDS_FILES, SectionKind
from personas.services.pictures import add_file
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from uuid import UUID

    from personas.models import Persona

ADD = "personas/persona_file.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def persona_file_add(request: TenantRequest, persona_id: UUID, section_id: UUID) -> HttpResponse:
    """Put a picture or file last into a section; a refused one leaves what was typed."""
    persona = found_persona(request, persona_id)
    section = _section(persona, section_id)
    kind = SectionPictureForm if section.kind == SectionKind.IMAGE else SectionFileForm
    if request.method != "POST":
        return _panel(request, persona, section, kind())
    form = kind(request.POST, request.FILES)
    if form.is_valid():
        told = form.cleaned_data
        try:
            add_file(
                section=section,
                upload=told["file"],
                title=told["title"],
                alt=told.get("alt", ""),
                is_decorative=told.get("is_decorative", False),
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(f"{persona_url(persona)}#section-{section.pk}")
    return _panel(request, persona, section, form, status=422)


def _section(persona: Persona, section_id: UUID) -> PersonaSection:
    """Find a section of *persona* that may hold files; raises Http404."""
    rows = PersonaSection.objects.for_tenant(persona.tenant_id).select_related("tenant")
    section = get_object_or_404(rows, pk=section_id, persona=persona, deleted_at=None)
    if section.kind not in HOLDS_FILES:
        raise Http404
    return section


def _panel(
    request: TenantRequest,
    persona: Persona,
    section: PersonaSection,
    form: SectionFileForm | SectionPictureForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "persona": persona,
        "section": section,
        "form": form,
        "noun": "picture" if section.kind == SectionKind.IMAGE else "file",
        "action": reverse(
            "personas:persona-file-add", args=[request.tenant.slug, persona.pk, section.pk]
        ),
        "close_url": f"{persona_url(persona)}#section-{section.pk}",
    }
    return page(request, ADD, context, part="file-panel", status=status)
