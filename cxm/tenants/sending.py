"""Forms that come twice, by a double click or from a browser that tries again: one effect."""

from __future__ import annotations

import hashlib
import json
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse

from cxm.kernel.api import answer_book

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.access import TenantRequest, TenantView

# The hidden field of a form, made by `{% sent_once %}`, that says which showing of it was sent.
SENT_AS = "sent_as"
_LEADS_ON = ("Location", "HX-Redirect", "HX-Location")


def sent_once[**P](view: TenantView[P]) -> Callable[..., HttpResponse]:
    """Let a form with `{% sent_once %}` that is sent again have one effect.

    For views below `tenant_page`. What is sent again is known by its `sent_as` and by being equal
    in all else: who goes back and changes something sends something new. Where the first one led
    is kept with its effect, in one transaction, for a day, and a second post waits for the first:
    it leads there, too, and htmx leaves the page as it is (204). What is refused, or only shown,
    may be sent again; what is shown this once and has a page of its own, which the header
    Content-Location names, leads to that page the next time.
    """

    @wraps(view)
    def inner(request: TenantRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST" or not request.POST.get(SENT_AS):
            return view(request, *args, **kwargs)
        digest = _digest(request)
        entry = answer_book().claim(
            tenant_id=request.tenant.pk,
            actor_id=request.membership.pk,
            key=f"form {digest}",
            digest=digest,
        )
        if entry.status:
            return HttpResponse(status=entry.status, headers=entry.body)
        answer = view(request, *args, **kwargs)
        status, where = _next_time(request, answer)
        if status:
            answer_book().keep(entry, status=status, body=where)
        return answer

    return inner


def _next_time(request: TenantRequest, answer: HttpResponse) -> tuple[int, dict[str, str]]:
    """Say what one is told who sends the same again; status 0 where it is done again."""
    where = {name: answer[name] for name in _LEADS_ON if name in answer}
    if where:
        return answer.status_code, where
    if request.htmx and answer.status_code == HTTPStatus.OK:
        return HTTPStatus.NO_CONTENT, {}
    if "Content-Location" in answer:
        return HTTPStatus.FOUND, {"Location": answer["Content-Location"]}
    return 0, {}


def _digest(request: TenantRequest) -> str:
    names = sorted(name for name in request.POST if name != "csrfmiddlewaretoken")
    sent = [(name, request.POST.getlist(name)) for name in names]
    files = [
        (name, file.name, file.size)
        for name in sorted(request.FILES)
        for file in request.FILES.getlist(name)
    ]
    told = json.dumps([request.get_full_path(), bool(request.htmx), sent, files])
    return hashlib.sha256(told.encode()).hexdigest()
