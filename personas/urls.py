"""Routes of personas and stakeholder maps."""

from __future__ import annotations

from django.urls import URLPattern, path

from cxm.collaboration.views.comment_paths import comment_paths
from cxm.collaboration.views.editing_paths import editing_paths
from cxm.collaboration.views.kinds import Kind
from personas.views import (
    comments,
    compare,
    evidence,
    exports,
    files,
    library,
    library_files,
    map_page,
    maps,
    matrices,
    merging,
    persona,
    pictures,
    relations,
    sharing,
    stakeholders,
)
from personas.views.kinds import MAP, PERSONA

app_name = "personas"
STATEMENT = "personas/<uuid:persona_id>/statements/<uuid:statement_id>"
urlpatterns = [
    path("personas/", library.persona_list, name="persona-list"),
    path("personas/<uuid:persona_id>/", persona.persona_page, name="persona-page"),
    path("personas/<uuid:persona_id>/archive/", library.persona_archive, name="persona-archive"),
    path("personas/<uuid:persona_id>/copy/", library.persona_copy, name="persona-copy"),
    path("personas/<uuid:persona_id>/merge/", merging.persona_merge, name="persona-merge"),
    path("personas/<uuid:persona_id>/picture/", pictures.persona_picture, name="persona-picture"),
    path(
        "personas/<uuid:persona_id>/picture/cover/",
        pictures.persona_cover_upload,
        name="persona-cover-upload",
    ),
    path(
        "personas/<uuid:persona_id>/picture/cover/take-off/",
        pictures.persona_cover_take_off,
        name="persona-cover-take-off",
    ),
    path(
        "personas/<uuid:persona_id>/picture/take-off/",
        pictures.persona_picture_take_off,
        name="persona-picture-take-off",
    ),
    path(
        "personas/<uuid:persona_id>/picture/upload/",
        pictures.persona_picture_upload,
        name="persona-picture-upload",
    ),
    path(
        "personas/<uuid:persona_id>/sections/<uuid:section_id>/files/new/",
        files.persona_file_add,
        name="persona-file-add",
    ),
    path(
        "personas/<uuid:persona_id>/unarchive/", library.persona_unarchive, name="persona-unarchive"
    ),
    path(
        f"{STATEMENT}/evidence/",
        evidence.statement_evidence,
        name="statement-evidence",
    ),
    path(
        f"{STATEMENT}/evidence/add/",
        evidence.statement_evidence_add,
        name="statement-evidence-add",
    ),
    path(f"{STATEMENT}/evidence/cite/", evidence.statement_cite, name="statement-cite"),
    path(
        f"{STATEMENT}/evidence/take-off/",
        evidence.statement_take_off,
        name="statement-take-off",
    ),
    path(f"{STATEMENT}/grade/", evidence.statement_grade, name="statement-grade"),
    path(
        "personas/<uuid:persona_id>/persona.pdf",
        exports.persona_file,
        {"ending": "pdf"},
        name="persona-pdf",
    ),
    path(
        "personas/<uuid:persona_id>/persona.png",
        exports.persona_file,
        {"ending": "png"},
        name="persona-png",
    ),
    path("personas/compare/", compare.persona_compare, name="persona-compare"),
    path("personas/export/", library_files.library_export, name="library-export"),
    path("personas/import/", library_files.library_import, name="library-import"),
    path("personas/library-file", library_files.library_file, name="library-file"),
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
    path(
        "stakeholder-maps/<uuid:map_id>/drawing.svg",
        exports.map_file,
        {"ending": "svg"},
        name="map-drawing",
    ),
    path(
        "stakeholder-maps/<uuid:map_id>/map.pdf",
        exports.map_file,
        {"ending": "pdf"},
        name="map-pdf",
    ),
    path(
        "stakeholder-maps/<uuid:map_id>/map.png",
        exports.map_file,
        {"ending": "png"},
        name="map-png",
    ),
    path(
        "stakeholder-maps/<uuid:map_id>/map.xlsx",
        exports.map_file,
        {"ending": "xlsx"},
        name="map-xlsx",
    ),
    path("stakeholder-maps/<uuid:map_id>/move/", map_page.map_move, name="map-move"),
    path("stakeholder-maps/<uuid:map_id>/parts/", maps.map_parts, name="map-parts"),
    path("stakeholder-maps/<uuid:map_id>/place/", map_page.map_place, name="map-place"),
    path("stakeholder-maps/<uuid:map_id>/relate/", relations.map_relate, name="map-relate"),
    path("stakeholder-maps/<uuid:map_id>/restore/", maps.map_restore, name="map-restore"),
    path("stakeholder-maps/<uuid:map_id>/several/", map_page.map_several, name="map-several"),
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
    path("stakeholders/relations/", relations.relation_list, name="relation-list"),
    path(
        "stakeholders/relations/<uuid:relation_id>/archive/",
        relations.relation_archive,
        name="relation-archive",
    ),
    path(
        "stakeholders/relations/<uuid:relation_id>/edit/",
        relations.relation_edit,
        name="relation-edit",
    ),
    path(
        "stakeholders/relations/<uuid:relation_id>/restore/",
        relations.relation_restore,
        name="relation-restore",
    ),
    path("stakeholders/relations/new/", relations.relation_add, name="relation-add"),
    path("stakeholders/register.xlsx", exports.register_file, name="register-xlsx"),
    path("stakeholders/new/", stakeholders.stakeholder_add, name="stakeholder-add"),
]


def _sharing(folder: str, kind: Kind) -> list[URLPattern]:
    """Give the routes of the links to a document."""
    start, told = f"{folder}/<uuid:document_id>/share", {"kind": kind}
    return [
        path(f"{start}/", sharing.link_list, told, name=f"{kind.name}-share"),
        path(
            f"{start}/<uuid:share_link_id>/revoke/",
            sharing.link_revoke,
            told,
            name=f"{kind.name}-unshare",
        ),
    ]


for folder, kind in (("personas", PERSONA), ("stakeholder-maps", MAP)):
    urlpatterns += [
        *editing_paths(kind, folder),
        *_sharing(folder, kind),
    ]

urlpatterns += comment_paths(comments.PERSONA, "personas")
urlpatterns += comment_paths(comments.MAP, "stakeholder-maps")
