"""What people cannot do with personas, in words for them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cxm.kernel.errors import DomainError


class PersonaNameError(DomainError):
    """The name of a persona is missing or too long."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"Give the persona a name of 1 to {longest} characters.", field="name")


class TooManyPersonasError(DomainError):
    """A workspace holds as many personas as it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A workspace holds up to {most:,} personas.", field="name")


class TooManyMatricesError(DomainError):
    """A workspace holds as many matrices as it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A workspace holds up to {most} matrices.", field="title")


class EndNameError(DomainError):
    """An axis or a matrix has no name, or two ends have the same."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message, field=field)


class OffMatrixError(DomainError):
    """A place is not within the matrix."""

    def __init__(self) -> None:
        super().__init__("A place is from 0 to 100 on both axes.", field="x")


class LibraryRefusedError(DomainError):
    """Something is wrong with a library file, nothing was written; *preview* has its `faults`."""

    def __init__(self, preview: Any) -> None:
        count = len(preview.faults)
        many = "one thing is" if count == 1 else f"{count} things are"
        super().__init__(f"Nothing was imported: {many} wrong with the file.", field="file")
        self.preview = preview

    def more(self) -> dict[str, Any]:
        """Tell every fault, with its line."""
        return {"faults": [asdict(fault) for fault in self.preview.faults]}


class LibraryStaleError(DomainError):
    """What the file is compared with has changed since it was looked at; *preview* is new."""

    status = 409

    def __init__(self, preview: Any) -> None:
        super().__init__("Something here has changed since you looked. Look again, then import.")
        self.preview = preview


class CannotMergeError(DomainError):
    """Two personas cannot be merged; the words say why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="other")
