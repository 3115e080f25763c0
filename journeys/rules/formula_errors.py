"""What can be wrong with a formula, and with the model that it is in."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class FormulaError(DomainError):
    """A formula cannot be read."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="formula")


class ScoreModelError(DomainError):
    """A model of scores cannot be used; *field* names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)
