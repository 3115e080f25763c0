"""How maps were, in the JSON API: versions that are kept, and bringing back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.rules import Right
from journeys.api.maps import JourneyMapDetailSerializer, MapApiView
from journeys.errors import LostError
from journeys.models import Snapshot
from journeys.selectors.access import sees_live_only
from journeys.selectors.journeys import laid_out
from journeys.services import snapshots as services
from journeys.services.comparing import Moment, state_at
from journeys.services.restoring import restore_map
from journeys.services.versions import keep_version
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.models import JourneyMap


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    """A map as it was kept after operation `seq`."""

    class Meta:
        model = Snapshot
        fields = ["id", "seq", "label", "trigger", "at"]
        read_only_fields = fields


class SnapshotDetailSerializer(SnapshotSerializer):
    """A version with all that was on the map, and `titles` of library items by their ids."""

    stages = serializers.ListField(child=serializers.DictField())
    lanes = serializers.ListField(child=serializers.DictField())
    flows = serializers.ListField(child=serializers.DictField())
    personas = serializers.ListField(child=serializers.DictField())
    titles = serializers.DictField(child=serializers.CharField())

    class Meta(SnapshotSerializer.Meta):
        fields = [*SnapshotSerializer.Meta.fields, "stages", "lanes", "flows", "personas", "titles"]
        read_only_fields = fields


class SnapshotBody(StrictSerializer[Any]):
    """The name under which a map is kept as it is now."""

    label = serializers.CharField(  # type: ignore[assignment]  # a declared field
        max_length=services.LONGEST_LABEL
    )


class MapRestoreBody(StrictSerializer[Any]):
    """What is brought back, and to which moment."""

    until = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="As it was after this operation."
    )
    only = serializers.UUIDField(
        required=False, help_text="A lane or another element, with what lies in it; else all."
    )
    leave_lost = serializers.BooleanField(
        default=False, help_text="Do the rest where the map referred to what is out of use by now."
    )


class _ThenView(MapApiView):
    """Base of what is about how a map was."""

    def found_then(self, map_id: UUID) -> JourneyMap:
        """Give a map of which who asks may see how it was. Raises Http404."""
        if sees_live_only(self.reader):
            raise Http404
        return self.found_map(map_id)


class SnapshotListView(_ThenView):
    """The versions that are kept of a map."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

    @paged(SnapshotSerializer)
    def get(self, request: Request, journey_map_id: UUID) -> Response:
        """List the versions, the last first."""
        rows = Snapshot.objects.for_tenant(self.tenant).filter(map=self.found_then(journey_map_id))
        return cursor_page(
            request, rows.defer("document").order_by("-seq", "-pk"), SnapshotSerializer
        )

    @extend_schema(request=SnapshotBody, responses={201: SnapshotSerializer})
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Keep a map as it is now, under a name."""
        found = self.found_map(journey_map_id, Sight.CHANGE)
        label = cleaned(SnapshotBody, request)["label"]
        made = keep_version(of=found, label=label, by=self.actor, now=now())
        return Response(SnapshotSerializer(made).data, status=201)


class SnapshotView(_ThenView):
    """One version of a map."""

    rights = {"get": Right.SEE_JOURNEYS}

    @extend_schema(operation_id="journey_map_snapshot", responses=SnapshotDetailSerializer)
    def get(self, _request: Request, journey_map_id: UUID, snapshot_id: UUID) -> Response:
        """Read a version with all that was on the map."""
        found = self.found_then(journey_map_id)
        rows = Snapshot.objects.for_tenant(self.tenant).filter(map=found)
        kept = get_object_or_404(rows, pk=snapshot_id)
        document = laid_out(state_at(Moment(found, kept.seq), now=now()))
        told = {**document, "titles": kept.document.get("titles", {})}
        return Response({**SnapshotSerializer(kept).data, **told})


class MapRestoreView(MapApiView):
    """Bringing a map back to how it was."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(request=MapRestoreBody, responses=JourneyMapDetailSerializer)
    @idempotent
    def post(self, request: Request, journey_map_id: UUID) -> Response:
        """Bring back all of a map, or one element; 409 tells in `lost` what is out of use."""
        found = self.found_map(journey_map_id, Sight.CHANGE)
        values = cleaned(MapRestoreBody, request)
        done = restore_map(
            of=found,
            until=values["until"],
            only=values.get("only"),
            choice=Choice.THEIRS if values["leave_lost"] else Choice.ASK,
            by=self.actor,
            now=now(),
            source=Source.API,
        )
        if done.clashes and not values["leave_lost"]:
            raise LostError([clash.reason for clash in done.clashes])
        return self.answer_map(self.found_map(journey_map_id))


_ONE = "journey-maps/<uuid:journey_map_id>"
api_urls = [
    path(f"{_ONE}/restore/", MapRestoreView.as_view()),
    path(f"{_ONE}/snapshots/", SnapshotListView.as_view()),
    path(f"{_ONE}/snapshots/<uuid:snapshot_id>/", SnapshotView.as_view()),
]
