"""Showing pictures and giving files to those who may see journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.assets import stored_file
from cxm.kernel.downloads import answer_with
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def asset_file(request: TenantRequest, asset_id: UUID, file_name: str) -> HttpResponse:  # noqa: ARG001 - for people
    """Show a picture, or give another file to be saved; the name in the address is not read."""
    asset = get_object_or_404(Asset.objects.for_tenant(request.tenant), pk=asset_id)
    return answer_with(request, stored_file(asset))
