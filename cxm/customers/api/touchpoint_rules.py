"""Touchpoint rules and the events they meet, in the JSON API: names, dry run, and the past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.customers.models import EventName
from cxm.customers.selectors import touchpoint_rules as selectors
from cxm.customers.services import attributing
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from cxm.touchpoints.selectors import read_rules, rules_listed
from cxm.work.models import Batch

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.work.models import Job

HIDDEN_WORDS = "Null: hidden from those who may not see persons, since it could tell who it is."


class EventNameSerializer(serializers.ModelSerializer[EventName]):
    """A name that events came with; an empty one stands for all that are too rare to be kept."""

    class Meta:
        model = EventName
        fields = [
            "id",
            "source",
            "kind",
            "name",
            "seen",
            "unmatched",
            "first_seen_at",
            "last_seen_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "seen": {"help_text": "How many came."},
            "unmatched": {"help_text": "How many of them have no touchpoint."},
        }


class EventNameQuery(StrictSerializer[Any]):
    """Which names to list."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Part of name or source.")
    unmatched = serializers.BooleanField(
        required=False, source="is_unmatched", help_text="True: those with events without a place."
    )


class TriedRuleSerializer(serializers.Serializer[Any]):
    """A rule in a dry run."""

    rule = serializers.UUIDField(source="rule.pk")
    event_name = serializers.CharField(source="rule.event_name")
    touchpoint = serializers.CharField(source="rule.touchpoint.key")
    taken = serializers.IntegerField(allow_null=True, help_text=HIDDEN_WORDS)


class TriedEventSerializer(serializers.Serializer[Any]):
    """An event of a dry run, with the title of its touchpoint now and by the rules."""

    interaction = serializers.UUIDField(source="event.pk")
    name = serializers.CharField(source="event.name")
    source = serializers.CharField(source="event.source")  # type: ignore[assignment]  # a declared field
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    before = serializers.CharField()
    after = serializers.CharField()
    is_named = serializers.BooleanField(help_text="Its sender named the touchpoint: it stays.")


class TrialSerializer(serializers.Serializer[Any]):
    """What the rules that are on would make of the last 1,000 events."""

    looked_at = serializers.IntegerField(allow_null=True)
    changed = serializers.IntegerField(allow_null=True, help_text=HIDDEN_WORDS)
    unplaced = serializers.IntegerField(allow_null=True, help_text="They get no touchpoint.")
    named = serializers.IntegerField(allow_null=True, help_text="Their senders named it.")
    rules = TriedRuleSerializer(many=True)
    samples = TriedEventSerializer(
        many=True, help_text="Up to 20, changed ones first; none without the right to see persons."
    )


