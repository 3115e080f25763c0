"""Using an answer as evidence for or against a step or a card of a journey map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.evidence import AnswerElementForm, MapChoiceForm
from feedback.models import Response
from feedback.selectors.evidence import comments_of, question_choices
from feedback.services.evidence import cite_answer_for_element
from journeys.models import JourneyMap, Lineage
from journeys.selectors.journeys import map_sight_of, maps_named
from journeys.selectors.looking_again import claims_of
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from django.http import QueryDict

PAGE = "feedback/response_element.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def response_element(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Choose a map (`?map=`), then the step or card that an answer speaks for or against."""
    if not request.may(Right.SEE_RESPONSES):
        raise Http404
    rows = Response.objects.for_tenant(request.tenant).select_related("tenant", "survey")
    response = get_object_or_404(rows.filter(state__in=Response.LIVE_STATES), pk=response_id)
    row = _map(request)
    sent = request.POST if request.method == "POST" else None
    form = _form_of(request, response, row, sent) if row else None
    if row and form and form.is_valid():
        try:
            _cite(request, response, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The answer is cited as evidence.")
            home = reverse("journeys:map-page", args=[request.tenant.slug, row.pk])
            return redirect(f"{home}?of={form.cleaned_data['element']}&tab=evidence")
    return _page(request, response, row, form)


def _cite(request: TenantRequest, response: Response, told: dict[str, Any]) -> None:
    rows = Lineage.objects.for_tenant(request.tenant).select_related("journey")
    cite_answer_for_element(
        response=response,
        question_key=told["question"],
        element=get_object_or_404(rows, pk=told["element"]),
        polarity=told["polarity"],
        by=request.membership,
        now=now(),
    )


def _map(request: TenantRequest) -> JourneyMap | None:
    """Load the map that was chosen; raises Http404 for one that is not there to be read."""
    chosen = request.GET.get("map", "")
    if not chosen:
        return None
    try:
        pk = UUID(chosen)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(maps_named(request.tenant, request.membership, ""), pk=pk)


def _form_of(
    request: TenantRequest, response: Response, row: JourneyMap, sent: QueryDict | None
) -> AnswerElementForm | None:
    """Give the form; None where the map is not for who asks to change."""
    if map_sight_of(row, request.membership, may_edit=True) < Sight.CHANGE:
        return None
    questions = question_choices(response)
    return AnswerElementForm(sent, claims=claims_of(row), questions=questions)


def _page(
    request: TenantRequest,
    response: Response,
    row: JourneyMap | None,
    form: AnswerElementForm | None,
) -> HttpResponse:
    args = [request.tenant.slug, response.pk]
    chosen = {"map": str(row.pk) if row else ""}
    context = {
        "response": response,
        "comments": list(comments_of(response).values()),
        "map": row,
        "choice": MapChoiceForm(reader=request.membership, initial=chosen),
        "form": form,
        "action": request.path,
        "back_url": reverse("feedback:response-evidence", args=args),
        "close_url": reverse("feedback:response-panel", args=args),
    }
    status = 422 if request.method == "POST" else 200
    return page(request, PAGE, context, part="element-panel", status=status)
