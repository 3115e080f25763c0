"""Using an answer as evidence for or against an insight, or a statement of a persona."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.evidence import AnswerEvidenceForm, AnswerInsightForm, PersonaChoiceForm
from feedback.models import Response
from feedback.selectors.evidence import comments_of, question_choices
from feedback.services.evidence import cite_answer, cite_answer_for_insight
from personas.models import Persona

if TYPE_CHECKING:
    from personas.models import PersonaFact

PAGE = "feedback/response_evidence.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def response_evidence(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Choose a persona (`?persona=`), then the statement that an answer speaks for or against.

    Beside it stands the form for insights, which goes to `response_insight`.
    """
    if not request.may(Right.SEE_RESPONSES):
        raise Http404
    response = _found(request, response_id)
    persona = _persona(request)
    form = _form_of(request, response, persona)
    if form is not None and form.is_valid():
        told = form.cleaned_data
        statement: PersonaFact = told["statement"]
        try:
            cite_answer(
                response=response,
                question_key=told["question"],
                statement=statement,
                polarity=told["polarity"],
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The answer is cited as evidence.")
            slug = request.tenant.slug
            home = reverse("personas:persona-page", args=[slug, statement.persona_id])
            return redirect(f"{home}#fact-{statement.pk}")
    return _page(request, response, persona, form)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def response_insight(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Cite an answer for or against `insight`; left out, make one of the words, and open it."""
    if not request.may(Right.SEE_RESPONSES):
        raise Http404
    response = _found(request, response_id)
    form = _insight_form(request, response, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            insight = cite_answer_for_insight(
                response=response,
                question_key=told["question"],
                insight=told["insight"],
                polarity=told["polarity"],
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            words = "The answer is cited as evidence."
            if told["insight"] is None:
                words = "This is a new insight. Say in your own words what you learned."
            messages.success(request, words)
            return redirect(
                reverse("journeys:insight-page", args=[request.tenant.slug, insight.pk])
            )
    return _page(request, response, None, None, insight_form=form)


def _found(request: TenantRequest, response_id: UUID) -> Response:
    rows = Response.objects.for_tenant(request.tenant).select_related("tenant", "survey")
    return get_object_or_404(rows.filter(state__in=Response.LIVE_STATES), pk=response_id)


def _persona(request: TenantRequest) -> Persona | None:
    """Load the persona that was chosen; raises Http404 for one that is not there."""
    chosen = request.GET.get("persona", "")
    if not chosen:
        return None
    try:
        pk = UUID(chosen)
    except ValueError:
        raise Http404 from None
    rows = Persona.objects.for_tenant(request.tenant).filter(deleted_at=None, archived_at=None)
    return get_object_or_404(rows.select_related("tenant"), pk=pk)


def _form_of(
    request: TenantRequest, response: Response, persona: Persona | None
) -> AnswerEvidenceForm | None:
    if persona is None:
        return None
    sent = request.POST if request.method == "POST" else None
    return AnswerEvidenceForm(sent, persona=persona, questions=question_choices(response))


def _insight_form(
    request: TenantRequest, response: Response, sent: Any = None
) -> AnswerInsightForm:
    questions = question_choices(response)
    return AnswerInsightForm(sent, tenant=request.tenant, questions=questions, auto_id="insight_%s")


def _page(
    request: TenantRequest,
    response: Response,
    persona: Persona | None,
    form: AnswerEvidenceForm | None,
    *,
    insight_form: AnswerInsightForm | None = None,
) -> HttpResponse:
    chosen = {"persona": str(persona.pk) if persona else ""}
    context: dict[str, Any] = {
        "response": response,
        "comments": list(comments_of(response).values()),
        "persona": persona,
        "choice": PersonaChoiceForm(tenant=request.tenant, initial=chosen),
        "form": form,
        "insight_form": insight_form or _insight_form(request, response),
        "action": reverse("feedback:response-evidence", args=[request.tenant.slug, response.pk]),
        "close_url": reverse("feedback:response-panel", args=[request.tenant.slug, response.pk]),
    }
    is_refused = request.method == "POST"
    status = 422 if is_refused else 200
    return page(request, PAGE, context, part="evidence-panel", status=status)
