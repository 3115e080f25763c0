"""What is asked for about several rows of the table of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.kernel.queries import ids_among
from journeys.rules.several import DEEDS, MOST_TICKED
from journeys.rules.shapes import COLOUR_WORDS
from journeys.rules.table_looks import CARDS, STEPS
from journeys.rules.tags import LONGEST_TAG, MOST_TAGS

if TYPE_CHECKING:
    from uuid import UUID

_IMPORTANCE = [("", "None"), *((str(n), str(n)) for n in range(1, 6))]
_TAG = "Write a tag, or several with commas between."
_WORDS = {
    "stage": "Choose the stage to move them to.",
    "lane": "Choose the lane to move them to.",
    "step": "Choose the step to move them to.",
    "tag": _TAG,
    "untag": _TAG,
}

_TAGGING = frozenset({"tag", "untag"})
# What a deed needs is in the field of its own name, but for this.
_NEEDS = {"untag": "tag"}


class SeveralForm(forms.Form):
    """What to do with the ticked steps or cards, and what that needs besides."""

    rows = forms.ChoiceField(choices=[(STEPS, STEPS), (CARDS, CARDS)])
    deed = forms.ChoiceField(
        choices=[(deed, deed) for deed in {**DEEDS[STEPS], **DEEDS[CARDS]}],
        error_messages={
            "required": "Choose what to do with them.",
            "invalid_choice": "This cannot be done with several.",
        },
    )
    owner = forms.UUIDField(required=False)
    customers = forms.ChoiceField(required=False, choices=_IMPORTANCE)
    us = forms.ChoiceField(required=False, choices=_IMPORTANCE)
    moment = forms.ChoiceField(required=False, choices=[("true", "Yes"), ("false", "No")])
    colour = forms.ChoiceField(required=False, choices=list(COLOUR_WORDS.items()))
    stage = forms.UUIDField(required=False)
    lane = forms.UUIDField(required=False)
    step = forms.UUIDField(required=False)
    tag = forms.CharField(required=False, max_length=MOST_TAGS * (LONGEST_TAG + 2))

    def ids(self) -> list[UUID]:
        """Give the ids of what was ticked, in order; what is no id is none."""
        return ids_among(self.data.getlist("element"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for rows, not too many, and for what the deed needs."""
        told = super().clean() or {}
        deed, rows = told.get("deed", ""), told.get("rows", "")
        if not self.ids():
            raise forms.ValidationError("Tick some rows first.")
        if len(self.ids()) > MOST_TICKED:
            message = f"Tick up to {MOST_TICKED} rows at once."
            raise forms.ValidationError(message)
        if deed and rows and deed not in DEEDS[rows]:
            self.add_error("deed", f"This cannot be done with {rows}.")
        name = _NEEDS.get(deed, deed)
        if deed in _WORDS and not told.get(name):
            self.add_error(name, _WORDS[deed])
        return told

    def value(self) -> Any:
        """Give what the deed of a valid form shall set, or where it shall move to."""
        deed = self.cleaned_data["deed"]
        told = self.cleaned_data.get(_NEEDS.get(deed, deed))
        return [told] if deed in _TAGGING else told

    def fault(self) -> str:
        """Give the first thing that is wrong, in words."""
        return next(str(told[0]) for told in self.errors.values())
