"""The routes of evidence on maps, and of looking at maps again."""

from __future__ import annotations

from django.urls import URLPattern, path

from journeys.views import looking_again, map_evidence

MAP = "maps/<uuid:journey_map_id>"
ONE = f"{MAP}/elements/<uuid:lineage>"


def evidence_paths() -> list[URLPattern]:
    """Give the routes by which evidence is cited, steps and cards graded, and maps reviewed."""
    again = f"{MAP}/look-again"
    return [
        path(f"{again}/", looking_again.map_look_again, name="map-look-again"),
        path(f"{again}/hand-over/", looking_again.map_hand_over, name="map-hand-over"),
        path(f"{again}/keep/", looking_again.map_keep, name="map-keep"),
        path(f"{again}/steps/", looking_again.map_hand_over_steps, name="map-hand-over-steps"),
        path(f"{ONE}/cite/", map_evidence.element_cite, name="element-cite"),
        path(f"{ONE}/evidence/", map_evidence.element_evidence_add, name="element-evidence-add"),
        path(f"{ONE}/grade/", map_evidence.element_grade, name="element-grade"),
        path(f"{ONE}/take-off/", map_evidence.element_take_off, name="element-take-off"),
    ]
