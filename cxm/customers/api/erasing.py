"""Erasing people in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from cxm.customers.api.identity_shapes import ErasureReceipt, StartedErasure
from cxm.customers.models import Customer
from cxm.customers.selectors.erasures import finished_erasures
from cxm.customers.services.erasing import start_erasing
from cxm.customers.services.receipts import receipt_of
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class ErasableView(TenantApiView):
    """A view of one customer, who can be erased at its address."""

    @extend_schema(operation_id="customer_erase", responses={202: StartedErasure})
    def delete(self, _request: Request, customer_id: UUID) -> Response:
        """Erase a person for good, with all customers that are them.

        At once nobody finds them any more; a job does the rest. Scores, and when and where what
        happened, stay without a person. Nobody can take this back.
        """
        rows = Customer.objects.for_tenant(self.tenant).select_related("tenant")
        customer = get_object_or_404(rows, pk=customer_id)
        batch = start_erasing(customer=customer, by=self.actor, now=now())
        begun = {"erasure": batch.pk, "job": batch.counts["job"]}
        return Response(StartedErasure(begun).data, status=status.HTTP_202_ACCEPTED)


class ErasureReceiptView(TenantApiView):
    """The receipt of an erasure."""

    rights = {"get": Right.ERASE_PERSONS}

    @extend_schema(responses=ErasureReceipt)
    def get(self, _request: Request, batch_id: UUID) -> Response:
        """Read the signed receipt of an erasure; there is none before it is done."""
        batch = get_object_or_404(finished_erasures(self.tenant), pk=batch_id)
        return Response(receipt_of(self.tenant, batch))
