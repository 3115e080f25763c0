"""Items of the library as the editing routes know them, and finding one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from cxm.collaboration.views.kinds import Kind
from cxm.tenants.rules import Right
from journeys.rules.library_sorts import SORTS
from journeys.services.library import MODELS, STORES

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.access import TenantRequest
    from journeys.rules.library_sorts import Sort


def _may_change(_row: Any, request: TenantRequest) -> bool:
    return request.may(Right.EDIT_JOURNEYS)


def _may_read_log(_row: Any, request: TenantRequest) -> bool:
    return request.may(Right.SEE_JOURNEYS)


KINDS = {
    name: Kind(name, "journeys", STORES[name], f"{name}-page", _may_change, _may_read_log)
    for name in SORTS
}


def found_item(request: TenantRequest, sort: Sort, item_id: UUID) -> Any:
    """Load an item of the tenant at hand, also an archived one; raises Http404."""
    rows = MODELS[sort.name].objects.for_tenant(request.tenant).filter(deleted_at=None)
    related = ["tenant", "owner__user"]
    related += ["merged_into"] if sort.name == "insight" else []
    return get_object_or_404(rows.select_related(*related), pk=item_id)


def item_url(sort: Sort, item: Any, deed: str = "page") -> str:
    """Give the address of an item's page, or of a *deed* with it."""
    return reverse(f"journeys:{sort.name}-{deed}", args=[item.tenant.slug, item.pk])


def list_url(request: TenantRequest, sort: Sort, deed: str = "list") -> str:
    """Give the address of the list of items, or of a *deed* of it."""
    return reverse(f"journeys:{sort.name}-{deed}", args=[request.tenant.slug])
