"""Joining customers, taking them apart, and deciding about pairs, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.customers.api import identity_shapes as shapes
from cxm.customers.models import Customer, CustomerMerge, MergeProposal
from cxm.customers.selectors.proposals import proposals_listed
from cxm.customers.services import joining, proposing
from cxm.kernel.api import cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class CustomerMergeView(TenantApiView):
    """Joining a customer to another."""

    rights = {"post": Right.EDIT_CUSTOMERS}

    @extend_schema(request=shapes.CustomerMergeBody, responses={201: shapes.MergeSerializer})
    @idempotent
    def post(self, request: Request, customer_id: UUID) -> Response:
        """Show a customer, with all that is joined to it, as another one from now on.

        Facts stay on the rows they were recorded on. Of a visitor and a known customer the known
        one survives, whichever is named.
        """
        rows = Customer.objects.for_tenant(self.tenant).select_related("tenant")
        absorbed = get_object_or_404(rows, pk=customer_id)
        asked = cleaned(shapes.CustomerMergeBody, request)
        survivor = rows.filter(pk=asked["into"]).first()
        if survivor is None:
            message = "There is no customer with this id."
            raise serializers.ValidationError({"into": [message]})
        merge = joining.merge_customers(
            survivor=survivor,
            absorbed=absorbed,
            by=self.actor,
            now=now(),
            reason=asked.get("reason", ""),
            is_confirmed=asked["confirm"],
        )
        return Response(shapes.MergeSerializer(merge).data, status=status.HTTP_201_CREATED)


class MergeListView(TenantApiView):
    """All merges."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(shapes.MergeSerializer, shapes.MergeQuery)
    def get(self, request: Request) -> Response:
        """List merges, open and undone, newest first."""
        asked = query_values(shapes.MergeQuery, request.query_params)
        rows = CustomerMerge.objects.for_tenant(self.tenant)
        if "customer" in asked:
            customers = Customer.objects.for_tenant(self.tenant)
            own = customers.filter(pk=asked["customer"]).values("root")
            group = customers.filter(root__in=own).values("pk")
            rows = rows.filter(Q(absorbed__in=group) | Q(survivor__in=group))
        return cursor_page(request, rows.order_by("-at", "-pk"), shapes.MergeSerializer)


class UnmergeView(TenantApiView):
    """Taking a merge back."""

    rights = {"post": Right.EDIT_CUSTOMERS}

    @extend_schema(request=None, responses=shapes.MergeSerializer)
    @idempotent
    def post(self, _request: Request, merge_id: UUID) -> Response:
        """Take a merge back, also from the middle of a group; every other one stays."""
        rows = CustomerMerge.objects.for_tenant(self.tenant).select_related("tenant")
        merge = get_object_or_404(rows, pk=merge_id)
        undone = joining.unmerge_customers(merge=merge, by=self.actor, now=now())
        return Response(shapes.MergeSerializer(undone).data)


class ProposalView(TenantApiView):
    """A view of one proposal."""

    rights = {"post": Right.EDIT_CUSTOMERS}

    def proposal(self, proposal_id: UUID) -> MergeProposal:
        """Load a proposal as it stands now; raises Http404."""
        rows = MergeProposal.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=proposal_id)

    def answer(self, proposal_id: UUID) -> Response:
        """Show a proposal as it stands now."""
        return Response(shapes.MergeProposalSerializer(self.proposal(proposal_id)).data)


class ProposalListView(TenantApiView):
    """All proposals."""

    rights = {"get": Right.EDIT_CUSTOMERS}

    @paged(shapes.MergeProposalSerializer, shapes.ProposalQuery)
    def get(self, request: Request) -> Response:
        """List pairs that may be one person, newest first."""
        asked: dict[str, Any] = query_values(shapes.ProposalQuery, request.query_params)
        rows = proposals_listed(self.tenant, asked.get("state", MergeProposal.State.OPEN))
        return cursor_page(request, rows, shapes.MergeProposalSerializer)


class ProposalFindView(TenantApiView):
    """Looking for duplicates."""

    rights = {"post": Right.EDIT_CUSTOMERS}

    @extend_schema(request=None, responses={202: shapes.StartedSearch})
    @idempotent
    def post(self, _request: Request) -> Response:
        """Begin to look for duplicates as a job; gives the one that is at it, if there is."""
        job = proposing.start_finding(tenant=self.tenant, by=self.actor, now=now())
        begun = shapes.StartedSearch({"job": job.pk})
        return Response(begun.data, status=status.HTTP_202_ACCEPTED)


class ProposalMergeView(ProposalView):
    """Making a pair one."""

    @extend_schema(request=shapes.ProposalMergeBody, responses=shapes.MergeSerializer)
    @idempotent
    def post(self, request: Request, proposal_id: UUID) -> Response:
        """Make the two customers of a proposal one."""
        proposal = self.proposal(proposal_id)
        asked = cleaned(shapes.ProposalMergeBody, request)
        survivor = asked.get("survivor", proposal.second_id)
        if survivor not in {proposal.first_id, proposal.second_id}:
            message = "Name the first or the second of the pair."
            raise serializers.ValidationError({"survivor": [message]})
        merge = proposing.merge_proposal(
            proposal=proposal,
            by=self.actor,
            now=now(),
            survivor_id=survivor,
            is_confirmed=asked["confirm"],
        )
        return Response(shapes.MergeSerializer(merge).data)


class ProposalRefuseView(ProposalView):
    """Telling a pair apart."""

    @extend_schema(request=None, responses=shapes.MergeProposalSerializer)
    @idempotent
    def post(self, _request: Request, proposal_id: UUID) -> Response:
        """Remember that the two are not the same; they are not proposed again."""
        proposing.refuse_proposal(proposal=self.proposal(proposal_id), by=self.actor, now=now())
        return self.answer(proposal_id)


class ProposalReopenView(ProposalView):
    """Asking again about a pair."""

    @extend_schema(request=None, responses=shapes.MergeProposalSerializer)
    @idempotent
    def post(self, _request: Request, proposal_id: UUID) -> Response:
        """Ask again about a pair that was refused; nothing happens to others."""
        proposing.reopen_proposal(proposal=self.proposal(proposal_id), by=self.actor)
        return self.answer(proposal_id)
