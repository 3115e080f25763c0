"""Routes of the pages with figures, below a tenant's address."""

from __future__ import annotations

from django.urls import path

from analytics.views import (
    alert_rules,
    alerts,
    churn,
    churn_revenue,
    event_log,
    exports,
    figure_evidence,
    lane_numbers,
    metric,
    overview,
    repeat_customers,
    segment_contacts,
    themes,
    why,
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
    path(
        "churn/definitions/<uuid:churn_definition_id>/revenue/",
        churn_revenue.churn_revenue,
        name="churn-revenue",
    ),
    path("alerts/", alerts.alert_list, name="alert-list"),
    path("alerts/rules/", alert_rules.alert_rule_list, name="alert-rule-list"),
    path("alerts/rules/new/", alert_rules.alert_rule_new, name="alert-rule-new"),
    path("alerts/rules/<uuid:alert_rule_id>/", alert_rules.alert_rule_page, name="alert-rule-page"),
    path(
        "alerts/rules/<uuid:alert_rule_id>/edit/",
        alert_rules.alert_rule_edit,
        name="alert-rule-edit",
    ),
    path(
        "alerts/rules/<uuid:alert_rule_id>/switch/",
        alert_rules.alert_rule_switch,
        name="alert-rule-switch",
    ),
    path(
        "alerts/rules/<uuid:alert_rule_id>/preview/",
        alert_rules.alert_rule_preview,
        name="alert-rule-preview",
    ),
    path(
        "alerts/rules/<uuid:alert_rule_id>/archive/",
        alert_rules.alert_rule_archive,
        name="alert-rule-archive",
    ),
    path("alerts/<uuid:alert_id>/", alerts.alert_page, name="alert-page"),
    path("alerts/<uuid:alert_id>/acknowledge/", alerts.alert_acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:alert_id>/close/", alerts.alert_close, name="alert-close"),
    path("repeat-customers/", repeat_customers.repeat_customers_page, name="repeat-customers"),
    path(
        "repeat-customers/customers/",
        repeat_customers.repeat_customer_list,
        name="repeat-customer-list",
    ),
    path(
        "repeat-customers/settings/",
        repeat_customers.repeat_customers_settings,
        name="repeat-customers-settings",
    ),
    path(
        "repeat-customers/count/",
        repeat_customers.repeat_customers_count,
        name="repeat-customers-count",
    ),
    path("figures/refresh/", overview.figures_refresh, name="figures-refresh"),
    path("metrics/<slug:metric_key>/", metric.metric_page, name="metric-page"),
    path("metrics/<slug:metric_key>/why/", why.why, name="why"),
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
