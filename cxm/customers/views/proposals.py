"""The page of pairs that may be one person, and deciding about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cxm.customers.errors import CustomerError, TwoNumbersError
from cxm.customers.models import MergeProposal
from cxm.customers.selectors.proposals import proposals_listed, read_pairs
from cxm.customers.services.proposing import (
    merge_proposal,
    refuse_proposal,
    reopen_proposal,
    start_finding,
)
from cxm.customers.views.looking import looking_of
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.panels import with_toast
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

LIST = "customers/proposal_list.html"
PAIRS_A_PAGE = 20


@require_safe
@tenant_page(Right.EDIT_CUSTOMERS)
def proposal_list(request: TenantRequest) -> HttpResponse:
    """List the pairs to decide about, newest first; `?state=refused` those that were refused."""
    return _list(request)


@require_POST
@tenant_page(Right.EDIT_CUSTOMERS)
def proposal_find(request: TenantRequest) -> HttpResponse:
    """Begin to look for duplicates."""
    start_finding(tenant=request.tenant, by=request.membership, now=now())
    messages.success(request, "Looking for duplicates. New pairs appear here when that is done.")
    return redirect("customers:proposal-list", request.tenant.slug)


@require_POST
@tenant_page(Right.EDIT_CUSTOMERS)
def proposal_merge(request: TenantRequest, proposal_id: UUID) -> HttpResponse:
    """Make a pair one; where each has a number of their own, lead to the page that asks."""
    proposal = _found(request, proposal_id)
    [pair] = read_pairs(looking_of(request), [proposal])
    try:
        merge = merge_proposal(
            proposal=proposal, by=request.membership, now=now(), survivor_id=pair.stays.root.pk
        )
    except TwoNumbersError:
        address = reverse(
            "customers:customer-merge", args=[request.tenant.slug, pair.stays.root.pk]
        )
        address = f"{address}?other={pair.goes.root.pk}"
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    except CustomerError as error:
        return _list(request, refused=str(error), status=422)
    words = f"{pair.goes.subject.label} is shown as {pair.stays.subject.label} now."
    undo_url = reverse("customers:customer-unmerge", args=[request.tenant.slug, merge.pk])
    return _decided(request, words, undo_url)


@require_POST
@tenant_page(Right.EDIT_CUSTOMERS)
def proposal_refuse(request: TenantRequest, proposal_id: UUID) -> HttpResponse:
    """Remember that a pair is not the same."""
    proposal = _found(request, proposal_id)
    try:
        refuse_proposal(proposal=proposal, by=request.membership, now=now())
    except CustomerError as error:
        return _list(request, refused=str(error), status=422)
    undo_url = reverse("customers:proposal-reopen", args=[request.tenant.slug, proposal.pk])
    return _decided(request, "Not the same: they are not proposed again.", undo_url)


@require_POST
@tenant_page(Right.EDIT_CUSTOMERS)
def proposal_reopen(request: TenantRequest, proposal_id: UUID) -> HttpResponse:
    """Ask about a refused pair again."""
    reopen_proposal(proposal=_found(request, proposal_id), by=request.membership)
    return _decided(request, "Asked again.", "")


def _found(request: TenantRequest, proposal_id: UUID) -> MergeProposal:
    rows = MergeProposal.objects.for_tenant(request.tenant)
    return get_object_or_404(rows.select_related("tenant", "first", "second"), pk=proposal_id)


def _decided(request: TenantRequest, words: str, undo_url: str) -> HttpResponse:
    """Answer htmx with the rows that are left and a toast, and others with the list."""
    if request.htmx:
        return with_toast(_list(request), words, undo_url=undo_url)
    messages.success(request, words)
    return redirect("customers:proposal-list", request.tenant.slug)


def _list(request: TenantRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    refused_ones = request.GET.get("state") == MergeProposal.State.REFUSED
    state = MergeProposal.State.REFUSED if refused_ones else MergeProposal.State.OPEN
    shown = page_of(proposals_listed(request.tenant, state), request, size=PAIRS_A_PAGE)
    context = {
        "page": shown,
        "pairs": read_pairs(looking_of(request), shown.rows),
        "state": state.value,
        "refused": refused,
    }
    return page(request, LIST, context, part="proposal-rows", status=status)
