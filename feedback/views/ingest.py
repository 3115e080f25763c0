"""The addresses that event clients send to: plain views, no redirect, answers as clients expect.

Clients of Segment, RudderStack and PostHog take anything but exactly 200 with a JSON object for
a failure, follow redirects with GET and lose the batch, and read `code` and `message` of a
refusal. The limits and codes are told in docs/events.md.
"""

from __future__ import annotations

import base64
import binascii
import logging
import math
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from cxm.kernel.addresses import client_address
from cxm.kernel.cache import count_shared
from cxm.kernel.clock import now
from feedback.adapters.events.bodies import unpacked
from feedback.adapters.events.heads import keys_in
from feedback.adapters.events.parsed import BodyError, BodyTooLargeError
from feedback.adapters.events.parsing import LIMITS, POSTHOG, SEGMENT
from feedback.selectors.write_doors import write_door
from feedback.services.accepting import Delivery, accept
from feedback.services.pacing import TOO_FAST, WAIT_SECONDS, is_too_fast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.urls import URLPattern

    from feedback.selectors.write_doors import WriteDoor

logger = logging.getLogger(__name__)

SEGMENT_PATHS = (
    *("v1/identify", "v1/track", "v1/page", "v1/screen", "v1/group", "v1/alias", "v1/batch"),
    *("v1/i", "v1/t", "v1/p", "v1/s", "v1/g", "v1/a", "v1/b"),
    *("v1/merge", "v1/import"),
)
POSTHOG_PATHS = ("batch", "capture", "e", "i/v0/e")
FLAG_PATHS = ("decide", "flags")
WRONG_KEYS_A_MINUTE = 20
RETRY_SECONDS = 5
_A_DAY = "86400"
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding, anonymousid, "
    "x-retry-count",
    "Access-Control-Max-Age": _A_DAY,
}
# What browsers and servers of PostHog ask before they send: no flags, no recording, no surveys.
_NO_FLAGS: dict[str, Any] = {
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
    "supportedCompression": ["gzip", "gzip-js"],
    "sessionRecording": False,
    "autocapture_opt_out": True,
    "surveys": False,
    "siteApps": [],
    "isAuthenticated": False,
    "toolbarParams": {},
}

type View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One family of clients: its reader, and what it wants to hear."""

    adapter: str
    answer: dict[str, Any]


class RefusedError(Exception):
    """A request is not taken; *headers* go with the answer."""

    def __init__(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


def _open_to_browsers(view: View) -> View:
    """Answer browsers of any site, before and after they send; nothing is told by a cookie."""

    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=200, headers=_CORS)
        if request.method == "POST":
            answer = view(request)
        else:
            answer = refusal(RefusedError(405, "wrong_method", "Send events with POST."))
            answer["Allow"] = _CORS["Access-Control-Allow-Methods"]
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    return csrf_exempt(inner)


def _ingest(dialect: Dialect) -> View:
    @_open_to_browsers
    def view(request: HttpRequest) -> HttpResponse:
        try:
            _take(request, dialect)
        except RefusedError as error:
            return refusal(error)
        except BodyTooLargeError as error:
            return closing(request, refusal(RefusedError(413, error.code, error.message)))
        except BodyError as error:
            return refusal(RefusedError(400, error.code, error.message))
        except (OperationalError, InterfaceError) as error:
            return unavailable(error)
        return JsonResponse(dialect.answer)

    return view


@_open_to_browsers
def flags(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Say that there are no feature flags: PostHog clients ask before they send."""
    return JsonResponse(_NO_FLAGS)


segment = _ingest(Dialect(SEGMENT, {"success": True}))
posthog = _ingest(Dialect(POSTHOG, {"status": "Ok"}))


