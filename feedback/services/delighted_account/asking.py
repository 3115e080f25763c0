"""Asking an account of Delighted for one page, with its key."""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings

from feedback.errors import DelightedError
from feedback.rules.delighted import clean
from feedback.rules.delighted_account import Listed

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 10
_MOST_SECONDS = 30
_MOST_BYTES = 8_000_000
_PIECE_BYTES = 65_536
_TOO_MANY, _BROKEN = 429, 500
_REFUSED = frozenset({401, 403})
KEY_REFUSED = "Delighted does not take this key. Copy it whole, and look whether it still works."
NO_ANSWER = "What came back is none of Delighted’s answers. Is the account still open?"


class NotNowError(Exception):
    """The page did not come this time; *retry_after* is the header of that name, or ""."""

    def __init__(self, why: str, retry_after: str = "") -> None:
        super().__init__(why)
        self.retry_after = retry_after


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead elsewhere, with the key."""

    def redirect_request(self, *_asked: object) -> None:
        """Take a redirect for a refusal."""


_OPENER = urllib.request.build_opener(_Straight)


def ask(path: str, query: Mapping[str, str], *, key: str) -> tuple[Any, str]:
    """Give what *path* answers as JSON, and its header `Link`; one request.

    Raises DelightedError where asking again would not help, and NotNowError where it may.
    """
    url = f"{settings.DELIGHTED_API_URL}{path}.json?{urlencode(query)}"
    packed = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {packed}", "Accept": "application/json"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the operator's own address
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            body, link = _read(answer), answer.headers.get("Link", "")
    except urllib.error.HTTPError as error:
        raise _told(error) from error
    except (OSError, http.client.HTTPException) as error:
        message = "Delighted cannot be reached."
        raise NotNowError(message) from error
    try:
        return clean(json.loads(body)), link
    except (ValueError, RecursionError) as error:
        raise DelightedError(NO_ANSWER) from error


def ask_list(path: str, query: Mapping[str, str], *, key: str) -> Listed:
    """Give one page of a list. Raises as `ask` does."""
    told, link = ask(path, query, key=key)
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise DelightedError(NO_ANSWER)
    return Listed(told, link)


def _read(answer: http.client.HTTPResponse) -> bytes:
    """Read a body whole; one that drips or never ends is left.

    Each piece is what has come by then: one that waited for all its bytes could wait for ever.
    """
    ends = time.monotonic() + _MOST_SECONDS
    pieces, size = [], 0
    while piece := answer.read1(_PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > _MOST_BYTES:
            raise DelightedError(NO_ANSWER)
        if time.monotonic() > ends:
            message = "Delighted’s answer takes too long."
            raise NotNowError(message)
    return b"".join(pieces)


def _told(error: urllib.error.HTTPError) -> Exception:
    if error.code in _REFUSED:
        return DelightedError(KEY_REFUSED, field="key")
    if error.code == _TOO_MANY:
        words = "Delighted asks to go slower."
        return NotNowError(words, error.headers.get("Retry-After", ""))
    if error.code >= _BROKEN:
        words = f"Delighted answers {error.code}."
        return NotNowError(words, error.headers.get("Retry-After", ""))
    return DelightedError(f"{NO_ANSWER} It says {error.code}.")
