"""Files that are made for somebody who asks, and the answer that hands one over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import content_disposition_header

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPES: Mapping[str, str] = {
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
LONGEST_NAME = 100
# What systems do not take in a name, what could leave its folder, and what turns text around.
_REFUSED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file: its *name*, whose *ending* is one of CONTENT_TYPES, and its *content*."""

    name: str
    ending: str
    content: bytes


def made_file(title: str, ending: str, content: bytes) -> MadeFile:
    """Name *content* after *title*, without what a file's name cannot hold.

    A title of which nothing is left becomes "file".
    """
    words = " ".join(_REFUSED.sub(" ", title).split()).replace(" ,", ",")
    words = words[:LONGEST_NAME].strip(" .")
    return MadeFile(f"{words or 'file'}.{ending}", ending, content)


def answer_with_made(file: MadeFile) -> HttpResponse:
    """Hand *file* over to be saved under its name (RFC 6266); nobody between keeps it."""
    answer = HttpResponse(file.content, content_type=CONTENT_TYPES[file.ending])
    answer["Content-Disposition"] = content_disposition_header(True, file.name)  # noqa: FBT003 - positional in Django
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
