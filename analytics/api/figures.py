"""Figures and the state of the rollups in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from analytics.rules.periods import ALL, PERIOD_LABELS
from analytics.selectors.figure_records import figure_record, read_figures
from analytics.selectors.figures import Question, Viewer
from analytics.selectors.filters import FILTER_KEYS, Asked, for_guest, read_filter, resolved
from analytics.selectors.freshness import last_check
from analytics.selectors.histograms import By
from analytics.selectors.names import FILTERED, measures, read_names
from analytics.services.checking import ask_for_check, ask_for_rebuild
from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rest_framework.request import Request

    from analytics.selectors.names import Measure


class FiguresQuery(serializers.Serializer[Any]):
    """What figures are asked for."""

    metric = serializers.CharField(max_length=60, help_text="Key of the metric.")
    by = serializers.ChoiceField(
        [by.value for by in By],
        default=By.ALL.value,
        help_text="One figure for each touchpoint, channel, survey, segment, day, week or month.",
    )
    period = serializers.ChoiceField(
        list(PERIOD_LABELS), default=ALL, help_text="A named period; `from` and `to` go before it."
    )
    touchpoint = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    channel = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    survey = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    segment = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="Keys of segments: answers of those who are in one of them now.",
    )
    weighted = serializers.BooleanField(default=False, help_text="Use the weights of the survey.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the dates, whose names are words of Python."""
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = dict(super().get_fields())
        words = "day counted, as 2026-11-21, in the tenant's time zone."
        fields["from"] = serializers.DateField(required=False, help_text=f"First {words}")
        fields["to"] = serializers.DateField(required=False, help_text=f"Last {words} Inclusive.")
        return fields


class FigureSerializer(serializers.Serializer[Any]):
    """One figure; see `analytics.selectors.figure_records` for what each field holds."""

    metric = serializers.CharField()
    group = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    n_eff = serializers.FloatField(allow_null=True)
    ci_low = serializers.FloatField(allow_null=True)
    ci_high = serializers.FloatField(allow_null=True)
    method = serializers.CharField()
    unit = serializers.CharField()
    definition = serializers.CharField()
    definition_version = serializers.IntegerField()
    filter = serializers.CharField()
    period = serializers.DictField()
    time_zone = serializers.CharField()
    as_of = serializers.DateTimeField()
    suppressed = serializers.CharField(allow_null=True)
    restated = serializers.BooleanField()
    weighted = serializers.BooleanField()
    rows = serializers.CharField()
    histogram = serializers.DictField(allow_null=True)
    counts = serializers.DictField(allow_null=True, required=False)


_FIGURES = inline_serializer("Figures", {"results": FigureSerializer(many=True)})


