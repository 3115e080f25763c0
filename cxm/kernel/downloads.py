"""Answering with a file that people sent: as what it was found to be, and never as a page."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_KEPT_SECONDS = 3_600
# Whatever it holds, it loads nothing, runs nothing and stands in no frame.
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


class FileGoneError(DomainError):
    """A file is known, and its bytes are not there."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” is not here any more: its name is known, and what it held is gone. Send the "
            "file again where it is shown, or ask an admin to bring it back from a backup."
        )


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that people sent, and how it may be given out.

    *etag* is the SHA-256 of its bytes. Unless *is_inline* it is saved under *name*, which ends as
    its kind does.
    """

    path: Path
    mime: str
    name: str
    etag: str
    is_inline: bool


def answer_with(request: HttpRequest, file: StoredFile) -> HttpResponse:
    """Answer with *file*, or with 304 where the browser has it.

    Browsers may keep it for an hour, caches between may not. Raises FileGoneError where its bytes
    are gone. Whoever asks must have been let in before.
    """
    quoted = f'"{file.etag}"'
    answer = get_conditional_response(request, etag=quoted)
    if answer is None:
        try:
            answer = HttpResponse(file.path.read_bytes(), content_type=file.mime)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise FileGoneError(file.name) from error
        shown = content_disposition_header(not file.is_inline, file.name)
        answer.headers["Content-Disposition"] = shown or "attachment"
    answer.headers["ETag"] = quoted
    answer.headers["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    return _harmless(answer)


def save_as(content: bytes, *, mime: str, name: str) -> HttpResponse:
    """Answer with *content* to be saved under *name*; nobody keeps it in between."""
    answer = HttpResponse(content, content_type=mime)
    disposition = content_disposition_header(True, name)  # noqa: FBT003 - positional in Django
    answer.headers["Content-Disposition"] = disposition or "attachment"
    answer.headers["Cache-Control"] = "private, no-store"
    return _harmless(answer)


def _harmless[R: HttpResponseBase](answer: R) -> R:
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
