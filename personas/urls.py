"""Routes of personas and stakeholder maps."""

from __future__ import annotations

from django.urls import URLPattern, path

from personas.views import (
    compare,
    editing,
    library,
    map_page,
    maps,
    matrices,
    persona,
    pictures,
    stakeholders,
)
from personas.views.kinds import MAP, PERSONA, Kind

app_name = "personas"
urlpatterns = [
    path("personas/", library.persona_list, name="persona-list"),
    path("personas/<uuid:persona_id>/", persona.persona_page, name="persona-page"),
    path("personas/<uuid:persona_id>/archive/", library.persona_archive, name="persona-archive"),
    path("personas/<uuid:persona_id>/copy/", library.persona_copy, name="persona-copy"),
    path("personas/<uuid:persona_id>/picture/", pictures.persona_picture, name="persona-picture"),
    path(
        "personas/<uuid:persona_id>/unarchive/", library.persona_unarchive, name="persona-unarchive"
    ),
    path("personas/compare/", compare.persona_compare, name="persona-compare"),
    path("personas/matrices/", matrices.matrix_list, name="matrix-list"),
    path("personas/matrices/<uuid:matrix_id>/", matrices.matrix_page, name="matrix-page"),
    path(
        "personas/matrices/<uuid:matrix_id>/delete/", matrices.matrix_delete, name="matrix-delete"
    ),
    path("personas/matrices/<uuid:matrix_id>/edit/", matrices.matrix_edit, name="matrix-edit"),
    path("personas/matrices/<uuid:matrix_id>/place/", matrices.matrix_place, name="matrix-place"),
    path(
        "personas/matrices/<uuid:matrix_id>/take-off/",
        matrices.matrix_take_off,
        name="matrix-take-off",
    ),
    path("personas/matrices/new/", matrices.matrix_create, name="matrix-create"),
    path("personas/new/", library.persona_create, name="persona-create"),
    path("stakeholder-maps/", maps.map_list, name="map-list"),
    path("stakeholder-maps/<uuid:map_id>/", map_page.map_page, name="map-page"),
    path("stakeholder-maps/<uuid:map_id>/archive/", maps.map_archive, name="map-archive"),
    path("stakeholder-maps/<uuid:map_id>/drawing.svg", map_page.map_drawing, name="map-drawing"),
    path("stakeholder-maps/<uuid:map_id>/move/", map_page.map_move, name="map-move"),
    path("stakeholder-maps/<uuid:map_id>/parts/", maps.map_parts, name="map-parts"),
    path("stakeholder-maps/<uuid:map_id>/place/", map_page.map_place, name="map-place"),
    path("stakeholder-maps/<uuid:map_id>/restore/", maps.map_restore, name="map-restore"),
    path("stakeholder-maps/<uuid:map_id>/tidy/", map_page.map_tidy, name="map-tidy"),
    path("stakeholder-maps/new/", maps.map_add, name="map-add"),
    path("stakeholders/", stakeholders.stakeholder_list, name="stakeholder-list"),
    path(
        "stakeholders/<uuid:stakeholder_id>/archive/",
        stakeholders.stakeholder_archive,
        name="stakeholder-archive",
    ),
    path(
        "stakeholders/<uuid:stakeholder_id>/edit/",
        stakeholders.stakeholder_edit,
        name="stakeholder-edit",
    ),
    path(
        "stakeholders/<uuid:stakeholder_id>/persona/",
        stakeholders.stakeholder_persona,
        name="stakeholder-persona",
    ),
    path(
        "stakeholders/<uuid:stakeholder_id>/restore/",
        stakeholders.stakeholder_restore,
        name="stakeholder-restore",
    ),
    path("stakeholders/new/", stakeholders.stakeholder_add, name="stakeholder-add"),
]


def _editing(folder: str, kind: Kind) -> list[URLPattern]:
    """Give the routes that every document has: its operations, undo and redo, its history."""
    start, told = f"{folder}/<uuid:document_id>", {"kind": kind}
    undo, redo = {**told, "is_redo": False}, {**told, "is_redo": True}
    return [
        path(f"{start}/change/", editing.change, told, name=f"{kind.name}-change"),
        path(f"{start}/changes", editing.changes, told, name=f"{kind.name}-changes"),
        path(f"{start}/go-back/", editing.go_back, told, name=f"{kind.name}-go-back"),
        path(f"{start}/history/", editing.history, told, name=f"{kind.name}-history"),
        path(f"{start}/ops", editing.ops, told, name=f"{kind.name}-ops"),
        path(f"{start}/redo/", editing.step_back, redo, name=f"{kind.name}-redo"),
        path(f"{start}/undo/", editing.step_back, undo, name=f"{kind.name}-undo"),
    ]


urlpatterns += _editing("personas", PERSONA)
urlpatterns += _editing("stakeholder-maps", MAP)
