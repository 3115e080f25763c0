"""Sending in the JSON API: distributions, whom they asked, the contact policy and its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.customers.models import Suppression
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.models import ContactRule, Distribution, Invitation
from feedback.rules.distribution.rule_words import rule_words
from feedback.rules.distribution.words import (
    DistributionState,
    InvitationState,
    Reason,
    RuleKind,
)
from feedback.rules.survey_words import Anonymity
from feedback.selectors.distributions import distributions_of, invitations_planned
from feedback.services.distribution.running import start, stop
from feedback.services.distribution.suppressions import keep_out, lift

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

_SEE, _CHANGE = Right.SEE_REGISTRIES, Right.EDIT_REGISTRIES


class DistributionSerializer(serializers.ModelSerializer[Distribution]):
    """One way in which a survey is sent."""

    survey_id = serializers.UUIDField()
    segment_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Distribution
        fields = [
            "id",
            "survey_id",
            "title",
            "medium",
            "audience",
            "segment_id",
            "trigger",
            "delay_minutes",
            "expires_hours",
            "open_days",
            "share",
            "reminders",
            "priority",
            "state",
            "starts_at",
            "ends_at",
            "created_at",
        ]
        read_only_fields = fields


class SurveyInvitationSerializer(serializers.ModelSerializer[Invitation]):
    """One person asked, or not: `reason` says why not, `contact_rule_id` which rule decided."""

    distribution_id = serializers.UUIDField()
    survey_id = serializers.UUIDField()
    customer_id = serializers.UUIDField(
        source="customer.root_id", allow_null=True, help_text="Null when persons are hidden."
    )
    natural_key = serializers.CharField(
        allow_null=True,
        help_text="The order, ticket or wave; null when persons are hidden and it leads to one.",
    )
    contact_rule_id = serializers.UUIDField(source="rule_id", allow_null=True)
    response_id = serializers.UUIDField(
        allow_null=True,
        help_text="Null before the answer, and when persons are hidden and the survey does not "
        "name.",
    )

    class Meta:
        model = Invitation
        fields = [
            "id",
            "distribution_id",
            "survey_id",
            "customer_id",
            "natural_key",
            "medium",
            "state",
            "state_at",
            "reason",
            "contact_rule_id",
            "figures",
            "due_at",
            "send_at",
            "sent_at",
            "answered_at",
            "response_id",
            "propensity",
        ]
        read_only_fields = fields


class _MaskedInvitationSerializer(SurveyInvitationSerializer):
    """The same for those who may not see persons."""

    def to_representation(self, instance: Invitation) -> dict[str, Any]:
        """Leave out who it is, and behind surveys that do not name what leads to them."""
        shown: dict[str, Any] = super().to_representation(instance)
        shown["customer_id"] = None
        is_named = instance.survey.anonymity == Anonymity.NAMED
        if not is_named:
            shown["response_id"] = None
        # In a wave to a segment, the key holds the customer's id.
        if not is_named or str(instance.customer_id) in instance.natural_key:
            shown["natural_key"] = None
        return shown


class ContactRuleSerializer(serializers.ModelSerializer[ContactRule]):
    """One rule of the contact policy that holds now, and what it says in words."""

    words = serializers.SerializerMethodField()

    class Meta:
        model = ContactRule
        fields = ["id", "kind", "medium", "purpose", "params", "words", "created_at"]
        read_only_fields = fields

    def get_words(self, row: ContactRule) -> str:
        """Say what the rule asks."""
        return rule_words(RuleKind(row.kind), row.params)


class SuppressionSerializer(serializers.ModelSerializer[Suppression]):
    """One entry of the list of addresses that are written to no more; the address is not kept."""

    class Meta:
        model = Suppression
        fields = ["id", "kind", "reason", "at"]
        read_only_fields = fields


class LiftedSerializer(serializers.Serializer[Any]):
    """How many entries an address had."""

    lifted = serializers.IntegerField()


class SurveyInvitationQuery(StrictSerializer[Any]):
    """Which invitations to list."""

    distribution = serializers.UUIDField(required=False)
    customer = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(InvitationState.choices(), required=False)
    reason = serializers.ChoiceField(Reason.choices(), required=False)


class SuppressionQuery(StrictSerializer[Any]):
    """Which entries to list."""

    reason = serializers.ChoiceField(Suppression.Reason.choices, required=False)


class SuppressionBody(StrictSerializer[Any]):
    """An e-mail address or a phone number, and why."""

    address = serializers.CharField(max_length=254)
    why = serializers.CharField(max_length=200)


class OneDistributionView(TenantApiView):
    """Base of what is about one distribution."""

    def found(self, distribution_id: UUID) -> Distribution:
        """Load a distribution; raises Http404."""
        row: Distribution = get_object_or_404(distributions_of(self.tenant), pk=distribution_id)
        return row

    def stopped(self, distribution_id: UUID, to: DistributionState) -> Response:
        """Pause or end a distribution, and answer with it."""
        row = self.found(distribution_id)
        stop(distribution=row, to=to, by=self.actor, now=now())
        return Response(DistributionSerializer(row).data)


class DistributionView(OneDistributionView):
    """One distribution."""

    rights = {"get": _SEE}

    @extend_schema(operation_id="distribution_read", responses=DistributionSerializer)
    def get(self, _request: Request, distribution_id: UUID) -> Response:
        """Read a distribution."""
        return Response(DistributionSerializer(self.found(distribution_id)).data)


class DistributionListView(TenantApiView):
    """All distributions."""

    rights = {"get": _SEE}

    @paged(DistributionSerializer)
    def get(self, request: Request) -> Response:
        """List distributions, the newest first."""
        return cursor_page(request, distributions_of(self.tenant), DistributionSerializer)


class DistributionStartView(OneDistributionView):
    """Starting a distribution."""

    rights = {"post": _CHANGE}

    @extend_schema(
        operation_id="distribution_start", request=None, responses=DistributionSerializer
    )
    @idempotent
    def post(self, _request: Request, distribution_id: UUID) -> Response:
        """Begin, or go on, to ask."""
        row = self.found(distribution_id)
        start(distribution=row, by=self.actor, now=now())
        return Response(DistributionSerializer(row).data)


class DistributionPauseView(OneDistributionView):
    """Pausing a distribution."""

    rights = {"post": _CHANGE}

    @extend_schema(
        operation_id="distribution_pause", request=None, responses=DistributionSerializer
    )
    @idempotent
    def post(self, _request: Request, distribution_id: UUID) -> Response:
        """Send nothing until it is started again."""
        return self.stopped(distribution_id, DistributionState.PAUSED)


class DistributionEndView(OneDistributionView):
    """Ending a distribution."""

    rights = {"post": _CHANGE}

    @extend_schema(operation_id="distribution_end", request=None, responses=DistributionSerializer)
    @idempotent
    def post(self, _request: Request, distribution_id: UUID) -> Response:
        """Call off what waits to be sent, and ask nobody any more."""
        return self.stopped(distribution_id, DistributionState.ENDED)


class SurveyInvitationListView(TenantApiView):
    """Whom distributions asked, or not."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(SurveyInvitationSerializer, SurveyInvitationQuery)
    def get(self, request: Request) -> Response:
        """List invitations, the latest due first, with the reason of those not sent."""
        asked = query_values(SurveyInvitationQuery, request.query_params)
        rows = invitations_planned(self.tenant, **asked)
        sees_persons = self.actor_may(Right.SEE_PERSONS)
        shape = SurveyInvitationSerializer if sees_persons else _MaskedInvitationSerializer
        return cursor_page(request, rows, shape)


