"""The form that chooses the drawing which stands for a persona."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html

from personas.rules.avatars import FACES, HAIRS, SKINS, avatar
from personas.rules.shapes import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

SKIN_WORDS = (
    "Lightest",
    "Very light",
    "Light",
    "Tanned",
    "Light brown",
    "Brown",
    "Dark",
    "Darkest",
)
COLOUR_WORDS = ("Teal", "Blue", "Violet", "Plum", "Rose", "Amber", "Olive", "Slate")
COLOUR_CHOICES = [("", "None"), *zip(COLOURS[1:], COLOUR_WORDS, strict=True)]


def _number(label: str, count: int) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        choices=[(number, "") for number in range(count)],
        widget=forms.RadioSelect(attrs={"class": "sr"}),
    )


class PictureForm(forms.Form):
    """Face, hair and skin by number, the colour behind them, and words for who cannot see."""

    face = _number("Face", len(FACES))
    hair = _number("Hair", len(HAIRS))
    skin = _number("Skin", len(SKINS))
    alt = forms.CharField(
        label="In words",
        max_length=200,
        required=False,
        help_text="For people who cannot see the picture. Left empty, it says what is drawn.",
    )

    def __init__(self, *args: Any, drawn: Mapping[str, int], **kwargs: Any) -> None:
        """*drawn* are the numbers that each choice is shown with, aside from its own."""
        super().__init__(*args, **kwargs)
        for name, words in _WORDS.items():
            options = [
                (number, _option(drawn, name, number, said)) for number, said in enumerate(words)
            ]
            # The stubs know no choices of a field that was declared on the class.
            self.fields[name].choices = options  # type: ignore[attr-defined]


_WORDS = {
    "face": [face.words.capitalize() for face in FACES],
    "hair": [hair.words.capitalize() for hair in HAIRS],
    "skin": list(SKIN_WORDS),
}


def _option(drawn: Mapping[str, int], name: str, number: int, words: str) -> SafeString:
    numbers = {part: int(drawn.get(part, 0)) for part in _WORDS} | {name: number}
    drawing = avatar(face=numbers["face"], hair=numbers["hair"], skin=numbers["skin"])
    return format_html('{}<span class="sr">{}</span>', drawing, words)
