"""Metric definitions in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.metrics import selectors, services
from cxm.metrics.forms import HIGHEST, LOWEST, MOST_DECIMALS
from cxm.metrics.models import Metric, MetricVersion
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

READ, WRITE = Right.SEE_REGISTRIES, Right.EDIT_REGISTRIES


class VersionSerializer(serializers.ModelSerializer[MetricVersion]):
    """How the values of a metric are read from a moment on."""

    class Meta:
        model = MetricVersion
        fields = [
            "number",
            "favourable",
            "unfavourable",
            "statistic",
            "unit",
            "decimals",
            "min_n",
            "description",
            "caution",
            "from_at",
        ]
        read_only_fields = fields


class MetricSerializer(serializers.Serializer[selectors.DefinedMetric]):
    """A metric with the version of its meaning that is in force."""

    id = serializers.UUIDField(source="metric.pk")
    key = serializers.SlugField(source="metric.key")
    title = serializers.CharField(source="metric.title")
    kind = serializers.ChoiceField(Metric.Kind.choices, source="metric.kind")
    scale_min = serializers.IntegerField(source="metric.scale_min")
    scale_max = serializers.IntegerField(source="metric.scale_max")
    direction = serializers.ChoiceField(Metric.Direction.choices, source="metric.direction")
    archived_at = serializers.DateTimeField(source="metric.archived_at", allow_null=True)
    version = VersionSerializer()


class MetricChange(StrictSerializer[Any]):
    """A new version of a metric's meaning; what is not sent stays as it is."""

    title = serializers.CharField(max_length=120)
    favourable = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)
    unfavourable = serializers.ListField(child=serializers.IntegerField(), default=list)
    statistic = serializers.ChoiceField(MetricVersion.Statistic.choices)
    description = serializers.CharField(max_length=2000)
    unit = serializers.CharField(max_length=20, allow_blank=True, default="")
    decimals = serializers.IntegerField(min_value=0, max_value=MOST_DECIMALS, default=0)


class MetricBody(MetricChange):
    """A new metric; its scale has from 2 to 11 whole numbers and never changes."""

    key = serializers.SlugField(
        max_length=60, required=False, help_text="Chosen once. Left out, it is made of the title."
    )
    kind = serializers.ChoiceField(Metric.Kind.choices)
    scale_min = serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    scale_max = serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    direction = serializers.ChoiceField(Metric.Direction.choices)


class MetricQuery(StrictSerializer[Any]):
    """Which metrics to list."""

    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class MetricHistory(serializers.Serializer[Any]):
    """All versions of a metric, the one in force first."""

    versions = VersionSerializer(many=True)


class MetricListView(TenantApiView):
    """All metrics."""

    rights = {"get": READ, "post": WRITE}

    @paged(MetricSerializer, MetricQuery)
    def get(self, request: Request) -> Response:
        """List metrics in their order."""
        asked = query_values(MetricQuery, request.query_params)
        rows = selectors.metrics_listed(self.tenant, **asked)
        return cursor_page(request, rows, MetricSerializer, joined=selectors.defined)

    @extend_schema(request=MetricBody, responses={201: MetricSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a metric of your own."""
        values = cleaned(MetricBody, request)
        metric = services.create_metric(tenant=self.tenant, by=self.actor, now=now(), **values)
        return _answer(metric, status=201)


class OneMetricView(TenantApiView):
    """A view of the metric that the address names."""

    def metric(self, metric_id: UUID) -> Metric:
        """Load the metric of the address; raises Http404."""
        return get_object_or_404(Metric.objects.for_tenant(self.tenant), pk=metric_id)


class MetricView(OneMetricView):
    """One metric."""

    rights = {"get": READ, "patch": WRITE}

    @extend_schema(responses=MetricSerializer)
    def get(self, _request: Request, metric_id: UUID) -> Response:
        """Read a metric."""
        return _answer(self.metric(metric_id))

    @extend_schema(request=MetricChange, responses=MetricSerializer)
    def patch(self, request: Request, metric_id: UUID) -> Response:
        """Redefine a metric.

        This makes a new version, which rereads all history at once: the scores stay as they are.
        """
        metric = self.metric(metric_id)
        before = services.current_version(metric)
        names = [str(name) for name in MetricChange().fields if str(name) != "title"]
        kept = {name: getattr(before, name) for name in names}
        values = {"title": metric.title, **kept, **cleaned(MetricChange, request)}
        services.redefine_metric(metric=metric, by=self.actor, now=now(), **values)
        return _answer(metric)


class MetricHistoryView(OneMetricView):
    """How the meaning of a metric came about."""

    rights = {"get": READ}

    @extend_schema(operation_id="metric_history", responses=MetricHistory)
    def get(self, _request: Request, metric_id: UUID) -> Response:
        """List the versions of a metric, the one in force first."""
        history = selectors.metric_history(self.metric(metric_id))
        return Response(MetricHistory({"versions": [row.version for row in history]}).data)


class MetricArchiveView(OneMetricView):
    """Taking a metric off the pages."""

    rights = {"post": WRITE}
    is_archived = True

    @extend_schema(request=None, responses=MetricSerializer)
    @idempotent
    def post(self, _request: Request, metric_id: UUID) -> Response:
        """Take a metric off the pages, or bring it back; its scores stay."""
        metric = self.metric(metric_id)
        services.archive_metric(
            metric=metric, is_archived=self.is_archived, by=self.actor, now=now()
        )
        return _answer(metric)


class MetricRestoreView(MetricArchiveView):
    """Bringing a metric back."""

    is_archived = False


def _answer(metric: Metric, *, status: int = 200) -> Response:
    [row] = selectors.defined([metric])
    return Response(MetricSerializer(row).data, status=status)


api_urls = [
    path("metrics/", MetricListView.as_view()),
    path("metrics/<uuid:metric_id>/", MetricView.as_view()),
    path("metrics/<uuid:metric_id>/history/", MetricHistoryView.as_view()),
    path("metrics/<uuid:metric_id>/archive/", MetricArchiveView.as_view()),
    path("metrics/<uuid:metric_id>/restore/", MetricRestoreView.as_view()),
]
