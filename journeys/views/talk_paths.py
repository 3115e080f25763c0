"""The routes of what people say about maps and the library, and of following a journey."""

from __future__ import annotations

from django.urls import URLPattern, path

from cxm.collaboration.views.comment_paths import comment_paths
from journeys.rules.library_sorts import SORTS
from journeys.views.following import journey_follow
from journeys.views.library_comments import ITEMS
from journeys.views.map_comments import MAP


def talk_paths() -> list[URLPattern]:
    """Give the routes of comments on maps and items, as `map-comments`, and `journey-follow`."""
    found = [
        path("journeys/<uuid:journey_id>/follow/", journey_follow, name="journey-follow"),
        *comment_paths(MAP, "maps"),
    ]
    for sort in SORTS.values():
        found += comment_paths(ITEMS[sort.name], sort.plural.lower())
    return found