class ContactRuleListView(TenantApiView):
    """The contact policy."""

    rights = {"get": _SEE}

    @paged(ContactRuleSerializer)
    def get(self, request: Request) -> Response:
        """List the rules that hold now, in the order in which they are asked."""
        rows = ContactRule.objects.for_tenant(self.tenant).filter(ended_at__isnull=True)
        return cursor_page(request, rows.order_by("ord", "pk"), ContactRuleSerializer)


class SuppressionListView(TenantApiView):
    """The list of addresses that are written to no more."""

    rights = {"get": Right.MANAGE_TENANT, "post": Right.MANAGE_TENANT}

    @paged(SuppressionSerializer, SuppressionQuery)
    def get(self, request: Request) -> Response:
        """List entries, the newest first; addresses are kept as hashes and never shown."""
        asked = query_values(SuppressionQuery, request.query_params)
        rows = Suppression.objects.for_tenant(self.tenant).filter(**asked)
        return cursor_page(request, rows.order_by("-at", "-pk"), SuppressionSerializer)

    @extend_schema(operation_id="suppression_add", request=SuppressionBody, responses={204: None})
    @idempotent
    def post(self, request: Request) -> Response:
        """Write to an address no more; the reason is kept in the audit log."""
        keep_out(tenant=self.tenant, by=self.actor, now=now(), **cleaned(SuppressionBody, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SuppressionLiftView(TenantApiView):
    """Taking an address off the list."""

    rights = {"post": Right.MANAGE_TENANT}

    @extend_schema(
        operation_id="suppression_lift", request=SuppressionBody, responses=LiftedSerializer
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Allow an address to be written to again; who was erased stays out."""
        lifted = lift(tenant=self.tenant, by=self.actor, **cleaned(SuppressionBody, request))
        return Response({"lifted": lifted})


_ONE = "distributions/<uuid:distribution_id>"
api_urls = [
    path("distributions/", DistributionListView.as_view()),
    path(f"{_ONE}/", DistributionView.as_view()),
    path(f"{_ONE}/start/", DistributionStartView.as_view()),
    path(f"{_ONE}/pause/", DistributionPauseView.as_view()),
    path(f"{_ONE}/end/", DistributionEndView.as_view()),
    path("survey-invitations/", SurveyInvitationListView.as_view()),
    path("contact-rules/", ContactRuleListView.as_view()),
    path("suppressions/", SuppressionListView.as_view()),
    path("suppressions/lift/", SuppressionLiftView.as_view()),
]
