"""What can go wrong with files of maps, in words for people."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class ExportError(DomainError):
    """Base of every anticipated failure about files of maps."""


class TooLargeAtOnceError(ExportError):
    """A file of so large a map is made in the background."""

    def __init__(self) -> None:
        super().__init__("This map is large: have its file made in the background.", field="kind")


class PartUnknownError(ExportError):
    """A file of stages or lanes that the map does not have."""

    def __init__(self, field: str) -> None:
        super().__init__(f"Name {field} of this map, or leave them out for all.", field=field)


class FileNotReadyError(ExportError):
    """A file that is asked for is being made."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This file is not made yet. Come back in a moment.")


class FileGoneError(ExportError):
    """A file that was made is not kept any more."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This file is gone: files are kept for 7 days. Make it anew.")
