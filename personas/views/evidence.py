"""The evidence of one statement of a persona: what it weighs, citing some, grading by hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.views import citing
from cxm.collaboration.views.citing import CitedFor, Deeds
from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.models import PersonaFactEvidence
from personas.selectors.evidence import backing_of, statements
from personas.services import citing as services
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.collaboration.models import Evidence
    from cxm.collaboration.rules.kinds import Grade
    from cxm.collaboration.services.evidence import Observation
    from personas.models import Persona, PersonaFact

_URLS = {"add": "evidence-add", "cite": "cite", "take_off": "take-off", "grade": "grade"}


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def statement_evidence(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> HttpResponse:
    """Show what a statement rests on, piece by piece; `?q=` finds evidence to cite."""
    return citing.show(request, partial(_found, request, persona_id, statement_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_evidence_add(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> HttpResponse:
    """Write down a new piece of evidence and cite it under the statement."""
    return citing.add(request, partial(_found, request, persona_id, statement_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_cite(request: TenantRequest, persona_id: UUID, statement_id: UUID) -> HttpResponse:
    """Cite evidence that is there already."""
    return citing.cite(request, partial(_found, request, persona_id, statement_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_take_off(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> HttpResponse:
    """Take a piece of evidence off the statement; it stays in the library."""
    return citing.take_off(request, partial(_found, request, persona_id, statement_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_grade(request: TenantRequest, persona_id: UUID, statement_id: UUID) -> HttpResponse:
    """Grade the statement by hand, or let its evidence speak again."""
    return citing.grade(request, partial(_found, request, persona_id, statement_id))


def _found(request: TenantRequest, persona_id: UUID, statement_id: UUID) -> CitedFor:
    persona = found_persona(request, persona_id)
    rows = statements(request.tenant).filter(persona=persona).select_related("tenant", "section")
    statement = get_object_or_404(rows, pk=statement_id)
    home = persona_url(persona)
    may_edit = request.may(Right.EDIT_JOURNEYS) and persona.archived_at is None
    return CitedFor(
        title=statement.text,
        about=f"{statement.section.title} of {persona.name}",
        url=_url(persona, statement, "evidence"),
        close_url=f"{home}#fact-{statement.pk}",
        back=f"Back to {persona.name}",
        crumbs=(
            ("Personas", reverse("personas:persona-list", args=[request.tenant.slug])),
            (persona.name, f"{home}#fact-{statement.pk}"),
        ),
        backing=backing_of(persona, [statement], now=now()).of(statement.pk),
        deeds=_deeds(request, persona, statement) if may_edit else None,
        taken_off="It is taken off. Undo brings it back.",
    )


def _deeds(request: TenantRequest, persona: Persona, statement: PersonaFact) -> Deeds:
    by, moment = request.membership, now()

    def cite(evidence: Evidence) -> None:
        services.cite_evidence(statement=statement, evidence=evidence, by=by, now=moment)

    def write(seen: Observation) -> None:
        services.cite_new_evidence(statement=statement, seen=seen, by=by, now=moment)

    def take_off(pk: UUID) -> None:
        rows = PersonaFactEvidence.objects.for_tenant(request.tenant).filter(fact=statement)
        citation = get_object_or_404(rows, pk=pk)
        services.take_off_evidence(statement=statement, citation=citation, by=by, now=moment)

    def grade(chosen: Grade | None, _why: str) -> None:
        services.grade_by_hand(statement=statement, grade=chosen, by=by, now=moment)

    urls = {deed: _url(persona, statement, name) for deed, name in _URLS.items()}
    return Deeds(urls, cite, write, take_off, grade)


def _url(persona: Persona, statement: PersonaFact, name: str) -> str:
    args = [persona.tenant.slug, persona.pk, statement.pk]
    return reverse(f"personas:statement-{name}", args=args)
