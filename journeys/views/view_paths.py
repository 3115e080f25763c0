"""The routes of a map's table and matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from journeys.views import map_matrix, map_table

if TYPE_CHECKING:
    from django.urls import URLPattern


def view_paths(start: str) -> list[URLPattern]:
    """Give the routes of the views of a map under *start*, which takes its id."""
    return [
        path(f"{start}/matrix/", map_matrix.map_matrix, name="map-matrix"),
        path(f"{start}/matrix/place/", map_matrix.map_matrix_place, name="map-matrix-place"),
        path(f"{start}/table/", map_table.map_table, name="map-table"),
        path(f"{start}/table/several/", map_table.map_table_several, name="map-table-several"),
    ]
