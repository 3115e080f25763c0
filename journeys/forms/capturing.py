"""Which cards of a map go into the library."""

from __future__ import annotations

from typing import Any

from django import forms

from journeys.rules.library import InsightKind

MOST_CARDS = 500


class _Ids(forms.Field):
    """Ids, each sent under the same name."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> Any:
        """Give the ids; raises ValidationError for what is none, and for more than 500."""
        if not value or len(value) > MOST_CARDS:
            message = f"Choose 1 to {MOST_CARDS} cards."
            raise forms.ValidationError(message)
        one = forms.UUIDField()
        return [one.clean(text) for text in value]


class CardsForm(forms.Form):
    """Cards by their lineages, and the type of insight that they become."""

    card = _Ids()
    kind = forms.CharField(required=False)

    def kind_of(self) -> InsightKind:
        """Give the type of a valid form: an observation where none is said."""
        told = self.cleaned_data["kind"]
        return InsightKind(told) if told in set(InsightKind) else InsightKind.OBSERVATION
