"""The matrix of opportunities or of solutions between two scores, and moving items in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from journeys.forms.scores import PlaceForm
from journeys.selectors.library import items_listed
from journeys.selectors.score_matrix import MOST_POINTS, drawn_of, matrix_of
from journeys.selectors.scores import chosen_model, models_of, scores_of, scoring_of
from journeys.services.score_models import ensure_models
from journeys.services.scores import set_scores
from journeys.views.library import choices_of, is_filtered, wanted_of
from journeys.views.library_kinds import found_item, item_url, list_url

if TYPE_CHECKING:
    from journeys.models import ScoreModel
    from journeys.rules.library_sorts import Sort
    from journeys.services.scores import Said

MATRIX = "journeys/score_matrix.html"
_JSON = "application/json"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def item_matrix(request: TenantRequest, sort: Sort) -> HttpResponse:
    """Draw the items in use by two scores; filters are those of the list.

    `?scores=` names the model, `?x=`, `?y=` and `?size=` what of it is drawn.
    """
    return _shown(request, sort)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def item_place(request: TenantRequest, sort: Sort) -> HttpResponse:
    """Say the inputs that a place in the matrix stands for; a script gets an empty answer."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _refused(request, sort, form.fault())
    told = form.cleaned_data
    item = found_item(request, sort, told["item"])
    model = _model(request, sort)
    given = scores_of(model, [item.pk])[item.pk]
    values: dict[str, Said | None] = {}
    for side in ("x", "y"):
        key, value = told[f"{side}_axis"], told[side]
        span = given.worth(key).span
        # Both places are sent; only the one that was changed is said.
        if side in request.POST and not _is_same(span.value if span else None, value):
            values[key] = None if value is None else (value, None, None)
    try:
        set_scores(
            model=model,
            item=item,
            values=values,
            by=request.membership,
            now=now(),
            reason=told["reason"],
        )
    except DomainError as error:
        return _refused(request, sort, str(error), status=error.status)
    if _wants_json(request):
        return HttpResponse(status=204)
    return redirect(_back(request, sort))


def _shown(
    request: TenantRequest, sort: Sort, *, fault: str = "", status: int = 200
) -> HttpResponse:
    model = _model(request, sort)
    scoring = scoring_of(model)
    size = query_text(request.GET, "size") if "size" in request.GET else None
    x, y = query_text(request.GET, "x"), query_text(request.GET, "y")
    drawn = drawn_of(model, scoring, x, y, size)
    wanted = wanted_of(request)
    listed = items_listed(sort, request.membership, request.tenant, wanted)
    rows = list(listed.order_by("title", "pk")[: MOST_POINTS + 1])
    items = rows[:MOST_POINTS]
    may_edit = request.may(Right.EDIT_JOURNEYS) and not wanted.is_archived
    home = reverse(f"journeys:{sort.name}-matrix", args=[request.tenant.slug])
    place = reverse(f"journeys:{sort.name}-matrix-place", args=[request.tenant.slug])
    context: dict[str, Any] = {
        "sort": sort,
        "model": model,
        "models": models_of(request.tenant, sort.name),
        "labels": scoring.labels.items(),
        "drawn": drawn,
        "matrix": matrix_of(
            model, scoring, items, drawn, url_of=lambda item: item_url(sort, item), noun=sort.name
        ),
        "is_cut": len(rows) > MOST_POINTS,
        "wanted": wanted,
        "is_filtered": is_filtered(wanted),
        "fault": fault,
        "may_edit": may_edit,
        "place_url": f"{place}?{urlencode({'scores': model.key})}" if may_edit else "",
        "asks_reason": any(one.source for one in scoring.inputs if one.key in drawn.keys),
        "here": request.get_full_path() if request.method != "POST" else home,
        "home": home,
        "list_url": list_url(request, sort),
        "add_url": list_url(request, sort, "create"),
        **choices_of(request, sort, may_edit=False),
    }
    return page(request, MATRIX, context, status=status)


def _model(request: TenantRequest, sort: Sort) -> ScoreModel:
    ensure_models(tenant=request.tenant, now=now())
    asked = query_text(request.GET, "scores")
    model = chosen_model(models_of(request.tenant, sort.name), asked)
    if model is None:
        raise Http404
    return model


def _refused(request: TenantRequest, sort: Sort, words: str, *, status: int = 422) -> HttpResponse:
    if _wants_json(request):
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    return _shown(request, sort, fault=words, status=status)


def _wants_json(request: TenantRequest) -> bool:
    return request.get_preferred_type(["text/html", _JSON]) == _JSON


def _back(request: TenantRequest, sort: Sort) -> str:
    """Give where to go on: the page that sent the place, or the matrix."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None):
        return wanted
    return reverse(f"journeys:{sort.name}-matrix", args=[request.tenant.slug])


def _is_same(before: float | None, after: float | None) -> bool:
    """Whether two values read alike in a form."""
    if before is None or after is None:
        return before is after
    return f"{before:.2f}" == f"{after:.2f}"