class PeriodBody(StrictSerializer[Any]):
    """The days whose events the rules are applied to, both inclusive."""

    first_on = serializers.DateField(required=False, allow_null=True, help_text="Absent: all.")
    last_on = serializers.DateField(required=False, allow_null=True, help_text="Absent: all.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a last day before the first."""
        first, last = attrs.get("first_on"), attrs.get("last_on")
        if last == date.max:
            raise serializers.ValidationError({"last_on": ["Choose an earlier day, or none."]})
        if first and last and last < first:
            raise serializers.ValidationError({"last_on": ["Choose the first day or a later one."]})
        return attrs


class AppliedSerializer(serializers.Serializer[Any]):
    """A time that the rules were applied to the past."""

    id = serializers.UUIDField(source="batch.pk")
    title = serializers.CharField(source="batch.title")
    state = serializers.ChoiceField(list(Batch.State.values), source="batch.state")
    looked_at = serializers.IntegerField(source="batch.counts.looked_at")
    changed = serializers.IntegerField(allow_null=True, help_text=HIDDEN_WORDS)
    started_at = serializers.DateTimeField(source="batch.started_at")
    finished_at = serializers.DateTimeField(source="batch.finished_at", allow_null=True)


class StartedSerializer(serializers.Serializer[Any]):
    """Work that has begun."""

    job = serializers.UUIDField(help_text="See /api/v1/jobs/.")
    applied = serializers.UUIDField(help_text="What can be taken back.")


class _RulesView(TenantApiView):
    rights = {"get": Right.EDIT_REGISTRIES}

    @property
    def sees_persons(self) -> bool:
        """Whether whoever asks may know who did what."""
        return self.actor_may(Right.SEE_PERSONS)


class EventNameListView(_RulesView):
    """The names of events."""

    @paged(EventNameSerializer, EventNameQuery)
    def get(self, request: Request) -> Response:
        """List names that events came with, the most often unmatched first."""
        asked = query_values(EventNameQuery, request.query_params)
        rows = selectors.event_names_listed(self.tenant, **asked)
        return cursor_page(request, rows, EventNameSerializer)


class RuleTrialView(_RulesView):
    """A dry run of the rules."""

    @extend_schema(responses=TrialSerializer)
    def get(self, _request: Request) -> Response:
        """Try the rules that are on with the last 1,000 events; nothing is changed."""
        found = selectors.rule_trial(self.tenant, read_rules(self.tenant))
        shown = selectors.shown_trial(found, sees_persons=self.sees_persons)
        rules = [row for row in rules_listed(self.tenant) if row.pk in shown.taken]
        counts = ("looked_at", "changed", "unplaced", "named", "samples")
        trial = {name: getattr(shown, name) for name in counts}
        trial["rules"] = [{"rule": row, "taken": shown.taken[row.pk]} for row in rules]
        shape: Any = TrialSerializer
        return Response(shape(trial).data)


class RuleAppliedView(_RulesView):
    """Applying the rules to the past."""

    rights = {"get": Right.EDIT_REGISTRIES, "post": Right.EDIT_REGISTRIES}

    @paged(AppliedSerializer)
    def get(self, request: Request) -> Response:
        """List the times that rules were applied, the latest first."""
        sees_persons = self.sees_persons

        def shown(rows: list[Batch]) -> list[dict[str, object]]:
            return [
                {
                    "batch": row,
                    "changed": selectors.shown_changes(row, sees_persons=sees_persons),
                }
                for row in rows
            ]

        rows = selectors.applied_batches(self.tenant)
        return cursor_page(request, rows, AppliedSerializer, joined=shown)

    @extend_schema(request=PeriodBody, responses={202: StartedSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Apply the rules to the events of some days, as a job that can be taken back."""
        days = cleaned(PeriodBody, request)
        job = attributing.start_applying(
            tenant=self.tenant,
            start=days.get("first_on"),
            end=_day_after(days.get("last_on")),
            by=self.actor,
            now=now(),
        )
        # No other can have begun: one job at a time applies rules or takes that back.
        return _started(job, selectors.applied_batches(self.tenant)[0])


class RuleUndoView(_RulesView):
    """Taking back what applying the rules changed."""

    rights = {"post": Right.EDIT_REGISTRIES}

    @extend_schema(request=None, responses={202: StartedSerializer})
    @idempotent
    def post(self, _request: Request, batch_id: UUID) -> Response:
        """Put back what applying the rules changed, as a job; what was changed since stays."""
        rows = selectors.applied_batches(self.tenant).select_related("tenant")
        batch = get_object_or_404(rows, pk=batch_id)
        job = attributing.start_undoing(batch=batch, by=self.actor, now=now())
        return _started(job, batch)


def _started(job: Job, batch: Batch) -> Response:
    shape: Any = StartedSerializer
    return Response(shape({"job": job.pk, "applied": batch.pk}).data, status=202)


def _day_after(last: date | None) -> date | None:
    return last + timedelta(days=1) if last else None


api_urls = [
    path("event-names/", EventNameListView.as_view()),
    path("touchpoint-rules/applied/", RuleAppliedView.as_view()),
    path("touchpoint-rules/applied/<uuid:batch_id>/undo/", RuleUndoView.as_view()),
    path("touchpoint-rules/dry-run/", RuleTrialView.as_view()),
]
