"""Evidence for and against an item of the library: citing it, writing it down, taking it off."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.views import citing
from cxm.collaboration.views.citing import CitedFor, Deeds
from cxm.kernel.clock import now
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.models import EvidenceLink
from journeys.selectors.backing import backings_of
from journeys.services import evidence as services
from journeys.services.evidence import Subject
from journeys.views.library_kinds import found_item, item_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.collaboration.models import Evidence
    from cxm.collaboration.services.evidence import Observation
    from journeys.rules.library_sorts import Sort

_URLS = {"add": "evidence-add", "cite": "cite", "take_off": "take-off"}


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def item_evidence(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Show what an item rests on, piece by piece; `?q=` finds evidence to cite."""
    return citing.show(request, partial(_found, request, sort, item_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def item_evidence_add(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Write down a new piece of evidence and cite it."""
    return citing.add(request, partial(_found, request, sort, item_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def item_cite(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Cite evidence that is there already."""
    return citing.cite(request, partial(_found, request, sort, item_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def item_take_off(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Take a piece of evidence off; it stays among the evidence."""
    return citing.take_off(request, partial(_found, request, sort, item_id))


def _found(request: TenantRequest, sort: Sort, item_id: UUID) -> CitedFor:
    item = found_item(request, sort, item_id)
    may_edit = request.may(Right.EDIT_JOURNEYS) and item.archived_at is None
    close_url = f"{item_url(sort, item)}#evidence"
    return CitedFor(
        title=item.title,
        about=sort.name.capitalize(),
        url=item_url(sort, item, "evidence"),
        close_url=close_url,
        back=f"Back to the {sort.name}",
        crumbs=((item.title, close_url),),
        backing=backings_of(request.tenant, sort.name, [item.pk], now=now())[item.pk],
        deeds=_deeds(request, sort, item) if may_edit else None,
    )


def _deeds(request: TenantRequest, sort: Sort, item: Any) -> Deeds:
    by, moment, subject = request.membership, now(), Subject.of(item.tenant, item)

    def cite(evidence: Evidence) -> None:
        services.cite_evidence(subject=subject, evidence=evidence, by=by, now=moment)

    def write(seen: Observation) -> None:
        services.cite_new_evidence(subject=subject, seen=seen, by=by, now=moment)

    def take_off(pk: UUID) -> None:
        rows = EvidenceLink.objects.for_tenant(request.tenant).filter(**{sort.name: item})
        link = get_object_or_404(rows.select_related("evidence"), pk=pk)
        services.take_off_evidence(subject=subject, link=link, by=by)

    return Deeds(
        {deed: item_url(sort, item, name) for deed, name in _URLS.items()}, cite, write, take_off
    )
