"""Responses and ratings in the JSON API."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response as Answer

from cxm.customers.selectors.persons import Reader
from cxm.kernel.api import cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.kernel.downloads import save_as
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.api import shapes
from feedback.models import Response
from feedback.selectors.registry_names import read_names
from feedback.selectors.response_detail import response_detail
from feedback.selectors.response_filter import Asked, read_filter
from feedback.selectors.response_rows import rows_of
from feedback.selectors.responses import given_files, shown_rows, with_parents
from feedback.services import holding
from feedback.services.answer_files import note_opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse
    from rest_framework.request import Request

PAGE_KEYS = frozenset({"limit", "cursor"})


class FeedbackView(TenantApiView):
    """A view of responses; hides persons from those who may not see them."""

    rights = {"get": Right.SEE_RESPONSES}

    def reader(self) -> Reader:
        """Say who reads."""
        return Reader(self.tenant, sees_persons=self.actor_may(Right.SEE_PERSONS))

    def asked(self, request: Request) -> Asked:
        """Read the filter; raises ValidationError for whatever a page would leave out."""
        query = dict(request.query_params.lists())
        asked = read_filter(query, read_names(self.tenant), others=PAGE_KEYS)
        if asked.notes:
            raise serializers.ValidationError({note.field: [note.words] for note in asked.notes})
        return asked

    def page(self, request: Request, asked: Asked, shape: Any) -> Answer:
        """Answer with one page of the rows that *asked* selects."""
        reader = self.reader()

        def shown(found: list[Any], **options: Any) -> Any:
            return shape(shown_rows(reader, asked, found), **options)

        shaped: Any = shown
        return cursor_page(request, with_parents(rows_of(self.tenant, asked)), shaped)


class RatingListView(FeedbackView):
    """The ratings behind a figure."""

    @paged(shapes.RatingSerializer, shapes.RatingQuery)
    def get(self, request: Request) -> Answer:
        """List the ratings of a metric, newest first: exactly those that its figure counts."""
        asked = self.asked(request)
        if asked.measure is None:
            raise serializers.ValidationError({"metric": ["Name a metric by its key."]})
        return self.page(request, asked, shapes.RatingSerializer)


class ResponseListView(FeedbackView):
    """All responses."""

    @paged(shapes.ResponseSerializer, shapes.ResponseQuery)
    def get(self, request: Request) -> Answer:
        """List responses, newest first."""
        asked = self.asked(request)
        if asked.measure is not None:
            message = "Responses have no one metric: ask for /ratings/ instead."
            raise serializers.ValidationError({"metric": [message]})
        return self.page(request, asked, shapes.ResponseSerializer)


class OneResponseView(FeedbackView):
    """Base of what is about one response."""

    def found(self, response_id: UUID) -> Response:
        """Load a response; raises Http404."""
        rows = Response.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=response_id)

    def answer(self, response_id: UUID) -> Answer:
        """Show a response as it stands now."""
        reader, response = self.reader(), self.found(response_id)
        asked = read_filter({}, read_names(self.tenant))
        detail = response_detail(reader, asked, response)
        [row] = shown_rows(reader, asked, [response])
        return Answer(
            {
                **shapes.ResponseSerializer(row).data,
                "language": response.language,
                "received_at": response.received_at,
                "source": detail.source.name,
                "file_name": detail.source.file_name,
                "fields_kept": dict(detail.kept),
                "files": shapes.AnswerFileSerializer(
                    [file for item in detail.items for file in item.files], many=True
                ).data,
            }
        )

    def done(self, response_id: UUID, act: Callable[..., object]) -> Answer:
        """Do *act* with the response and show what became of it; FeedbackError is 422."""
        act(response=self.found(response_id), by=self.actor)
        return self.answer(response_id)


class ResponseView(OneResponseView):
    """One response."""

    rights = {"get": Right.SEE_RESPONSES, "delete": Right.IMPORT_FEEDBACK}

    @extend_schema(operation_id="response_read", responses=shapes.ResponseDetailSerializer)
    def get(self, _request: Request, response_id: UUID) -> Answer:
        """Read a response with all that its source said."""
        return self.answer(response_id)

    @extend_schema(operation_id="response_delete", request=None, responses={204: None})
    def delete(self, _request: Request, response_id: UUID) -> Answer:
        """Delete a response: out of every list and number, until it is restored."""
        holding.delete_response(response=self.found(response_id), by=self.actor, now=now())
        return Answer(status=204)


class ResponseHoldView(OneResponseView):
    """Holding scores back."""

    rights = {"post": Right.IMPORT_FEEDBACK}

    @extend_schema(
        operation_id="response_hold",
        request=shapes.HoldBody,
        responses=shapes.ResponseDetailSerializer,
    )
    @idempotent
    def post(self, request: Request, response_id: UUID) -> Answer:
        """Hold scores of a response back from all numbers."""
        values = cleaned(shapes.HoldBody, request)
        return self.done(response_id, partial(holding.hold_response, now=now(), **values))


class ResponseReleaseView(OneResponseView):
    """Releasing scores."""

    rights = {"post": Right.IMPORT_FEEDBACK}

    @extend_schema(
        operation_id="response_release",
        request=shapes.ReleaseBody,
        responses=shapes.ResponseDetailSerializer,
    )
    @idempotent
    def post(self, request: Request, response_id: UUID) -> Answer:
        """Let scores that were held back count again."""
        values = cleaned(shapes.ReleaseBody, request)
        return self.done(response_id, partial(holding.release_response, **values))


class ResponseRestoreView(OneResponseView):
    """Restoring a response."""

    rights = {"post": Right.IMPORT_FEEDBACK}

    @extend_schema(
        operation_id="response_restore", request=None, responses=shapes.ResponseDetailSerializer
    )
    @idempotent
    def post(self, _request: Request, response_id: UUID) -> Answer:
        """Bring a deleted response back as it was."""
        return self.done(response_id, partial(holding.restore_response, now=now()))


_RESPONSE = "responses/<uuid:response_id>"


class AnswerFileView(TenantApiView):
    """A file that somebody sent as an answer."""

    rights = {"get": Right.SEE_RESPONSES}

    @extend_schema(operation_id="answer_file", responses={(200, "*/*"): bytes})
    def get(self, _request: Request, answer_file_id: UUID) -> HttpResponse:
        """Give its bytes to those who may see persons; that stands in the audit log."""
        if not self.actor_may(Right.SEE_PERSONS):
            raise PermissionDenied
        rows = given_files(self.tenant)
        file = get_object_or_404(rows, pk=answer_file_id)
        note_opening(file, by=self.actor)
        return save_as(bytes(file.content), mime=file.mime, name=file.name)


api_urls = [
    path("answer-files/<uuid:answer_file_id>/", AnswerFileView.as_view()),
    path("ratings/", RatingListView.as_view()),
    path("responses/", ResponseListView.as_view()),
    path(f"{_RESPONSE}/", ResponseView.as_view()),
    path(f"{_RESPONSE}/hold/", ResponseHoldView.as_view()),
    path(f"{_RESPONSE}/release/", ResponseReleaseView.as_view()),
    path(f"{_RESPONSE}/restore/", ResponseRestoreView.as_view()),
]
