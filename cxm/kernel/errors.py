"""The base of every anticipated failure."""

from __future__ import annotations


class DomainError(Exception):
    """Something a person asked for cannot be done; `str(error)` may be shown to them.

    *field* names the input it is about, or is empty.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
