"""Alerts and their rules in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from analytics.api.members import require_members
from analytics.models import Alert, AlertRule
from analytics.rules.alert_states import LONGEST_REASON, AlertState
from analytics.rules.alert_wording import figure_told
from analytics.rules.alerts import AlertKind
from analytics.selectors.alerts import RuleShown, alerts_of, listeners_of, rows_url, rules_shown
from analytics.services import alert_rules as rule_services
from analytics.services import alert_waking
from analytics.services import alerts as services
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.metrics.models import Metric
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

CONDITION = "side, target, and keys of touchpoint, channel, survey, segment; see docs/alerts.md."


class AlertRuleSerializer(serializers.Serializer[Any]):
    """A rule with its condition, where it stands, and what it would have done in the last year."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(AlertKind.choices())
    metric = serializers.CharField()
    condition = serializers.DictField()
    words = serializers.CharField()
    version = serializers.IntegerField()
    is_on = serializers.BooleanField()
    since = serializers.DateField(allow_null=True)
    listeners = serializers.ListField(child=serializers.UUIDField())
    watched_at = serializers.DateTimeField(allow_null=True)
    standing = serializers.DictField(allow_null=True)
    preview = serializers.DictField(allow_null=True)


class AlertRuleBody(StrictSerializer[Any]):
    """A new rule; it is made switched off."""

    title = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(AlertKind.choices())
    metric = serializers.SlugField(max_length=60)
    condition = serializers.DictField(help_text=CONDITION)
    listeners = serializers.ListField(
        child=serializers.UUIDField(), max_length=200, default=list, help_text="Ids of members."
    )


class AlertRuleChange(StrictSerializer[Any]):
    """What may change; kind and metric stay."""

    title = serializers.CharField(max_length=120, required=False)
    condition = serializers.DictField(required=False, help_text=CONDITION)
    listeners = serializers.ListField(child=serializers.UUIDField(), max_length=200, required=False)
    is_on = serializers.BooleanField(required=False)


class AlertSerializer(serializers.Serializer[Any]):
    """What rang: `figure` as it was then; `standing` says what corrected answers make of it."""

    id = serializers.UUIDField()
    rule = serializers.UUIDField(source="rule_id")
    version = serializers.IntegerField()
    title = serializers.CharField()
    figure = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()
    rang_on = serializers.DateField()
    noticed_at = serializers.DateTimeField()
    standing = serializers.CharField()
    state = serializers.ChoiceField(AlertState.choices())
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    snoozed_until = serializers.DateField(allow_null=True)
    snooze_reason = serializers.CharField()
    woken_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closing_note = serializers.CharField()

    def get_figure(self, alert: Alert) -> dict[str, Any]:
        """Give the figure as it was; of many answers the ids of the first hundred."""
        return figure_told(alert.figure)

    def get_rows(self, alert: Alert) -> str:
        """Give the address that lists the answers of its days."""
        return rows_url(alert.tenant, alert.figure)


class AlertQuery(StrictSerializer[Any]):
    """Which alerts to list."""

    open = serializers.BooleanField(
        required=False, help_text="True leaves out what was acknowledged or snoozed."
    )
    state = serializers.ChoiceField(AlertState.choices(), required=False)


class AlertAssigning(StrictSerializer[Any]):
    """Who sees to an alert."""

    owner = serializers.UUIDField(allow_null=True, help_text="Id of a member; null for nobody.")


class AlertSnoozing(StrictSerializer[Any]):
    """How long an alert can wait: until a day, or for a number of days; and why."""

    until = serializers.DateField(required=False)
    days = serializers.IntegerField(required=False)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class AlertClosing(StrictSerializer[Any]):
    """What was done about an alert."""

    note = serializers.CharField(max_length=500, default="", allow_blank=True)


class _RuleView(TenantApiView):
    """What all views of rules share."""

    def shown(self, alert_rule_id: UUID) -> RuleShown:
        """Load a rule that is not archived; raises Http404."""
        for one in rules_shown(self.tenant, only=alert_rule_id):
            return one
        raise Http404


