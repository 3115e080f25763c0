"""The lists of the library, making items, and doing one thing with several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.kernel.palette import MOST_FROM_ONE_SOURCE, Hit
from cxm.kernel.panels import FormPanel
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.tenants.selectors import member_choices
from cxm.tenants.sending import sent_once
from journeys.forms.library import ItemForm, SeveralForm
from journeys.rules.library import InsightKind
from journeys.rules.library_sorts import INSIGHT, OPPORTUNITY, SOLUTION, SORTS
from journeys.selectors import library as selectors
from journeys.selectors.board_lanes import LANES
from journeys.selectors.library_boards import board_of, goal_tree, rows_shown
from journeys.selectors.scores import SUBJECTS, in_score_order, usual_model
from journeys.services import library as services
from journeys.views.library_kinds import found_item, item_url, list_url

if TYPE_CHECKING:
    from django.http import HttpRequest

    from journeys.rules.library_sorts import Sort

LIST = "journeys/library_list.html"
SHORTEST_QUERY, ITEMS_AT_ONCE = 2, 50
_OWNERS = [("", "Anybody’s"), ("me", "Mine"), ("nobody", "Nobody’s")]
_LOOKS = {"insight": ("table", "cards"), "goal": ("tree", "table")}
_TEXTS = ("q", "kind", "status", "owner", "sort")
_IDS = ("persona", "journey", "goal")
# What a new item is linked to when it is made on the page of another one.
_BEGUN_ON = {"opportunity": ("insight", "answers"), "solution": ("opportunity", "solves")}


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def item_list(request: TenantRequest, sort: Sort) -> HttpResponse:
    """List items; `?view=` says how, and `selectors.library.Wanted` names the filters."""
    return list_shown(request, sort)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_JOURNEYS)
@sent_once
def item_create(request: TenantRequest, sort: Sort) -> HttpResponse:
    """Make an item and open it.

    `?of=` names what it is made for: an insight for an opportunity, an opportunity for a
    solution.
    """
    origin = _origin(request, sort)
    if request.method != "POST":
        told = {"title": origin.title} if origin and sort is OPPORTUNITY else {}
        return list_shown(request, sort, ItemForm(sort=sort, initial=told))
    form = ItemForm(request.POST, sort=sort)
    if form.is_valid():
        try:
            made = services.create_item(
                sort=sort.name,
                tenant=request.tenant,
                title=form.cleaned_data["title"],
                by=request.membership,
                now=now(),
                values=form.values(),
                links=[(_BEGUN_ON[sort.name][1], origin.pk)] if origin else [],
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect(item_url(sort, made))
    return list_shown(request, sort, form, status=422)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def items_change(request: TenantRequest, sort: Sort) -> HttpResponse:
    """Give the ticked items a status or an owner, or archive them: all or none."""
    form = SeveralForm(request.POST, sort=sort, tenant=request.tenant)
    if not form.is_valid():
        return list_shown(request, sort, fault=form.fault(), status=422)
    told = form.cleaned_data
    items, by = list(told["item"]), request.membership
    try:
        if told["deed"] == "archive":
            services.archive_several(items=items, by=by, now=now())
        else:
            owner = str(told["owner"].pk) if told["owner"] else None
            value = told["status"] if told["deed"] == "status" else owner
            services.change_several(items=items, field=told["deed"], value=value, by=by, now=now())
    except DomainError as error:
        return list_shown(request, sort, fault=str(error), status=error.status)
    count = f"{len(items)} {sort.name if len(items) == 1 else sort.plural.lower()}"
    words = "archived" if told["deed"] == "archive" else "changed"
    messages.success(request, f"{count} {words}.")
    return redirect(list_url(request, sort))


def list_shown(
    request: TenantRequest,
    sort: Sort,
    form: ItemForm | None = None,
    *,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the list with *form* beside it; *fault* says why something was not done."""
    wanted = wanted_of(request)
    looks = _LOOKS.get(sort.name, ("board", "table"))
    asked = request.GET.get("view", "")
    look = asked if asked in looks else looks[0]
    may_edit = request.may(Right.EDIT_JOURNEYS)
    home = list_url(request, sort)
    context = {
        "sort": sort,
        "wanted": wanted,
        "look": look,
        "looks": [(one, one.capitalize()) for one in looks],
        "is_filtered": is_filtered(wanted),
        "fault": fault,
        "may_edit": may_edit,
        "list_url": home,
        "add_url": list_url(request, sort, "create"),
        "today": day_in(request.tenant, now()),
        "matrix_url": list_url(request, sort, "matrix") if sort.name in SUBJECTS else "",
        **choices_of(request, sort, may_edit=may_edit),
        **_rows(request, sort, wanted, look),
        "panel": form and _panel(request, sort, form, home),
    }
    part = "library-panel" if form else "library-rows"
    return page(request, LIST, context, part=part, status=status)


