"""The page of what one was told, and the way from there to what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.models import Notice
from cxm.collaboration.selectors.notices import notices_of, notices_shown, seen_among
from cxm.collaboration.services import notices as services
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Mails, Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

LIST = "collaboration/notice_list.html"
ALL = "all"
SAID = {
    Mails.NEVER: "No more notices by e-mail.",
    Mails.AT_ONCE: "Notices come by e-mail, too, at once.",
    Mails.DAILY: "Notices come by e-mail once a day, at seven in the morning.",
}


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def notice_list(request: TenantRequest) -> HttpResponse:
    """List what one was told and has not read; `?show=all` everything."""
    shows_all = query_text(request.GET, "show") == ALL
    shown = page_of(notices_of(request.membership, is_unread=not shows_all), request)
    context = {
        "page": shown,
        "notices": notices_shown(shown.rows, request.membership),
        "shows_all": shows_all,
        "mails": request.membership.mails,
        "rhythms": list(Mails),
    }
    return page(request, LIST, context)


@require_safe
@tenant_page(Right.OPEN_JOURNEYS)
def notice_open(request: TenantRequest, notice_id: UUID) -> HttpResponse:
    """Go to what a notice is about, which takes it for read; 404 where one may not see it now."""
    notice = _found(request, notice_id)
    services.read_notice(notice=notice, now=now())
    if notice.pk not in seen_among([notice], request.membership):
        raise Http404
    inside = reverse("collaboration:notice-list", args=[request.tenant.slug])
    start = inside.removesuffix("notices/")
    thread = notice.thread
    if thread is None:
        return redirect(f"{start}{notice.page}")
    return redirect(f"{start}{thread.page}?comments=open&thread={thread.pk}#thread-{thread.pk}")


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def notice_read(request: TenantRequest, notice_id: UUID) -> HttpResponse:
    """Take one notice for read."""
    services.read_notice(notice=_found(request, notice_id), now=now())
    return _back(request)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def notices_read(request: TenantRequest) -> HttpResponse:
    """Take all notices for read."""
    count = services.read_notices(tenant=request.tenant, member=request.membership, now=now())
    messages.success(request, f"{count:,} read." if count else "There was nothing unread.")
    return _back(request)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def notice_mail(request: TenantRequest) -> HttpResponse:
    """Choose whether notices come by e-mail, too: each at once, or those of a day together."""
    wanted = request.POST.get("mails", "")
    if wanted not in set(Mails):
        messages.error(request, "E-mails: choose one of the three.")
        return _back(request)
    services.set_mails(member=request.membership, mails=Mails(wanted))
    messages.success(request, SAID[Mails(wanted)])
    return _back(request)


def _found(request: TenantRequest, notice_id: UUID) -> Notice:
    rows = Notice.objects.for_tenant(request.tenant).filter(member=request.membership)
    return get_object_or_404(rows.select_related("thread"), pk=notice_id)


def _back(request: TenantRequest) -> HttpResponse:
    url = reverse("collaboration:notice-list", args=[request.tenant.slug])
    return redirect(f"{url}?show=all" if query_text(request.GET, "show") == ALL else url)
