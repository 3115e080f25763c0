"""Annotations in the JSON API: the hook that a release calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from analytics.rules.annotations import (
    LONGEST_KEY,
    LONGEST_LINK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    AnnotationError,
    AnnotationKind,
)
from analytics.selectors.happenings import annotations_of
from analytics.services import annotations as services
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.metrics.models import Metric
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from analytics.models import Annotation

_LONGEST_METRIC = 60


class AnnotationSerializer(serializers.Serializer[Any]):
    """What was written down; `metric` is null beside all metrics."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    link = serializers.CharField(allow_blank=True)
    day = serializers.DateField()
    last_on = serializers.DateField(allow_null=True)
    metric = serializers.CharField(source="metric.key", default=None, allow_null=True)
    key = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class AnnotationBody(StrictSerializer[Any]):
    """Something that happened; sent again with the same `key` it is changed, not doubled."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    kind = serializers.ChoiceField(AnnotationKind.choices(), default=AnnotationKind.RELEASE.value)
    day = serializers.DateField()
    last_on = serializers.DateField(allow_null=True, default=None)
    metric = serializers.CharField(max_length=_LONGEST_METRIC, allow_null=True, default=None)
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")
    link = serializers.CharField(max_length=LONGEST_LINK, allow_blank=True, default="")
    key = serializers.CharField(max_length=LONGEST_KEY, allow_null=True, default=None)


class AnnotationChange(StrictSerializer[Any]):
    """What is to be different."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    kind = serializers.ChoiceField(AnnotationKind.choices(), required=False)
    day = serializers.DateField(required=False)
    last_on = serializers.DateField(required=False, allow_null=True)
    metric = serializers.CharField(max_length=_LONGEST_METRIC, required=False, allow_null=True)
    text = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    link = serializers.CharField(max_length=LONGEST_LINK, required=False, allow_blank=True)


class AnnotationQuery(serializers.Serializer[Any]):
    """Which annotations are listed."""

    metric = serializers.CharField(
        required=False,
        max_length=_LONGEST_METRIC,
        help_text="Those beside this metric, and beside all.",
    )

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, which is no name for a field of a class."""
        fields = super().get_fields()
        fields["from"] = serializers.DateField(required=False, help_text="First day, inclusive.")
        fields["to"] = serializers.DateField(required=False, help_text="Last day, inclusive.")
        return fields


class _AnnotationView(TenantApiView):
    """What both views of annotations share."""

    def annotation(self, annotation_id: UUID) -> Annotation:
        """Load an annotation; raises Http404."""
        return get_object_or_404(annotations_of(self.tenant), pk=annotation_id)

    def with_metric(self, values: dict[str, Any]) -> dict[str, Any]:
        """Look up the metric and the kind in *values*; raises AnnotationError."""
        if key := values.get("metric"):
            rows = Metric.objects.for_tenant(self.tenant)
            values["metric"] = rows.filter(key=key, archived_at=None).first()
            if values["metric"] is None:
                raise AnnotationError("metric", "There is no such metric.")
        if "kind" in values:
            values["kind"] = AnnotationKind(values["kind"])
        return values


class AnnotationsView(_AnnotationView):
    """All annotations."""

    rights = {"get": Right.SEE_FIGURES, "post": Right.EDIT_SEGMENTS}

    @extend_schema(parameters=[AnnotationQuery])
    @paged(AnnotationSerializer)
    def get(self, request: Request) -> Response:
        """List what was written down, the newest day first."""
        reader = AnnotationQuery(data=request.query_params)
        reader.is_valid(raise_exception=True)
        asked, rows = reader.validated_data, annotations_of(self.tenant)
        if "metric" in asked:
            rows = rows.filter(Q(metric=None) | Q(metric__key=asked["metric"]))
        if "from" in asked:
            rows = rows.filter(Q(day__gte=asked["from"]) | Q(last_on__gte=asked["from"]))
        if "to" in asked:
            rows = rows.filter(day__lte=asked["to"])
        return cursor_page(request, rows, AnnotationSerializer)

    @extend_schema(request=AnnotationBody, responses={201: AnnotationSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Write down what happened; 200 where the `key` was there and its annotation is changed."""
        values = self.with_metric(cleaned(AnnotationBody, request))
        made, is_new = services.write_annotation(
            tenant=self.tenant, by=self.actor, now=now(), **values
        )
        return Response(AnnotationSerializer(made).data, status=201 if is_new else 200)


class AnnotationView(_AnnotationView):
    """One annotation."""

    rights = {
        "get": Right.SEE_FIGURES,
        "patch": Right.EDIT_SEGMENTS,
        "delete": Right.EDIT_SEGMENTS,
    }

    @extend_schema(operation_id="annotation", responses=AnnotationSerializer)
    def get(self, _request: Request, annotation_id: UUID) -> Response:
        """Read an annotation."""
        return Response(AnnotationSerializer(self.annotation(annotation_id)).data)

    @extend_schema(request=AnnotationChange, responses=AnnotationSerializer)
    def patch(self, request: Request, annotation_id: UUID) -> Response:
        """Change an annotation."""
        values = self.with_metric(cleaned(AnnotationChange, request))
        changed = services.change_annotation(
            annotation=self.annotation(annotation_id), by=self.actor, now=now(), **values
        )
        return Response(AnnotationSerializer(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, annotation_id: UUID) -> Response:
        """Take an annotation away."""
        services.remove_annotation(annotation=self.annotation(annotation_id), by=self.actor)
        return Response(status=204)


api_urls = [
    path("annotations/", AnnotationsView.as_view()),
    path("annotations/<uuid:annotation_id>/", AnnotationView.as_view()),
]
