"""Sending in the JSON API: distributions, whom they asked, and the list of addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from cxm.customers.models import Customer, Suppression
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.api.distribution_bodies import (
    AskBody,
    DistributionBody,
    DistributionChange,
    distribution_values,
    survey_to_send,
)
from feedback.models import Distribution, Invitation
from feedback.rules.distribution.words import (
    DistributionState,
    InvitationState,
    Reason,
)
from feedback.rules.survey_words import Anonymity
from feedback.selectors.distributions import distributions_of, invitations_planned
from feedback.services.distribution.asking_now import ask_now
from feedback.services.distribution.running import save_distribution, start, stop
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
            "a_day",
            "stratum",
            "reminders",
            "sender_name",
            "reply_to",
            "wording",
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


def invitation_shape(view: TenantApiView) -> type[SurveyInvitationSerializer]:
    """Give how invitations are shown to whoever asks."""
    sees_persons = view.actor_may(Right.SEE_PERSONS)
    return SurveyInvitationSerializer if sees_persons else _MaskedInvitationSerializer


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

    rights = {"get": _SEE, "patch": _CHANGE}

    @extend_schema(operation_id="distribution_read", responses=DistributionSerializer)
    def get(self, _request: Request, distribution_id: UUID) -> Response:
        """Read a distribution."""
        return Response(DistributionSerializer(self.found(distribution_id)).data)

    @extend_schema(
        operation_id="distribution_change",
        request=DistributionChange,
        responses=DistributionSerializer,
    )
    def patch(self, request: Request, distribution_id: UUID) -> Response:
        """Change a distribution; what is planned keeps its day, and what is not sent stays."""
        row = self.found(distribution_id)
        told = cleaned(DistributionChange, request)
        changed = save_distribution(
            survey=row.survey,
            distribution=row,
            values=distribution_values(row.survey, told, row),
            by=self.actor,
            now=now(),
        )
        return Response(DistributionSerializer(changed).data)


class DistributionListView(TenantApiView):
    """All distributions."""

    rights = {"get": _SEE, "post": _CHANGE}

    @paged(DistributionSerializer)
    def get(self, request: Request) -> Response:
        """List distributions, the newest first."""
        return cursor_page(request, distributions_of(self.tenant), DistributionSerializer)

    @extend_schema(
        operation_id="distribution_make",
        request=DistributionBody,
        responses={201: DistributionSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a distribution; it asks nobody before it is started."""
        told = cleaned(DistributionBody, request)
        survey = survey_to_send(self.tenant, told["survey_id"])
        row = save_distribution(
            survey=survey,
            distribution=None,
            values=distribution_values(survey, told),
            by=self.actor,
            now=now(),
        )
        return Response(DistributionSerializer(row).data, status=status.HTTP_201_CREATED)


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


class DistributionAskView(OneDistributionView):
    """Asking one person now."""

    rights = {"post": _CHANGE}

    @extend_schema(
        operation_id="distribution_ask",
        request=AskBody,
        responses={201: SurveyInvitationSerializer, 200: SurveyInvitationSerializer},
    )
    @idempotent
    def post(self, request: Request, distribution_id: UUID) -> Response:
        """Ask one person, or say why the contact policy does not let them be asked (409)."""
        if not self.actor_may(Right.SEE_CUSTOMERS):
            raise PermissionDenied
        told, row = cleaned(AskBody, request), self.found(distribution_id)
        people = Customer.objects.for_tenant(self.tenant).filter(root__erased_at=None)
        customer = people.filter(pk=told["customer_id"]).first()
        if customer is None:
            message = "There is no such customer."
            raise serializers.ValidationError({"customer_id": [message]})
        about = told.get("about", "")
        invitation, is_new = ask_now(
            distribution=row,
            customer=customer,
            key=about or f"asked:{new_id()}",
            about=about,
            by=self.actor,
            now=now(),
        )
        shape = invitation_shape(self)
        return Response(shape(invitation).data, status=201 if is_new else 200)


class SurveyInvitationListView(TenantApiView):
    """Whom distributions asked, or not."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(SurveyInvitationSerializer, SurveyInvitationQuery)
    def get(self, request: Request) -> Response:
        """List invitations, the latest due first, with the reason of those not sent."""
        asked = query_values(SurveyInvitationQuery, request.query_params)
        rows = invitations_planned(self.tenant, **asked)
        return cursor_page(request, rows, invitation_shape(self))


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
    path(f"{_ONE}/ask/", DistributionAskView.as_view()),
    path("suppressions/", SuppressionListView.as_view()),
    path("suppressions/lift/", SuppressionLiftView.as_view()),
]
