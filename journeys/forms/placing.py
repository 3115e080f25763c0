"""Where a step of a map is put between two axes."""

from __future__ import annotations

from django import forms


class StepPlaceForm(forms.Form):
    """A step, and its values on the axes with these keys; one that is left out stays."""

    step = forms.UUIDField()
    x_axis = forms.CharField(max_length=60)
    y_axis = forms.CharField(max_length=60)
    x = forms.FloatField(required=False)
    y = forms.FloatField(required=False)

    def values(self) -> dict[str, float]:
        """Give the values of a valid form by the keys of their axes."""
        told = self.cleaned_data
        pairs = ((told["x_axis"], told["x"]), (told["y_axis"], told["y"]))
        return {key: value for key, value in pairs if value is not None}

    @property
    def words(self) -> str:
        """Say what is wrong with it."""
        if "step" in self.errors:
            return "Choose a step."
        if {"x_axis", "y_axis"} & set(self.errors):
            return "Choose two axes."
        return "A place is a number on each axis. Nothing was moved."
