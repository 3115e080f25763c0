"""What a new link to a journey map is to be."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from cxm.collaboration.forms.sharing import LinkForm
from journeys.selectors.shares import SharedJourneyMap, cast_offered, offered


class MapLinkForm(LinkForm):
    """A link to a map: the lanes that are on it, and the personas whose curves they show."""

    personas = forms.TypedMultipleChoiceField(
        label="Whose lanes and curves?",
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one or more personas."},
    )
    field_order = ("label", "kinds", "personas", "state", "days", "password")

    def __init__(self, *args: Any, of: SharedJourneyMap, **kwargs: Any) -> None:
        super().__init__(*args, of=of, **kwargs)
        kinds: Any = self.fields["kinds"]
        kinds.choices = offered(of.document)
        personas: Any = self.fields["personas"]
        personas.choices = cast_offered(of.document)
        personas.initial = [pk for pk, _ in personas.choices]
        if not personas.choices:
            del self.fields["personas"]

    def chosen(self) -> SharedJourneyMap:
        """Give the map with the personas that were ticked."""
        return SharedJourneyMap(self.of.document, self.cleaned_data.get("personas", []))
