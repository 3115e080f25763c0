"""Input about matrices: names of ends, and places in percent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from personas.models import PersonaMatrix

_PERCENT: dict[str, Any] = {"min_value": 0, "max_value": 100}


class MatrixForm(forms.Form):
    """What a matrix and the ends of its two axes are called."""

    title = forms.CharField(max_length=120, help_text="What it tells apart: “How they buy”.")
    left = forms.CharField(max_length=60, label="Left end")
    right = forms.CharField(max_length=60, label="Right end")
    bottom = forms.CharField(max_length=60, label="Lower end")
    top = forms.CharField(max_length=60, label="Upper end")

    def __init__(self, *args: Any, matrix: PersonaMatrix | None = None, **kwargs: Any) -> None:
        """Take *matrix* to change one: its names are filled in."""
        super().__init__(*args, **kwargs)
        if matrix is not None:
            for name in self.fields:
                self.initial.setdefault(name, getattr(matrix, name))


class PlaceForm(forms.Form):
    """Where a persona stands: percents from the left and from the bottom."""

    persona = forms.UUIDField()
    x = forms.FloatField(**_PERCENT)
    y = forms.FloatField(**_PERCENT)

    @property
    def words(self) -> str:
        """Say what is wrong with it."""
        if "persona" in self.errors:
            return "Choose a persona."
        return "A place is a number from 0 to 100 on both axes. Nothing was moved."


class PersonaOnlyForm(forms.Form):
    """Which persona is meant."""

    persona = forms.UUIDField()
