"""The forms for pictures: a drawing, a picture of one's own, a cover, files in a section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html

from cxm.collaboration.forms.files import (
    DOCUMENTS,
    FILE_HINT,
    PICTURE_HINT,
    PICTURES,
    decorative_field,
    file_field,
    picture_words_field,
)
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


class OwnPictureForm(forms.Form):
    """A picture that stands for a persona, and what it shows."""

    file = file_field("Picture", PICTURES, PICTURE_HINT)
    alt = picture_words_field(200)
    is_decorative = decorative_field()


class CoverForm(forms.Form):
    """A picture across the top of the page."""

    file = file_field("Picture", PICTURES, f"{PICTURE_HINT} A wide one fits best.")


class SectionPictureForm(forms.Form):
    """A picture in a section."""

    file = file_field("Picture", PICTURES, PICTURE_HINT)
    alt = picture_words_field(500)
    is_decorative = decorative_field()
    title = forms.CharField(label="Title", max_length=200, required=False)


class SectionFileForm(forms.Form):
    """A file of any kind that is taken, in a section for files and links."""

    file = file_field("File", f"{PICTURES},{DOCUMENTS}", FILE_HINT)
    title = forms.CharField(
        label="Title",
        max_length=200,
        required=False,
        help_text="Left empty, the name of the file stands there.",
    )


_WORDS = {
    "face": [face.words.capitalize() for face in FACES],
    "hair": [hair.words.capitalize() for hair in HAIRS],
    "skin": list(SKIN_WORDS),
}


def _option(drawn: Mapping[str, int], name: str, number: int, words: str) -> SafeString:
    numbers = {part: int(drawn.get(part, 0)) for part in _WORDS} | {name: number}
    drawing = avatar(face=numbers["face"], hair=numbers["hair"], skin=numbers["skin"])
    return format_html('{}<span class="sr">{}</span>', drawing, words)
