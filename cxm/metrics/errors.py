"""What can go wrong with metrics, in words for the person who keeps them."""

from __future__ import annotations

from cxm.kernel.errors import DomainError


class MetricError(DomainError):
    """Base of every anticipated failure about metrics."""


class MetricKeyTakenError(MetricError):
    """Another metric of the tenant has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"“{key}” is taken: choose another key.", field="key")


class OffScaleError(MetricError):
    """A favourable or unfavourable value is not on the scale, or in both sets."""

    def __init__(self, field: str, values: list[int]) -> None:
        listed = ", ".join(str(value) for value in values)
        super().__init__(f"{listed}: not on the scale, or in both sets.", field=field)


class ScaleError(MetricError):
    """A scale has from 2 to 11 whole numbers."""

    def __init__(self, low: int, most: int) -> None:
        super().__init__(f"Use a number from {low + 1} to {low + most - 1}.", field="scale_max")
