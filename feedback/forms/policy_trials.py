"""Input about trying a change on the past."""

from __future__ import annotations

from django import forms

USUAL_DAYS = 90
_DAYS = [(30, "The last 30 days"), (90, "The last 90 days"), (365, "The last 365 days")]


class TrialForm(forms.Form):
    """How much of the past a change is tried on."""

    past_days = forms.TypedChoiceField(
        label="Try it on", choices=_DAYS, coerce=int, initial=USUAL_DAYS, required=True
    )
