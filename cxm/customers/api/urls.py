"""Routes of customers in the JSON API."""

from __future__ import annotations

from django.urls import path

from cxm.customers.api import (
    attributes,
    companies,
    context,
    contracts,
    customers,
    erasing,
    identity,
    panels,
    serving,
)
from cxm.customers.api.segments import api_urls as segment_urls
from cxm.customers.api.touchpoint_rules import api_urls as rule_urls

api_urls = [
    path("attributes/", attributes.AttributeListView.as_view()),
    path("attributes/<uuid:attribute_id>/", attributes.AttributeView.as_view()),
    path("companies/", companies.CompanyListView.as_view()),
    path("companies/<uuid:company_id>/", companies.CompanyView.as_view()),
    path("contracts/", contracts.ContractListView.as_view()),
    path("contracts/<uuid:contract_id>/", contracts.ContractView.as_view()),
    path("customer-context", context.CustomerContextView.as_view()),
    path("customer-context/", context.CustomerContextSlashView.as_view()),
    path("customer-merges/", identity.MergeListView.as_view()),
    path("customer-merges/<uuid:merge_id>/unmerge/", identity.UnmergeView.as_view()),
    path("customers/", customers.CustomerListView.as_view()),
    path("customers/<uuid:customer_id>/", customers.CustomerView.as_view()),
    path("customers/<uuid:customer_id>/interactions/", serving.TimelineView.as_view()),
    path("customers/<uuid:customer_id>/merge/", identity.CustomerMergeView.as_view()),
    path("customers/<uuid:customer_id>/notes/", serving.NoteView.as_view()),
    path("customers/<uuid:customer_id>/promises/", serving.CustomerPromiseView.as_view()),
    path("erasures/<uuid:batch_id>/receipt/", erasing.ErasureReceiptView.as_view()),
    path("merge-proposals/", identity.ProposalListView.as_view()),
    path("merge-proposals/find/", identity.ProposalFindView.as_view()),
    path("merge-proposals/<uuid:proposal_id>/merge/", identity.ProposalMergeView.as_view()),
    path("merge-proposals/<uuid:proposal_id>/refuse/", identity.ProposalRefuseView.as_view()),
    path("merge-proposals/<uuid:proposal_id>/reopen/", identity.ProposalReopenView.as_view()),
    path("panel-links/", panels.PanelLinkView.as_view()),
    path("panels/", panels.PanelListView.as_view()),
    path("panels/<uuid:panel_id>/revoke/", panels.PanelRevokeView.as_view()),
    path("promises/", serving.PromiseListView.as_view()),
    path("promises/<uuid:promise_id>/drop/", serving.PromiseDropView.as_view()),
    path("promises/<uuid:promise_id>/keep/", serving.PromiseKeepView.as_view()),
    *rule_urls,
    *segment_urls,
]
