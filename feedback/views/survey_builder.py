"""Building a survey: its page, and what takes more than one field of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.operations.records import RefusedError, UnknownElementError
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.forms.survey_rules import read_rule
from feedback.models import SurveyDraft
from feedback.rules.question_types import QuestionType
from feedback.services import survey_editing
from feedback.views.survey_page import (
    ENDINGS,
    Opened,
    build_url,
    builder,
    found_draft,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from feedback.selectors.survey_builder import QuestionLine

REFUSED = 422


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def survey_edit(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show the builder; `?question=` opens one question, or with `survey` the whole."""
    return builder(request, found_draft(request, survey_id))


@require_safe
@tenant_page(Right.SEE_REGISTRIES)
def survey_draft(request: TenantRequest, document_id: UUID) -> HttpResponse:
    """Lead from a draft to its survey's page, where the history of changes comes back to."""
    rows = SurveyDraft.objects.for_tenant(request.tenant).select_related("survey__tenant")
    survey = get_object_or_404(rows, pk=document_id).survey
    if request.may(Right.EDIT_REGISTRIES) and survey.archived_at is None:
        return redirect(build_url(survey))
    return redirect("feedback:survey-detail", request.tenant.slug, survey.pk)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def question_add(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Add a question of the type that was chosen, behind the one that is open; and open it."""
    draft = found_draft(request, survey_id)
    told = request.POST.get("type", "")
    if told not in set(QuestionType):
        return builder(request, draft, problem="Choose the type of the question.", status=REFUSED)
    read = opened(request, draft)
    after = {str(one.element.id): one.element.id for one in read.lines}
    try:
        made = survey_editing.add_question(
            draft=draft,
            sort=QuestionType(told),
            by=request.membership,
            now=now(),
            after=after.get(request.POST.get("after", "")),
        )
    except DomainError as error:
        return builder(request, draft, problem=str(error), status=error.status)
    return HttpResponseRedirect(f"{build_url(draft.survey, made)}#detail")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def question_copy(request: TenantRequest, survey_id: UUID, question_id: UUID) -> HttpResponse:
    """Put a copy behind a question, and open it."""
    draft = found_draft(request, survey_id)
    try:
        made = survey_editing.copy_question(
            draft=draft, question_id=question_id, by=request.membership, now=now()
        )
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        return builder(
            request, draft, question_id=question_id, problem=str(error), status=error.status
        )
    return HttpResponseRedirect(f"{build_url(draft.survey, made)}#detail")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def parts_add(request: TenantRequest, survey_id: UUID, question_id: UUID) -> HttpResponse:
    """Add choices, or rows of a table: one for each line."""

    def add(draft: SurveyDraft, _read: Opened, line: QuestionLine) -> None:
        survey_editing.add_parts(
            draft=draft,
            question_id=line.element.id,
            lines=request.POST.get("lines", ""),
            by=request.membership,
            now=now(),
        )

    return _about(request, survey_id, question_id, add, "parts")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def rule_set(request: TenantRequest, survey_id: UUID, question_id: UUID) -> HttpResponse:
    """Say when a question is shown."""

    def change(draft: SurveyDraft, read: Opened, line: QuestionLine) -> None:
        survey_editing.set_rule(
            draft=draft,
            question_id=line.element.id,
            show=read_rule(request.POST, read.before(line)),
            by=request.membership,
            now=now(),
        )

    return _about(request, survey_id, question_id, change, "rule")


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def way_add(request: TenantRequest, survey_id: UUID, question_id: UUID) -> HttpResponse:
    """Say where people go from a question when something holds."""

    def add(draft: SurveyDraft, read: Opened, line: QuestionLine) -> None:
        to = request.POST.get("to", "")
        later = {str(one.element.values["key"]) for one in read.lines[line.number :]}
        if to not in later | {key for key, _ in ENDINGS}:
            message = "Choose a question after this one, or the end."
            raise RefusedError(message, field="to")
        survey_editing.add_way(
            draft=draft,
            question_id=line.element.id,
            to=to,
            when=read_rule(request.POST, read.before(line, itself=True)),
            by=request.membership,
            now=now(),
        )

    return _about(request, survey_id, question_id, add, "ways")


def _about(
    request: TenantRequest,
    survey_id: UUID,
    question_id: UUID,
    change: Callable[[SurveyDraft, Opened, QuestionLine], None],
    part: str,
) -> HttpResponse:
    """Change a question of a draft, and go back to the *part* of its page where one was."""
    draft = found_draft(request, survey_id)
    read = opened(request, draft)
    line = next((one for one in read.lines if one.element.id == question_id), None)
    if line is None:
        raise Http404
    try:
        change(draft, read, line)
    except DomainError as error:
        return builder(
            request, draft, question_id=question_id, problem=str(error), status=error.status
        )
    return HttpResponseRedirect(f"{build_url(draft.survey, question_id)}#{part}")
