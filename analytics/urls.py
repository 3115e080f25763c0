"""Routes of the pages with figures, below a tenant's address."""

from __future__ import annotations

from django.urls import path

from analytics.views import exports, figure_evidence, metric, overview, segment_contacts

app_name = "analytics"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("figures/refresh/", overview.figures_refresh, name="figures-refresh"),
    path("metrics/<slug:metric_key>/", metric.metric_page, name="metric-page"),
    path("metrics/<slug:metric_key>/export.csv", exports.metric_export, name="metric-export"),
    path(
        "personas/<uuid:persona_id>/figures/<slug:metric_key>/evidence/",
        figure_evidence.figure_evidence,
        name="figure-evidence",
    ),
    path(
        "segments/<slug:segment_key>/contacts/",
        segment_contacts.segment_contacts,
        name="segment-contacts",
    ),
]
