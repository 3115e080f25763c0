"""What is wrong with a condition, in words, and where."""

from __future__ import annotations


class ConditionError(ValueError):
    """A condition that cannot be read; *path* points to the part, as `/all/2/value`."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path
