"""The page with the links of a persona or a stakeholder map to people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cxm.collaboration.models import ShareLink
from cxm.collaboration.selectors.links import last_visits
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.sharing import LinkForm
from personas.rules.map_access import Sight
from personas.selectors.shares import links_to, share_rows
from personas.services.sharing import share, shareable_kinds, unshare
from personas.views.finding import found_persona
from personas.views.kinds import PERSONA
from personas.views.maps import found_map

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from personas.selectors.shares import Shared
    from personas.views.kinds import Kind

LINKS = "personas/share.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.SHARE_JOURNEYS)
def link_list(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """List the links, with the form for another; a new one's address is shown this once."""
    of = _found(request, kind, document_id)
    if request.method != "POST":
        return _links(request, kind, of, LinkForm(of=of))
    form, moment = LinkForm(request.POST, of=of), now()
    if not form.is_valid():
        return _links(request, kind, of, form, status=422)
    try:
        link, token = share(of=of, terms=form.terms(moment), by=request.membership, now=moment)
    except DomainError as error:
        form.refuse(error.field, str(error))
        return _links(request, kind, of, form, status=error.status)
    address = request.build_absolute_uri(reverse("share-page", args=[token]))
    return _links(request, kind, of, LinkForm(of=of), made=link, address=address)


@require_POST
@tenant_page(Right.SHARE_JOURNEYS)
def link_revoke(
    request: TenantRequest, kind: Kind, document_id: UUID, share_link_id: UUID
) -> HttpResponse:
    """Make a link show nothing, at once."""
    of = _found(request, kind, document_id)
    links = ShareLink.objects.for_tenant(request.tenant).select_related("tenant")
    link = get_object_or_404(links.filter(pk__in=share_rows(of).values("link")), pk=share_link_id)
    unshare(of=of, link=link, by=request.membership, now=now())
    messages.success(request, f"“{link}” was revoked: it shows nothing any more.")
    return redirect(f"personas:{kind.name}-share", request.tenant.slug, document_id)


def _found(request: TenantRequest, kind: Kind, document_id: UUID) -> Shared:
    """Load what is shared; raises Http404 where the reader may not see what it holds."""
    if kind is PERSONA:
        return found_persona(request, document_id)
    return found_map(request, document_id, Sight.CONTENT)


def _links(
    request: TenantRequest, kind: Kind, of: Shared, form: LinkForm, **more: Any
) -> HttpResponse:
    """Show the page; *more* may have `status`, and of a new link `made` and `address`."""
    status = more.pop("status", 200)
    links = page_of(links_to(of, now=now()), request)
    visits = last_visits(request.tenant, links.rows)
    words = dict(shareable_kinds(of))
    context = {
        "kind": kind,
        "document": of,
        "back": kind.address(request.tenant.slug, of.pk),
        "form": form,
        "page": links,
        "rows": [
            (link, visits.get(link.pk, []), [words.get(one, one) for one in link.allow_kinds])
            for link in links.rows
        ],
        "is_archived": of.archived_at is not None,
        **more,
    }
    return page(request, LINKS, context, status=status)
