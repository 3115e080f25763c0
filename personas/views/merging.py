"""Merging two personas: choosing, looking, doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.errors import CannotMergeError
from personas.forms.merging import MergeForm
from personas.rules.shapes import PERSONA
from personas.selectors.library import personas_listed
from personas.services.merging import look_at_merge, merge_personas
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from personas.models import Persona

MERGE = "personas/persona_merge.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def persona_merge(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Choose another persona, see what would come over of it, and merge it into this one.

    `?other=` names it; what is not in this workspace is not there.
    """
    kept = found_persona(request, persona_id)
    if request.method != "POST":
        other_id = query_text(request.GET, "other")
        other = found_persona(request, _read(other_id)) if other_id else None
        return _shown(request, kept, other)
    other_id = request.POST.get("other", "")
    if not other_id:
        return _shown(request, kept, None, words="Choose the other persona.")
    other = found_persona(request, _read(other_id))
    try:
        merge_personas(kept=kept, other=other, by=request.membership, now=now())
    except DomainError as error:
        return _shown(request, kept, other, words=str(error))
    messages.success(request, f"“{other.name}” is merged into this persona, and archived.")
    return redirect(persona_url(kept))


def _shown(
    request: TenantRequest, kept: Persona, other: Persona | None, *, words: str = ""
) -> HttpResponse:
    among = personas_listed(request.tenant).exclude(pk=kept.pk)
    context: dict[str, Any] = {
        "persona": kept,
        "other": other,
        "form": MergeForm(initial={"other": other}, among=among),
        "words": words,
        "here": reverse("personas:persona-merge", args=[request.tenant.slug, kept.pk]),
    }
    if other is not None:
        try:
            coming, links = look_at_merge(kept=kept, other=other)
        except CannotMergeError as error:
            context["words"] = str(error)
        else:
            fields = PERSONA.element("persona")
            context |= {
                "coming": coming,
                "filled": [fields.field(name).label for name in coming.fields],
                "links": links,
            }
    return page(request, MERGE, context, status=422 if context["words"] else 200)


def _read(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
