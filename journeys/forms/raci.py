"""What is asked for about a cell of a RACI matrix."""

from __future__ import annotations

from django import forms

from journeys.rules.raci import CHOICES


class PartForm(forms.Form):
    """The parts that a stakeholder has in a step."""

    step = forms.UUIDField()
    stakeholder = forms.UUIDField()
    letters = forms.ChoiceField(choices=CHOICES, required=False)
