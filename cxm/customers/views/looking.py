"""What every page about one customer reads from its request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from cxm.customers.selectors.subjects import Looking, Subject, read_subject
from cxm.customers.services.opening import note_opening
from cxm.kernel.clock import now

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.access import TenantRequest


def looking_of(request: TenantRequest) -> Looking:
    """Say who looks, at which moment, and what they may do."""
    return Looking(request.tenant, request.may, now())


def opened_subject(request: TenantRequest, customer_id: UUID) -> Subject:
    """Load the person that a customer row belongs to, and note that they were looked at.

    Raises Http404 where this tenant has no such row. Four queries at most.
    """
    subject = read_subject(looking_of(request), customer_id)
    if subject is None:
        raise Http404
    note_opening(
        tenant=request.tenant,
        customer_id=subject.root.pk,
        by=request.membership,
        now=subject.looking.now,
    )
    return subject
