"""What people cannot do with personas, in words for them."""

from __future__ import annotations

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
