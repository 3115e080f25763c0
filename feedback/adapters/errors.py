"""Failures of reading a file, with words for the person who sent it."""

from __future__ import annotations


class FileRefusedError(Exception):
    """The file as a whole cannot be read; nothing of it was taken.

    *code* is one documented word (docs/import.md); the message says what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class MappingError(Exception):
    """A mapping is not valid JSON of the documented shape; the message names the field."""
