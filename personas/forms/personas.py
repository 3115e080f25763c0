"""The form that makes a persona."""

from __future__ import annotations

from typing import Any

from django import forms

from personas.rules.templates import BLANK, TEMPLATES, Template
from personas.services.personas import LONGEST_NAME


class PersonaForm(forms.Form):
    """A name, and what to begin with."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="A first name and what sets them apart, such as “Mara, moves house often”.",
    )
    template = forms.ChoiceField(
        label="Begin with",
        choices=[(one.key, f"{one.title}: {one.words}") for one in TEMPLATES.values()],
        widget=forms.RadioSelect,
        initial=BLANK.key,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True

    def clean_template(self) -> Template:
        """Give the template that the chosen word means."""
        return TEMPLATES[self.cleaned_data["template"]]
