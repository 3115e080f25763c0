"""Showing pictures and giving files to those who may see what they lie on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.assets import stored_file
from cxm.collaboration.selectors.sights import sights
from cxm.kernel.downloads import FileGoneError, answer_with
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

GONE = "collaboration/file_gone.html"


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def asset_file(request: TenantRequest, asset_id: UUID, file_name: str) -> HttpResponse:  # noqa: ARG001 - for people
    """Show a picture, or give another file to be saved; the name in the address is not read.

    Guests get those of maps that they were let into.
    """
    if not sights.file_in_sight(request.membership, asset_id):
        raise Http404
    asset = get_object_or_404(Asset.objects.for_tenant(request.tenant), pk=asset_id)
    try:
        return answer_with(request, stored_file(asset))
    except FileGoneError as error:
        return page(request, GONE, {"words": str(error)}, status=error.status)
