"""Routes of the product and one more: an empty page of the same layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from cxm.tenants.access import tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest

EMPTY = "{% extends 'base.html' %}{% block title %}Empty{% endblock %}"


@tenant_page(Right.SEE_FIGURES)
def empty(request: TenantRequest) -> HttpResponse:
    """Answer with the frame of a page and nothing in it."""
    return HttpResponse(engines["django"].from_string(EMPTY).render({}, request))


urlpatterns = [
    path("t/<slug:tenant_slug>/bench-empty/", empty),
    path("", include("cxm.urls")),
]
