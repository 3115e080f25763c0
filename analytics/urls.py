"""Routes of the pages with figures, below a tenant's address."""

from __future__ import annotations

from django.urls import path

from analytics.views import (
    churn,
    event_log,
    exports,
    figure_evidence,
    lane_numbers,
    metric,
    overview,
    segment_contacts,
    themes,
)

app_name = "analytics"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("themes/", themes.themes, name="themes"),
    path("churn/", churn.churn, name="churn"),
    path("churn/definitions/new/", churn.churn_definition_new, name="churn-definition-new"),
    path(
        "churn/definitions/<uuid:churn_definition_id>/edit/",
        churn.churn_definition_edit,
        name="churn-definition-edit",
    ),
    path(
        "churn/definitions/<uuid:churn_definition_id>/lead/",
        churn.churn_definition_lead,
        name="churn-definition-lead",
    ),
    path(
        "churn/definitions/<uuid:churn_definition_id>/archive/",
        churn.churn_definition_archive,
        name="churn-definition-archive",
    ),
    path(
        "churn/definitions/<uuid:churn_definition_id>/count/",
        churn.churn_count,
        name="churn-count",
    ),
    path(
        "churn/definitions/<uuid:churn_definition_id>/customers/",
        churn.churn_customers,
        name="churn-customers",
    ),
    path("figures/refresh/", overview.figures_refresh, name="figures-refresh"),
    path("metrics/<slug:metric_key>/", metric.metric_page, name="metric-page"),
    path("metrics/<slug:metric_key>/export.csv", exports.metric_export, name="metric-export"),
    path(
        "maps/<uuid:journey_map_id>/lanes/<uuid:lane_id>/numbers/",
        lane_numbers.lane_numbers,
        name="lane-numbers",
    ),
    path("journeys/<uuid:journey_id>/log/", event_log.event_log, name="event-log"),
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
