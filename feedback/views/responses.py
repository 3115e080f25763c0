"""Pages of responses: the list, one response beside it, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.errors import FeedbackError
from feedback.forms.responses import HoldForm, ReasonForm
from feedback.models import Response
from feedback.rules.languages import NAMES
from feedback.rules.text.sentiment import SentimentLabel
from feedback.selectors.answers_named import answers_named
from feedback.selectors.response_detail import ResponseDetail, neighbours, response_detail
from feedback.selectors.response_rows import read_place
from feedback.selectors.responses import response_page
from feedback.services import holding
from feedback.views.asking import asked_of, reader_of
from feedback.views.response_filters import filter_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedback.selectors.response_filter import Asked
    from feedback.selectors.response_rows import Place
    from feedback.selectors.responses import ResponsePage

PAGE = "feedback/response_list.html"
WHOLE = "all"


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def response_list(request: TenantRequest) -> HttpResponse:
    """List responses or, with `?metric=`, exactly the ratings behind its figure.

    The query is the filter; what is not understood in it is said and left out. `after` and
    `before` turn pages, `count=all` counts however many rows there are.
    """
    part = "response-count" if "count" in request.GET else "response-browser"
    return page(request, PAGE, _list_context(request, asked_of(request)), part=part)


@require_safe
@tenant_page(Right.SEE_RESPONSES)
def response_panel(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Show one response beside the list it was opened from, whose filter is in the query."""
    return _panel(request, _found(request, response_id))


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def response_hold(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Hold the scores of a response, or one of them, back from all numbers."""
    response, asked = _found(request, response_id), asked_of(request)
    detail = response_detail(reader_of(request), asked, response)
    form = HoldForm(request.POST, scores=detail.counted)
    if not form.is_valid():
        return _panel(request, response, hold_form=form, status=422)
    act = partial(
        holding.hold_response,
        ratings=form.ratings,
        reason=form.cleaned_data["reason"],
        now=now(),
    )
    return _done(request, response, act, "These scores are out of the numbers.")


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def response_release(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Let the scores of a response that were held back count again."""
    response = _found(request, response_id)
    return _done(request, response, holding.release_response, "These scores count again.")


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def response_delete(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Take a response out of every list and number; it can be restored."""
    response, form = _found(request, response_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _panel(request, response, delete_form=form, status=422)
    act = partial(holding.delete_response, now=now(), reason=form.cleaned_data["reason"])
    return _done(request, response, act, "The response is deleted. You can restore it.")


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def response_restore(request: TenantRequest, response_id: UUID) -> HttpResponse:
    """Bring a deleted response back, with its scores as they were."""
    response = _found(request, response_id)
    act = partial(holding.restore_response, now=now())
    return _done(request, response, act, "The response is back.")


def refused_panel(request: TenantRequest, response: Response, words: str) -> HttpResponse:
    """Show a response with what was refused about it, as 422."""
    return _panel(request, response, refused=words, status=422)


def _found(request: TenantRequest, response_id: UUID) -> Response:
    rows = Response.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=response_id)


def _done(
    request: TenantRequest, response: Response, act: Callable[..., object], words: str
) -> HttpResponse:
    """Do *act* and lead back to the panel within its list, or say there why it was refused."""
    try:
        act(response=response, by=request.membership)
    except FeedbackError as error:
        return _panel(request, response, refused=str(error), status=422)
    messages.success(request, words)
    return redirect(_url(request, "panel", response.pk, query=request.GET.urlencode()))


def _panel(
    request: TenantRequest,
    response: Response,
    *,
    hold_form: HoldForm | None = None,
    delete_form: ReasonForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    asked, reader = asked_of(request), reader_of(request)
    detail = response_detail(reader, asked, response)
    around = neighbours(reader, asked, response, _row_id(request))
    context = {
        "detail": detail,
        "refused": refused,
        "newer_url": _neighbour_url(request, around.newer),
        "older_url": _neighbour_url(request, around.older),
        "close_url": _url(request, "list", query=_query(request, row=None)),
        "customer_url": _customer_url(request, detail),
        "may_cite": request.may(Right.EDIT_JOURNEYS),
        "may_correct": request.may(Right.EDIT_SEGMENTS),
        "topics": asked.names.topics.options,
        "languages": NAMES,
        "sentiments": [one.value for one in SentimentLabel if one.value],
        **_action_context(request, detail, hold_form, delete_form),
    }
    if not request.htmx or status != 200:  # noqa: PLR2004 - a refusal shows the whole page
        context |= _list_context(request, asked)
    return page(request, PAGE, context, part="response-panel", status=status)


def _action_context(
    request: TenantRequest,
    detail: ResponseDetail,
    hold_form: HoldForm | None,
    delete_form: ReasonForm | None,
) -> dict[str, object]:
    return {
        "may_change": request.may(Right.IMPORT_FEEDBACK),
        "hold_form": hold_form or HoldForm(scores=detail.counted, auto_id="hold_%s"),
        "delete_form": delete_form or ReasonForm(auto_id="delete_%s"),
        "open_form": "hold" if hold_form else "delete" if delete_form else "",
    }


def _list_context(request: TenantRequest, asked: Asked) -> dict[str, object]:
    list_url = _url(request, "list")
    is_rating = asked.measure is not None
    shown = response_page(
        reader_of(request),
        asked,
        after=read_place(request.GET.get("after", ""), is_rating=is_rating),
        before=read_place(request.GET.get("before", ""), is_rating=is_rating),
        is_counted_whole=request.GET.get("count") == WHOLE,
    )
    return {
        "asked": asked,
        "page": shown,
        "bar": filter_bar(asked, path=list_url, answers=answers_named(request.tenant, asked)),
        "noun": "answer" if is_rating else "response",
        "row_query": _query(request, row=None),
        "opened": request.resolver_match and request.resolver_match.kwargs.get("response_id"),
        "opened_row": _row_id(request),
        "count_url": f"{list_url}?{_query(request, count=WHOLE)}",
        "export_url": _url(request, "export", query=asked.filter.query()),
        "workbook_url": _url(request, "workbook", query=asked.filter.query()),
        **_pager(asked, list_url, shown),
    }


def _pager(asked: Asked, list_url: str, shown: ResponsePage) -> dict[str, str]:
    def to(name: str, place: Place | None) -> str:
        pairs = [*asked.filter.pairs(), (name, place.text())] if place else []
        return f"{list_url}?{urlencode(pairs)}" if pairs else ""

    return {"newer_page_url": to("before", shown.newer), "older_page_url": to("after", shown.older)}


def _row_id(request: TenantRequest) -> UUID | None:
    """Read which rating of the list was opened; None when that is not said."""
    try:
        return UUID(request.GET.get("row", ""))
    except ValueError:
        return None


def _query(request: TenantRequest, **changes: str | None) -> str:
    """Give the query of this request with *changes*; None drops a key."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.setlist(name, [value] if value else [])
    return query.urlencode()


def _neighbour_url(request: TenantRequest, spot: tuple[UUID, UUID] | None) -> str:
    if spot is None:
        return ""
    response_id, row_id = spot
    row = row_id.hex if row_id != response_id else None
    return _url(request, "panel", response_id, query=_query(request, row=row))


def _customer_url(request: TenantRequest, detail: ResponseDetail) -> str:
    """Give the page of who answered, for those who may open it."""
    if detail.person.root_id is None or not request.may(Right.SEE_CUSTOMERS):
        return ""
    return reverse("customers:customer-page", args=[request.tenant.slug, detail.person.root_id])


def _url(request: TenantRequest, page_name: str, *args: UUID, query: str = "") -> str:
    url = reverse(f"feedback:response-{page_name}", args=[request.tenant.slug, *args])
    return f"{url}?{query}" if query else url
