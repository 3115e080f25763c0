"""Event sources and their write keys in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.forms.event_sources import LONGEST_TITLE
from feedback.models import EventSource, WriteKey
from feedback.rules.write_keys import Grace
from feedback.selectors.event_sources import sources_listed, write_keys
from feedback.services import event_sources as services

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

RIGHT = Right.MANAGE_SOURCES
_KEY_STATES = [
    ("live", "Works"),
    ("ending", "Works until it ends"),
    ("ended", "Has ended"),
    ("revoked", "Was revoked"),
]


class EventSourceSerializer(serializers.ModelSerializer[EventSource]):
    """Something that sends events."""

    class Meta:
        model = EventSource
        fields = [
            "id",
            "key",
            "title",
            "kind",
            "time_zone",
            "keeps_pages",
            "created_at",
            "paused_at",
            "archived_at",
        ]
        read_only_fields = fields


class WriteKeySerializer(serializers.Serializer[WriteKey]):
    """A write key, of which only the first characters are known."""

    id = serializers.UUIDField()
    hint = serializers.CharField()
    state = serializers.ChoiceField(_KEY_STATES)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class MadeWriteKeySerializer(WriteKeySerializer):
    """A key that was just made, with its text, this once."""

    text = serializers.CharField()


class MadeEventSourceSerializer(EventSourceSerializer):
    """A source that was just made, with its first key."""

    write_key = MadeWriteKeySerializer()

    class Meta(EventSourceSerializer.Meta):
        fields = [*EventSourceSerializer.Meta.fields, "write_key"]
        read_only_fields = fields


class EventSourceBody(StrictSerializer[Any]):
    """What sends events, and how they are read."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    time_zone = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=60,
        help_text="For times without one, such as Europe/Berlin; empty for the workspace’s.",
    )
    keeps_pages = serializers.BooleanField(required=False, help_text="Keep page views.")


class EventSourceQuery(StrictSerializer[Any]):
    """Which sources to list."""

    archived = serializers.BooleanField(
        required=False, source="is_archived", help_text="True lists the archived ones instead."
    )


class RotateBody(StrictSerializer[Any]):
    """How long the old key still works."""

    grace = serializers.ChoiceField([(grace.value, grace.label) for grace in Grace])


class OneSourceView(TenantApiView):
    """Base of what is about one source."""

    def found(self, event_source_id: UUID) -> EventSource:
        """Load a source; raises Http404."""
        rows = EventSource.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=event_source_id)

    def key(self, event_source_id: UUID, write_key_id: UUID) -> WriteKey:
        """Load a key of a source; raises Http404."""
        rows = WriteKey.objects.for_tenant(self.tenant).select_related("event_source__tenant")
        return get_object_or_404(rows, pk=write_key_id, event_source=event_source_id)

    def shown(self, key: WriteKey, text: str = "") -> dict[str, Any]:
        """Show a key as it stands now, with its *text* when it was just made."""
        row = write_keys(key.event_source, now=now()).get(pk=key.pk)
        body: dict[str, Any] = {**WriteKeySerializer(row).data}
        return {**body, "text": text} if text else body


