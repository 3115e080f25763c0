"""Timelines, notes and promises in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.customers.models import Interaction, Promise
from cxm.customers.selectors.contexts import entry_json
from cxm.customers.selectors.persons import read_persons
from cxm.customers.selectors.promises import open_promises, promise_line
from cxm.customers.selectors.subjects import Looking, Subject, read_subject
from cxm.customers.selectors.timeline import read_filter, read_place, timeline_page
from cxm.customers.services import serving
from cxm.customers.services.opening import note_opening
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import CURSOR, paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class EntrySerializer(serializers.Serializer[Any]):
    """One interaction in a timeline."""

    interaction = serializers.UUIDField()
    kind = serializers.ChoiceField(Interaction.Kind.choices)
    title = serializers.CharField()
    text = serializers.CharField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    is_zone_assumed = serializers.BooleanField()
    direction = serializers.CharField()
    touchpoint = serializers.CharField(allow_null=True, help_text="Key of the touchpoint.")
    channel = serializers.CharField(allow_null=True, help_text="Key of the channel.")
    source = serializers.CharField()  # type: ignore[assignment]  # a field of ours, so called
    by = serializers.CharField(allow_null=True)
    amount = serializers.CharField(allow_null=True)
    thread = serializers.CharField(allow_null=True)


class TimelineQuery(StrictSerializer[Any]):
    """Which interactions; all when left out."""

    kind = serializers.ChoiceField(Interaction.Kind.choices, required=False)
    channel = serializers.CharField(required=False, help_text="Key of a channel.")
    touchpoint = serializers.CharField(required=False, help_text="Key of a touchpoint.")
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # so called
    thread = serializers.CharField(required=False)
    q = serializers.CharField(required=False, max_length=200, help_text="Text to search for.")


class NoteBody(StrictSerializer[Any]):
    """A new note."""

    text = serializers.CharField(max_length=serving.LONGEST_NOTE)


class PromiseSerializer(serializers.Serializer[Promise]):
    """A promise, in words as the reader may read them."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField(source="customer_id")
    text = serializers.CharField()
    due_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField()
    kept_at = serializers.DateTimeField(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)


class PromiseBody(StrictSerializer[Any]):
    """A new promise."""

    text = serializers.CharField(max_length=serving.LONGEST_PROMISE)
    due_at = serializers.DateTimeField(help_text="With its offset from UTC; in the future.")


class _CustomerView(TenantApiView):
    """A view of what belongs to one customer."""

    def subject(self, customer_id: UUID) -> Subject:
        """Load the person and note that they were looked at; raises Http404."""
        subject = read_subject(Looking(self.tenant, self.actor_may, now()), customer_id)
        if subject is None:
            raise Http404
        note_opening(
            tenant=self.tenant,
            customer_id=subject.root.pk,
            by=self.actor,
            now=subject.looking.now,
        )
        return subject

    def served(self, subject: Subject) -> dict[str, Any]:
        """Give what every service needs to write to *subject*."""
        subject.root.tenant = self.tenant
        return {"customer": subject.root, "by": self.actor, "now": subject.looking.now}


class TimelineView(_CustomerView):
    """What happened to a customer."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @extend_schema(
        operation_id="interaction_list",
        responses=inline_serializer(
            "EntryPage",
            {
                "results": EntrySerializer(many=True),
                "next": serializers.URLField(allow_null=True),
            },
        ),
        parameters=[TimelineQuery, CURSOR],
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        """List what happened to a customer, newest first, 50 at a time.

        Facts of all rows that were merged into one person are there.
        """
        asked = query_values(TimelineQuery, request.query_params)
        subject = self.subject(customer_id)
        after = read_place(request.query_params.get("cursor", ""))
        shown = timeline_page(subject, read_filter(asked), after=after)
        following = None
        if shown.older:
            query = request.query_params.copy()
            query["cursor"] = shown.older.text()
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response(
            {"results": [entry_json(entry) for entry in shown.entries], "next": following}
        )


class NoteView(_CustomerView):
    """Notes about a customer."""

    rights = {"post": Right.SERVE_CUSTOMERS}

    @extend_schema(
        operation_id="note_write",
        request=NoteBody,
        responses={201: inline_serializer("Note", {"interaction": serializers.UUIDField()})},
    )
    @idempotent
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Write a note about a customer into the timeline."""
        values, subject = cleaned(NoteBody, request), self.subject(customer_id)
        note = serving.write_note(**self.served(subject), **values)
        return Response({"interaction": str(note.pk)}, status=status.HTTP_201_CREATED)


class CustomerPromiseView(_CustomerView):
    """Promises to a customer."""

    rights = {"post": Right.SERVE_CUSTOMERS}

    @extend_schema(
        operation_id="promise_make", request=PromiseBody, responses={201: PromiseSerializer}
    )
    @idempotent
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Promise a customer something."""
        values, subject = cleaned(PromiseBody, request), self.subject(customer_id)
        promise = serving.make_promise(**self.served(subject), **values)
        return Response(PromiseSerializer(promise).data, status=status.HTTP_201_CREATED)


class PromiseListView(TenantApiView):
    """Open promises."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(PromiseSerializer)
    def get(self, request: Request) -> Response:
        """List the open promises to all customers, the one that is due first at the top."""
        return cursor_page(
            request, open_promises(self.tenant), PromiseSerializer, joined=self._shown
        )

    def _shown(self, rows: list[Promise]) -> list[Promise]:
        looking = Looking(self.tenant, self.actor_may, now())
        persons = read_persons(looking.reader, [row.customer_id for row in rows])
        for row in rows:
            row.text = promise_line(looking, row, persons.of(row.customer_id).shown(row.text)).text
        return rows


class _ClosingView(TenantApiView):
    """A view that ends a promise."""

    rights = {"post": Right.SERVE_CUSTOMERS}

    def closed(self, promise_id: UUID, *, is_kept: bool) -> Response:
        """End a promise and show it; raises Http404."""
        rows = Promise.objects.for_tenant(self.tenant).select_related("tenant", "customer")
        promise = get_object_or_404(rows.defer("customer__words"), pk=promise_id)
        act = serving.keep_promise if is_kept else serving.drop_promise
        act(promise=promise, by=self.actor, now=now())
        return Response(PromiseSerializer(rows.get(pk=promise_id)).data)


class PromiseKeepView(_ClosingView):
    """Keeping a promise."""

    @extend_schema(operation_id="promise_keep", request=None, responses=PromiseSerializer)
    @idempotent
    def post(self, _request: Request, promise_id: UUID) -> Response:
        """Say that a promise was kept."""
        return self.closed(promise_id, is_kept=True)


class PromiseDropView(_ClosingView):
    """Giving a promise up."""

    @extend_schema(operation_id="promise_drop", request=None, responses=PromiseSerializer)
    @idempotent
    def post(self, _request: Request, promise_id: UUID) -> Response:
        """Say that a promise will not be kept."""
        return self.closed(promise_id, is_kept=False)
