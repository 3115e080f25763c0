"""The JSON API about people, invitations, keys and the audit list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants import services
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import ApiKey, Invitation, Membership
from cxm.tenants.rules import RIGHT_MEANINGS, Right, Role
from cxm.tenants.selectors import api_keys, audit_entries, members, open_invitations

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

ROLES = [(role.value, role.value.title()) for role in Role]
RIGHTS = [(right.value, words) for right, words in RIGHT_MEANINGS.items()]


class MemberSerializer(serializers.Serializer[Membership]):
    """A member."""

    id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(ROLES)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class MemberChangeSerializer(StrictSerializer[Membership]):
    """What may be changed about a member."""

    role = serializers.ChoiceField(ROLES)
    is_active = serializers.BooleanField()


class InvitationSerializer(serializers.Serializer[Invitation]):
    """An open invitation."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(ROLES)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class NewInvitationSerializer(StrictSerializer[Invitation]):
    """Whom to invite, and as what."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(ROLES)


class MadeInvitationSerializer(InvitationSerializer):
    """An invitation that was just made, with its link, this once."""

    link = serializers.URLField()


class ApiKeySerializer(serializers.Serializer[ApiKey]):
    """A key, without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    public_id = serializers.CharField()
    rights = serializers.ListField(child=serializers.ChoiceField(RIGHTS))
    state = serializers.ChoiceField(
        [("live", "Live"), ("ended", "Ran out"), ("revoked", "Revoked")]
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewApiKeySerializer(StrictSerializer[ApiKey]):
    """What a key is for, may do, and when it ends."""

    name = serializers.CharField(max_length=100)
    rights = serializers.ListField(child=serializers.ChoiceField(RIGHTS), allow_empty=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class MadeApiKeySerializer(ApiKeySerializer):
    """A key that was just made, with its text, this once."""

    text = serializers.CharField()


class AuditEntrySerializer(serializers.Serializer[Any]):
    """Something that a person or a key did; both are null for the operator."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    action = serializers.CharField()
    actor_id = serializers.UUIDField(allow_null=True)
    api_key_id = serializers.UUIDField(allow_null=True)
    object_kind = serializers.CharField()
    object_id = serializers.UUIDField(allow_null=True)
    object_name = serializers.CharField()
    changes = serializers.DictField()


class AuditQuerySerializer(StrictSerializer[Any]):
    """Which deeds to list."""

    action = serializers.CharField(required=False, default="")
    actor_id = serializers.UUIDField(required=False, default=None)


class MemberListView(TenantApiView):
    """The members of the tenant."""

    rights = {"get": Right.SEE_PEOPLE}

    @paged(MemberSerializer)
    def get(self, request: Request) -> Response:
        """List the members, active ones first."""
        return cursor_page(request, members(self.tenant), MemberSerializer)


class MemberView(TenantApiView):
    """One member."""

    rights = {"get": Right.SEE_PEOPLE, "patch": Right.MANAGE_PEOPLE}

    @extend_schema(operation_id="member_read", responses=MemberSerializer)
    def get(self, request: Request, membership_id: UUID) -> Response:  # noqa: ARG002 - DRF passes it
        """Read a member."""
        return Response(MemberSerializer(self._member(membership_id)).data)

    @extend_schema(
        operation_id="member_change", request=MemberChangeSerializer, responses=MemberSerializer
    )
    def patch(self, request: Request, membership_id: UUID) -> Response:
        """Give a member another role, or take the membership away and back.

        The last owner stays; only owners deal in ownership.
        """
        member = self._member(membership_id)
        asked = cleaned(MemberChangeSerializer, request)
        services.change_member(
            membership=member,
            role=Role(asked.get("role", member.role)),
            is_active=asked.get("is_active", member.is_active),
            by=self.actor,
        )
        return Response(MemberSerializer(member).data)

    def _member(self, membership_id: UUID) -> Membership:
        rows = Membership.objects.for_tenant(self.tenant).select_related("tenant", "user")
        return get_object_or_404(rows, pk=membership_id)


class InvitationListView(TenantApiView):
    """The open invitations of the tenant."""

    rights = {"get": Right.MANAGE_PEOPLE, "post": Right.MANAGE_PEOPLE}

    @paged(InvitationSerializer)
    def get(self, request: Request) -> Response:
        """List the invitations that were neither used nor withdrawn, newest first."""
        rows = open_invitations(self.tenant, now=now())
        return cursor_page(request, rows, InvitationSerializer)

    @extend_schema(
        operation_id="invitation_create",
        request=NewInvitationSerializer,
        responses={201: MadeInvitationSerializer},
    )
    def post(self, request: Request) -> Response:
        """Invite somebody.

        The link is shown in this answer and kept nowhere. An older open invitation of the same
        address is withdrawn.
        """
        asked = cleaned(NewInvitationSerializer, request)
        invitation, token = services.invite(
            tenant=self.tenant,
            email=asked["email"],
            role=Role(asked["role"]),
            by=self.actor,
            now=now(),
        )
        link = request.build_absolute_uri(reverse("tenants:invitation", args=[token]))
        body = {**InvitationSerializer(invitation).data, "link": link}
        return Response(body, status=status.HTTP_201_CREATED)


class InvitationView(TenantApiView):
    """One invitation."""

    rights = {"delete": Right.MANAGE_PEOPLE}

    @extend_schema(operation_id="invitation_withdraw", responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:  # noqa: ARG002 - DRF passes it
        """Withdraw an invitation: its link does not work any more."""
        rows = Invitation.objects.for_tenant(self.tenant).select_related("tenant")
        invitation = get_object_or_404(rows, pk=invitation_id)
        services.withdraw_invitation(invitation=invitation, by=self.actor, now=now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ApiKeyListView(TenantApiView):
    """The API keys of the tenant."""

    rights = {"get": Right.MANAGE_KEYS, "post": Right.MANAGE_KEYS}

    @paged(ApiKeySerializer)
    def get(self, request: Request) -> Response:
        """List the keys, newest first, without their secrets."""
        return cursor_page(request, api_keys(self.tenant, now=now()), ApiKeySerializer)

    @extend_schema(
        operation_id="api_key_create",
        request=NewApiKeySerializer,
        responses={201: MadeApiKeySerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a key.

        Its text is shown in this answer and kept nowhere. You can only give rights that you have.
        """
        asked = cleaned(NewApiKeySerializer, request)
        rights = [Right(right) for right in asked.pop("rights")]
        key, text = services.create_api_key(
            tenant=self.tenant, rights=rights, by=self.actor, now=now(), **asked
        )
        made = api_keys(self.tenant, now=now()).get(pk=key.pk)
        body = {**ApiKeySerializer(made).data, "text": text}
        return Response(body, status=status.HTTP_201_CREATED)


class ApiKeyView(TenantApiView):
    """One API key."""

    rights = {"delete": Right.MANAGE_KEYS}

    @extend_schema(operation_id="api_key_revoke", responses={204: None})
    def delete(self, request: Request, api_key_id: UUID) -> Response:  # noqa: ARG002 - DRF passes it
        """Revoke a key: it does not work any more."""
        rows = ApiKey.objects.for_tenant(self.tenant).select_related("tenant")
        key = get_object_or_404(rows, pk=api_key_id)
        services.revoke_api_key(key=key, by=self.actor, now=now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class AuditListView(TenantApiView):
    """Who did what in the tenant."""

    rights = {"get": Right.SEE_AUDIT}

    @paged(
        AuditEntrySerializer,
        OpenApiParameter("action", str, description="Deeds of this name, such as member-changed."),
        OpenApiParameter("actor_id", str, description="Deeds of this member."),
    )
    def get(self, request: Request) -> Response:
        """List what was done, newest first."""
        asked = query_values(AuditQuerySerializer, request.query_params)
        rows = audit_entries(self.tenant, **asked)
        return cursor_page(request, rows, AuditEntrySerializer)


api_urls = [
    path("members/", MemberListView.as_view(), name="member-list"),
    path("members/<uuid:membership_id>/", MemberView.as_view(), name="member"),
    path("invitations/", InvitationListView.as_view(), name="invitation-list"),
    path("invitations/<uuid:invitation_id>/", InvitationView.as_view(), name="invitation"),
    path("keys/", ApiKeyListView.as_view(), name="key-list"),
    path("keys/<uuid:api_key_id>/", ApiKeyView.as_view(), name="key"),
    path("audit/", AuditListView.as_view(), name="audit-list"),
]
