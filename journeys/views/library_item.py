"""The page of one item of the library, where everything is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.collaboration.selectors.backing import Backing
from cxm.collaboration.views.talk import comments_context
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.store import undo_steps
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.selectors import member_choices
from journeys.forms.library import MergeForm
from journeys.models import Insight
from journeys.rules.library import InsightKind
from journeys.rules.library_sorts import INSIGHT
from journeys.selectors import library as selectors
from journeys.selectors import library_item as around
from journeys.selectors.backing import backings_of
from journeys.selectors.chain import chain_of
from journeys.selectors.goals import journeys_serving, progress_of
from journeys.selectors.subjects import ItemSubject
from journeys.services import library as services
from journeys.services.insight_merging import merge_insights
from journeys.views.library_kinds import found_item, item_url, list_url
from journeys.views.score_parts import score_context
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from cxm.collaboration.selectors.panel import Panel
    from journeys.rules.library_sorts import Sort

DETAIL, LINK, MERGE = (
    "journeys/library_item.html",
    "journeys/library_link.html",
    "journeys/insight_merge.html",
)


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def item_page(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Show an item; those who may edit journeys change everything where it stands."""
    return item_shown(request, sort, found_item(request, sort, item_id))


def item_shown(
    request: TenantRequest,
    sort: Sort,
    item: Any,
    *,
    fault: str = "",
    comments: Panel | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page of *item*; *fault* says why its scores were not saved.

    Beside it are *comments*, or those that the address asks for.
    """
    may_edit = request.may(Right.EDIT_JOURNEYS)
    is_open = may_edit and item.archived_at is None
    links = around.links_of(sort, item, request.membership)
    back = around.back_links_of(sort, item)
    backing = _backing(sort, item)
    context = {
        "sort": sort,
        "item": item,
        "links": links,
        "back_links": back,
        "maps": around.maps_showing(sort, item, request.membership),
        "chain": chain_of(sort, item, now=now()),
        "backing": backing,
        "may_edit": is_open,
        "may_restore": may_edit and item.archived_at is not None,
        "here": item_url(sort, item),
        "list_url": list_url(request, sort),
        **_shown(request, sort, item, is_open=is_open),
        **score_context(request, sort, item, fault=fault),
        **comments_context(request, ItemSubject(sort, item), comments),
        **(_editing(request, sort, item) if is_open else {}),
    }
    return page(request, DETAIL, context, status=status)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def item_archive(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Take an item off the lists; it can be restored."""
    item = found_item(request, sort, item_id)
    services.archive_item(item=item, by=request.membership, now=now())
    messages.success(request, f"“{item.title}” is archived. You can restore it.")
    return redirect(list_url(request, sort))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def item_restore(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Bring an archived item back to the lists."""
    item = found_item(request, sort, item_id)
    services.restore_item(item=item, by=request.membership, now=now())
    messages.success(request, f"“{item.title}” is back.")
    return redirect(item_url(sort, item))


@require_safe
@tenant_page(Right.EDIT_JOURNEYS)
def item_link(request: TenantRequest, sort: Sort, item_id: UUID) -> HttpResponse:
    """Find what to link an item to: `?kind=` is the link, `?q=` a part of the name."""
    item = found_item(request, sort, item_id)
    link = sort.link(query_text(request.GET, "kind"))
    if link is None or item.archived_at is not None:
        raise Http404
    reader, q = request.membership, query_text(request.GET, "q")
    [taken] = [one.rows for one in around.links_of(sort, item, reader) if one.sort is link]
    ids = [one.id for one in taken]
    home = item_url(sort, item)
    context = {
        "sort": sort,
        "item": item,
        "link": link,
        "name": services.STORES[sort.name].shape.element(link.kind).fields[0].name,
        "q": q,
        "found": selectors.linkable(link.to, item, ids, reader, q),
        "link_url": item_url(sort, item, "link"),
        "change_url": item_url(sort, item, "change"),
        "close_url": home,
        "here": f"{home}#links-{link.kind}",
    }
    return page(request, LINK, context, part="link-panel")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
def insight_merge(request: TenantRequest, item_id: UUID) -> HttpResponse:
    """Choose another insight and merge it into this one; `?other=` names it beforehand."""
    kept = found_item(request, INSIGHT, item_id)
    among = Insight.objects.for_tenant(request.tenant).filter(archived_at=None)
    among = among.exclude(pk=kept.pk).select_related("tenant").order_by("title", "pk")
    sent = request.POST if request.method == "POST" else None
    if sent is not None and sent.get("other"):
        found_item(request, INSIGHT, _uuid(sent["other"]))
    form = MergeForm(sent, among=among, initial={"other": query_text(request.GET, "other")})
    if form.is_valid():
        other = form.cleaned_data["other"]
        try:
            merge_insights(kept=kept, other=other, by=request.membership, now=now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"“{other.title}” is merged into this insight.")
            return redirect(item_url(INSIGHT, kept))
    context = {"item": kept, "form": form, "here": request.path, "back": item_url(INSIGHT, kept)}
    return page(request, MERGE, context, status=200 if sent is None else 422)


def _backing(sort: Sort, item: Any) -> Backing:
    if not sort.is_cited:
        return Backing()
    return backings_of(item.tenant, sort.name, [item.pk], now=now())[item.pk]


def _shown(request: TenantRequest, sort: Sort, item: Any, *, is_open: bool) -> dict[str, Any]:
    """Give the words for what refers to figures and goals, and to choose those from."""
    found: dict[str, Any] = {"text": getattr(item, sort.text)}
    if sort.name in {"solution", "goal"}:
        found["bindings"] = selectors.binding_choices(request.tenant, request.membership)
        chosen = item.expected_binding_id if sort.name == "solution" else item.binding_id
        found["binding_words"] = dict(found["bindings"]).get(str(chosen or ""), "Another figure")
        if chosen and str(chosen) not in dict(found["bindings"]):
            # What somebody else has chosen and who reads may not see stays as it is.
            found["bindings"] = [*found["bindings"], (str(chosen), "Another figure")]
    if sort.name == "goal":
        found["parents"] = selectors.goal_choices(item) if is_open else []
        found["parent"] = selectors.parent_of(item)
        found |= _of_goal(request, item)
    return found


def _of_goal(request: TenantRequest, goal: Any) -> dict[str, Any]:
    """Give how far a goal is, and the journeys in which something serves it."""
    told = progress_of(
        request.tenant,
        [goal],
        request.membership,
        sees_answers=request.may(Right.SEE_RESPONSES),
        now=now(),
    )
    return {
        "progress": told.get(goal.pk),
        "serving": journeys_serving(goal, request.membership),
    }


def _editing(request: TenantRequest, sort: Sort, item: Any) -> dict[str, Any]:
    """Give what only those need who may change the item."""
    asking = Request(request.tenant, item.pk, actor_of(request.membership), now())
    return {
        "change_url": item_url(sort, item, "change"),
        "steps": undo_steps(services.STORES[sort.name], asking),
        "statuses": sort.columns,
        "kinds": InsightKind.choices(),
        "owners": member_choices(item.owner, request.membership),
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
