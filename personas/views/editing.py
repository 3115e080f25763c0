"""Changing documents: operations from scripts and from plain forms, undo, and the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    RawPostDataException,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import (
    Actor,
    GoneError,
    RefusedError,
    StaleError,
    UnknownElementError,
)
from cxm.kernel.operations.state import replayed
from cxm.kernel.operations.store import commit, operations, read_state, restore, undo, undo_steps
from cxm.kernel.operations.undoing import Choice
from cxm.kernel.operations.wire import (
    UnreadableError,
    answered,
    read_asked,
    said,
    undone,
)
from cxm.kernel.operations.wording import sittings, words
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.editing import ChangeForm, RestoreForm, UndoForm
from personas.selectors.documents import laid_out, may_change, may_read_log, names_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from personas.views.kinds import Kind

MOST_TOLD, MOST_SITTINGS = 20, 40
UNDO_ASKS = "personas/undo_asks.html"
FAULT = "This form could not be read."


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def ops(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Do a list of operations in JSON, all or none; see `cxm.kernel.operations.wire`."""
    asked = _to_change(request, kind, document_id)
    try:
        outcome = commit(kind.store, asked, read_asked(_body(request)))
    except UnreadableError as error:
        return JsonResponse({"code": "unreadable", "message": str(error)}, status=400)
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        return JsonResponse(said(error, _names(request, error)), status=error.status)
    return JsonResponse(answered(outcome))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def change(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Do one operation that a plain form asks for, and go back to where it stood.

    What cannot be done is shown with what was typed, and with the other's version of it. Scripts
    send the same form and accept JSON.
    """
    asked = _to_change(request, kind, document_id)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _not_changed(request, kind, document_id, form, RefusedError(FAULT))
    try:
        outcome = commit(kind.store, asked, [form.asked()])
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        return _not_changed(request, kind, document_id, form, error)
    if _wants_json(request):
        return JsonResponse(answered(outcome))
    if outcome.overridden:
        messages.info(request, "Somebody else had changed this meanwhile; yours holds now.")
    return HttpResponseRedirect(_next(request, kind, document_id))


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def step_back(
    request: TenantRequest, kind: Kind, document_id: UUID, *, is_redo: bool
) -> HttpResponse:
    """Undo one's own last batch, or redo; `batch` makes asking twice have one effect."""
    asked = _to_change(request, kind, document_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"code": "refused", "errors": form.errors}, status=422)
    try:
        found = undo(
            kind.store,
            asked,
            as_batch=form.cleaned_data["batch"] or new_id(),
            choice=Choice(form.cleaned_data["choice"] or Choice.ASK),
            is_redo=is_redo,
        )
    except DomainError as error:
        if _wants_json(request):
            return JsonResponse(said(error, lambda _: ""), status=error.status)
        messages.error(request, str(error))
        return HttpResponseRedirect(_next(request, kind, document_id))
    clashes = found.clashes if found else []
    told = undone(found, names_of(request.tenant, [clash.actor for clash in clashes]))
    if _wants_json(request):
        return JsonResponse(told)
    if told["clashes"]:
        context = {"kind": kind, "clashes": told["clashes"], "is_redo": is_redo}
        context |= {"back": _next(request, kind, document_id)}
        context |= {"is_against_somebody": any(not one["reason"] for one in told["clashes"])}
        return page(request, UNDO_ASKS, context)
    if told["is_empty"]:
        messages.info(request, f"There is nothing of yours to {'redo' if is_redo else 'undo'}.")
    return HttpResponseRedirect(_next(request, kind, document_id))


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def changes(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Tell what others and one's own other windows did after operation `after`; 204 for nothing."""
    asked, _ = _to_read(request, kind, document_id)
    after = request.GET.get("after", "")
    if not _fits(after):
        return JsonResponse({"code": "refused", "field": "after"}, status=422)
    new = list(operations(kind.store, asked, after=int(after)))
    if not new:
        return HttpResponse(status=204)
    state = read_state(kind.store, asked)
    name_of = names_of(request.tenant, [done.actor for done in new])
    told = [
        {
            "by": name_of(done.actor),
            "is_mine": done.actor == asked.actor,
            "words": words(done, state, kind.store.shape),
            "lineage": str(done.lineage),
            "field": done.field,
        }
        for done in new[-MOST_TOLD:]
        if done.deed != "rebalance"
    ]
    steps = undo_steps(kind.store, asked)
    return JsonResponse(
        {
            "head": new[-1].seq,
            "changes": told,
            "can_undo": bool(steps.undo),
            "can_redo": bool(steps.redo),
        }
    )


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def history(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """List what was done, by person and sitting; `?at=` shows the document as it was then."""
    asked, root = _to_read(request, kind, document_id)
    done = list(operations(kind.store, asked))
    state = read_state(kind.store, asked)
    at = request.GET.get("at", "")
    moment = int(at) if _fits(at) and 0 < int(at) <= root.head_seq else None
    start = request.GET.get("from", "")
    first = int(start) if _fits(start) else 0
    found = sittings(done, state, kind.store.shape)
    shown = found[first : first + MOST_SITTINGS]
    name_of = names_of(request.tenant, [sitting.actor for sitting in shown])
    context = {
        "kind": kind,
        "document": root,
        "address": kind.address(request.tenant.slug, document_id),
        "go_back_url": reverse(
            f"personas:{kind.name}-go-back", args=[request.tenant.slug, document_id]
        ),
        "older": first + MOST_SITTINGS if len(found) > first + MOST_SITTINGS else None,
        "named": [(sitting, name_of(sitting.actor)) for sitting in shown],
        "moment": next((o for o in done if o.seq == moment), None),
        "lines": laid_out(replayed(done, moment), kind.store.shape) if moment else [],
        "can_restore": moment
        and moment < root.head_seq
        and root.archived_at is None
        and request.may(Right.EDIT_JOURNEYS)
        and may_change(root, request.membership),
    }
    return page(request, "personas/history.html", context)


@require_POST
@tenant_page(Right.EDIT_JOURNEYS)
def go_back(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Bring a document back to how it was after operation `until`, as one batch.

    What it referred to then and is lost since is asked about first.
    """
    asked = _to_change(request, kind, document_id)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        raise Http404
    back, until = kind.address(request.tenant.slug, document_id), form.cleaned_data["until"]
    choice = Choice(form.cleaned_data["choice"] or Choice.ASK)
    try:
        found = restore(kind.store, asked, until=until, as_batch=new_id(), choice=choice)
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(back)
    if found.clashes and choice is Choice.ASK:
        context = {"kind": kind, "clashes": undone(found, names_of(request.tenant, []))["clashes"]}
        return page(request, UNDO_ASKS, {**context, "until": until, "back": back}, status=409)
    messages.success(request, "It is as it was then. Undo takes this back.")
    return HttpResponseRedirect(back)


def _body(request: TenantRequest) -> bytes:
    """Give what was sent. Raises UnreadableError for a form, which is read for its token."""
    try:
        return request.body
    except RawPostDataException as error:
        message = "This is a form. Send a list of operations as application/json."
        raise UnreadableError(message) from error


def _fits(number: str) -> bool:
    """Whether a number in an address may be one of an operation, which has at most 9 digits."""
    return number.isdecimal() and len(number) <= 9  # noqa: PLR2004 - fits the column


def _wants_json(request: TenantRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _to_change(request: TenantRequest, kind: Kind, document_id: UUID) -> Request:
    """Give what changes a document; those who may not find nothing."""
    asked = _request(request, document_id)
    if not may_change(_found(kind, asked), request.membership):
        raise Http404
    return asked


def _to_read(request: TenantRequest, kind: Kind, document_id: UUID) -> tuple[Request, Any]:
    """Give what reads the log of a document, and its root; those who may not find nothing."""
    asked = _request(request, document_id)
    root = _found(kind, asked)
    if not may_read_log(root, request.membership, may_edit=request.may(Right.EDIT_JOURNEYS)):
        raise Http404
    return asked, root


def _request(request: TenantRequest, document_id: UUID) -> Request:
    actor = Actor("member", request.membership.pk)
    return Request(request.tenant, document_id, actor, now())


def _found(kind: Kind, asked: Request) -> Any:
    return get_object_or_404(
        kind.store.root.model.objects.for_tenant(asked.tenant), pk=asked.document
    )


def _names(request: TenantRequest, error: DomainError) -> Callable[[Actor | None], str]:
    clashes = error.clashes if isinstance(error, StaleError) else ()
    return names_of(request.tenant, [clash.actor for clash in clashes])


def _next(request: TenantRequest, kind: Kind, document_id: UUID) -> str:
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if is_ours else kind.address(request.tenant.slug, document_id)


def _not_changed(
    request: TenantRequest, kind: Kind, document_id: UUID, form: ChangeForm, error: DomainError
) -> HttpResponse:
    """Say why, with all that was typed, and both versions where two people wrote."""
    names = _names(request, error)
    if _wants_json(request):
        return JsonResponse(said(error, names), status=error.status)
    context: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "back": _next(request, kind, document_id),
        "reason": str(error),
        "typed": form.typed(),
        "is_gone": isinstance(error, GoneError),
    }
    if isinstance(error, StaleError):
        context |= {"clash": error.clashes[0], "by": names(error.clashes[0].actor)}
    return page(request, "personas/refused.html", context, status=error.status)
