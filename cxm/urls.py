"""Every route of the product."""

from __future__ import annotations

from django.urls import include, path

from cxm.collaboration.views.shared import shared_page, shared_picture
from cxm.customers.views.panels import panel_page
from feedback.views.answering import answering_urls
from feedback.views.delighted import delighted_urls
from feedback.views.embedding import embedding_urls
from feedback.views.ingest import ingest_urls
from feedback.views.stopping import stopping_urls
from feedback.views.webhooks_in import webhook_in_urls

urlpatterns = [
    # First: nothing is asked for so often. "embed" must not be taken for somebody's token.
    path("", include(embedding_urls)),
    path("", include(answering_urls)),
    path("accounts/", include("cxm.accounts.urls")),
    path("t/<slug:tenant_slug>/", include("analytics.urls")),
    path("api/", include("cxm.api")),
    path("t/<slug:tenant_slug>/", include("cxm.collaboration.urls")),
    path("t/<slug:tenant_slug>/", include("cxm.customers.urls")),
    path("t/<slug:tenant_slug>/", include("cxm.integrations.urls")),
    path("panel/<str:token>", panel_page, name="panel-page"),
    path("", include("cxm.tenants.urls")),
    path("t/<slug:tenant_slug>/", include("cxm.metrics.urls")),
    path("t/<slug:tenant_slug>/", include("cxm.touchpoints.urls")),
    path("t/<slug:tenant_slug>/", include("cxm.work.urls")),
    path("t/<slug:tenant_slug>/", include("feedback.urls")),
    path("", include(delighted_urls)),
    path("", include(stopping_urls)),
    path("", include(ingest_urls)),
    path("", include(webhook_in_urls)),
    path("t/<slug:tenant_slug>/", include("journeys.urls")),
    path("t/<slug:tenant_slug>/", include("personas.urls")),
    path("s/<str:token>", shared_page, name="share-page"),
    path("s/<str:token>/pictures/<uuid:asset_id>", shared_picture, name="share-picture"),
    path("", include("cxm.web.urls")),
]

handler400 = "cxm.web.views.bad_request"
