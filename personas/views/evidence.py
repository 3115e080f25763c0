"""The evidence of one statement: what it weighs, adding some, taking some off, grading by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.forms.evidence import EvidenceForm
from cxm.collaboration.models import Evidence
from cxm.collaboration.selectors.evidence import day_in, evidence_shown
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.evidence import BY_EVIDENCE, CiteForm, GradeForm, TakeOffForm
from personas.models import PersonaFactEvidence
from personas.selectors.evidence import backing_of, citable, statements
from personas.services import citing
from personas.views.finding import found_persona, persona_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from personas.models import Persona, PersonaFact
    from personas.selectors.evidence import Backing

PAGE = "personas/statement_evidence.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def statement_evidence(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> HttpResponse:
    """Show what a statement rests on, piece by piece; `?q=` finds evidence to cite."""
    persona, statement = _found(request, persona_id, statement_id)
    return _panel(request, persona, statement)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_evidence_add(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> HttpResponse:
    """Write down a new piece of evidence and cite it under the statement."""
    persona, statement = _to_change(request, persona_id, statement_id)
    form = _form_of(request, request.POST)
    if not form.is_valid():
        return _panel(request, persona, statement, form=form, status=422)
    try:
        citing.cite_new_evidence(
            statement=statement, seen=form.observation(), by=request.membership, now=now()
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _panel(request, persona, statement, form=form, status=422)
    return _done(request, persona, statement, "The evidence is cited.")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_cite(request: TenantRequest, persona_id: UUID, statement_id: UUID) -> HttpResponse:
    """Cite evidence that is there already."""
    persona, statement = _to_change(request, persona_id, statement_id)
    form = CiteForm(request.POST)
    if not form.is_valid():
        raise Http404
    rows = Evidence.objects.for_tenant(request.tenant)
    evidence = get_object_or_404(rows, pk=form.cleaned_data["evidence"])

    def act() -> None:
        citing.cite_evidence(
            statement=statement, evidence=evidence, by=request.membership, now=now()
        )

    return _tried(request, persona, statement, act, "The evidence is cited.")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_take_off(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> HttpResponse:
    """Take a piece of evidence off the statement; it stays in the library."""
    persona, statement = _to_change(request, persona_id, statement_id)
    form = TakeOffForm(request.POST)
    if not form.is_valid():
        raise Http404
    rows = PersonaFactEvidence.objects.for_tenant(request.tenant).filter(fact=statement)
    citation = get_object_or_404(rows, pk=form.cleaned_data["citation"])

    def act() -> None:
        citing.take_off_evidence(
            statement=statement, citation=citation, by=request.membership, now=now()
        )

    return _tried(request, persona, statement, act, "It is taken off. Undo brings it back.")


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def statement_grade(request: TenantRequest, persona_id: UUID, statement_id: UUID) -> HttpResponse:
    """Grade the statement by hand, or let its evidence speak again."""
    persona, statement = _to_change(request, persona_id, statement_id)
    form = GradeForm(request.POST)
    if not form.is_valid():
        return _panel(request, persona, statement, grade_form=form, status=422)
    grade = form.cleaned_data["grade"]

    def act() -> None:
        citing.grade_by_hand(statement=statement, grade=grade, by=request.membership, now=now())

    words = "The grade is set by hand." if grade else "The evidence speaks for itself again."
    return _tried(request, persona, statement, act, words)


def _found(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> tuple[Persona, PersonaFact]:
    persona = found_persona(request, persona_id)
    rows = statements(request.tenant).filter(persona=persona).select_related("tenant", "section")
    return persona, get_object_or_404(rows, pk=statement_id)


def _to_change(
    request: TenantRequest, persona_id: UUID, statement_id: UUID
) -> tuple[Persona, PersonaFact]:
    persona, statement = _found(request, persona_id, statement_id)
    if persona.archived_at is not None:
        raise Http404
    return persona, statement


def _form_of(request: TenantRequest, sent: Any = None) -> EvidenceForm:
    today = day_in(request.tenant, now())
    return EvidenceForm(sent, tenant=request.tenant, today=today, initial={"observed_on": today})


def _tried(
    request: TenantRequest,
    persona: Persona,
    statement: PersonaFact,
    act: Callable[[], None],
    words: str,
) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        return _panel(request, persona, statement, refused=str(error), status=422)
    return _done(request, persona, statement, words)


def _done(
    request: TenantRequest, persona: Persona, statement: PersonaFact, words: str
) -> HttpResponse:
    if request.htmx:
        persona, statement = _found(request, persona.pk, statement.pk)
        return _panel(request, persona, statement, told=words)
    messages.success(request, words)
    return redirect(_url(persona, statement, "evidence"))


def _panel(
    request: TenantRequest,
    persona: Persona,
    statement: PersonaFact,
    *,
    form: EvidenceForm | None = None,
    grade_form: GradeForm | None = None,
    refused: str = "",
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    backing = backing_of(persona, [statement], now=now()).of(statement.pk)
    may_edit = request.may(Right.EDIT_JOURNEYS) and persona.archived_at is None
    q = query_text(request.GET, "q")
    context: dict[str, Any] = {
        "persona": persona,
        "statement": statement,
        "backing": backing,
        "lines": _lines(request, backing),
        "may_edit": may_edit,
        "refused": refused,
        "told": told,
        "q": q,
        "close_url": f"{persona_url(persona)}#fact-{statement.pk}",
    }
    if may_edit:
        sees = request.may(Right.SEE_EXCERPTS)
        chosen = {"grade": statement.grade_override or BY_EVIDENCE}
        context |= {
            "form": form or _form_of(request),
            "is_adding": form is not None,
            "grade_form": grade_form or GradeForm(initial=chosen, auto_id="by_hand_%s"),
            "found": citable(request.tenant, backing, q=q, sees_excerpts=sees),
            "urls": {
                "evidence": _url(persona, statement, "evidence"),
                "add": _url(persona, statement, "evidence-add"),
                "cite": _url(persona, statement, "cite"),
                "take_off": _url(persona, statement, "take-off"),
                "grade": _url(persona, statement, "grade"),
            },
        }
    return page(request, PAGE, context, part="statement-panel", status=status)


def _lines(request: TenantRequest, backing: Backing) -> list[tuple[Any, Any, Any]]:
    """Give each citation, its evidence as the reader may know it, and what it weighs."""
    rows = [one.evidence for one, _ in backing.lines]
    shown = evidence_shown(request.tenant, rows, sees_excerpts=request.may(Right.SEE_EXCERPTS))
    return [(one, told, weighed) for (one, weighed), told in zip(backing.lines, shown, strict=True)]


def _url(persona: Persona, statement: PersonaFact, name: str) -> str:
    args = [persona.tenant.slug, persona.pk, statement.pk]
    return reverse(f"personas:statement-{name}", args=args)
