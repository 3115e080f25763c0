"""Elements of maps in the JSON API: their keys, and texts taken out of their history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, idempotent
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.rules import Right
from journeys.api.maps import MapApiView
from journeys.models import Lineage
from journeys.selectors.map_elements import element_of, kind_once, lineage_of
from journeys.services.rekeying import LONGEST_KEY, rekey
from journeys.services.taking_out import LONGEST_REASON, take_out
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from journeys.models import JourneyMap


class ElementKeySerializer(serializers.ModelSerializer[Lineage]):
    """What files call an element, and what they called it before."""

    class Meta:
        model = Lineage
        fields = ["id", "kind", "key", "former_keys"]
        read_only_fields = fields


class ElementKeyBody(StrictSerializer[Any]):
    """Another key of an element."""

    key = serializers.CharField(
        max_length=LONGEST_KEY,
        help_text="Small letters and digits, joined by hyphens; a former one takes that back.",
    )


class TakeOutBody(StrictSerializer[Any]):
    """A text that is taken out of the history of an element, on all maps of its journey."""

    field = serializers.CharField(max_length=60, help_text="A field of it that holds text.")
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Kept in the audit log.")
    is_emptied = serializers.BooleanField(
        default=False, help_text="Also empty it on drafts, before."
    )


class TakenOutSerializer(serializers.Serializer[Any]):
    """Of how many operations something was taken out, and the maps on which a text still stands."""

    operations = serializers.IntegerField()
    stands = serializers.ListField(child=serializers.UUIDField())


class ElementKeyView(MapApiView):
    """The key of an element of a map."""

    rights = {"get": Right.SEE_JOURNEYS, "put": Right.EDIT_JOURNEYS}

    @extend_schema(operation_id="journey_map_element_key", responses=ElementKeySerializer)
    def get(self, _request: Request, journey_map_id: UUID, lineage: UUID) -> Response:
        """Read the key of an element, and its former ones."""
        named = self._named(self.found_map(journey_map_id), lineage)
        return Response(ElementKeySerializer(named).data)

    @extend_schema(request=ElementKeyBody, responses=ElementKeySerializer)
    def put(self, request: Request, journey_map_id: UUID, lineage: UUID) -> Response:
        """Give an element another key, on all maps of the journey."""
        found = self.found_map(journey_map_id, Sight.CHANGE)
        named = self._named(found, lineage)
        key = cleaned(ElementKeyBody, request)["key"]
        done = rekey(lineage=named, journey=found.journey, key=key, by=self.actor)
        return Response(ElementKeySerializer(done).data)

    def _named(self, row: JourneyMap, lineage: UUID) -> Lineage:
        element = element_of(row, lineage)
        named = lineage_of(row, element) if element else None
        if named is None:
            raise Http404
        return named


class ElementTakeOutView(MapApiView):
    """Taking a text out of the history of an element."""

    rights = {"post": Right.MANAGE_TENANT}

    @extend_schema(request=TakeOutBody, responses=TakenOutSerializer)
    @idempotent
    def post(self, request: Request, journey_map_id: UUID, lineage: UUID) -> Response:
        """Blank what a field held before, for good; nothing brings it back."""
        found = self.found_map(journey_map_id)
        kind = kind_once(found, lineage)
        if kind is None:
            raise Http404
        done = take_out(
            of=found,
            lineage=lineage,
            kind=kind,
            by=self.actor,
            now=now(),
            source=Source.API,
            **cleaned(TakeOutBody, request),
        )
        told = {"operations": done.operations, "stands": [row.pk for row in done.stands]}
        return Response(TakenOutSerializer(told).data)


_ELEMENT = "journey-maps/<uuid:journey_map_id>/elements/<uuid:lineage>"
api_urls = [
    path(f"{_ELEMENT}/key/", ElementKeyView.as_view()),
    path(f"{_ELEMENT}/take-out/", ElementTakeOutView.as_view()),
]
