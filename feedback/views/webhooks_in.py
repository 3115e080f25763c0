"""The addresses that other tools' webhooks send to: signed, stored first, never redirected.

Nothing answers 404 or 410 here: Typeform switches its webhook off at either. What is answered is
told in docs/webhooks-in.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt

from cxm.kernel.clock import now
from cxm.kernel.signatures import Verdict
from feedback.adapters.events.parsed import BodyError, BodyTooLargeError
from feedback.adapters.events.parsing import LIMITS
from feedback.selectors.write_doors import sender_door
from feedback.services.accepting import Delivery
from feedback.services.pacing import TOO_FAST, WAIT_SECONDS, is_too_fast
from feedback.services.webhooks_in import count_wrong, take_webhook
from feedback.views.ingest import (
    RefusedError,
    both,
    closing,
    count_guess,
    raw_body,
    refusal,
    unavailable,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PREFIX = "webhooks/in"
_LOOKED_AT = ("GET", "HEAD", "OPTIONS")
_GUESSED = "Too many requests with wrong addresses or signatures. Put the secret right first."
_UNKNOWN = "Nothing is received at this address. Copy the address of the source once more."
WHY = {
    Verdict.MISSING: (
        "signature_missing",
        "The signature is missing, or this source has no secret yet. Add the sender’s secret.",
    ),
    Verdict.WRONG: (
        "signature_wrong",
        "The signature does not fit. Add the secret that the sender signs with to this source.",
    ),
    Verdict.STALE: (
        "signature_stale",
        "The signature is more than 5 minutes away from our time. Sign and send again.",
    ),
}


@csrf_exempt
def receive(request: HttpRequest, address: str) -> HttpResponse:
    """Take a webhook in: 200 once it is stored; who only looks is told that this is the place."""
    if request.method in _LOOKED_AT:
        return JsonResponse({"message": "Send webhooks here with POST."})
    try:
        _take(request, address)
    except RefusedError as error:
        return refusal(error)
    except BodyTooLargeError as error:
        return closing(request, refusal(RefusedError(413, error.code, error.message)))
    except BodyError as error:
        return refusal(RefusedError(400, error.code, error.message))
    except (OperationalError, InterfaceError) as error:
        return unavailable(error)
    return JsonResponse({"success": True})


def _take(request: HttpRequest, address: str) -> None:
    """Check a request and store its body; raises RefusedError and BodyError."""
    if request.method != "POST":
        message = "Send webhooks with POST."
        raise RefusedError(405, "wrong_method", message, {"Allow": "POST, GET, HEAD, OPTIONS"})
    door = sender_door(address)
    if door is None:
        count_guess(request, _GUESSED)
        raise RefusedError(401, "unknown_address", _UNKNOWN)
    body = raw_body(request, LIMITS[door.kind])
    if is_too_fast(door.tenant_id, now=now()):
        raise RefusedError(429, "too_many", TOO_FAST, {"Retry-After": str(WAIT_SECONDS)})
    delivery = Delivery(
        adapter=door.kind,
        path=f"/{PREFIX}/…",
        body=body,
        query=request.GET.dict(),
        headers=request.headers,
    )
    verdict = take_webhook(door=door, delivery=delivery, now=now())
    if verdict is not Verdict.VALID:
        count_guess(request, _GUESSED)
        count_wrong(door=door, why=verdict, now=now())
        raise RefusedError(401, *WHY[verdict])


webhook_in_urls = both(f"{PREFIX}/<slug:address>", receive)
