"""What is asked for about a map as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from journeys.rules.kinds import AHEAD, MapState
from journeys.services.map_naming import LONGEST_LABEL
from journeys.services.maps import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journeys.models import Journey, JourneyMap

_WHAT = [("stage", "Stage"), ("step", "Step"), ("lane", "Lane")]


def horizon_field() -> forms.DateField:
    """Give the field that asks by which day a map shall be real."""
    return forms.DateField(
        label="When it shall be real",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Of a future or an ideal map.",
    )


class AddForm(forms.Form):
    """What to add at the end of a map."""

    what = forms.ChoiceField(choices=_WHAT)
    title = forms.CharField(required=False, max_length=120, strip=True)
    preset = forms.CharField(required=False, max_length=40)


class ForkForm(forms.Form):
    """A new map that begins as another one is, in its journey or in one that is chosen.

    *journeys* are those in which who asks may draw; the map's own one is chosen where it is among
    them. `journey` gives the chosen one.
    """

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    journey = forms.ChoiceField(
        label="In which journey",
        required=False,
        help_text="In its own journey the new map is paired with this one. In another it stands by "
        "itself: figures come along, promises, comments and evidence stay here.",
    )
    state = forms.ChoiceField(
        label="Which world it shows",
        choices=[(s.value, s.words) for s in (*AHEAD, MapState.CURRENT)],
        initial=MapState.FUTURE.value,
    )
    horizon = horizon_field()
    with_targets = forms.BooleanField(
        label="Take its promises along",
        required=False,
        help_text="Into a future map of the same journey; those that are due already stay here.",
    )

    def __init__(
        self, told: Any, *, of: JourneyMap, journeys: Sequence[Journey], **kwargs: Any
    ) -> None:
        super().__init__(told, **kwargs)
        self._by_id = {str(one.pk): one for one in journeys}
        own = str(of.journey_id)
        listed = sorted(self._by_id.items(), key=lambda pair: pair[0] != own)
        choices = [(pk, f"{one}, its own" if pk == own else str(one)) for pk, one in listed]
        if own not in self._by_id:
            choices.insert(0, ("", "Choose a journey"))
            self.fields["journey"].required = True
        self.fields["journey"].choices = choices  # type: ignore[attr-defined]
        self._own = own
        if MapState(of.state) is not MapState.FUTURE or own not in self._by_id:
            del self.fields["with_targets"]

    def clean_journey(self) -> Journey:
        """Give the chosen journey; the map's own one where none was named."""
        return self._by_id[self.cleaned_data["journey"] or self._own]


class MapForm(forms.Form):
    """What a map is called, and by when it shall be real; only a map of a world ahead has that."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    label = forms.CharField(
        label="Label",
        max_length=LONGEST_LABEL,
        required=False,
        help_text="A word or two beside the number, such as “Autumn pilot”.",
    )
    horizon = horizon_field()

    def __init__(self, told: Any, *, of: JourneyMap) -> None:
        was = {"name": of.name, "label": of.label, "horizon": of.horizon}
        super().__init__(told, initial=was)
        # What somebody else changes meanwhile stays: only what was changed here is sent on.
        for field in self.fields.values():
            field.show_hidden_initial = True
        self._was = was
        if MapState(of.state) not in AHEAD:
            del self.fields["horizon"]

    def told(self) -> dict[str, Any]:
        """Give all three as they shall be: what was not changed in the form as it is now.

        What was sent without saying what it was before counts as changed.
        """
        changed = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in self.changed_data or self.add_initial_prefix(name) not in self.data
        }
        return {**self._was, **changed}
