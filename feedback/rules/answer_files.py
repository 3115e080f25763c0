"""Files that people send as answers: how many, how large, and how they stand in a form."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_FILES = 5
MOST_MEGABYTES = 10
MOST_BYTES = MOST_MEGABYTES * 1_000_000
# All files of a page, and the fields around them.
MOST_BODY = MOST_FILES * MOST_BYTES + 5_000_000
LONGEST_NAME = 200
NEW, FAULT = "files", "fault"


def as_field(file_id: UUID | str, name: str) -> str:
    """Write a kept file as the value of a form's field."""
    return f"{file_id}:{name}"


def read_field(value: str) -> tuple[str, str] | None:
    """Read id and name of a kept file; None for what is none."""
    file_id, _, name = value.partition(":")
    try:
        return str(UUID(file_id)), name[:LONGEST_NAME]
    except ValueError:
        return None


def as_answer(values: Iterable[str]) -> list[dict[str, str]] | None:
    """Give what is stored of the kept files in a field: {file, name} each; None without any."""
    found = [one for one in map(read_field, values) if one]
    return [{"file": file_id, "name": name} for file_id, name in found] or None


def ids_in(answer: object) -> list[UUID]:
    """Give the ids of the files of a stored answer."""
    told = answer if isinstance(answer, list) else []
    return [UUID(one["file"]) for one in told if isinstance(one, dict) and "file" in one]
