"""The routes of maps as they were, of their history, and of bringing them back."""

from __future__ import annotations

from django.urls import URLPattern, path

from journeys.views import map_history, map_then

_ONE = "maps/<uuid:journey_map_id>"
_VERSION = f"{_ONE}/versions/<uuid:snapshot_id>"


def history_paths() -> list[URLPattern]:
    """Give the routes, as `map-history`, `map-then` and `map-bring-back`."""
    return [
        path(f"{_ONE}/history/", map_history.map_history, name="map-history"),
        path(f"{_ONE}/on/<str:day>/", map_then.map_on, name="map-on"),
        path(f"{_ONE}/then/", map_then.map_then_door, name="map-then-door"),
        path(f"{_ONE}/then/<int:seq>/", map_then.map_then, name="map-then"),
        path(
            f"{_ONE}/then/<int:seq>/bring-back/", map_history.map_bring_back, name="map-bring-back"
        ),
        path(f"{_ONE}/versions/new/", map_history.version_new, name="version-new"),
        path(f"{_VERSION}/remove/", map_history.version_remove, name="version-remove"),
        path(f"{_VERSION}/rename/", map_history.version_rename, name="version-rename"),
    ]
