"""Why a metric changed, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from analytics.rules.periods import DEFAULT_PERIOD, PERIOD_LABELS, Compare
from analytics.selectors.figures import Viewer
from analytics.selectors.filters import FILTER_KEYS, for_guest, read_filter
from analytics.selectors.names import FILTERED, measures
from analytics.selectors.why import why
from analytics.selectors.why_records import why_record
from analytics.selectors.why_ways import may_part
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from rest_framework.request import Request

    from analytics.selectors.filters import Asked

_KEYS = FILTER_KEYS | {"metric", "by"}


class WhyQuery(serializers.Serializer[Any]):
    """Which change is to be explained."""

    metric = serializers.CharField(max_length=60, help_text="Key of the metric.")
    by = serializers.CharField(
        max_length=80,
        required=False,
        help_text="How answers are parted: `touchpoint`, `channel`, `survey`, two of them as in "
        "`touchpoint.channel`, or `segment:KEY`; without it by what explains most.",
    )
    period = serializers.ChoiceField(
        list(PERIOD_LABELS),
        default=DEFAULT_PERIOD,
        help_text="A named period; `from` and `to` go before it.",
    )
    compare = serializers.ChoiceField(
        [Compare.PREVIOUS.value, Compare.YEAR.value],
        default=Compare.PREVIOUS.value,
        help_text="The period just before, or the same one a year before.",
    )
    touchpoint = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    channel = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    survey = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    segment = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    weighted = serializers.BooleanField(default=False, help_text="Use the weights of the survey.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the dates, whose names are words of Python."""
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = dict(super().get_fields())
        fields["from"] = serializers.DateField(required=False, help_text="First day of the period.")
        fields["to"] = serializers.DateField(required=False, help_text="Its last day, inclusive.")
        return fields


class WhySerializer(serializers.Serializer[Any]):
    """The explanation; see `analytics.selectors.why_records` for what each field holds."""

    metric = serializers.CharField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)
    difference = serializers.DictField(allow_null=True)
    by = serializers.CharField(allow_null=True)
    parts = serializers.ListField(child=serializers.DictField())
    groups = serializers.ListField(child=serializers.DictField())
    asked = serializers.ListField(child=serializers.DictField())
    sentences = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField(allow_blank=True)
    tests = serializers.IntegerField()
    tests_method = serializers.CharField()


class WhyView(TenantApiView):
    """The change of one metric, explained."""

    rights = {"get": Right.SEE_FIGURES}

    @extend_schema(parameters=[WhyQuery], responses=WhySerializer, operation_id="figures_why")
    def get(self, request: Request) -> Response:
        """Split the change of a metric into who answered and what they answered.

        The parts of the groups add up to the change. Where nothing can be told, `reason` says
        why. Keys without the right to see responses get a few periods only; groups that are too
        small for them come as one.
        """
        asked = self._asked(request)
        viewer = Viewer(self.tenant, self.actor_may(Right.SEE_RESPONSES), now())
        found = measures(self.tenant, only=asked["metric"])
        if not found:
            words = f"There is no metric “{asked['metric']}”."
            raise serializers.ValidationError({"metric": [words]})
        by = asked.get("by", "")
        shown = why(viewer, found[0], _filter(request, viewer), by)
        if by and not may_part(shown.names, by, sees_rows=viewer.sees_rows):
            raise serializers.ValidationError({"by": [f"There is no way to part by “{by}”."]})
        if shown.ignored:
            raise serializers.ValidationError({"filter": list(shown.ignored)})
        return Response(why_record(shown))

    def _asked(self, request: Request) -> dict[str, Any]:
        """Clean the query; raises ValidationError for wrong and unknown parameters."""
        unknown = {
            name: ["There is no such parameter."]
            for name in request.query_params
            if name not in _KEYS
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        lists = {by.value for by in FILTERED}
        sent = {
            name: values if name in lists else values[-1]
            for name, values in request.query_params.lists()
        }
        reader = WhyQuery(data=sent)
        reader.is_valid(raise_exception=True)
        values: dict[str, Any] = reader.validated_data
        return values


def _filter(request: Request, viewer: Viewer) -> Asked:
    query = dict(request.query_params.lists())
    asked = read_filter(query, today=viewer.today, others=frozenset({"metric", "by"}))
    return asked if viewer.sees_rows else for_guest(asked, today=viewer.today)


api_urls = [path("figures/why/", WhyView.as_view())]