class AlertRulesView(_RuleView):
    """All rules of alerts."""

    rights = {"get": Right.SEE_RESPONSES, "post": Right.EDIT_SEGMENTS}

    @extend_schema(
        operation_id="alert_rules",
        responses=inline_serializer("AlertRules", {"results": AlertRuleSerializer(many=True)}),
    )
    def get(self, _request: Request) -> Response:
        """List the rules that are not archived, by title."""
        return Response({"results": [_record(one) for one in rules_shown(self.tenant)]})

    @extend_schema(request=AlertRuleBody, responses={201: AlertRuleSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a rule, switched off; a job tries it on the last year."""
        values = cleaned(AlertRuleBody, request)
        rows = Metric.objects.for_tenant(self.tenant).select_related("tenant")
        metric = rows.filter(key=values["metric"], archived_at=None).first()
        if metric is None:
            raise serializers.ValidationError({"metric": ["There is no such metric."]})
        require_members(self.tenant, values["listeners"], "listeners")
        made = rule_services.create_alert_rule(
            tenant=self.tenant,
            title=values["title"],
            kind=values["kind"],
            metric=metric,
            config=values["condition"],
            listeners=values["listeners"],
            by=self.actor,
            now=now(),
            site=request.build_absolute_uri("/").rstrip("/"),
        )
        return Response(_record(self.shown(made.pk)), status=201)


class AlertRuleView(_RuleView):
    """One rule of an alert."""

    rights = {
        "get": Right.SEE_RESPONSES,
        "patch": Right.EDIT_SEGMENTS,
        "delete": Right.EDIT_SEGMENTS,
    }

    @extend_schema(operation_id="alert_rule", responses=AlertRuleSerializer)
    def get(self, _request: Request, alert_rule_id: UUID) -> Response:
        """Read a rule."""
        return Response(_record(self.shown(alert_rule_id)))

    @extend_schema(request=AlertRuleChange, responses=AlertRuleSerializer)
    def patch(self, request: Request, alert_rule_id: UUID) -> Response:
        """Change a rule, or switch it; another condition is a new version."""
        values, one = cleaned(AlertRuleChange, request), self.shown(alert_rule_id)
        require_members(self.tenant, values.get("listeners"), "listeners")
        at = now()
        with transaction.atomic():
            rule_services.change_alert_rule(
                rule=one.rule,
                title=values.get("title"),
                config=values.get("condition"),
                listeners=values.get("listeners"),
                by=self.actor,
                now=at,
            )
            if "is_on" in values:
                rule_services.switch_alert_rule(
                    rule=one.rule, is_on=values["is_on"], by=self.actor, now=at
                )
        return Response(_record(self.shown(alert_rule_id)))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, alert_rule_id: UUID) -> Response:
        """Archive a rule; what rang stays in the log."""
        rule: AlertRule = self.shown(alert_rule_id).rule
        rule_services.archive_alert_rule(rule=rule, by=self.actor, now=now())
        return Response(status=204)


class AlertsView(TenantApiView):
    """What rang."""

    rights = {"get": Right.SEE_RESPONSES}

    @paged(AlertSerializer, AlertQuery)
    def get(self, request: Request) -> Response:
        """List alerts, the newest first."""
        asked = query_values(AlertQuery, request.query_params)
        state = AlertState.OPEN if asked.get("open") else asked.get("state")
        rows = alerts_of(self.tenant, state=state and AlertState(state))
        return cursor_page(request, rows, AlertSerializer)


class _AlertView(TenantApiView):
    """What all views of one alert share."""

    def alert(self, alert_id: UUID) -> Alert:
        """Load an alert; raises Http404."""
        return get_object_or_404(alerts_of(self.tenant), pk=alert_id)

    def answer(self, alert_id: UUID) -> Response:
        """Answer with an alert as it is now."""
        return Response(AlertSerializer(self.alert(alert_id)).data)


class AlertView(_AlertView):
    """One alert."""

    rights = {"get": Right.SEE_RESPONSES}

    @extend_schema(operation_id="alert", responses=AlertSerializer)
    def get(self, _request: Request, alert_id: UUID) -> Response:
        """Read an alert."""
        return self.answer(alert_id)


class AlertAcknowledgeView(_AlertView):
    """Taking note of an alert."""

    rights = {"post": Right.COMMENT}

    @extend_schema(operation_id="alert_acknowledge", request=None, responses=AlertSerializer)
    @idempotent
    def post(self, _request: Request, alert_id: UUID) -> Response:
        """Take note; a level begins a new epoch the day after."""
        services.acknowledge_alert(alert=self.alert(alert_id), by=self.actor, now=now())
        return self.answer(alert_id)


class AlertAssignView(_AlertView):
    """Giving an alert to somebody."""

    rights = {"post": Right.COMMENT}

    @extend_schema(operation_id="alert_assign", request=AlertAssigning, responses=AlertSerializer)
    @idempotent
    def post(self, request: Request, alert_id: UUID) -> Response:
        """Give an alert to a member, who is told, or to nobody."""
        owner = cleaned(AlertAssigning, request)["owner"]
        services.assign_alert(alert=self.alert(alert_id), owner_id=owner, by=self.actor, now=now())
        return self.answer(alert_id)


class AlertSnoozeView(_AlertView):
    """Letting an alert wait."""

    rights = {"post": Right.COMMENT, "delete": Right.COMMENT}

    @extend_schema(operation_id="alert_snooze", request=AlertSnoozing, responses=AlertSerializer)
    @idempotent
    def post(self, request: Request, alert_id: UUID) -> Response:
        """Let an alert wait; one that somebody has taken note of stays as it is."""
        told = cleaned(AlertSnoozing, request)
        alert_waking.snooze_alert(alert=self.alert(alert_id), by=self.actor, now=now(), **told)
        return self.answer(alert_id)

    @extend_schema(operation_id="alert_wake", responses=AlertSerializer)
    def delete(self, _request: Request, alert_id: UUID) -> Response:
        """Open a snoozed alert again before its day."""
        alert_waking.wake_alert(alert=self.alert(alert_id), by=self.actor, now=now())
        return self.answer(alert_id)


class AlertCloseView(_AlertView):
    """Closing an alert."""

    rights = {"post": Right.COMMENT}

    @extend_schema(operation_id="alert_close", request=AlertClosing, responses=AlertSerializer)
    @idempotent
    def post(self, request: Request, alert_id: UUID) -> Response:
        """Close an alert, with what was done about it."""
        note = cleaned(AlertClosing, request)["note"]
        services.close_alert(alert=self.alert(alert_id), note=note, by=self.actor, now=now())
        return self.answer(alert_id)


def _record(one: RuleShown) -> dict[str, Any]:
    rule = one.rule
    return {
        "id": str(rule.pk),
        "title": rule.title,
        "kind": rule.kind,
        "metric": rule.metric.key,
        "condition": one.config,
        "words": one.words,
        "version": rule.version,
        "is_on": rule.is_on,
        "since": rule.since_on and rule.since_on.isoformat(),
        "listeners": [str(pk) for pk in listeners_of(rule)],
        "watched_at": rule.watched_at and rule.watched_at.isoformat(),
        "standing": rule.standing,
        "preview": rule.preview,
    }


api_urls = [
    path("alert-rules/", AlertRulesView.as_view()),
    path("alert-rules/<uuid:alert_rule_id>/", AlertRuleView.as_view()),
    path("alerts/", AlertsView.as_view()),
    path("alerts/<uuid:alert_id>/", AlertView.as_view()),
    path("alerts/<uuid:alert_id>/acknowledge/", AlertAcknowledgeView.as_view()),
    path("alerts/<uuid:alert_id>/assign/", AlertAssignView.as_view()),
    path("alerts/<uuid:alert_id>/snooze/", AlertSnoozeView.as_view()),
    path("alerts/<uuid:alert_id>/close/", AlertCloseView.as_view()),
]
