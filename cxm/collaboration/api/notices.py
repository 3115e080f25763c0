"""What one was told, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.selectors.notices import notices_of, notices_shown
from cxm.collaboration.services.notices import read_notice, read_notices, set_mails
from cxm.kernel.api import StrictSerializer, cursor_page, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Mails, Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class NoticeSerializer(serializers.Serializer[Any]):
    """A notice; `about`, `page` and `excerpt` are empty where one may not read the page now.

    `page` is the address within the workspace; `thread` is null where it is about a page itself.
    """

    id = serializers.UUIDField(source="row.pk")
    kind = serializers.ChoiceField(
        choices=[(k.value, k.value) for k in NoticeKind], source="row.kind"
    )
    by = serializers.CharField()
    about = serializers.CharField()
    page = serializers.CharField()
    thread = serializers.UUIDField(source="row.thread_id", allow_null=True)
    excerpt = serializers.CharField()
    created_at = serializers.DateTimeField(source="row.created_at")
    read_at = serializers.DateTimeField(source="row.read_at", allow_null=True)


class NoticeQuery(StrictSerializer[Any]):
    """Which notices to list."""

    unread = serializers.BooleanField(required=False, help_text="True leaves out what is read.")


class ReadCountSerializer(serializers.Serializer[Any]):
    """How many rows it was."""

    count = serializers.IntegerField()


class NoticeMailSerializer(StrictSerializer[Any]):
    """Whether, and when, what one is told also comes by e-mail."""

    mails = serializers.ChoiceField(choices=[(m.value, m.words) for m in Mails])


class _NoticeView(TenantApiView):
    """Base of what is about notices: they are a person's, so a key has none."""

    @property
    def member(self) -> Membership:
        """Give the member who asks; raises PermissionDenied for a key."""
        if isinstance(self.actor, Membership):
            return self.actor
        message = "Notices are a person's: sign in, a key has none."
        raise exceptions.PermissionDenied(message)


class NoticeListView(_NoticeView):
    """All that one was told."""

    rights = {"get": Right.OPEN_JOURNEYS}

    @paged(NoticeSerializer, NoticeQuery)
    def get(self, request: Request) -> Response:
        """List notices, the newest first."""
        member = self.member
        asked = query_values(NoticeQuery, request.query_params)
        rows = notices_of(member, is_unread=asked.get("unread", False))
        return cursor_page(
            request, rows, NoticeSerializer, joined=lambda shown: notices_shown(shown, member)
        )


class NoticeReadView(_NoticeView):
    """One notice, taken for read."""

    rights = {"post": Right.OPEN_JOURNEYS}

    @extend_schema(operation_id="notice_read", request=None, responses=NoticeSerializer)
    def post(self, _request: Request, notice_id: UUID) -> Response:
        """Take a notice for read."""
        if not isinstance(self.actor, Membership):
            raise Http404
        notice: Notice = get_object_or_404(notices_of(self.actor), pk=notice_id)
        read_notice(notice=notice, now=now())
        [shown] = notices_shown([notice], self.actor)
        return Response(NoticeSerializer(shown).data)


class NoticesReadView(_NoticeView):
    """All notices, taken for read."""

    rights = {"post": Right.OPEN_JOURNEYS}

    @extend_schema(operation_id="notices_read", request=None, responses=ReadCountSerializer)
    def post(self, _request: Request) -> Response:
        """Take all notices for read; gives how many were not."""
        count = read_notices(tenant=self.tenant, member=self.member, now=now())
        return Response(ReadCountSerializer({"count": count}).data)


class NoticeMailView(_NoticeView):
    """The e-mails of what one is told."""

    rights = {"get": Right.OPEN_JOURNEYS, "put": Right.OPEN_JOURNEYS}

    @extend_schema(operation_id="notice_mail", responses=NoticeMailSerializer)
    def get(self, _request: Request) -> Response:
        """Tell what one has chosen."""
        return Response(NoticeMailSerializer(self.member).data)

    @extend_schema(
        operation_id="notice_mail_choose",
        request=NoticeMailSerializer,
        responses=NoticeMailSerializer,
    )
    def put(self, request: Request) -> Response:
        """Choose: never, at once, or once a day."""
        member = self.member
        asked = NoticeMailSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        set_mails(member=member, mails=Mails(asked.validated_data["mails"]))
        return Response(NoticeMailSerializer(member).data)


api_urls = [
    path("notices/mail/", NoticeMailView.as_view()),
    path("notices/", NoticeListView.as_view()),
    path("notices/<uuid:notice_id>/read/", NoticeReadView.as_view()),
    path("notices/read/", NoticesReadView.as_view()),
]
