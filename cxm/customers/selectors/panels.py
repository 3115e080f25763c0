"""Reads about the panels of a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, F

from cxm.customers.models import Panel

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


def panels(tenant: Tenant) -> QuerySet[Panel]:
    """List the panels of *tenant*, live ones first, newest first, with who made them."""
    return (
        Panel.objects.for_tenant(tenant)
        .select_related("created_by__user")
        .order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "pk")
        .fetch_mode(FETCH_RAISE)
    )


def panels_by_age(tenant: Tenant) -> QuerySet[Panel]:
    """List the panels of *tenant*, newest first."""
    return Panel.objects.for_tenant(tenant).order_by("-created_at", "pk").fetch_mode(FETCH_RAISE)
