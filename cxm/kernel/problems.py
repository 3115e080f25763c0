"""What the JSON API answers when it refuses: problem details as of RFC 9457."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404
from drf_standardized_errors.formatter import flatten_errors
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE = "application/problem+json"
MANUAL = "/api/docs/"

# The status of a problem, its name in the manual, and its title.
PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("unreadable", "The request could not be read"),
    401: ("sign-in", "Show a valid API key, or sign in"),
    403: ("not-allowed", "This key or person may not do this"),
    404: ("not-found", "There is nothing here for you"),
    405: ("wrong-method", "This address does not take this method"),
    406: ("wrong-format", "The answer cannot be given in this format"),
    409: ("conflict", "This contradicts an earlier request"),
    410: ("gone", "This was deleted"),
    413: ("too-large", "The request is too large"),
    415: ("wrong-media-type", "The body is not of a type that is read here"),
    422: ("refused", "The request was understood, but something in it must change"),
    429: ("too-many", "Too many requests"),
}


class ConflictError(exceptions.APIException):
    """The request contradicts an earlier one; the words say how."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "This contradicts an earlier request."
    default_code = "conflict"


class TooLargeError(exceptions.APIException):
    """The body is longer than the server reads at once."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large: send it in several requests."
    default_code = "too_large"


def problem_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001 - DRF's signature
    """Turn *error* into problem details; None lets an unforeseen one be raised and logged.

    The body holds `type`, `title`, `status`, `detail` and `errors`, a list of `field` (dotted
    for nested ones, null for the request as a whole), `code` and `message`. What was read and
    refused is 422, with an entry for every field; some refusals tell `more`. Missing things, and
    things of others, are 404 and say no more.
    """
    is_hidden = isinstance(error, DomainError) and error.status == status.HTTP_404_NOT_FOUND
    if is_hidden or isinstance(error, Http404 | exceptions.NotFound):
        return _problem(status.HTTP_404_NOT_FOUND, "", [])
    if isinstance(error, DomainError):
        entry = _entry(error.field or None, _code(error), str(error))
        return _problem(error.status, str(error), [entry], more=error.more())
    if isinstance(error, exceptions.ValidationError):
        entries = [_entry(_field(e.attr), e.code, e.detail) for e in flatten_errors(error.detail)]
        first = next((entry["message"] or "" for entry in entries), "")
        return _problem(status.HTTP_422_UNPROCESSABLE_ENTITY, first, entries)
    error = _as_of_drf(error)
    if isinstance(error, exceptions.APIException):
        return _problem(error.status_code, str(error.detail), [], headers=_headers(error))
    return None


def _as_of_drf(error: Exception) -> Exception:
    """Give what DRF would raise for an error of Django's own; others as they are."""
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLargeError()
    if isinstance(error, TooManyFieldsSent | TooManyFilesSent):
        return exceptions.ParseError(str(error))
    return error


def _problem(
    number: int,
    detail: str,
    errors: list[dict[str, str | None]],
    *,
    headers: dict[str, str] | None = None,
    more: dict[str, Any] | None = None,
) -> Response:
    name, title = PROBLEMS.get(number, ("problem", "The request failed"))
    body = {
        "type": f"{MANUAL}#problem-{name}",
        "title": title,
        "status": number,
        "detail": detail or f"{title}.",
        "errors": errors,
        **(more or {}),
    }
    return Response(body, status=number, headers=headers, content_type=MEDIA_TYPE)


def _entry(field: str | None, code: str, message: str) -> dict[str, str | None]:
    return {"field": field, "code": code, "message": message}


def _field(name: str | None) -> str | None:
    is_whole = not name or name == api_settings.NON_FIELD_ERRORS_KEY
    return None if is_whole else name


def _code(error: DomainError) -> str:
    """Name an error after its class: `KeyTakenError` is `key_taken`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(error).__name__).lower()
    return words.removesuffix("_error")


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if isinstance(error, exceptions.Throttled):
        wait = getattr(error, "wait", None) or 0
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    return headers
