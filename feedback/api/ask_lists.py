"""Lists of people to be asked in the JSON API: brought, looked at, asked or thrown away."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.api.sending import OneDistributionView
from feedback.models import AskList, AskListRow
from feedback.rules.distribution.list_rows import MOST_PEOPLE, ListRefusedError, read_people
from feedback.rules.distribution.words import ListState
from feedback.selectors.ask_lists import SHOWN, lines_of, rows_of, with_counts
from feedback.services.distribution.lists import ask_list, drop_list, keep_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from rest_framework.request import Request

    from feedback.models import Distribution

_SEE, _CHANGE = Right.SEE_CUSTOMERS, Right.EDIT_REGISTRIES
LONGEST_CELL = 2_000


class AskListBody(StrictSerializer[Any]):
    """Rows as a file has them: the first names the columns, each of the others one person."""

    title = serializers.CharField(max_length=200)
    rows = serializers.ListField(
        child=serializers.ListField(
            child=serializers.CharField(allow_blank=True, max_length=LONGEST_CELL), max_length=100
        ),
        max_length=MOST_PEOPLE + 1,
        help_text="The first row names the columns, one of them email, phone or external_id.",
    )


class AskListSerializer(serializers.Serializer[Any]):
    """A list of people; a draft asks nobody. `settled` rows were gone through."""

    id = serializers.UUIDField()
    distribution_id = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.ChoiceField(ListState.choices())
    rows = serializers.IntegerField()
    faulty = serializers.IntegerField(help_text="Left out; `rows/` says why.")
    known = serializers.IntegerField(help_text="Good rows of people who were known.")
    settled = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


def _told(rows: Sequence[AskList]) -> list[dict[str, Any]]:
    """Give lists with their counts. One query."""
    same = ("id", "distribution_id", "title", "state", "created_at", "settled_at")
    return [
        {name: getattr(row, name) for name in same} | asdict(counts)
        for row, counts in with_counts(rows)
    ]


def _one(row: AskList) -> dict[str, Any]:
    shape: dict[str, Any] = AskListSerializer(_told([row])[0]).data
    return shape


class AskListRowSerializer(serializers.Serializer[Any]):
    """One row: what is wrong with it, or who it is and what became of asking them."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    fault = serializers.CharField()
    is_known = serializers.BooleanField()
    customer_id = serializers.UUIDField(allow_null=True, help_text="Null when persons are hidden.")
    invitation_id = serializers.UUIDField(allow_null=True)
    state = serializers.CharField(help_text="Of the invitation; empty before there is one.")
    reason = serializers.CharField(help_text="Why the person is not asked; empty where they are.")


class AskListRowQuery(StrictSerializer[Any]):
    """Which rows to list."""

    show = serializers.ChoiceField([one for one in SHOWN if one], required=False)


def _require_sight(view: TenantApiView) -> None:
    """Keep out who may not see customers: whoever has some asked looks at them first."""
    if not view.actor_may(Right.SEE_CUSTOMERS):
        raise PermissionDenied


class _OneListView(TenantApiView):
    def found(self, ask_list_id: UUID) -> AskList:
        """Load a list; raises Http404."""
        rows = AskList.objects.for_tenant(self.tenant)
        whole = rows.select_related("tenant", "distribution__survey")
        row: AskList = get_object_or_404(whole, pk=ask_list_id)
        return row


class DistributionListsView(OneDistributionView):
    """The lists of a distribution."""

    rights = {"get": _SEE, "post": _CHANGE}

    @paged(AskListSerializer)
    def get(self, request: Request, distribution_id: UUID) -> Response:
        """List what was brought, the newest first."""
        rows = AskList.objects.for_tenant(self.tenant)
        rows = rows.filter(distribution=self.found(distribution_id))
        return cursor_page(
            request, rows.order_by("-created_at", "-pk"), AskListSerializer, joined=_told
        )

    @extend_schema(
        operation_id="distribution_bring_list",
        request=AskListBody,
        responses={201: AskListSerializer},
    )
    @idempotent
    def post(self, request: Request, distribution_id: UUID) -> Response:
        """Bring people as a draft: nobody is asked before `ask/`."""
        _require_sight(self)
        row: Distribution = self.found(distribution_id)
        told = cleaned(AskListBody, request)
        try:
            people = read_people(told["rows"])
        except ListRefusedError as error:
            raise serializers.ValidationError({"rows": [str(error)]}) from error
        kept = keep_list(
            distribution=row, title=told["title"], people=people, by=self.actor, now=now()
        )
        return Response(_one(kept), status=status.HTTP_201_CREATED)


class AskListView(_OneListView):
    """One list."""

    rights = {"get": _SEE, "delete": _CHANGE}

    @extend_schema(operation_id="ask_list_read", responses=AskListSerializer)
    def get(self, _request: Request, ask_list_id: UUID) -> Response:
        """Read a list with its counts."""
        return Response(_one(self.found(ask_list_id)))

    @extend_schema(operation_id="ask_list_drop", responses={204: None})
    def delete(self, _request: Request, ask_list_id: UUID) -> Response:
        """Throw a draft away."""
        _require_sight(self)
        drop_list(ask_list=self.found(ask_list_id), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AskListAskView(_OneListView):
    """Having a list asked."""

    rights = {"post": _CHANGE}

    @extend_schema(operation_id="ask_list_ask", request=None, responses=AskListSerializer)
    @idempotent
    def post(self, _request: Request, ask_list_id: UUID) -> Response:
        """Have its people asked, as soon as the distribution asks; nobody twice."""
        _require_sight(self)
        row = self.found(ask_list_id)
        ask_list(ask_list=row, by=self.actor, now=now())
        row.refresh_from_db()
        return Response(_one(row))


class AskListRowsView(_OneListView):
    """The rows of a list."""

    rights = {"get": _SEE}

    @paged(AskListRowSerializer, AskListRowQuery)
    def get(self, request: Request, ask_list_id: UUID) -> Response:
        """List rows in their order, with what is wrong or what became of them."""
        row = self.found(ask_list_id)
        show = query_values(AskListRowQuery, request.query_params).get("show", "")
        sees_persons = self.actor_may(Right.SEE_PERSONS)

        def shown(rows: Sequence[AskListRow]) -> list[dict[str, Any]]:
            lines = lines_of(row, rows, sees_persons=sees_persons)
            return [
                {
                    "id": one.row.pk,
                    "number": one.row.number,
                    "fault": one.row.fault,
                    "is_known": one.row.is_known,
                    "customer_id": one.root_id if sees_persons else None,
                    "invitation_id": one.invitation.pk if one.invitation else None,
                    "state": one.invitation.state if one.invitation else "",
                    "reason": one.invitation.reason if one.invitation else "",
                }
                for one in lines
            ]

        return cursor_page(request, rows_of(row, show), AskListRowSerializer, joined=shown)


_LIST = "ask-lists/<uuid:ask_list_id>"
ask_list_urls = [
    path("distributions/<uuid:distribution_id>/lists/", DistributionListsView.as_view()),
    path(f"{_LIST}/", AskListView.as_view()),
    path(f"{_LIST}/ask/", AskListAskView.as_view()),
    path(f"{_LIST}/rows/", AskListRowsView.as_view()),
]
