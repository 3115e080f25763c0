"""What is asked for about a journey as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from journeys.forms.maps import horizon_field
from journeys.rules.kinds import AHEAD, Level, MapState
from journeys.rules.templates import BLANK
from journeys.services.journeys import LONGEST_TITLE
from journeys.services.maps import LONGEST_NAME
from journeys.services.tagging import LONGEST_TAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.models import Journey
    from journeys.rules.templates import Template

LEVELS = {
    Level.LIFECYCLE: "Lifecycle: all the years with us",
    Level.MACRO: "Macro: a large part of it, such as becoming a customer",
    Level.JOURNEY: "Journey: one thing that somebody wants done",
    Level.MICRO: "Micro: one step of a journey, up close",
}


class JourneyForm(forms.Form):
    """A new journey, and what its first map begins with."""

    title = forms.CharField(
        label="Title",
        max_length=LONGEST_TITLE,
        help_text="In the customer's words, such as “I send back shoes that do not fit”.",
    )
    goal = forms.CharField(
        label="Goal",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What the customer wants done, and how one can tell that it is.",
    )
    level = forms.TypedChoiceField(
        label="Level",
        choices=list(LEVELS.items()),
        coerce=lambda value: Level(int(value)),
        initial=Level.JOURNEY,
    )
    parent = forms.ChoiceField(label="Part of", required=False)
    template = forms.ChoiceField(label="Begin with", widget=forms.RadioSelect, initial=BLANK)

    def __init__(
        self,
        *args: Any,
        journeys: Sequence[Journey],
        templates: Sequence[Template],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["autofocus"] = True
        homes = [(str(one.pk), one.title) for one in journeys]
        self.fields["parent"].choices = [("", "No other journey"), *homes]  # type: ignore[attr-defined]
        listed = [(one.key, f"{one.title}: {one.purpose}") for one in templates]
        self.fields["template"].choices = listed  # type: ignore[attr-defined]

    def clean_parent(self) -> UUID | None:
        """Give the id of the journey that the new one is part of."""
        return UUID(self.cleaned_data["parent"]) if self.cleaned_data["parent"] else None


class NewMapForm(forms.Form):
    """A further map of a journey, and what it begins with."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    state = forms.TypedChoiceField(
        label="Which world it shows",
        choices=[(one.value, one.words) for one in (MapState.CURRENT, *AHEAD)],
        coerce=MapState,
        initial=MapState.CURRENT.value,
    )
    horizon = horizon_field()
    template = forms.ChoiceField(label="Begin with", widget=forms.RadioSelect, initial=BLANK)

    def __init__(self, *args: Any, templates: Sequence[Template], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True
        listed = [(one.key, f"{one.title}: {one.purpose}") for one in templates]
        self.fields["template"].choices = listed  # type: ignore[attr-defined]


class TagForm(forms.Form):
    """A word for a journey; with a dimension, one of its values."""

    name = forms.CharField(label="Tag", max_length=LONGEST_TAG)
    dimension = forms.CharField(label="Dimension", required=False, max_length=LONGEST_TAG)
