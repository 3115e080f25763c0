"""The page with the people who have access to a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.access import GrantForm, LetInForm, first_fault
from journeys.rules.access import Action
from journeys.rules.reviews import GrantRole
from journeys.selectors.access import may_do
from journeys.selectors.letting_in import by_role, grant_on, let_in_of
from journeys.services import granting
from journeys.views.finding import found_journey, journey_url
from personas.rules.kinds import Visibility
from personas.rules.map_access import VISIBILITY_WORDS

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models import AccessGrant, Journey, PromisedGrant

PAGE = "journeys/journey_access.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SHARE_JOURNEYS)
def journey_access(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """Say who has access to a journey, and let somebody in; a guest's link is shown this once."""
    journey = _found(request, journey_id)
    if request.method != "POST":
        return _shown(request, journey)
    form = LetInForm(request.POST)
    if not form.is_valid():
        return _shown(request, journey, form=form, status=422)
    told = form.cleaned_data
    try:
        token = granting.let_in(journey=journey, by=request.membership, now=now(), **told)
    except DomainError as error:
        form.refuse(error.field, str(error))
        return _shown(request, journey, form=form, status=error.status)
    if token:
        link = request.build_absolute_uri(reverse("tenants:invitation", args=[token]))
        return _shown(request, journey, link=link, invited=told["email"])
    messages.success(request, f"{told['email']} is let in.")
    return redirect(access_url(journey))


@require_POST
@tenant_page(Right.SHARE_JOURNEYS)
def grant_change(request: TenantRequest, journey_id: UUID, grant_id: UUID) -> HttpResponse:
    """Give somebody who was let in another role, or another last day."""
    journey = _found(request, journey_id)
    grant = _grant(journey, grant_id)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _shown(request, journey, fault=first_fault(form), status=422)
    try:
        granting.change_grant(grant=grant, by=request.membership, now=now(), **form.cleaned_data)
    except DomainError as error:
        return _shown(request, journey, fault=str(error), status=error.status)
    messages.success(request, "The access is changed.")
    return redirect(access_url(journey))


@require_POST
@tenant_page(Right.SHARE_JOURNEYS)
def grant_take(request: TenantRequest, journey_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take away what somebody was granted."""
    journey = _found(request, journey_id)
    granting.take_access(grant=_grant(journey, grant_id), by=request.membership, now=now())
    messages.success(request, "The access is taken away.")
    return redirect(access_url(journey))


def access_url(journey: Journey) -> str:
    """Give the address of the page with the people who have access to a journey."""
    return reverse("journeys:journey-access", args=[journey.tenant.slug, journey.pk])


def access_paths(start: str) -> list[URLPattern]:
    """Give the routes of access to the journey at *start*."""
    return [
        path(f"{start}/access/", journey_access, name="journey-access"),
        path(f"{start}/access/<uuid:grant_id>/", grant_change, name="grant-change"),
        path(f"{start}/access/<uuid:grant_id>/take/", grant_take, name="grant-take"),
    ]


def _found(request: TenantRequest, journey_id: UUID) -> Journey:
    """Give a journey into which who asks may let others. Raises Http404."""
    journey = found_journey(request, journey_id)
    if not may_do(Action.LET_IN, journey, request.membership):
        raise Http404
    return journey


def _grant(journey: Journey, grant_id: UUID) -> AccessGrant | PromisedGrant:
    found = grant_on(journey, grant_id)
    if found is None:
        raise Http404
    return found


def _shown(
    request: TenantRequest, journey: Journey, *, form: LetInForm | None = None, **more: Any
) -> HttpResponse:
    """Show the page; *more* may have `status`, `fault`, and of an invitation `link`, `invited`."""
    status = more.pop("status", 200)
    context = {
        "journey": journey,
        "back": journey_url(journey),
        "form": form or LetInForm(),
        "visibility": VISIBILITY_WORDS[Visibility(journey.visibility)],
        "by_role": by_role(journey),
        "rows": let_in_of(journey, now=now()),
        "roles": list(GrantRole),
        **more,
    }
    return page(request, PAGE, context, status=status)
