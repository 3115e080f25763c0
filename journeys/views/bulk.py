"""Doing one thing with several journeys of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.errors import JourneyError
from journeys.forms.bulk import BulkForm
from journeys.models import Journey
from journeys.selectors.journeys import sight_of
from journeys.services import bulk, tagging
from journeys.views.portfolio import list_shown
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def journey_bulk(request: TenantRequest) -> HttpResponse:
    """Give away, tag, archive or copy the journeys `journey`, as `deed` says: all or none."""
    form = BulkForm(request.POST, tenant=request.tenant)
    if not form.is_valid():
        return list_shown(request, fault=form.fault(), status=422)
    try:
        words = _do(request, _chosen(request, form.ids()), form.cleaned_data)
    except DomainError as error:
        return list_shown(request, fault=str(error), status=error.status)
    messages.success(request, words)
    return redirect(reverse("journeys:journey-list", args=[request.tenant.slug]))


def _chosen(request: TenantRequest, ids: set[Any]) -> list[Journey]:
    """Give the journeys with these ids.

    Raises JourneyError where one is not there, or may not be changed: which of both is not said.
    """
    rows = Journey.objects.for_tenant(request.tenant).filter(pk__in=ids)
    found = list(rows.select_related("tenant", "owner__user"))
    sights = [sight_of(row, request.membership, may_edit=True) for row in found]
    if len(found) != len(ids) or min(sights, default=Sight.CHANGE) < Sight.CHANGE:
        words = "One of these journeys is not there, or not yours to change. Nothing was done."
        raise JourneyError(words, field="journey")
    return found


def _do(request: TenantRequest, chosen: Sequence[Journey], told: dict[str, Any]) -> str:
    by, count = request.membership, f"{len(chosen)} journey{'s' if len(chosen) != 1 else ''}"
    match told["deed"]:
        case "owner":
            bulk.give_journeys(journeys=chosen, owner=told["owner"], by=by, now=now())
            return f"{count} given to {told['owner'].user.get_full_name()}."
        case "tag":
            tagging.tag_journeys(journeys=chosen, name=told["tag"])
            return f"{count} tagged {told['tag']}."
        case "copy":
            bulk.copy_journeys(journeys=chosen, by=by, now=now())
            return f"{count} copied."
        case _:
            bulk.archive_journeys(journeys=chosen, by=by, now=now())
            return f"{count} archived. You can restore each."
