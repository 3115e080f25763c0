"""Routes of the pages of metric definitions."""

from __future__ import annotations

from django.urls import path

from cxm.metrics import views

app_name = "metrics"
urlpatterns = [
    path("definitions/", views.metric_list, name="metric-list"),
    path("definitions/add/", views.metric_add, name="metric-add"),
    path("definitions/<uuid:metric_id>/", views.metric_detail, name="metric-detail"),
    path("definitions/<uuid:metric_id>/redefine/", views.metric_redefine, name="metric-redefine"),
    path("definitions/<uuid:metric_id>/archive/", views.metric_archive, name="metric-archive"),
    path("definitions/<uuid:metric_id>/restore/", views.metric_restore, name="metric-restore"),
]
