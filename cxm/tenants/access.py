"""The one door: how a browser request comes into a tenant."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Concatenate

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cxm.kernel.clock import now
from cxm.kernel.htmx import HtmxRequest
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership, Tenant
from cxm.tenants.rules import Right, may
from cxm.tenants.selectors import door_to, invitation_door, open_invitations
from cxm.tenants.services import token_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.accounts.models import User
    from cxm.tenants.models import Invitation

REFUSED_FROM = 400


class TenantRequest(HtmxRequest):
    """A request that has passed `tenant_page`; its transaction is bound to `tenant`.

    `may(right)` decides whether the member at hand has a right.
    """

    user: User
    tenant: Tenant
    membership: Membership
    may: Callable[[Right], bool]


type TenantView[**P] = Callable[Concatenate[TenantRequest, P], HttpResponse]


def tenant_page[**P](right: Right) -> Callable[[TenantView[P]], Callable[..., HttpResponse]]:
    """Let a view run only for members of the tenant in the URL who have *right*.

    The view gets a TenantRequest inside one transaction bound to the tenant; an answer of 400
    and above rolls it back. Strangers, members without the right and unknown tenants all get
    404, so that nothing tells whether a tenant exists.
    """

    def decorate(view: TenantView[P]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def inner(
            request: TenantRequest, tenant_slug: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            door = door_to(tenant_slug, request.user.pk)
            if door is None or not may(door.role, right):
                raise Http404
            with tenant_bound(door.tenant_id):
                request.tenant = Tenant.objects.get(pk=door.tenant_id)
                request.membership = (
                    Membership.objects.for_tenant(door.tenant_id)
                    .select_related("user")
                    .get(pk=door.membership_id)
                )
                request.may = partial(may, request.membership.role)
                answer = view(request, *args, **kwargs)
                if answer.status_code >= REFUSED_FROM:
                    transaction.set_rollback(True)
                return answer

        inner.required_right = right  # type: ignore[attr-defined]
        return inner

    return decorate


def invited_person(
    view: Callable[[HttpRequest, Invitation, str], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let a view run for the holder of an invitation's link, inside its tenant.

    The view gets the request, the open invitation (with its tenant and the person who invited)
    and the token. A link that was used, withdrawn, has run out or never was gets a page that
    says so, with 410.
    """

    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        moment = now()
        door = invitation_door(token_hash(token))
        if door is None:
            return _over(request)
        tenant_id, invitation_id = door
        with tenant_bound(tenant_id):
            invitation = (
                open_invitations(tenant_id, now=moment)
                .select_related("tenant", "invited_by__user")
                .filter(pk=invitation_id, expires_at__gt=moment)
                .first()
            )
            if invitation is None:
                return _over(request)
            return view(request, invitation, token)

    return inner


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "tenants/invitation_over.html", status=410)
