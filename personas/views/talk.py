"""The panel of comments beside a persona or a map: what is asked of it, and what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from cxm.collaboration.rules.comments import Show
from cxm.collaboration.selectors.panel import Panel, Refused
from cxm.collaboration.selectors.talk import Wanted, talk_about
from cxm.kernel.queries import query_text, whole_number
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.access import TenantRequest

# What an address says of the panel; the rest of it is the page's own.
OWN_NAMES = ("comments", "about", "thread", "from")


def panel_of(
    request: TenantRequest, subject: Subject, *, refused: Refused | None = None, **changes: Any
) -> Panel:
    """Gather the panel that the address asks for; *changes* are to what is wanted."""
    wanted = {**_wanted(request.GET), **changes}
    return Panel(
        talk=talk_about(subject, Wanted(**wanted), request.membership),
        start=_url(request, subject, "comments"),
        page_url=page_url(request, subject),
        rest=_rest(request),
        may_comment=request.may(Right.COMMENT),
        refused=refused,
    )


def comments_context(
    request: TenantRequest, subject: Subject, panel: Panel | None = None
) -> dict[str, Any]:
    """Give what a page needs for its comment buttons, and the panel when the address asks for it.

    One query without the panel.
    """
    if panel is None and "comments" in request.GET:
        panel = panel_of(request, subject)
    return {
        "comment_counts": subject.open_counts(),
        "comments_url": _url(request, subject, "comments"),
        "comments_rest": _rest(request),
        "comments_panel": panel,
    }


def page_url(request: TenantRequest, subject: Subject) -> str:
    """Give the address of the page of *subject*."""
    return _url(request, subject, "page")


def site_of(request: TenantRequest) -> str:
    """Give where the product is reached, as links in mails begin."""
    return request.build_absolute_uri("/").rstrip("/")


def _url(request: TenantRequest, subject: Subject, name: str) -> str:
    return reverse(f"personas:{subject.whole}-{name}", args=[request.tenant.slug, subject.pk])


def _wanted(query: Mapping[str, str]) -> dict[str, Any]:
    show = query_text(query, "comments")
    return {
        "show": Show(show) if show in set(Show) else Show.OPEN,
        "part": _id(query_text(query, "about")),
        "thread": _id(query_text(query, "thread")),
        "start": whole_number(query_text(query, "from")) or 0,
    }


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _rest(request: TenantRequest) -> str:
    """Give what the page's address says besides the panel, such as the layout of a map."""
    try:
        current = request.htmx.current_url_abs_path if request.htmx else None
        told = urlsplit(current).query if current else request.GET.urlencode()
    except ValueError:
        # The browser's page has an address that is none: its query is not known.
        told = ""
    query = QueryDict(told, mutable=True)
    for name in OWN_NAMES:
        query.pop(name, None)
    return query.urlencode()
