"""Routes of the pages around the product."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from cxm.web import gallery, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("help/terms", views.terms, name="terms"),
    path("workspaces/", views.workspaces, name="workspaces"),
    path("t/<slug:tenant_slug>/find/", views.palette_search, name="palette-search"),
    path("t/<slug:tenant_slug>/settings/workspace/", views.workspace, name="workspace"),
]
if settings.DEBUG:
    urlpatterns.append(path("__gallery__/", gallery.gallery, name="gallery"))
