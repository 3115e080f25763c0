"""Surveys in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from cxm.kernel.api import cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.api import shapes
from feedback.models import Survey
from feedback.selectors.surveys import survey_questions, survey_uses, surveys_listed
from feedback.services.surveys import archive_survey, change_survey

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

READ, WRITE = Right.SEE_REGISTRIES, Right.EDIT_REGISTRIES


class SurveyListView(TenantApiView):
    """All surveys."""

    rights = {"get": READ}

    @paged(shapes.SurveySerializer, shapes.SurveyQuery)
    def get(self, request: Request) -> Response:
        """List surveys by title."""
        asked = query_values(shapes.SurveyQuery, request.query_params)
        return cursor_page(request, surveys_listed(self.tenant, **asked), shapes.SurveySerializer)


class OneSurveyView(TenantApiView):
    """Base of what is about one survey."""

    def found(self, survey_id: UUID) -> Survey:
        """Load a survey; raises Http404."""
        rows = Survey.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=survey_id)

    def answer(self, survey_id: UUID) -> Response:
        """Show a survey as it stands now."""
        survey = self.found(survey_id)
        use = survey_uses(self.tenant, [survey])[survey.pk]
        questions = shapes.QuestionSerializer(survey_questions(survey), many=True).data
        return Response(
            {
                **shapes.SurveySerializer(survey).data,
                "responses": use.responses,
                "last_at": use.last_at,
                "questions": questions,
            }
        )

    def archived(self, survey_id: UUID, *, is_archived: bool) -> Response:
        """Archive or restore a survey and show it."""
        survey = self.found(survey_id)
        archive_survey(survey=survey, is_archived=is_archived, by=self.actor, now=now())
        return self.answer(survey_id)


class SurveyView(OneSurveyView):
    """One survey."""

    rights = {"get": READ, "patch": WRITE}

    @extend_schema(operation_id="survey_read", responses=shapes.SurveyDetailSerializer)
    def get(self, _request: Request, survey_id: UUID) -> Response:
        """Read a survey with its questions and how often each was answered."""
        return self.answer(survey_id)

    @extend_schema(
        operation_id="survey_change",
        request=shapes.SurveyChange,
        responses=shapes.SurveyDetailSerializer,
    )
    def patch(self, request: Request, survey_id: UUID) -> Response:
        """Change a survey; what is not sent stays."""
        survey = self.found(survey_id)
        change_survey(survey=survey, by=self.actor, **cleaned(shapes.SurveyChange, request))
        return self.answer(survey_id)


class SurveyArchiveView(OneSurveyView):
    """Archiving a survey."""

    rights = {"post": WRITE}

    @extend_schema(
        operation_id="survey_archive", request=None, responses=shapes.SurveyDetailSerializer
    )
    @idempotent
    def post(self, _request: Request, survey_id: UUID) -> Response:
        """Take a survey off the list; its answers and numbers stay."""
        return self.archived(survey_id, is_archived=True)


class SurveyRestoreView(OneSurveyView):
    """Restoring a survey."""

    rights = {"post": WRITE}

    @extend_schema(
        operation_id="survey_restore", request=None, responses=shapes.SurveyDetailSerializer
    )
    @idempotent
    def post(self, _request: Request, survey_id: UUID) -> Response:
        """Bring an archived survey back."""
        return self.archived(survey_id, is_archived=False)


_SURVEY = "surveys/<uuid:survey_id>"

api_urls = [
    path("surveys/", SurveyListView.as_view()),
    path(f"{_SURVEY}/", SurveyView.as_view()),
    path(f"{_SURVEY}/archive/", SurveyArchiveView.as_view()),
    path(f"{_SURVEY}/restore/", SurveyRestoreView.as_view()),
]
