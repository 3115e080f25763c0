"""How large a picture is asked for."""

from __future__ import annotations

from django import forms

from cxm.kernel.typesetting.setting import SCALES

USUAL_SCALE = 2


class ScaleForm(forms.Form):
    """The scale of a picture, 1 to 4; 2 where nothing is said."""

    scale = forms.ChoiceField(
        choices=[(scale, f"{scale}x") for scale in SCALES],
        required=False,
        error_messages={"invalid_choice": "Choose a scale of 1, 2, 3 or 4."},
    )

    def clean_scale(self) -> int:
        """Give the scale as a number."""
        return int(self.cleaned_data["scale"] or USUAL_SCALE)
