"""Where a request comes from: its network address, as the proxies in front tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Give the address of whoever sent *request*, or "" where nothing tells it.

    Each proxy writes whom it heard from at the end of `X-Forwarded-For`: with n proxies of ours,
    the n-th from the right is the client, and what stands before it is what anybody may claim.
    Without any, or where fewer have written, it is who is connected to us.
    """
    trusted: int = settings.TRUSTED_PROXIES
    told = [one.strip() for one in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if 0 < trusted <= len(told) and told[-trusted]:
        return told[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))
