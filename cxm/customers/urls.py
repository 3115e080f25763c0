"""Routes of customers, what is known of them, and what happened to them."""

from __future__ import annotations

from django.urls import path

from cxm.customers.views import (
    agent_page,
    attributes,
    companies,
    contracts,
    customers,
    erasing,
    identities,
    panels,
    promises,
    proposals,
    segment_builder,
    segments,
    touchpoint_rules,
)

app_name = "customers"
urlpatterns = [
    path("companies/", companies.company_list, name="company-list"),
    path("companies/<uuid:company_id>/", companies.company_page, name="company-detail"),
    path("contracts/", contracts.contract_list, name="contract-list"),
    path("contracts/import/", contracts.contract_import, name="contract-import"),
    path("customers/", customers.customer_list, name="customer-list"),
    path("customers/<uuid:customer_id>/", agent_page.customer_page, name="customer-page"),
    path("customers/<uuid:customer_id>/erase/", erasing.customer_erase, name="customer-erase"),
    path(
        "customers/<uuid:customer_id>/filter/", agent_page.customer_filter, name="customer-filter"
    ),
    path(
        "customers/<uuid:customer_id>/identities/",
        identities.customer_identities,
        name="customer-identities",
    ),
    path(
        "customers/<uuid:customer_id>/interactions/<uuid:interaction_id>/",
        agent_page.customer_interaction,
        name="customer-interaction",
    ),
    path("customers/<uuid:customer_id>/merge/", identities.customer_merge, name="customer-merge"),
    path("customers/<uuid:customer_id>/notes/", agent_page.customer_note, name="customer-note"),
    path("customers/<uuid:customer_id>/parts/", agent_page.customer_parts, name="customer-parts"),
    path(
        "customers/<uuid:customer_id>/promises/",
        agent_page.customer_promise,
        name="customer-promise",
    ),
    path(
        "customers/erasures/<uuid:batch_id>/receipt/",
        erasing.erasure_receipt,
        name="erasure-receipt",
    ),
    path(
        "customers/merges/<uuid:merge_id>/unmerge/",
        identities.customer_unmerge,
        name="customer-unmerge",
    ),
    path("customers/proposals/", proposals.proposal_list, name="proposal-list"),
    path("customers/proposals/find/", proposals.proposal_find, name="proposal-find"),
    path(
        "customers/proposals/<uuid:proposal_id>/merge/",
        proposals.proposal_merge,
        name="proposal-merge",
    ),
    path(
        "customers/proposals/<uuid:proposal_id>/refuse/",
        proposals.proposal_refuse,
        name="proposal-refuse",
    ),
    path(
        "customers/proposals/<uuid:proposal_id>/reopen/",
        proposals.proposal_reopen,
        name="proposal-reopen",
    ),
    path("promises/", promises.promise_list, name="promise-list"),
    path("promises/<uuid:promise_id>/drop/", promises.promise_drop, name="promise-drop"),
    path("promises/<uuid:promise_id>/keep/", promises.promise_keep, name="promise-keep"),
    path("segments/", segments.segment_list, name="segment-list"),
    path("segments/new/", segment_builder.segment_new, name="segment-new"),
    path("segments/<slug:segment_key>/", segments.segment_detail, name="segment-detail"),
    path("segments/<slug:segment_key>/archive/", segments.segment_archive, name="segment-archive"),
    path("segments/<slug:segment_key>/edit/", segment_builder.segment_edit, name="segment-edit"),
    path("segments/<slug:segment_key>/refresh/", segments.segment_refresh, name="segment-refresh"),
    path("segments/<slug:segment_key>/restore/", segments.segment_restore, name="segment-restore"),
    path("settings/attributes/", attributes.attribute_list, name="attribute-list"),
    path(
        "settings/attributes/<uuid:attribute_id>/edit/",
        attributes.attribute_edit,
        name="attribute-edit",
    ),
    path("settings/panels/", panels.panel_list, name="panel-list"),
    path("settings/panels/new/", panels.panel_create, name="panel-create"),
    path("settings/panels/<uuid:panel_id>/revoke/", panels.panel_revoke, name="panel-revoke"),
    path("touchpoints/events/", touchpoint_rules.event_name_list, name="event-name-list"),
    path("touchpoints/events/lead/", touchpoint_rules.event_name_lead, name="event-name-lead"),
    path("touchpoints/rules/apply/", touchpoint_rules.rule_apply, name="rule-apply"),
    path("touchpoints/rules/dry-run/", touchpoint_rules.rule_trial, name="rule-trial"),
    path("touchpoints/rules/past/", touchpoint_rules.rule_past, name="rule-past"),
    path(
        "touchpoints/rules/past/<uuid:batch_id>/undo/",
        touchpoint_rules.rule_undo,
        name="rule-undo",
    ),
]
