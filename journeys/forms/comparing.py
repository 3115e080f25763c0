"""What is asked for about the difference between two maps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.core.validators import MaxValueValidator

from journeys.rules.merging import Answer
from journeys.rules.reviews import LONGEST_WHY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VIEWS = [("list", "List"), ("sides", "Side by side"), ("overlay", "Overlay")]
_ANSWER = "answer-"
# Behind the last day that can be written there is no next one.
_LATEST = date(2200, 12, 31)


class AgainstForm(forms.Form):
    """What a map is compared with: a map of the journey, or the map itself at an earlier time.

    *asof* looks at the map as it was after that operation, instead of now.
    """

    against = forms.UUIDField(required=False)
    at = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    asof = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    on = forms.DateField(
        required=False,
        label="As it was on",
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MaxValueValidator(_LATEST, "Choose a day up to the year 2200.")],
    )
    view = forms.ChoiceField(required=False, choices=VIEWS)


class TakeForm(forms.Form):
    """A difference that is taken over, or back."""

    change = forms.CharField(max_length=400)
    side = forms.ChoiceField(choices=[("left", "Take over"), ("right", "Take back")])


class PromoteForm(forms.Form):
    """The steps to promote, what belongs to no step, what was chosen in conflicts, and why."""

    steps = forms.TypedMultipleChoiceField(required=False, coerce=str, choices=())
    frame = forms.BooleanField(required=False)
    note = forms.CharField(required=False, max_length=LONGEST_WHY, label="Why")

    def __init__(self, posted: Mapping[str, str] | None, *, steps: Iterable[str]) -> None:
        super().__init__(posted)
        field = self.fields["steps"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(pk, pk) for pk in steps]

    def answers(self) -> dict[str, Answer]:
        """Give which side holds, by the keys of conflicts; what is no answer is left out."""
        sides = {answer.value for answer in Answer}
        return {
            name.removeprefix(_ANSWER): Answer(value)
            for name, value in self.data.items()
            if name.startswith(_ANSWER) and value in sides
        }
