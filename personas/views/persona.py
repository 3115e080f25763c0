"""The page of one persona, where everything is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cxm.collaboration.views.talk import comments_context
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.store import undo_steps
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.selectors import member_choices
from personas.forms.pictures import COLOUR_CHOICES
from personas.rules.kinds import FACETS, PersonaKind, PersonaStatus, SectionKind
from personas.selectors import choices
from personas.selectors.evidence import backing_of
from personas.selectors.pages import sections_shown
from personas.selectors.subjects import PersonaSubject
from personas.services.personas import actor_of
from personas.services.stores import PERSONAS
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.selectors.panel import Panel
    from personas.models import Persona

DETAIL = "personas/persona.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def persona_page(request: TenantRequest, persona_id: UUID) -> HttpResponse:
    """Show a persona; those who may edit journeys change everything where it stands."""
    return persona_shown(request, found_persona(request, persona_id))


def persona_shown(
    request: TenantRequest, persona: Persona, *, panel: Panel | None = None, status: int = 200
) -> HttpResponse:
    """Show the page of *persona*, with *panel* or the one that the address asks for beside it."""
    may_edit = request.may(Right.EDIT_JOURNEYS) and persona.archived_at is None
    sections = sections_shown(persona)
    facts = [place.row for section in sections for place in section.facts]
    context = {
        "persona": persona,
        "sections": sections,
        "backing": backing_of(persona, facts, now=now()),
        "may_edit": may_edit,
        "may_restore": request.may(Right.EDIT_JOURNEYS) and persona.archived_at is not None,
        "may_share": request.may(Right.SHARE_JOURNEYS),
        "may_export": request.may(Right.EXPORT_JOURNEYS),
        "here": persona_url(persona),
        "metrics": choices.metric_choices(persona),
        **comments_context(request, PersonaSubject(persona), panel),
        **(_editing(request, persona) if may_edit else {}),
    }
    return page(request, DETAIL, context, status=status)


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
        "owners": member_choices(persona.owner, request.membership),
        "segments": choices.segment_choices(persona, request.membership),
        "file_purposes": [("False", "Says something"), ("True", "Decoration only")],
        "section_kinds": [(kind.value, kind.words) for kind in SectionKind],
    }


def _url(persona: Persona, name: str) -> str:
    return reverse(f"personas:persona-{name}", args=[persona.tenant.slug, persona.pk])
