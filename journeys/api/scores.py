"""Models of scores, what items are scored, and how far goals are, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from cxm.kernel.api import cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from journeys.api.score_shapes import (
    ChosenModelQuery,
    GoalProgressSerializer,
    ItemScoresSerializer,
    ScoredSerializer,
    ScoreModelBody,
    ScoreModelCopyBody,
    ScoreModelQuery,
    ScoreModelSerializer,
    ScoresBody,
    progress_record,
    said_values,
    scored_record,
    scores_record,
)
from journeys.models import Goal, ScoreModel
from journeys.rules.library_sorts import OPPORTUNITY, SOLUTION, Sort
from journeys.rules.scoring import read_scoring
from journeys.selectors.goals import progress_of
from journeys.selectors.scores import chosen_model, models_of, past_scores, scores_of
from journeys.services import score_models as services
from journeys.services.library import MODELS
from journeys.services.scores import compute_again, set_scores

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class _ModelView(TenantApiView):
    """Base of what is about one model."""

    def found(self, score_model_id: UUID) -> ScoreModel:
        """Load a model; raises Http404."""
        rows = ScoreModel.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=score_model_id)


class ScoreModelListView(_ModelView):
    """The models of a workspace."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_REGISTRIES}

    @extend_schema(
        operation_id="score_models",
        parameters=[ScoreModelQuery],
        responses=ScoreModelSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the models, by subject, the usual one first."""
        asked = query_values(ScoreModelQuery, request.query_params)
        services.ensure_models(tenant=self.tenant, now=now())
        rows = models_of(
            self.tenant, asked.get("subject", ""), is_archived=asked.get("archived", False)
        )
        return Response(ScoreModelSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="score_model_make",
        request=ScoreModelCopyBody,
        responses={201: ScoreModelSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a model that begins as another one."""
        told = cleaned(ScoreModelCopyBody, request)
        of = self.found(told["of"])
        made = services.copy_model(of=of, title=told["title"], by=self.actor, now=now())
        return Response(ScoreModelSerializer(made).data, status=201)


class ScoreModelView(_ModelView):
    """One model."""

    rights = {"get": Right.SEE_JOURNEYS, "put": Right.EDIT_REGISTRIES}

    @extend_schema(operation_id="score_model_read", responses=ScoreModelSerializer)
    def get(self, _request: Request, score_model_id: UUID) -> Response:
        """Read a model."""
        return Response(ScoreModelSerializer(self.found(score_model_id)).data)

    @extend_schema(
        operation_id="score_model_change", request=ScoreModelBody, responses=ScoreModelSerializer
    )
    def put(self, request: Request, score_model_id: UUID) -> Response:
        """Give a model other inputs and formulas; values of inputs that stay are kept."""
        model = self.found(score_model_id)
        told = cleaned(ScoreModelBody, request)
        scoring = read_scoring(told.pop("inputs"), told.pop("formulas"))
        services.change_model(model=model, scoring=scoring, by=self.actor, now=now(), **told)
        return Response(ScoreModelSerializer(model).data)


class ScoreModelDeedView(_ModelView):
    """Making a model the usual one, archiving it and bringing it back."""

    rights = {"post": Right.EDIT_REGISTRIES}
    deed: ClassVar[str] = "default"

    def post(self, _request: Request, score_model_id: UUID) -> Response:
        """Do it; doing it twice is doing it once."""
        model, by = self.found(score_model_id), self.actor
        if self.deed == "default":
            services.make_default(model=model, by=by)
        elif self.deed == "archive":
            services.archive_model(model=model, by=by, now=now())
        else:
            services.restore_model(model=model, by=by)
        return Response(ScoreModelSerializer(model).data)


class ScoredView(_ModelView):
    """What all items are scored by one model."""

    rights = {"get": Right.SEE_JOURNEYS}

    @paged(ScoredSerializer)
    def get(self, request: Request, score_model_id: UUID) -> Response:
        """List the items in use by title, each with its inputs and scores."""
        model = self.found(score_model_id)
        rows = MODELS[model.subject].objects.for_tenant(self.tenant).filter(archived_at=None)

        def joined(items: list[Any]) -> list[dict[str, Any]]:
            scored = scores_of(model, [item.pk for item in items])
            return [scored_record(item, scored[item.pk]) for item in items]

        return cursor_page(request, rows.order_by("title", "pk"), ScoredSerializer, joined=joined)


class ComputeView(TenantApiView):
    """What comes from data."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(operation_id="scores_compute", request=None, responses={202: None})
    def post(self, _request: Request) -> Response:
        """Have reach and impact of all items computed once more, in the background."""
        compute_again(tenant=self.tenant, now=now())
        return Response(status=202)


class GoalProgressView(TenantApiView):
    """How far a goal is."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="goal_progress", responses=GoalProgressSerializer)
    def get(self, _request: Request, item_id: UUID) -> Response:
        """Tell the figure before the goal was set and now, and the verdict."""
        goal = get_object_or_404(Goal.objects.for_tenant(self.tenant), pk=item_id)
        sees = self.actor_may(Right.SEE_RESPONSES)
        told = progress_of(self.tenant, [goal], None, sees_answers=sees, now=now())
        return Response(GoalProgressSerializer(progress_record(told.get(goal.pk))).data)


def _item_paths(sort: Sort) -> list[URLPattern]:
    class ItemScoresView(TenantApiView):
        rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

        @extend_schema(
            operation_id=f"{sort.name}_scores",
            parameters=[ChosenModelQuery],
            responses=ItemScoresSerializer,
        )
        def get(self, request: Request, item_id: UUID) -> Response:
            """Tell its inputs and scores by `model` (else the usual one), with earlier values."""
            item = self.found(item_id)
            return self.told(item, query_values(ChosenModelQuery, request.query_params))

        @extend_schema(
            operation_id=f"{sort.name}_scores_say",
            request=ScoresBody,
            responses=ItemScoresSerializer,
        )
        @idempotent
        def post(self, request: Request, item_id: UUID) -> Response:
            """Say values of inputs, all or none; null takes back what was said."""
            item = self.found(item_id)
            told = cleaned(ScoresBody, request)
            set_scores(
                model=self.model(told),
                item=item,
                values=said_values(told["values"]),
                by=self.actor,
                now=now(),
                reason=told.get("reason", ""),
            )
            return self.told(item, told)

        def found(self, item_id: UUID) -> Any:
            rows = MODELS[sort.name].objects.for_tenant(self.tenant).select_related("tenant")
            return get_object_or_404(rows, pk=item_id)

        def model(self, asked: dict[str, Any]) -> ScoreModel:
            services.ensure_models(tenant=self.tenant, now=now())
            models = models_of(self.tenant, sort.name)
            key = asked.get("model", "")
            found = chosen_model(models, key)
            if found is None or (key and found.key != key):
                raise Http404
            return found

        def told(self, item: Any, asked: dict[str, Any]) -> Response:
            model = self.model(asked)
            scored = scores_of(model, [item.pk])[item.pk]
            record = scores_record(scored, past_scores(model, item))
            return Response(ItemScoresSerializer(record).data)

    start = f"{sort.plural.lower()}/<uuid:item_id>"
    return [path(f"{start}/scores/", ItemScoresView.as_view())]


def _deed_path(deed: str) -> URLPattern:
    class DeedView(ScoreModelDeedView):
        @extend_schema(
            operation_id=f"score_model_{deed}", request=None, responses=ScoreModelSerializer
        )
        def post(self, request: Request, score_model_id: UUID) -> Response:
            return super().post(request, score_model_id)

    return path(f"score-models/<uuid:score_model_id>/{deed}/", DeedView.as_view(deed=deed))


api_urls = [
    path("score-models/", ScoreModelListView.as_view()),
    path("score-models/compute/", ComputeView.as_view()),
    path("score-models/<uuid:score_model_id>/", ScoreModelView.as_view()),
    path("score-models/<uuid:score_model_id>/scores/", ScoredView.as_view()),
    *(_deed_path(deed) for deed in ("default", "archive", "restore")),
    path("goals/<uuid:item_id>/progress/", GoalProgressView.as_view()),
    *_item_paths(OPPORTUNITY),
    *_item_paths(SOLUTION),
]