class FiguresView(TenantApiView):
    """Figures of one metric."""

    rights = {"get": Right.SEE_FIGURES}

    @extend_schema(parameters=[FiguresQuery], responses=_FIGURES, operation_id="figures")
    def get(self, request: Request) -> Response:
        """Read the figures of a metric, by group where asked; the same as on its page.

        Keys without the right to see responses get a few nested periods only, and small groups
        come without value and n, with the reason in `suppressed`.
        """
        asked = self._asked(request)
        sees_rows = self.actor_may(Right.SEE_RESPONSES)
        viewer = Viewer(self.tenant, sees_rows, now())
        measure = _measure(viewer, asked["metric"])
        chosen = read_filter(_query(asked), today=viewer.today)
        if not sees_rows:
            chosen = _allowed_to_guests(chosen, viewer, asked)
        names = read_names(self.tenant)
        found, within, ignored = resolved(chosen, names)
        if ignored:
            raise serializers.ValidationError({_field_of(ignored[0]): list(ignored)})
        question = Question(viewer, measure, found, names)
        figures = read_figures(question, within, by=By(asked["by"]))
        return Response({"results": [figure_record(one, measure) for one in figures]})

    def _asked(self, request: Request) -> dict[str, Any]:
        """Clean the query; raises ValidationError for wrong and unknown parameters."""
        known = FILTER_KEYS - {"compare"} | {"metric", "by"}
        unknown = {
            name: ["There is no such parameter."]
            for name in request.query_params
            if name not in known
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        lists = {by.value for by in FILTERED}
        sent = {
            name: values if name in lists else values[-1]
            for name, values in request.query_params.lists()
        }
        reader = FiguresQuery(data=sent)
        reader.is_valid(raise_exception=True)
        values: dict[str, Any] = reader.validated_data
        first, last = values.get("from"), values.get("to")
        if first and last and last < first:
            raise serializers.ValidationError({"to": ["The period ends before it begins."]})
        return values


class RollupsView(TenantApiView):
    """The day rows that figures are read from."""

    rights = {"get": Right.SEE_FIGURES}
    _state = inline_serializer(
        "Rollups",
        {
            "checked_at": serializers.DateTimeField(allow_null=True),
            "rows": serializers.IntegerField(allow_null=True),
            "differences": serializers.IntegerField(allow_null=True),
        },
    )

    @extend_schema(responses=_state, operation_id="rollups")
    def get(self, _request: Request) -> Response:
        """Read what the last comparison of the day rows with the answers found; null before it."""
        check = last_check(self.tenant)
        return Response(
            {
                "checked_at": check.at.isoformat() if check else None,
                "rows": check.rows if check else None,
                "differences": check.differences if check else None,
            }
        )


class NothingBody(StrictSerializer[Any]):
    """An empty body."""


_STARTED = inline_serializer("StartedJob", {"job": serializers.UUIDField()})


class RollupsCheckView(TenantApiView):
    """Comparing the day rows with the answers."""

    rights = {"post": Right.MANAGE_JOBS}

    @extend_schema(request=None, responses={202: _STARTED}, operation_id="rollups_check")
    @idempotent
    def post(self, request: Request) -> Response:
        """Compare all day rows with a recount of the answers, as a job."""
        cleaned(NothingBody, request)
        job = ask_for_check(tenant=self.tenant, by=self.actor, now=now())
        return Response({"job": str(job.pk)}, status=202)


class RollupsRebuildView(TenantApiView):
    """Computing the day rows anew."""

    rights = {"post": Right.MANAGE_JOBS}

    @extend_schema(request=None, responses={202: _STARTED}, operation_id="rollups_rebuild")
    @idempotent
    def post(self, request: Request) -> Response:
        """Compute all day rows anew from the answers, as a job; figures stay readable."""
        cleaned(NothingBody, request)
        job = ask_for_rebuild(tenant=self.tenant, by=self.actor, now=now())
        return Response({"job": str(job.pk)}, status=202)


def _measure(viewer: Viewer, key: str) -> Measure:
    found = measures(viewer.tenant, only=key)
    if not found:
        raise serializers.ValidationError({"metric": [f"There is no metric “{key}”."]})
    return found[0]


def _query(asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """Write cleaned parameters as the query of a page."""
    query = {by.value: list(asked.get(by.value, [])) for by in FILTERED}
    query["period"] = [asked["period"]]
    for name in ("from", "to"):
        if asked.get(name):
            query[name] = [asked[name].isoformat()]
    if asked["weighted"]:
        query["weighted"] = ["1"]
    return query


def _allowed_to_guests(chosen: Asked, viewer: Viewer, asked: Mapping[str, Any]) -> Asked:
    """Refuse what people who may not see answers cannot ask for."""
    narrowed = for_guest(chosen, today=viewer.today)
    if narrowed.filter != chosen.filter or asked["by"] in {By.DAY, By.MONTH, By.SEGMENT}:
        message = (
            "Without the right see_responses, ask for one of the periods 13w, 52w and all, by "
            "touchpoint, channel, survey or week, without further filters."
        )
        raise serializers.ValidationError({"period": [message]})
    return narrowed


def _field_of(sentence: str) -> str:
    return next((by.value for by in FILTERED if f"no {by.value} " in sentence), "from")


api_urls = [
    path("figures/", FiguresView.as_view()),
    path("rollups/", RollupsView.as_view()),
    path("rollups/check/", RollupsCheckView.as_view()),
    path("rollups/rebuild/", RollupsRebuildView.as_view()),
]
