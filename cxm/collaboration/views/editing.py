"""Changing documents: operations from scripts and from plain forms, undo, and going back."""

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
from django.views.decorators.http import require_POST

from cxm.collaboration.forms.editing import ChangeForm, RestoreForm, UndoForm
from cxm.collaboration.selectors.documents import names_of
from cxm.collaboration.views.documents import next_address, to_change, wants_json
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import (
    Actor,
    GoneError,
    RefusedError,
    StaleError,
    UnknownElementError,
)
from cxm.kernel.operations.store import restore, undo
from cxm.kernel.operations.undoing import Choice
from cxm.kernel.operations.wire import (
    UnreadableError,
    answered,
    read_asked,
    said,
    undone,
)
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.collaboration.views.kinds import Kind

REFUSED = "collaboration/refused.html"
UNDO_ASKS = "collaboration/undo_asks.html"
FAULT = "This form could not be read."


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def ops(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Do a list of operations in JSON, all or none; see `cxm.kernel.operations.wire`."""
    asked = to_change(request, kind, document_id)
    try:
        outcome = kind.do(asked, read_asked(_body(request)))
    except UnreadableError as error:
        return JsonResponse({"code": error.code, "message": str(error)}, status=error.status)
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        return JsonResponse(said(error, _names(request, error)), status=error.status)
    return JsonResponse(answered(outcome))


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def change(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Do one operation that a plain form asks for, and go back to where it stood.

    What cannot be done is shown with what was typed, and with the other's version of it. Scripts
    send the same form and accept JSON.
    """
    asked = to_change(request, kind, document_id)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _not_changed(request, kind, document_id, form, RefusedError(FAULT))
    try:
        outcome = kind.do(asked, [form.asked()])
    except UnknownElementError:
        raise Http404 from None
    except DomainError as error:
        return _not_changed(request, kind, document_id, form, error)
    if wants_json(request):
        return JsonResponse(answered(outcome))
    if outcome.overridden:
        messages.info(request, "Somebody else had changed this meanwhile; yours holds now.")
    return HttpResponseRedirect(next_address(request, kind, document_id))


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def step_back(
    request: TenantRequest, kind: Kind, document_id: UUID, *, is_redo: bool
) -> HttpResponse:
    """Undo one's own last batch, or redo; `batch` makes asking twice have one effect."""
    asked = to_change(request, kind, document_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"code": "refused", "errors": form.errors}, status=422)
    back = next_address(request, kind, document_id)
    try:
        found = undo(
            kind.store,
            asked,
            as_batch=form.cleaned_data["batch"] or new_id(),
            choice=Choice(form.cleaned_data["choice"] or Choice.ASK),
            is_redo=is_redo,
        )
    except DomainError as error:
        if wants_json(request):
            return JsonResponse(said(error, lambda _: ""), status=error.status)
        messages.error(request, str(error))
        return HttpResponseRedirect(back)
    clashes = found.clashes if found else []
    told = undone(found, names_of(request.tenant, [clash.actor for clash in clashes]))
    if wants_json(request):
        return JsonResponse(told)
    if told["clashes"]:
        context = {"clashes": told["clashes"], "is_redo": is_redo, "back": back}
        context["is_against_somebody"] = any(not one["reason"] for one in told["clashes"])
        return page(request, UNDO_ASKS, context)
    if told["is_empty"]:
        messages.info(request, f"There is nothing of yours to {'redo' if is_redo else 'undo'}.")
    return HttpResponseRedirect(back)


@require_POST
@tenant_page(Right.OPEN_JOURNEYS)
def go_back(request: TenantRequest, kind: Kind, document_id: UUID) -> HttpResponse:
    """Bring a document back to how it was after operation `until`, as one batch.

    What it referred to then and is lost since is asked about first.
    """
    asked = to_change(request, kind, document_id)
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
        clashes = undone(found, names_of(request.tenant, []))["clashes"]
        context = {"clashes": clashes, "until": until, "back": back}
        return page(request, UNDO_ASKS, context, status=409)
    messages.success(request, "It is as it was then. Undo takes this back.")
    return HttpResponseRedirect(back)


def _body(request: TenantRequest) -> bytes:
    """Give what was sent. Raises UnreadableError for a form, which is read for its token."""
    try:
        return request.body
    except RawPostDataException as error:
        message = "This is a form. Send a list of operations as application/json."
        raise UnreadableError(message) from error


def _names(request: TenantRequest, error: DomainError) -> Callable[[Actor | None], str]:
    clashes = error.clashes if isinstance(error, StaleError) else ()
    return names_of(request.tenant, [clash.actor for clash in clashes])


def _not_changed(
    request: TenantRequest, kind: Kind, document_id: UUID, form: ChangeForm, error: DomainError
) -> HttpResponse:
    """Say why, with all that was typed, and both versions where two people wrote."""
    names = _names(request, error)
    if wants_json(request):
        return JsonResponse(said(error, names), status=error.status)
    context: dict[str, Any] = {
        "back": next_address(request, kind, document_id),
        "reason": str(error),
        "typed": form.typed(),
        "is_gone": isinstance(error, GoneError),
    }
    if isinstance(error, StaleError):
        context |= {"clash": error.clashes[0], "by": names(error.clashes[0].actor)}
    return page(request, REFUSED, context, status=error.status)
