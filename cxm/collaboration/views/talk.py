"""The panel of comments beside a page: what is asked of it, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from cxm.collaboration.rules.comments import Show
from cxm.collaboration.selectors.panel import Panel, Refused
from cxm.collaboration.selectors.talk import Wanted, talk_about
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text, whole_number
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpResponse

    from cxm.collaboration.selectors.talk import Subject
    from cxm.tenants.access import TenantRequest

ANSWER = "collaboration/comments_answer.html"
# What an address says of the panel; the rest of it is the page's own. A map says there what else
# is beside it, in the place of which the comments come.
OWN_NAMES = ("comments", "about", "thread", "from", "of", "tab")


def panel_answer(
    request: TenantRequest, subject: Subject, panel: Panel, status: int
) -> HttpResponse:
    """Answer htmx with the panel, and the buttons of the page whose counts may have changed."""
    context = {
        "comments_panel": panel,
        "comment_counts": subject.open_counts(),
        "comments_url": panel.start,
        "comments_rest": panel.rest,
        "comments_target": panel.target,
        "is_answer": True,
    }
    return page(request, ANSWER, context, status=status)


@dataclass(frozen=True, slots=True)
class TalkKind:
    """A kind of page that people comment on, as the routes of comments know it.

    Its routes are called after *namespace* and *name*, as `personas:persona-comments`. *found*
    loads what is commented on, for who may read it, and raises Http404; *shown* gives the page
    with a panel beside it, and *answer* what htmx gets. *reads* and *writes* are the rights that
    its doors ask for; who passes is judged by the subject.
    """

    name: str
    namespace: str
    found: Callable[[TenantRequest, UUID], Subject]
    shown: Callable[[TenantRequest, Subject, Panel, int], HttpResponse]
    answer: Callable[[TenantRequest, Subject, Panel, int], HttpResponse] = panel_answer
    reads: Right = Right.SEE_JOURNEYS
    writes: Right = Right.COMMENT


def panel_of(
    request: TenantRequest, subject: Subject, *, refused: Refused | None = None, **changes: Any
) -> Panel:
    """Gather the panel that the address asks for; *changes* are to what is wanted."""
    wanted = {**_wanted(request.GET), **changes}
    talk = talk_about(subject, Wanted(**wanted), request.membership)
    return Panel(
        talk=talk,
        start=_url(request, subject, "comments"),
        page_url=page_url(request, subject),
        rest=_rest(request),
        site=reverse("collaboration:notice-list", args=[request.tenant.slug]).removesuffix(
            "notices/"
        ),
        may_comment=subject.may_comment(request.membership),
        refused=refused,
        is_tab=subject.has_tabs and talk.part is not None,
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
        "comments_target": f"#{subject.beside}",
        "comments_panel": panel,
    }


def page_url(request: TenantRequest, subject: Subject) -> str:
    """Give the address of the page of *subject*."""
    return _url(request, subject, "page")


def site_of(request: TenantRequest) -> str:
    """Give where the product is reached, as links in mails begin."""
    return request.build_absolute_uri("/").rstrip("/")


def _url(request: TenantRequest, subject: Subject, name: str) -> str:
    return reverse(f"{subject.route}-{name}", args=[request.tenant.slug, subject.pk])


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
