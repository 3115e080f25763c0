"""Where an invitation leads: a person joins a tenant, with an old account or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.navigation import navigation
from cxm.tenants import services
from cxm.tenants.access import invited_person
from cxm.tenants.errors import InvitationForAnotherError, TenantError
from cxm.tenants.forms import JoinForm
from cxm.tenants.rules import MEANINGS, Right, Role, may
from cxm.tenants.selectors import account_exists

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cxm.tenants.models import Invitation, Membership

PAGE = "tenants/invitation.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@invited_person
def invitation(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Show what the link offers; accept it for the person signed in."""
    if request.method != "POST":
        return _page(request, invitation, token)
    if not request.user.is_authenticated:
        return redirect(request.path)
    try:
        membership = services.accept_invitation(invitation=invitation, user=request.user, now=now())
    except InvitationForAnotherError:
        return _page(request, invitation, token, status=422)
    except TenantError as error:
        return _page(request, invitation, token, refused=str(error), status=422)
    return redirect(_start(membership))


@never_cache
@require_POST
@invited_person
def invitation_join(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Make an account for the address of the link, sign it in, and join."""
    form = JoinForm(request.POST, email=invitation.email)
    if request.user.is_authenticated or not form.is_valid():
        return _page(request, invitation, token, form=form, status=422)
    try:
        membership = services.join_as_new_person(
            invitation=invitation, now=now(), **form.cleaned_data
        )
    except TenantError as error:
        form.add_error(None, str(error))
        return _page(request, invitation, token, form=form, status=422)
    login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(_start(membership))


def _page(
    request: HttpRequest,
    invitation: Invitation,
    token: str,
    *,
    form: JoinForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "token": token,
        "meaning": MEANINGS[Role(invitation.role)],
        "form": form or JoinForm(email=invitation.email),
        "is_for_this_person": getattr(request.user, "email", "") == invitation.email,
        "has_account": account_exists(invitation.email),
        "refused": refused,
    }
    return render(request, PAGE, context, status=status)


def _start(membership: Membership) -> str:
    """Give the first page that the new member may open."""
    links = navigation.links(
        tenant_slug=membership.tenant.slug,
        path="",
        may=lambda right: may(membership.role, Right(right)),
    )
    return links[0].url if links else settings.LOGIN_REDIRECT_URL
