"""Touchpoint rules in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.tenants.api_auth import TenantApiView
from cxm.touchpoints import selectors, services
from cxm.touchpoints.api.registries import READ, WRITE
from cxm.touchpoints.models import Channel, Touchpoint, TouchpointRule
from cxm.touchpoints.rules.conditions import MOST_CONDITIONS, Op
from cxm.touchpoints.rules.kinds import RULED_KINDS

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.tenants.models import Tenant

_NAMED: dict[str, type[Channel | Touchpoint]] = {"touchpoint": Touchpoint, "channel": Channel}


class ConditionShape(StrictSerializer[Any]):
    """One condition: a test of a property of the event."""

    path = serializers.CharField(help_text="A property, such as `plan` or `context.page.path`.")
    op = serializers.ChoiceField([op.value for op in Op])
    value = serializers.JSONField(
        help_text="A text, a number or a boolean; for `in` a list of these; for `exists` a boolean."
    )


class RuleSerializer(serializers.ModelSerializer[TouchpointRule]):
    """A touchpoint rule; the one with the lowest priority is tried first."""

    touchpoint = serializers.SlugRelatedField[Touchpoint](
        "key", read_only=True, help_text="Key of the touchpoint that events get."
    )
    channel = serializers.SlugRelatedField[Channel](
        "key", read_only=True, allow_null=True, help_text="Key; null: the touchpoint's own."
    )
    conditions = ConditionShape(many=True, read_only=True)

    class Meta:
        model = TouchpointRule
        fields = [
            "id",
            "touchpoint",
            "channel",
            "priority",
            "source",
            "interaction_kind",
            "event_name",
            "conditions",
            "valid_from",
            "valid_to",
            "is_enabled",
            "created_at",
        ]
        read_only_fields = fields


class RuleChange(StrictSerializer[Any]):
    """What may be changed of a rule."""

    touchpoint = serializers.SlugField(help_text="Key of a live touchpoint.")
    channel = serializers.SlugField(
        required=False, allow_null=True, help_text="Key of a live channel, or null."
    )
    source = serializers.CharField(  # type: ignore[assignment]  # DRF keeps fields apart
        required=False, allow_blank=True, max_length=60
    )
    interaction_kind = serializers.ChoiceField(
        list(RULED_KINDS), required=False, allow_blank=True, help_text="Empty: any kind."
    )
    event_name = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Exactly as sent, or ending in `*` for all that begin so. Empty: any event.",
    )
    conditions = serializers.ListField(
        child=ConditionShape(), required=False, max_length=MOST_CONDITIONS
    )
    valid_from = serializers.DateTimeField(required=False, allow_null=True)
    valid_to = serializers.DateTimeField(required=False, allow_null=True)
    is_enabled = serializers.BooleanField(required=False)


class RuleBody(RuleChange):
    """A new rule."""

    position = serializers.IntegerField(
        required=False, min_value=0, max_value=services.MOST_RULES, help_text="Left out: the last."
    )


class RuleMove(StrictSerializer[Any]):
    """Where a rule is to be tried."""

    position = serializers.IntegerField(
        min_value=0, max_value=services.MOST_RULES, help_text="0 is the first to be tried."
    )


class RuleApiView(TenantApiView):
    """What all views of rules share."""

    def row(self, rule_id: UUID) -> TouchpointRule:
        """Load a rule with touchpoint and channel; raises Http404."""
        rows = TouchpointRule.objects.for_tenant(self.tenant)
        return get_object_or_404(rows.select_related("touchpoint", "channel"), pk=rule_id)

    def answer(self, rule_id: UUID, *, status: int = 200) -> Response:
        """Show a rule as it stands now."""
        return Response(RuleSerializer(self.row(rule_id)).data, status=status)


class RuleListView(RuleApiView):
    """All touchpoint rules."""

    rights = {"get": READ, "post": WRITE}

    @paged(RuleSerializer)
    def get(self, request: Request) -> Response:
        """List the rules in the order in which they are tried."""
        return cursor_page(request, selectors.rules_listed(self.tenant), RuleSerializer)

    @extend_schema(request=RuleBody, responses={201: RuleSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a rule; it is for events from now on."""
        values = _with_rows(self.tenant, cleaned(RuleBody, request))
        rule = services.create_rule(tenant=self.tenant, by=self.actor, **values)
        return self.answer(rule.pk, status=201)


class RuleView(RuleApiView):
    """One touchpoint rule."""

    rights = {"get": READ, "patch": WRITE, "delete": WRITE}

    @extend_schema(responses=RuleSerializer)
    def get(self, _request: Request, rule_id: UUID) -> Response:
        """Read a rule."""
        return self.answer(rule_id)

    @extend_schema(request=RuleChange, responses=RuleSerializer)
    def patch(self, request: Request, rule_id: UUID) -> Response:
        """Change a rule; what is not sent stays, and so do events that came before."""
        values = _with_rows(self.tenant, cleaned(RuleChange, request))
        services.change_rule(rule=self.row(rule_id), by=self.actor, **values)
        return self.answer(rule_id)

    @extend_schema(request=None, responses={204: None})
    def delete(self, _request: Request, rule_id: UUID) -> Response:
        """Remove a rule that no event has its touchpoint from."""
        services.remove_rule(rule=self.row(rule_id), by=self.actor)
        return Response(status=204)


class RuleMoveView(RuleApiView):
    """The order of rules."""

    rights = {"post": WRITE}

    @extend_schema(request=RuleMove, responses=RuleSerializer)
    @idempotent
    def post(self, request: Request, rule_id: UUID) -> Response:
        """Let a rule be tried earlier or later."""
        position = cleaned(RuleMove, request)["position"]
        services.move_rule(rule=self.row(rule_id), position=position, by=self.actor)
        return self.answer(rule_id)


def _with_rows(tenant: Tenant, values: dict[str, Any]) -> dict[str, Any]:
    """Put live rows in the place of their keys; raises ValidationError for unknown ones."""
    for name, model in _NAMED.items():
        if not values.get(name):
            continue
        key = values[name]
        values[name] = model.objects.for_tenant(tenant).live().filter(key=key).first()
        if values[name] is None:
            raise serializers.ValidationError({name: [f"There is no live {name} “{key}”."]})
    if "conditions" in values:
        values["conditions"] = [dict(condition) for condition in values["conditions"]]
    return values
