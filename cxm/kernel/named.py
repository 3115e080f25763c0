"""Names with the words that people read."""

from __future__ import annotations

from enum import StrEnum


class Named(StrEnum):
    """Names with the words that people read."""

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give (name, words) of all, in order."""
        return [(one.value, one.words) for one in cls]

    @property
    def words(self) -> str:
        """Give what people read: the name with spaces and a capital."""
        return self.value.replace("_", " ").capitalize()
