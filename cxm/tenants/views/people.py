"""Pages about the people of a tenant: members, and the links that invite more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants import services
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.errors import TenantError
from cxm.tenants.forms import InvitationForm, MemberForm
from cxm.tenants.models import Invitation, Membership
from cxm.tenants.rules import MEANINGS, Right, Role, may_give
from cxm.tenants.selectors import members, open_invitations

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

MEMBERS = "tenants/member_list.html"
INVITATIONS = "tenants/invitation_list.html"


@require_safe
@tenant_page(Right.SEE_PEOPLE)
def member_list(request: TenantRequest) -> HttpResponse:
    """List the members, with what may be changed about each."""
    return _members(request)


@require_POST
@tenant_page(Right.MANAGE_PEOPLE)
def member_change(request: TenantRequest, membership_id: UUID) -> HttpResponse:
    """Give a member another role, remove them, or bring them back."""
    people = Membership.objects.for_tenant(request.tenant).select_related("tenant", "user")
    member = get_object_or_404(people, pk=membership_id)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _members(request, refused=f"{member.user.email}: choose one of the roles.")
    try:
        services.change_member(membership=member, by=request.membership, **form.cleaned_data)
    except TenantError as error:
        return _members(request, refused=f"{member.user.email}: {error}")
    is_in = form.cleaned_data["is_active"]
    deed = f"is {form.cleaned_data['role']} now" if is_in else "was removed"
    messages.success(request, f"{member.user.name_or_address()} {deed}.")
    return redirect("tenants:member-list", request.tenant.slug)


@require_safe
@tenant_page(Right.MANAGE_PEOPLE)
def invitation_list(request: TenantRequest) -> HttpResponse:
    """List the open invitations, with the form for another."""
    return _invitations(request, InvitationForm(giver=request.membership.role))


@never_cache
@require_POST
@tenant_page(Right.MANAGE_PEOPLE)
def invitation_create(request: TenantRequest) -> HttpResponse:
    """Invite somebody; the answer shows the link, this once."""
    giver = request.membership.role
    form = InvitationForm(request.POST, giver=giver)
    if not form.is_valid():
        return _invitations(request, form, status=422)
    try:
        invitation, token = services.invite(
            tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
        )
    except TenantError as error:
        form.add_error(error.field or None, str(error))
        return _invitations(request, form, status=422)
    link = request.build_absolute_uri(reverse("tenants:invitation", args=[token]))
    return _invitations(request, InvitationForm(giver=giver), link=link, invited=invitation)


@require_POST
@tenant_page(Right.MANAGE_PEOPLE)
def invitation_withdraw(request: TenantRequest, invitation_id: UUID) -> HttpResponse:
    """Make a link worthless."""
    invitations = Invitation.objects.for_tenant(request.tenant).select_related("tenant")
    invitation = get_object_or_404(invitations, pk=invitation_id)
    try:
        services.withdraw_invitation(invitation=invitation, by=request.membership, now=now())
    except TenantError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The invitation of {invitation.email} was withdrawn.")
    return redirect("tenants:invitation-list", request.tenant.slug)


def _members(request: TenantRequest, *, refused: str = "") -> HttpResponse:
    giver = request.membership.role
    context = {
        "page": page_of(members(request.tenant), request),
        "roles": [role for role in Role if may_give(giver, role)],
        "meanings": [(role.value.title(), words) for role, words in MEANINGS.items()],
        "may_manage": request.may(Right.MANAGE_PEOPLE),
        "refused": refused,
    }
    return page(request, MEMBERS, context, status=422 if refused else 200)


def _invitations(
    request: TenantRequest,
    form: InvitationForm,
    *,
    link: str = "",
    invited: Invitation | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "link": link,
        "invited": invited,
        "page": page_of(open_invitations(request.tenant, now=now()), request),
    }
    return page(request, INVITATIONS, context, status=status)
