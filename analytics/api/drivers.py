"""Drivers in the JSON API: what goes with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from analytics.rules.driver_shapes import read_driver_result
from analytics.rules.driver_wording import GOES_WITH, is_beyond_chance
from analytics.rules.drivers import WITHIN_DAYS
from analytics.rules.periods import DEFAULT_PERIOD, PERIOD_LABELS
from analytics.selectors.driver_question import OUTCOME_KEYS, driver_question
from analytics.selectors.drivers import driver_run
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import FILTER_KEYS
from analytics.selectors.histograms import By
from analytics.selectors.names import FILTERED
from analytics.services.drivers import ask_drivers, is_waiting
from cxm.kernel.api import idempotent
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from rest_framework.request import Request

    from analytics.models import DriverRun
    from analytics.rules.driver_shapes import Source
    from analytics.selectors.driver_question import DriverQuestion

_KEYS = (FILTER_KEYS - {"compare", "weighted"}) | OUTCOME_KEYS
_LISTS = frozenset(by.value for by in FILTERED)


class DriverQuery(serializers.Serializer[Any]):
    """What is to go with which outcome."""

    outcome = serializers.CharField(
        max_length=80, help_text="Key of a metric, or `churn:` and the key of a churn definition."
    )
    at = serializers.CharField(
        max_length=60,
        required=False,
        help_text="Key of the touchpoint that stands for the whole; without it answers about none.",
    )
    within = serializers.ChoiceField(
        [str(days) for days in WITHIN_DAYS], required=False, help_text="Days in which to leave."
    )
    period = serializers.ChoiceField(
        list(PERIOD_LABELS),
        default=DEFAULT_PERIOD,
        help_text="A named period; `from` and `to` go before it.",
    )
    touchpoint = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    channel = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    survey = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    segment = serializers.ListField(child=serializers.CharField(max_length=60), required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the dates, whose names are words of Python."""
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = dict(super().get_fields())
        fields["from"] = serializers.DateField(required=False, help_text="First day of the period.")
        fields["to"] = serializers.DateField(required=False, help_text="Its last day, inclusive.")
        return fields


class DriversSerializer(serializers.Serializer[Any]):
    """The newest answer; *result* is null until it is worked out. See docs/drivers.md."""

    outcome = serializers.CharField()
    waiting = serializers.BooleanField()
    as_of = serializers.DateTimeField(allow_null=True)
    definition_version = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    result = serializers.DictField(allow_null=True)


class DriversView(TenantApiView):
    """What goes with an outcome."""

    rights = {"get": Right.SEE_RESPONSES, "post": Right.SEE_RESPONSES}

    @extend_schema(parameters=[DriverQuery], responses=DriversSerializer, operation_id="drivers")
    def get(self, request: Request) -> Response:
        """Read the newest answer to a question; 404 before anybody asked it."""
        question = self._question(request)
        run = driver_run(question)
        if run is None:
            raise Http404
        return Response(_record(question, run))

    @extend_schema(
        parameters=[DriverQuery], request=None, responses={202: None}, operation_id="drivers_ask"
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have a question worked out, as a job; nothing while that waits already."""
        ask_drivers(question=self._question(request), by=self.actor, now=now())
        return Response(status=202)

    def _question(self, request: Request) -> DriverQuestion:
        """Read the question; raises ValidationError for whatever is not understood."""
        sent = dict(request.query_params.lists())
        unknown = {name: ["There is no such parameter."] for name in sent if name not in _KEYS}
        if unknown:
            raise serializers.ValidationError(unknown)
        told = {name: sent[name] if name in _LISTS else sent[name][-1] for name in sent}
        DriverQuery(data=told).is_valid(raise_exception=True)
        viewer = Viewer(self.tenant, sees_rows=True, now=now())
        question = driver_question(viewer, sent)
        if question is None:
            raise Http404
        if question.ignored:
            raise serializers.ValidationError({"filter": list(question.ignored)})
        return question


def _record(question: DriverQuestion, run: DriverRun) -> dict[str, Any]:
    return {
        "outcome": question.title,
        "waiting": is_waiting(run, question.viewer.now),
        "as_of": run.at and run.at.isoformat(),
        "definition_version": run.version,
        "note": GOES_WITH,
        "result": _result(question, run) if run.result else None,
    }


def _result(question: DriverQuestion, run: DriverRun) -> dict[str, Any]:
    """Give the result with keys in place of ids, and whether each input is beyond chance."""
    result = read_driver_result(run.result or {})
    found = result.as_json()
    names = {str(pk): named.key for pk, named in question.names.by_id[By.TOUCHPOINT].items()}
    metrics = {str(one.metric.pk): one.metric.key for one in question.metrics}

    def keys(source: Source) -> dict[str, str]:
        return {
            "touchpoint": names.get(source.touchpoint, ""),
            "metric": metrics.get(source.metric, ""),
        }

    for told, one in zip(found["inputs"], result.inputs, strict=True):
        told["source"], told["is_beyond_chance"] = keys(one.source), is_beyond_chance(one, result)
    for told, left in zip(found["left_out"], result.left_out, strict=True):
        told["source"], told["other"] = keys(left.source), left.other and keys(left.other)
    return found


api_urls = [path("drivers/", DriversView.as_view())]
