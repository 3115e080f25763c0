"""Input about themes of surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from feedback.rules.theme_looks import Corner, Font, Look, is_colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.models import SurveyTheme

_COLOURS = ("ground", "ink", "accent")


class _ColourField(forms.CharField):
    """A colour as #rrggbb, chosen where the browser can."""

    def __init__(self, label: str, help_text: str) -> None:
        widget = forms.TextInput(attrs={"type": "color"})
        super().__init__(label=label, help_text=help_text, max_length=7, widget=widget)

    def clean(self, value: Any) -> str:
        """Give it in small letters. Raises ValidationError for what is no colour."""
        told: str = super().clean(value)
        if not is_colour(told):
            message = "Write a colour such as #1f5fbf."
            raise forms.ValidationError(message)
        return told.lower()


class ThemeForm(forms.Form):
    """How surveys look: colours, font, corners and a logo."""

    title = forms.CharField(max_length=80)
    ground = _ColourField("Ground", "Behind the questions.")
    ink = _ColourField("Text", "At least 4.5:1 against the ground.")
    accent = _ColourField("Links and buttons", "At least 4.5:1 against the ground.")
    font = forms.ChoiceField(
        choices=[(one.value, one.words) for one in Font],
        help_text="Of the reader's device: nothing is loaded.",
    )
    corner = forms.ChoiceField(label="Corners", choices=[(one.value, one.words) for one in Corner])
    logo = forms.FileField(
        required=False, help_text="PNG, JPEG or WebP; shown up to 320 by 96 pixels."
    )
    drops_logo = forms.BooleanField(label="Take the logo off", required=False)

    def __init__(
        self,
        sent: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        theme: SurveyTheme,
    ) -> None:
        names = ("title", "font", "corner", *_COLOURS)
        super().__init__(sent, files, initial={name: getattr(theme, name) for name in names})
        if theme.logo_id is None:
            del self.fields["drops_logo"]

    @property
    def look(self) -> Look:
        """Give the look that was entered."""
        told = self.cleaned_data
        colours = {name: told[name] for name in _COLOURS}
        return Look(**colours, font=Font(told["font"]), corner=Corner(told["corner"]))
