"""Handing out a file that somebody sent with an answer, to those who may see who it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cxm.kernel.downloads import save_as
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.selectors.responses import given_files
from feedback.services.answer_files import note_opening

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def answer_file(request: TenantRequest, answer_file_id: UUID) -> HttpResponse:
    """Give a file that somebody sent; who reads it stands in the audit log."""
    if not request.may(Right.SEE_PERSONS):
        raise PermissionDenied
    rows = given_files(request.tenant)
    file = get_object_or_404(rows, pk=answer_file_id)
    note_opening(file, by=request.membership)
    return save_as(bytes(file.content), name=file.name, mime=file.mime)
