"""Goals of metrics in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from analytics.models import MetricGoal
from analytics.rules.alerts import LONGEST_KEY, MOST_PLACES
from analytics.rules.goals import LONGEST_REASON, LONGEST_TITLE, GoalError
from analytics.selectors.figures import Viewer
from analytics.selectors.goals import goals_of, goals_shown
from analytics.services import goals as services
from cxm.collaboration.selectors.talk import people_of
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.metrics.models import Metric
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.tenants.models import Membership


class MetricGoalSerializer(serializers.Serializer[Any]):
    """A goal; `places` names touchpoints, channels, surveys and segments by kind."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    metric = serializers.CharField(source="metric.key")
    places = serializers.DictField()
    target = serializers.FloatField()
    from_on = serializers.DateField()
    due_on = serializers.DateField()
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    created_at = serializers.DateTimeField()


class MetricGoalDetailSerializer(MetricGoalSerializer):
    """The same with how far it is: figures before and now, and the verdict."""

    progress = serializers.SerializerMethodField()

    def get_progress(self, goal: MetricGoal) -> dict[str, Any]:
        """Give the figures, their difference with its interval, and the verdict."""
        viewer = Viewer(goal.tenant, sees_rows=True, now=self.context["now"])
        [shown] = goals_shown(viewer, [goal])
        found = shown.found
        return {
            "before": {"value": found.before.value, "n": found.before.n},
            "now": {"value": found.since.value, "n": found.since.n},
            "difference_low": found.low,
            "difference_high": found.high,
            "share_of_way": shown.share,
            "verdict": found.word.value,
            "words": shown.words,
            "is_written": shown.is_written,
            "notes": list(shown.notes),
        }


class MetricGoalBody(StrictSerializer[Any]):
    """A new goal."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    metric = serializers.CharField(max_length=LONGEST_KEY)
    places = serializers.DictField(
        child=serializers.ListField(
            child=serializers.CharField(max_length=LONGEST_KEY), max_length=MOST_PLACES
        ),
        default=dict,
    )
    target = serializers.FloatField()
    from_on = serializers.DateField()
    due_on = serializers.DateField()
    owner = serializers.UUIDField(allow_null=True, default=None)


class MetricGoalChange(StrictSerializer[Any]):
    """What may change; another target or day needs a reason."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    target = serializers.FloatField(required=False)
    due_on = serializers.DateField(required=False)
    owner = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False)


class _GoalView(TenantApiView):
    """What both views of goals share."""

    def answer(self, goal_id: UUID, status: int = 200) -> Response:
        """Write a goal with how far it is; raises Http404."""
        context = {"now": now()}
        return Response(
            MetricGoalDetailSerializer(self.goal(goal_id), context=context).data, status=status
        )

    def goal(self, goal_id: UUID) -> MetricGoal:
        """Load a goal that is not archived; raises Http404."""
        return get_object_or_404(goals_of(self.tenant), pk=goal_id)

    def owner(self, values: dict[str, Any]) -> Membership | None:
        """Take the owner out of *values*; raises GoalError for nobody known."""
        pk = values.pop("owner", None)
        found = people_of(self.tenant).filter(pk=pk).first() if pk else None
        if pk and found is None:
            raise GoalError("owner", "There is no such member.")
        return found


class MetricGoalsView(_GoalView):
    """All goals."""

    rights = {"get": Right.SEE_RESPONSES, "post": Right.EDIT_SEGMENTS}

    @paged(MetricGoalSerializer)
    def get(self, request: Request) -> Response:
        """List the goals that are not archived, the first due first."""
        return cursor_page(request, goals_of(self.tenant), MetricGoalSerializer)

    @extend_schema(request=MetricGoalBody, responses={201: MetricGoalDetailSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Set a goal."""
        values = cleaned(MetricGoalBody, request)
        rows = Metric.objects.for_tenant(self.tenant).select_related("tenant")
        metric = rows.filter(key=values.pop("metric"), archived_at=None).first()
        if metric is None:
            raise GoalError("metric", "There is no such metric.")
        owner = self.owner(values)
        made = services.create_goal(
            tenant=self.tenant,
            metric=metric,
            owner=owner,
            by=self.actor,
            now=now(),
            site=request.build_absolute_uri("/").rstrip("/"),
            **values,
        )
        return self.answer(made.pk, 201)


class MetricGoalView(_GoalView):
    """One goal."""

    rights = {
        "get": Right.SEE_RESPONSES,
        "patch": Right.EDIT_SEGMENTS,
        "delete": Right.EDIT_SEGMENTS,
    }

    @extend_schema(operation_id="metric_goal", responses=MetricGoalDetailSerializer)
    def get(self, _request: Request, metric_goal_id: UUID) -> Response:
        """Read a goal and how far it is."""
        return self.answer(metric_goal_id)

    @extend_schema(request=MetricGoalChange, responses=MetricGoalDetailSerializer)
    def patch(self, request: Request, metric_goal_id: UUID) -> Response:
        """Change a goal, or move its target or day with a reason."""
        values, goal = cleaned(MetricGoalChange, request), self.goal(metric_goal_id)
        values["keeps_owner"] = "owner" not in values
        owner = self.owner(values)
        services.change_goal(goal=goal, owner=owner, by=self.actor, now=now(), **values)
        return self.answer(metric_goal_id)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, metric_goal_id: UUID) -> Response:
        """Archive a goal."""
        services.archive_goal(goal=self.goal(metric_goal_id), by=self.actor, now=now())
        return Response(status=204)


api_urls = [
    path("metric-goals/", MetricGoalsView.as_view()),
    path("metric-goals/<uuid:metric_goal_id>/", MetricGoalView.as_view()),
]
