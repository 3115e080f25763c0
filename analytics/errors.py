"""What can be wrong with what people ask of figures."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class TooManyDefinitionsError(DomainError):
    """More definitions of churn than are counted."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} definitions already. Archive one first.")


class ChurnKeyTakenError(DomainError):
    """A second definition of churn under a key that is in use."""

    status = 409

    def __init__(self, key: str) -> None:
        super().__init__(f"“{key}” is another definition's key. Choose another.", field="key")