def _take(request: HttpRequest, dialect: Dialect) -> None:
    """Check a request and store its body; raises RefusedError and BodyError."""
    limit = LIMITS[dialect.adapter]
    body = raw_body(request, limit)
    text = unpacked(body, limit=limit)
    door = _door(request, [*_keys_in_header(request), *keys_in(text)])
    if is_too_fast(door.tenant_id, now=now()):
        raise RefusedError(429, "too_many", TOO_FAST, {"Retry-After": str(WAIT_SECONDS)})
    delivery = Delivery(
        adapter=dialect.adapter,
        path=request.path,
        body=body,
        query=request.GET.dict(),
        headers=request.headers,
    )
    accept(door=door, delivery=delivery, now=now())


def raw_body(request: HttpRequest, limit: int) -> bytes:
    """Read the body as it came, no further than *limit*; raises BodyError."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > limit:
        raise BodyTooLargeError(limit)
    try:
        # Sent in pieces, a body has no length, and Django would see none of it.
        if not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated"):
            return bytes(request.META["wsgi.input"].read(limit + 1))
        return request.read(limit + 1)
    except UnreadablePostError as error:
        raise BodyError("not_readable", "The body broke off before its end.") from error


def _keys_in_header(request: HttpRequest) -> Iterator[str]:
    """Give the key in `Authorization`: Basic as its user, with or without a colon, or Bearer."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield value.strip()
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(value.strip() + "==").decode()
        except (binascii.Error, UnicodeDecodeError):
            return
        yield text.partition(":")[0]


def _door(request: HttpRequest, keys: list[str]) -> WriteDoor:
    """Find whose key was shown; raises RefusedError, after too many wrong ones in other words."""
    door = write_door(keys)
    if door:
        return door
    count_guess(request, "Too many requests with wrong keys. Put the key right, then go on.")
    if any(keys):
        message = "This write key is not known, was revoked, or has run out. Copy the source's key."
        raise RefusedError(401, "invalid_write_key", message)
    message = "Show a write key: as Basic or Bearer authorization, or as `writeKey` in the body."
    raise RefusedError(401, "no_write_key", message)


def count_guess(request: HttpRequest, message: str) -> None:
    """Count a wrong key or signature of a network address; raises RefusedError over 20 a minute.

    While nothing is counted for all processes, none is too many.
    """
    minute, second = divmod(math.floor(now().timestamp()), 60)
    counter = f"wrong-write-keys:{client_address(request)}:{minute}"
    if (count_shared(counter, seconds=120) or 0) > WRONG_KEYS_A_MINUTE:
        raise RefusedError(429, "too_many", message, {"Retry-After": str(60 - second)})


def unavailable(error: Exception) -> HttpResponse:
    """Say that nothing can be stored for now, because of *error*."""
    logger.error("events cannot be stored", exc_info=error)
    message = "Events cannot be stored at the moment. Send them again."
    again = {"Retry-After": str(RETRY_SECONDS)}
    return refusal(RefusedError(503, "unavailable", message, again))


def refusal(error: RefusedError) -> HttpResponse:
    """Give the answer to a request that is not taken, as these clients read it."""
    body = {"code": error.code, "message": error.message, "details": {}}
    return JsonResponse(body, status=error.status, headers=error.headers)


def closing(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Ask the server to close the connection: the rest of the body is not worth reading."""
    # The development server closes by itself, and lets no application say so.
    if not request.META.get("SERVER_SOFTWARE", "").startswith("WSGIServer"):
        answer["Connection"] = "close"
    return answer


def both(route: str, view: View) -> list[URLPattern]:
    """Serve *route* with and without a slash at its end."""
    return [path(route, view), path(f"{route}/", view)]


# Each address with and without a slash at its end: what is not there would be redirected.
ingest_urls: list[URLPattern] = [
    *(pattern for route in SEGMENT_PATHS for pattern in both(route, segment)),
    *(pattern for route in POSTHOG_PATHS for pattern in both(route, posthog)),
    *(pattern for route in FLAG_PATHS for pattern in both(route, flags)),
]
