"""The base of every anticipated failure."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """Something a person asked for cannot be done; `str(error)` may be shown to them.

    *field* names the input it is about, or is empty. *status* is what HTTP answers.
    """

    status: ClassVar[int] = 422

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field

    def more(self) -> dict[str, Any]:
        """Give what the JSON API tells besides the words; nothing, usually."""
        return {}