class EventSourceListView(OneSourceView):
    """All event sources."""

    rights = {"get": RIGHT, "post": RIGHT}

    @paged(EventSourceSerializer, EventSourceQuery)
    def get(self, request: Request) -> Response:
        """List event sources by title."""
        asked = query_values(EventSourceQuery, request.query_params)
        return cursor_page(request, sources_listed(self.tenant, **asked), EventSourceSerializer)

    @extend_schema(
        operation_id="event_source_create",
        request=EventSourceBody,
        responses={201: MadeEventSourceSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a source with its first key.

        The text of the key is shown in this answer and kept nowhere.
        """
        source, key, text = services.create_source(
            tenant=self.tenant, by=self.actor, now=now(), **cleaned(EventSourceBody, request)
        )
        body = {**EventSourceSerializer(source).data, "write_key": self.shown(key, text)}
        return Response(body, status=status.HTTP_201_CREATED)


class EventSourceView(OneSourceView):
    """One event source."""

    rights = {"get": RIGHT, "patch": RIGHT}

    @extend_schema(operation_id="event_source_read", responses=EventSourceSerializer)
    def get(self, _request: Request, event_source_id: UUID) -> Response:
        """Read an event source."""
        return Response(EventSourceSerializer(self.found(event_source_id)).data)

    @extend_schema(
        operation_id="event_source_change",
        request=EventSourceBody,
        responses=EventSourceSerializer,
    )
    def patch(self, request: Request, event_source_id: UUID) -> Response:
        """Change a source; what is not sent stays, and so does its key."""
        source = self.found(event_source_id)
        services.change_source(source=source, by=self.actor, **cleaned(EventSourceBody, request))
        return Response(EventSourceSerializer(source).data)


class EventSourceArchiveView(OneSourceView):
    """Archiving a source."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="event_source_archive", request=None, responses=EventSourceSerializer
    )
    @idempotent
    def post(self, _request: Request, event_source_id: UUID) -> Response:
        """Let a source take nothing more in; what it sent stays."""
        source = self.found(event_source_id)
        services.archive_source(source=source, is_archived=True, by=self.actor, now=now())
        return Response(EventSourceSerializer(source).data)


class EventSourceRestoreView(OneSourceView):
    """Restoring a source."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="event_source_restore", request=None, responses=EventSourceSerializer
    )
    @idempotent
    def post(self, _request: Request, event_source_id: UUID) -> Response:
        """Let an archived source take events in again."""
        source = self.found(event_source_id)
        services.archive_source(source=source, is_archived=False, by=self.actor, now=now())
        return Response(EventSourceSerializer(source).data)


class WriteKeyListView(OneSourceView):
    """The keys of a source."""

    rights = {"get": RIGHT, "post": RIGHT}

    @paged(WriteKeySerializer)
    def get(self, request: Request, event_source_id: UUID) -> Response:
        """List the keys of a source, newest first, without their texts."""
        rows = write_keys(self.found(event_source_id), now=now())
        return cursor_page(request, rows, WriteKeySerializer)

    @extend_schema(
        operation_id="write_key_create", request=None, responses={201: MadeWriteKeySerializer}
    )
    def post(self, _request: Request, event_source_id: UUID) -> Response:
        """Make another key of a source; its text is shown in this answer and kept nowhere."""
        source = self.found(event_source_id)
        key, text = services.create_key(source=source, by=self.actor, now=now())
        return Response(self.shown(key, text), status=status.HTTP_201_CREATED)


class WriteKeyRotateView(OneSourceView):
    """Replacing a key."""

    rights = {"post": RIGHT}

    @extend_schema(
        operation_id="write_key_rotate",
        request=RotateBody,
        responses={201: MadeWriteKeySerializer},
    )
    def post(self, request: Request, event_source_id: UUID, write_key_id: UUID) -> Response:
        """Make the successor of a key, which ends at once, or after a day or a week."""
        key = self.key(event_source_id, write_key_id)
        grace = Grace(cleaned(RotateBody, request)["grace"])
        made, text = services.rotate_key(key=key, grace=grace, by=self.actor, now=now())
        return Response(self.shown(made, text), status=status.HTTP_201_CREATED)


class WriteKeyRevokeView(OneSourceView):
    """Revoking a key."""

    rights = {"post": RIGHT}

    @extend_schema(operation_id="write_key_revoke", request=None, responses=WriteKeySerializer)
    @idempotent
    def post(self, _request: Request, event_source_id: UUID, write_key_id: UUID) -> Response:
        """Make a key worthless, at once."""
        key = self.key(event_source_id, write_key_id)
        services.revoke_key(key=key, by=self.actor, now=now())
        return Response(self.shown(key))


_SOURCE = "event-sources/<uuid:event_source_id>"
_KEY = f"{_SOURCE}/keys/<uuid:write_key_id>"

api_urls = [
    path("event-sources/", EventSourceListView.as_view()),
    path(f"{_SOURCE}/", EventSourceView.as_view()),
    path(f"{_SOURCE}/archive/", EventSourceArchiveView.as_view()),
    path(f"{_SOURCE}/restore/", EventSourceRestoreView.as_view()),
    path(f"{_SOURCE}/keys/", WriteKeyListView.as_view()),
    path(f"{_KEY}/rotate/", WriteKeyRotateView.as_view()),
    path(f"{_KEY}/revoke/", WriteKeyRevokeView.as_view()),
]
