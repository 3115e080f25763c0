"""Operations on documents in the JSON API: doing them, and reading the log; for the apps above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, query_values
from cxm.kernel.clock import now
from cxm.kernel.operations.documents import Request as Change
from cxm.kernel.operations.records import Actor, Deed, Source
from cxm.kernel.operations.store import commit, operations
from cxm.kernel.operations.wire import LongBodyError, UnreadableError, answered, read_asked
from cxm.kernel.problems import TooLargeError
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.kernel.operations.documents import Store
    from cxm.kernel.operations.records import Asked, Operation
    from cxm.kernel.operations.store import Outcome

MOST_LISTED = 500


class AskedSerializer(serializers.Serializer[Any]):
    """One operation as a client asks for it."""

    id = serializers.UUIDField(help_text="Your own: sent twice, it has one effect.")
    batch = serializers.UUIDField(help_text="Your own: what is undone together.")
    op = serializers.ChoiceField([d.value for d in Deed if d is not Deed.REBALANCE])
    lineage = serializers.UUIDField(help_text="The element; for create, its new id.")
    kind = serializers.CharField(required=False, help_text="For create.")
    field = serializers.CharField(required=False, help_text="For set.")
    value = serializers.JSONField(
        required=False,
        help_text="The value to set; {values, parent, after} to create; {parent, after} to move.",
    )
    base_rev = serializers.IntegerField(
        required=False, help_text="The operation that had set the field when you read it."
    )
    base_id = serializers.UUIDField(
        required=False, help_text="Or your own operation before, not answered yet."
    )


class DoneSerializer(serializers.Serializer[Any]):
    """The number that an operation got."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()


class OverriddenSerializer(serializers.Serializer[Any]):
    """What of somebody else was replaced."""

    lineage = serializers.UUIDField()
    field = serializers.CharField()
    theirs = serializers.JSONField()
    seq = serializers.IntegerField()


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of operations."""

    head = serializers.IntegerField(help_text="The number of the last operation.")
    done = DoneSerializer(many=True)
    overridden = OverriddenSerializer(many=True)


class LogQuery(StrictSerializer[Any]):
    """Where to read on."""

    after = serializers.IntegerField(
        required=False, min_value=0, max_value=2_147_483_647, help_text="Those behind this number."
    )


class OperationSerializer(serializers.Serializer[Any]):
    """One operation as it was done."""

    seq = serializers.IntegerField()
    id = serializers.UUIDField()
    batch = serializers.UUIDField()
    op = serializers.CharField()
    kind = serializers.CharField()
    lineage = serializers.UUIDField()
    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()
    at = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]  # a declared field
    undo_of = serializers.UUIDField(allow_null=True)


class LogSerializer(serializers.Serializer[Any]):
    """A stretch of the log."""

    head = serializers.IntegerField()
    operations = OperationSerializer(many=True)


class OperationsView(TenantApiView):
    """Operations on the documents of one *store*; who may is up to the kind of document."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}
    store: ClassVar[Store]

    @extend_schema(parameters=[LogQuery], responses=LogSerializer)
    def get(self, request: Request, document_id: UUID) -> Response:
        """List what was done, in order; up to 500 at once, read on with `after`."""
        root = self._found(document_id)
        if not self.may_read_log(root):
            raise Http404
        after = query_values(LogQuery, request.query_params).get("after", 0)
        asked = self._change(document_id)
        found = operations(self.store, asked, after=after, until=after + MOST_LISTED)
        return Response({"head": root.head_seq, "operations": [_told(done) for done in found]})

    @extend_schema(request=AskedSerializer(many=True), responses=OutcomeSerializer)
    def post(self, request: Request, document_id: UUID) -> Response:
        """Do operations in order, all or none; one that was done before is answered as then.

        A text that somebody else changed since `base_rev` is 409, with both versions in
        `clashes`; an element that was deleted is 410, and `restore` names what has to come back.
        """
        if not self.may_change(self._found(document_id)):
            raise Http404
        try:
            asked = read_asked(msgspec.json.encode(request.data))
        except LongBodyError as error:
            raise TooLargeError(str(error)) from error
        except UnreadableError as error:
            raise exceptions.ParseError(str(error)) from error
        return Response(answered(self.do(self._change(document_id), asked)))

    def do(self, change: Change, asked: Sequence[Asked]) -> Outcome:
        """Do *asked* operations on a document, all or none. Raises what `commit` raises."""
        return commit(self.store, change, asked)

    def may_change(self, document: Any) -> bool:
        """Whether who asks may change *document*, having the right to edit."""
        return document is not None

    def may_read_log(self, document: Any) -> bool:
        """Whether who asks may see what was done to *document*, having the right to read."""
        return document is not None

    @property
    def member(self) -> Membership | None:
        """The member who asks; None is a program."""
        return self.actor if isinstance(self.actor, Membership) else None

    def _found(self, document_id: UUID) -> Any:
        rows = self.store.root.model.objects.for_tenant(self.tenant)
        return get_object_or_404(rows, pk=document_id)

    def _change(self, document_id: UUID) -> Change:
        kind = "member" if isinstance(self.actor, Membership) else "api_key"
        return Change(self.tenant, document_id, Actor(kind, self.actor.pk), now(), Source.API)


def _told(done: Operation) -> dict[str, Any]:
    return {
        "seq": done.seq,
        "id": done.id,
        "batch": done.batch,
        "op": done.deed.value,
        "kind": done.kind,
        "lineage": done.lineage,
        "field": done.field,
        "before": done.before,
        "after": done.after,
        "at": done.at,
        "source": done.source.value,
        "undo_of": done.undo_of,
    }
