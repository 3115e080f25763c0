"""Routes of files, evidence, what people are told, and views that they keep."""

from __future__ import annotations

from django.urls import path

from cxm.collaboration.views import assets, evidence, notices, saved_views

app_name = "collaboration"
urlpatterns = [
    path("assets/<uuid:asset_id>/<str:file_name>", assets.asset_file, name="asset-file"),
    path("evidence/", evidence.evidence_list, name="evidence-list"),
    path(
        "evidence/<uuid:evidence_id>/archive/", evidence.evidence_archive, name="evidence-archive"
    ),
    path("evidence/<uuid:evidence_id>/edit/", evidence.evidence_edit, name="evidence-edit"),
    path(
        "evidence/<uuid:evidence_id>/restore/", evidence.evidence_restore, name="evidence-restore"
    ),
    path("evidence/new/", evidence.evidence_create, name="evidence-create"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<uuid:notice_id>/", notices.notice_open, name="notice-open"),
    path("notices/<uuid:notice_id>/read/", notices.notice_read, name="notice-read"),
    path("notices/mail/", notices.notice_mail, name="notice-mail"),
    path("notices/read/", notices.notices_read, name="notices-read"),
    path("views/", saved_views.view_save, name="view-save"),
    path("views/<uuid:view_id>/", saved_views.view_change, name="view-change"),
    path("views/<uuid:view_id>/remove/", saved_views.view_remove, name="view-remove"),
]
