"""Which persona is put on a map: one that is there, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from personas.rules.kinds import PersonaKind
from personas.services.personas import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.selectors.picks import Pick


class CastForm(forms.Form):
    """One of the personas that are *offered*."""

    persona = forms.ChoiceField(label="Persona")

    def __init__(self, *args: Any, offered: Sequence[Pick], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = {str(one.values["persona"]): one for one in offered}
        field = self.fields["persona"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy
        field.choices = [(pk, one.label) for pk, one in self._offered.items()]

    def chosen(self) -> Pick:
        """Give what was chosen; the form is valid."""
        return self._offered[self.cleaned_data["persona"]]


class NewPersonaForm(forms.Form):
    """A persona that is not there yet: what it is called, and whom it describes."""

    name = forms.CharField(max_length=LONGEST_NAME)
    kind = forms.ChoiceField(label="Kind", choices=PersonaKind.choices())

    def clean_kind(self) -> PersonaKind:
        """Give the kind that the chosen word means."""
        return PersonaKind(self.cleaned_data["kind"])
