"""Every route of the JSON API, its schema and its reference page."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_safe

from analytics.api.alerts import api_urls as alert_urls
from analytics.api.annotations import api_urls as annotation_urls
from analytics.api.churn import api_urls as churn_urls
from analytics.api.dashboard_links import api_urls as dashboard_link_urls
from analytics.api.dashboards import api_urls as dashboard_urls
from analytics.api.drivers import api_urls as driver_urls
from analytics.api.figures import api_urls as analytics_urls
from analytics.api.goals import api_urls as goal_urls
from analytics.api.repeat_customers import api_urls as repeat_customer_urls
from analytics.api.reports import api_urls as report_urls
from analytics.api.risk import api_urls as risk_urls
from analytics.api.why import api_urls as why_urls
from cxm.collaboration.api.urls import api_urls as collaboration_urls
from cxm.customers.api.urls import api_urls as customer_urls
from cxm.integrations.api.urls import api_urls as integration_urls
from cxm.kernel.api_reference import reference
from cxm.kernel.api_schema import ApiGenerator
from cxm.kernel.problems import PROBLEMS
from cxm.metrics.api import api_urls as metric_urls
from cxm.tenants.api import api_urls as tenant_urls
from cxm.touchpoints.api.urls import api_urls as touchpoint_urls
from cxm.web.api import api_urls as web_urls
from cxm.work.api import api_urls as work_urls
from feedback.api.ask_lists import ask_list_urls
from feedback.api.contact_rules import api_urls as contact_rule_urls
from feedback.api.event_sources import api_urls as event_source_urls
from feedback.api.events import api_urls as event_urls
from feedback.api.imports import api_urls as import_urls
from feedback.api.responses import api_urls as response_urls
from feedback.api.sending import api_urls as sending_urls
from feedback.api.survey_results import api_urls as survey_result_urls
from feedback.api.surveys import api_urls as survey_urls
from feedback.api.topics import api_urls as topic_urls
from journeys.api.urls import api_urls as journey_urls
from personas.api.urls import api_urls as persona_urls

if TYPE_CHECKING:
    from django.urls import URLPattern

ROOMS: tuple[list[URLPattern], ...] = (
    analytics_urls,
    alert_urls,
    churn_urls,
    collaboration_urls,
    contact_rule_urls,
    customer_urls,
    driver_urls,
    dashboard_urls,
    dashboard_link_urls,
    event_source_urls,
    event_urls,
    annotation_urls,
    goal_urls,
    import_urls,
    integration_urls,
    journey_urls,
    metric_urls,
    persona_urls,
    repeat_customer_urls,
    report_urls,
    response_urls,
    risk_urls,
    sending_urls,
    ask_list_urls,
    survey_urls,
    survey_result_urls,
    tenant_urls,
    topic_urls,
    touchpoint_urls,
    web_urls,
    work_urls,
    why_urls,
)


@cache
def api_schema() -> dict[str, Any]:
    """Give the OpenAPI description of `/api/v1/`; made once a process."""
    schema: dict[str, Any] = ApiGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]  # drf-spectacular
    return schema


@require_safe
def schema(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django passes it
    """Give the OpenAPI description as JSON; it holds nothing of any tenant."""
    return JsonResponse(api_schema())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the reference of the API."""
    context = {"sections": reference(api_schema()), "problems": PROBLEMS}
    return render(request, "api/reference.html", context)


urlpatterns = [
    path("v1/", include(list(chain.from_iterable(ROOMS)))),
    path("schema/", schema, name="api-schema"),
    path("docs/", docs, name="api-docs"),
]
