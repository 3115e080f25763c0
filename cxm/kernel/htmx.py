"""One way to answer a browser: a whole page, or the named part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that went through `HtmxMiddleware`."""

    htmx: HtmxDetails


def page(
    request: HtmxRequest,
    template: str,
    context: Mapping[str, object],
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with *template*, or with its partial *part* alone when htmx asked for a fragment.

    Boosted links and going back in history get the whole page. The answer varies on
    `HX-Request`, so that caches keep pages and parts apart.
    """
    htmx = request.htmx
    is_part = part and htmx and not htmx.boosted and not htmx.history_restore_request
    answer = render(
        request, f"{template}#{part}" if is_part else template, dict(context), status=status
    )
    patch_vary_headers(answer, ["HX-Request"])
    return answer
