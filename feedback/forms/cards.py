"""What the page of the wizard's third step shows of one column."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from django import forms

UNDECIDED_BY_NAME = {"metric": ("",), "time_as": ("ask",), "currency": ("",)}


@dataclass(slots=True)
class Value:
    """A value of a scored column, its number of rows, and the field that says what it is."""

    text: str
    count: int
    field: forms.BoundField

    @property
    def size(self) -> tuple[float, str]:
        """Order numbers by their size; words that a person gave a score come last."""
        try:
            return float(self.text.replace(",", ".")), self.text
        except ValueError:
            return math.inf, self.text


@dataclass(slots=True)
class Card:
    """One column as the page shows it: *strange* values are no scores, *plain* ones are.

    One that is kept or left out stands aside, *is_aside*, among the other columns.
    """

    number: int
    column: Mapping[str, Any]
    role: StrEnum
    role_field: forms.BoundField
    is_aside: bool
    details: list[forms.BoundField] = field(default_factory=list)
    strange: list[Value] = field(default_factory=list)
    plain: list[Value] = field(default_factory=list)
    alike: int = 0
    summary: str = ""
    is_new: bool = False
    is_first_alike: bool = True

    @property
    def counts(self) -> bool:
        """Whether the column counts for something, and so stands among the first."""
        return not self.is_aside or bool(self.role_field.errors)

    @property
    def open_values(self) -> int:
        """How many values nobody has decided about yet."""
        return sum(value.field.value() == "" for value in self.strange)

    @property
    def is_decided(self) -> bool:
        """Whether nothing about the column is open or wrong."""
        return not self.open_values and not any(
            asked.errors or asked.value() in UNDECIDED_BY_NAME.get(asked.name.partition("-")[2], ())
            for asked in self._asked()
        )

    @property
    def is_unfolded(self) -> bool:
        """Whether the details are shown at once: of new and wrong ones, and the first of a kind."""
        return self.is_new or self.has_errors or (self.is_first_alike and not self.is_decided)

    @property
    def has_errors(self) -> bool:
        """Whether something about the details is wrong."""
        return any(asked.errors for asked in self._asked())

    def _asked(self) -> list[forms.BoundField]:
        return [*self.details, *(value.field for value in self.strange)]
