"""What can go wrong with journeys and their maps, in words for people."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class JourneyError(DomainError):
    """Base of every anticipated failure about journeys."""


class TitleNeededError(JourneyError):
    """A journey, or a map, needs a title."""

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(f"Write 1 to {longest} characters.", field=field)


class TooManyError(JourneyError):
    """A workspace, or a journey, holds no more."""


class ReadOnlyMapError(JourneyError):
    """A map that is published, in review, retired or locked is not changed."""

    status = 403

    def __init__(self, words: str) -> None:
        super().__init__(f"This map is {words}: open a draft of it, and change that.")


class CircleError(JourneyError):
    """A journey cannot lie in itself, however far around."""

    status = 409

    def __init__(self, titles: list[str]) -> None:
        super().__init__(f"This would be a circle: {' > '.join(titles)}.", field="parent")


class NotNowError(JourneyError):
    """A map does not become that from what it is."""

    status = 409
