"""The page with the links of a document to people outside, for the apps that have documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from cxm.collaboration.forms.sharing import LinkForm
from cxm.collaboration.models import ShareLink
from cxm.collaboration.selectors.links import last_visits
from cxm.collaboration.selectors.shareable import Shareable, links_to
from cxm.collaboration.services.sharing import share, unshare
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from cxm.tenants.access import TenantRequest

LINKS = "collaboration/share.html"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the links of a document are: what is shared, *back* to its page, its two routes.

    *form* is that of a new link.
    """

    of: Shareable
    back: str
    page: str
    revoke: str
    form: type[LinkForm] = LinkForm


def answer_links(request: TenantRequest, place: Place) -> HttpResponse:
    """List the links, with the form for another; make one from a POST, shown this once."""
    if request.method != "POST":
        return _links(request, place, place.form(of=place.of))
    form, moment = place.form(request.POST, of=place.of), now()
    if not form.is_valid():
        return _links(request, place, form, status=422)
    try:
        link, token = share(
            of=form.chosen(), terms=form.terms(moment), by=request.membership, now=moment
        )
    except DomainError as error:
        form.refuse(error.field, str(error))
        return _links(request, place, form, status=error.status)
    address = request.build_absolute_uri(reverse("share-page", args=[token]))
    return _links(request, place, place.form(of=place.of), made=link, address=address)


def answer_revoking(request: TenantRequest, place: Place, share_link_id: UUID) -> HttpResponse:
    """Make a link of the document show nothing, at once. Raises Http404."""
    links = ShareLink.objects.for_tenant(request.tenant).select_related("tenant")
    own = links.filter(pk__in=place.of.rows().values("link"))
    link = get_object_or_404(own, pk=share_link_id)
    unshare(of=place.of, link=link, by=request.membership, now=now())
    messages.success(request, f"“{link}” was revoked: it shows nothing any more.")
    return redirect(_page_url(request, place))


def _page_url(request: TenantRequest, place: Place) -> str:
    return reverse(place.page, args=[request.tenant.slug, place.of.document.pk])


def _links(request: TenantRequest, place: Place, form: LinkForm, **more: Any) -> HttpResponse:
    """Show the page; *more* may have `status`, and of a new link `made` and `address`."""
    status, of = more.pop("status", 200), place.of
    links = page_of(links_to(of, now=now()), request)
    visits = last_visits(request.tenant, links.rows)
    words = dict(of.kinds)
    context = {
        "document": of.document,
        "never": of.never,
        "back": place.back,
        "form": form,
        "page": links,
        "rows": [
            (
                link,
                visits.get(link.pk, []),
                [words.get(one, one) for one in link.allow_kinds],
                reverse(place.revoke, args=[request.tenant.slug, of.document.pk, link.pk]),
            )
            for link in links.rows
        ],
        "is_archived": of.document.archived_at is not None,
        "closed": _closed(of),
        **more,
    }
    return page(request, LINKS, context, status=status)


def _closed(of: Shareable) -> str:
    """Say why a document is not for people outside; "" where it may be."""
    try:
        of.refuse(of.document)
    except DomainError as error:
        return str(error)
    return ""
