"""What people cannot do with evidence, in words for them."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class EvidenceFieldError(DomainError):
    """One value of a piece of evidence cannot be; *field* names it."""


class TakenEvidenceError(DomainError):
    """An answer or a figure was taken as it was, and stays so."""

    def __init__(self) -> None:
        super().__init__(
            "This was taken from an answer or a figure and stays as it was. Archive it if it does "
            "not hold any more."
        )


class ArchivedEvidenceError(DomainError):
    """Archived evidence is neither changed nor cited."""

    def __init__(self) -> None:
        super().__init__("This evidence is archived: restore it first.", field="evidence")