def items_called(request: HttpRequest, query: str) -> list[Hit]:
    """Find items of the library for the command palette by their title. Four queries."""
    inside = cast("TenantRequest", request)
    if len(query) < SHORTEST_QUERY or not inside.may(Right.SEE_JOURNEYS):
        return []
    hits = []
    for sort in SORTS.values():
        rows = services.MODELS[sort.name].objects.for_tenant(inside.tenant)
        rows = rows.filter(archived_at=None, title__icontains=query).select_related("tenant")
        hits += [
            Hit(row.title, item_url(sort, row), sort.plural, sort.icon, row.get_status_display())
            for row in rows.order_by("title", "pk")[:MOST_FROM_ONE_SOURCE]
        ]
    return hits


def wanted_of(request: TenantRequest) -> selectors.Wanted:
    """Read the filters from the address; ids that are none filter nothing."""
    told: dict[str, Any] = {name: query_text(request.GET, name) for name in _TEXTS}
    told |= {name: _id(query_text(request.GET, name)) for name in _IDS}
    if told["owner"] not in {"", "me", "nobody"}:
        told["owner"] = _id(told["owner"])
    return selectors.Wanted(**told, is_archived=bool(request.GET.get("archived")))


def is_filtered(wanted: selectors.Wanted) -> bool:
    """Whether anything is left out by a filter."""
    return any(getattr(wanted, name) for name in (*_TEXTS[:-1], *_IDS)) or wanted.is_archived


def choices_of(request: TenantRequest, sort: Sort, *, may_edit: bool) -> dict[str, Any]:
    """Give what the filters of a list choose from; *may_edit* adds the members to give to."""
    members = member_choices(None, request.membership)[1:]
    return {
        "kinds": InsightKind.choices() if sort is INSIGHT else [],
        "sortings": _SORTINGS.get(sort.name, []),
        "owners": [*_OWNERS, *members],
        "members": members if may_edit else [],
        "personas": selectors.persona_choices(request.tenant) if sort.name in _PERSONAL else [],
        "journeys": selectors.journey_choices(request.tenant, request.membership),
        "goals": selectors.goals_named(request.tenant) if sort.name in SUBJECTS else [],
    }


_SORTINGS = {
    "insight": selectors.SORTINGS,
    "opportunity": selectors.SCORE_SORTINGS,
    "solution": selectors.SCORE_SORTINGS,
}
_PERSONAL = frozenset({"insight", "opportunity"})


def _rows(
    request: TenantRequest, sort: Sort, wanted: selectors.Wanted, look: str
) -> dict[str, Any]:
    listed = selectors.items_listed(sort, request.membership, request.tenant, wanted)
    model = usual_model(request.tenant, sort.name)
    is_by_score = model is not None and wanted.sort == "score"
    if model and is_by_score:
        listed = in_score_order(listed, model)
    if look == "board":
        lanes = query_text(request.GET, "lanes")
        told: dict[str, Any] = {"lanes": lanes, "model": model, "is_by_score": is_by_score}
        board = board_of(sort, request.tenant, listed, request.membership, **told)
        return {"board": board, "lanings": LANES, "lanes": lanes}
    if look == "tree":
        sees = request.may(Right.SEE_RESPONSES)
        tree = goal_tree(request.tenant, listed, request.membership, sees_answers=sees, now=now())
        return {"tree": tree}
    found = page_of(listed, request, size=ITEMS_AT_ONCE)
    rows = rows_shown(sort, request.tenant, found.rows, model, now=now())
    return {"page": found, "rows": rows}


def _panel(request: TenantRequest, sort: Sort, form: ItemForm, home: str) -> FormPanel:
    action = list_url(request, sort, "create")
    of = _id(query_text(request.GET, "of"))
    action = f"{action}?of={of}" if of else action
    article = "An" if sort.name[0] in "aeiou" else "A"
    words = "What it is linked to follows on its page." if sort is not SOLUTION else ""
    return FormPanel(f"{article} new {sort.name}".capitalize(), form, action, "Add", home, words)


def _origin(request: TenantRequest, sort: Sort) -> Any:
    """Load what the new item is made for; None where nothing is named. Raises Http404."""
    of = query_text(request.GET, "of")
    if not of or sort.name not in _BEGUN_ON:
        return None
    pk = _id(of)
    if not pk:
        raise Http404
    return found_item(request, SORTS[_BEGUN_ON[sort.name][0]], UUID(pk))


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
