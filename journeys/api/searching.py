"""The search through maps, comments and the library in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from rest_framework import serializers

from cxm.kernel.api import StrictSerializer, list_page, query_values
from cxm.kernel.api_schema import paged
from cxm.tenants.rules import Right
from journeys.api.journeys import JourneyApiView
from journeys.rules.searching import KINDS, LONGEST, SHORTEST
from journeys.selectors.searching import found_by

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

# So many of each kind are found, over all pages.
MOST = 200


class SearchQuery(StrictSerializer[Any]):
    """What is looked for."""

    q = serializers.CharField(
        min_length=SHORTEST,
        max_length=LONGEST,
        help_text="Words, each of which is said; mistyped ones are found where nothing else is.",
    )
    kind = serializers.ChoiceField(
        choices=list(KINDS), required=False, help_text="Only what is of this kind."
    )


class SearchFoundMapSerializer(serializers.Serializer[Any]):
    """The map on which something was found."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    journey_id = serializers.UUIDField()
    journey = serializers.CharField(help_text="The title of its journey.")


class SearchFoundSerializer(serializers.Serializer[Any]):
    """One thing that was found, with the map where it lies on one.

    `id` is a lineage for what lies on a map. Of a comment it is that of what is talked about, or
    null for the map as a whole.
    """

    kind = serializers.ChoiceField(choices=list(KINDS))
    id = serializers.UUIDField(allow_null=True)
    words = serializers.CharField(help_text="What it says, in one line of up to 160 signs.")
    where = serializers.ListField(
        child=serializers.CharField(), help_text="Where it is, from the inside out."
    )
    map = SearchFoundMapSerializer(allow_null=True)


class SearchView(JourneyApiView):
    """What is said on maps, about them and in the library."""

    rights = {"get": Right.SEE_JOURNEYS}

    @paged(SearchFoundSerializer, SearchQuery)
    def get(self, request: Request) -> Response:
        """Find what may be read, by kind, the likeliest of each first."""
        asked = query_values(SearchQuery, request.query_params)
        found = found_by(self.tenant, self.reader, asked["q"], most=MOST)
        kinds = [asked["kind"]] if "kind" in asked else list(found)
        listed = [one for kind in kinds for one in found.get(kind, ())]
        return list_page(request, listed, SearchFoundSerializer)


api_urls = [path("search/", SearchView.as_view())]
