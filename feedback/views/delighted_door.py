"""The door of Delighted's API: whose key it is, what was sent, and refusals as its clients know."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt

from cxm.kernel.clock import now
from cxm.tenants.api_auth import KeyHolder, key_holder, live_key
from cxm.tenants.binding import tenant_bound
from feedback.models import DelightedProject
from feedback.rules.delighted import InvalidError, clean
from feedback.services.pacing import WAIT_SECONDS, is_too_fast
from feedback.views.ingest import RefusedError, count_guess

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from cxm.tenants.rules import Right

LARGEST_BODY = 1_000_000
_HOW = {"WWW-Authenticate": 'Basic realm="Delighted"'}
_STATUS_WORDS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
}


class StatusError(Exception):
    """A refusal by its status alone."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(_STATUS_WORDS[status])
        self.status = status
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its project, and what it tells, wherever it tells it."""

    request: HttpRequest
    project: DelightedProject
    told: dict[str, Any]

    def needs(self, right: Right) -> None:
        """Refuse a key without *right* with 403."""
        if right not in self.project.api_key.rights:
            raise StatusError(403)


type View = Callable[..., tuple[int, Any] | HttpResponse]


def for_programs(**views: View) -> Callable[..., HttpResponse]:
    """Serve one path: each method by its view, which gives the status and what becomes JSON."""

    @csrf_exempt
    def serve(request: HttpRequest, **values: str) -> HttpResponse:
        try:
            return _answered(request, _chosen(request, views), values)
        except StatusError as error:
            told = {"status": error.status, "message": str(error)}
            return JsonResponse(told, status=error.status, headers=error.headers)
        except InvalidError as error:
            told_why = {"status": 422, "message": _STATUS_WORDS[422], "errors": error.errors}
            return JsonResponse(told_why, status=422)

    return serve


def _chosen(request: HttpRequest, views: dict[str, View]) -> View:
    try:
        return views[(request.method or "").lower()]
    except KeyError:
        raise StatusError(405) from None


def _answered(request: HttpRequest, view: View, values: dict[str, str]) -> HttpResponse:
    holder = _holder(request)
    tenant_id = holder.tenant_id
    if is_too_fast(tenant_id, now=now()):
        raise StatusError(429, **{"Retry-After": str(WAIT_SECONDS)})
    _check_accept(request)
    told = _told(request)
    with tenant_bound(tenant_id), transaction.atomic():
        if live_key(holder, now=now()) is None:
            raise StatusError(401, **_HOW)
        rows = DelightedProject.objects.for_tenant(tenant_id).select_related(
            "tenant",
            "survey__tenant",
            "distribution__survey__tenant",
            "distribution__tenant",
            "api_key",
        )
        project = rows.filter(api_key=holder.api_key_id).first()
        if project is None:
            raise StatusError(403)
        answer = view(Asked(request, project, told), **values)
    if isinstance(answer, HttpResponse):
        return answer
    status, shown = answer
    return JsonResponse(shown, status=status, safe=False)


def _holder(request: HttpRequest) -> KeyHolder:
    """Find whose key it is; Python's client writes it without the colon, others with it."""
    scheme, _, packed = request.headers.get("Authorization", "").partition(" ")
    try:
        text = base64.b64decode(packed.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = ""
    holder = key_holder(text) if scheme.lower() == "basic" and text else None
    if holder is None:
        try:
            count_guess(request, "Too many requests with wrong keys.")
        except RefusedError as error:
            raise StatusError(429, **{"Retry-After": str(WAIT_SECONDS)}) from error
        raise StatusError(401, **_HOW)
    return holder


def _check_accept(request: HttpRequest) -> None:
    is_named = request.path.rstrip("/").endswith(".json")
    if not is_named and not request.accepts("application/json"):
        raise StatusError(406)


def _told(request: HttpRequest) -> dict[str, Any]:
    """Read the query, and above it the body: JSON, or a form with `properties[key]`."""
    told: dict[str, Any] = {}
    _add_pairs(told, request.GET.lists())
    if request.method != "GET":
        told |= _body(request)
    cleaned: dict[str, Any] = clean(told)
    return cleaned


def _body(request: HttpRequest) -> dict[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        raise StatusError(413)
    if request.content_type == "application/x-www-form-urlencoded":
        told: dict[str, Any] = {}
        _add_pairs(told, QueryDict(request.body).lists())
        return told
    body = request.body.strip()
    try:
        found = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise InvalidError(base="is not JSON") from None
    if not isinstance(found, dict):
        raise InvalidError(base="must be an object")
    return found


def _add_pairs(told: dict[str, Any], pairs: Any) -> None:
    for name, values in pairs:
        outer, _, inner = name.partition("[")
        if not inner:
            told[name] = values[-1]
        elif inner == "]":
            told[outer] = values
        else:
            told.setdefault(outer, {})
            if isinstance(told[outer], dict):
                told[outer][inner.rstrip("]")] = values[-1]
