"""The page of one persona, where everything is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.operations.store import Request, undo_steps
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.pictures import COLOUR_CHOICES
from personas.rules.kinds import FACETS, PersonaKind, PersonaStatus, SectionKind
from personas.selectors import choices
from personas.selectors.pages import sections_shown
from personas.services.personas import actor_of
from personas.services.stores import PERSONAS
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from uuid import UUID

    from personas.models import Persona

DETAIL = "personas/persona.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def persona_page(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Show a persona; those who may edit journeys change everything where it stands."""
    persona = found_persona(request, persona_id)
    may_edit = request.may(Right.EDIT_JOURNEYS) and persona.archived_at is None
    context = {
        "persona": persona,
        "sections": sections_shown(persona),
        "may_edit": may_edit,
        "may_restore": request.may(Right.EDIT_JOURNEYS) and persona.archived_at is not None,
        "here": persona_url(persona),
        "metrics": choices.metric_choices(persona),
        **(_editing(request, persona) if may_edit else {}),
    }
    return page(request, DETAIL, context)


def _editing(request: TenantRequest, persona: Persona) -> dict[str, Any]:
    """Give what only those need who may change the persona."""
    asking = Request(request.tenant, persona.pk, actor_of(request.membership), now())
    return {
        "change_url": _url(persona, "change"),
        "steps": undo_steps(PERSONAS, asking),
        "kinds": PersonaKind.choices(),
        "statuses": PersonaStatus.choices(),
        "colours": COLOUR_CHOICES,
        "facets": [("", "Any job"), *((facet, facet.capitalize()) for facet in FACETS)],
        "owners": choices.owner_choices(persona, request.membership),
        "segments": choices.segment_choices(persona, request.membership),
        "section_kinds": [(kind.value, kind.words) for kind in SectionKind],
    }


def _url(persona: Persona, name: str) -> str:
    return reverse(f"personas:persona-{name}", args=[persona.tenant.slug, persona.pk])
