"""Which persona another one is merged into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from personas.models import Persona

if TYPE_CHECKING:
    from django.db.models import QuerySet


class MergeForm(forms.Form):
    """The other persona, of those that are in use."""

    other: forms.ModelChoiceField[Persona] = forms.ModelChoiceField(
        queryset=Persona.objects.none(),
        label="Merge with",
        empty_label="Choose a persona",
        error_messages={
            "required": "Choose the other persona.",
            "invalid_choice": "Choose one of the personas that are in use.",
        },
    )

    def __init__(self, *args: Any, among: QuerySet[Persona], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = among  # type: ignore[attr-defined]  # a ModelChoiceField
