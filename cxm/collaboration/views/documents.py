"""Documents that a request is about: found, for those who may, as the engine wants to have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from cxm.kernel.clock import now
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.collaboration.views.kinds import Kind
    from cxm.tenants.access import TenantRequest

_MOST_DIGITS = 9


def to_change(request: TenantRequest, kind: Kind, document_id: UUID) -> Request:
    """Give what changes a document; those who may not find nothing. Raises Http404."""
    asked = _request(request, document_id)
    if not kind.may_change(_found(kind, asked), request):
        raise Http404
    return asked


def to_read(request: TenantRequest, kind: Kind, document_id: UUID) -> tuple[Request, Any]:
    """Give what reads the log of a document, and its row; those who may not find nothing.

    Raises Http404.
    """
    asked = _request(request, document_id)
    root = _found(kind, asked)
    if not kind.may_read_log(root, request):
        raise Http404
    return asked, root


def number_in(request: TenantRequest, name: str) -> int | None:
    """Give the number of an operation from the address, or None where that is none."""
    told = request.GET.get(name, "")
    # The column that holds such a number fits this many digits.
    return int(told) if told.isdecimal() and len(told) <= _MOST_DIGITS else None


def next_address(request: TenantRequest, kind: Kind, document_id: UUID) -> str:
    """Give the address of ours that was asked for with `next`, else the document's page."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if is_ours else kind.address(request.tenant.slug, document_id)


def wants_json(request: TenantRequest) -> bool:
    """Whether a script asks, which shows the answer itself."""
    return request.headers.get("Accept", "").startswith("application/json")


def _request(request: TenantRequest, document_id: UUID) -> Request:
    return Request(request.tenant, document_id, Actor("member", request.membership.pk), now())


def _found(kind: Kind, asked: Request) -> Any:
    return get_object_or_404(kind.rows(asked.tenant), pk=asked.document)
