"""The forms for pictures: a drawing, a picture of one's own, a cover, files in a section."""

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
PICTURES = "image/png,image/jpeg,image/webp,image/gif"
DOCUMENTS = ".pdf,.txt,.csv,.docx,.xlsx,.pptx"
PICTURE_HINT = "PNG, JPEG, WebP or GIF, up to 20 MB. What a camera writes beside it is not kept."
FILE_HINT = "PDF, text, CSV, Word, Excel, PowerPoint or a picture, up to 20 MB."
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


def _file(label: str, accept: str, help_text: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        max_length=1_000,
        help_text=help_text,
        widget=forms.FileInput(attrs={"accept": accept}),
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty. Choose another one.",
        },
    )


def _words(most: int) -> forms.CharField:
    return forms.CharField(
        label="In words",
        max_length=most,
        required=False,
        help_text="What it shows, for people who cannot see it.",
    )


def _decorative() -> forms.BooleanField:
    return forms.BooleanField(label="For decoration only: it says nothing new", required=False)


class OwnPictureForm(forms.Form):
    """A picture that stands for a persona, and what it shows."""

    file = _file("Picture", PICTURES, PICTURE_HINT)
    alt = _words(200)
    is_decorative = _decorative()


class CoverForm(forms.Form):
    """A picture across the top of the page."""

    file = _file("Picture", PICTURES, f"{PICTURE_HINT} A wide one fits best.")


class SectionPictureForm(forms.Form):
    """A picture in a section."""

    file = _file("Picture", PICTURES, PICTURE_HINT)
    alt = _words(500)
    is_decorative = _decorative()
    title = forms.CharField(label="Title", max_length=200, required=False)


class SectionFileForm(forms.Form):
    """A file of any kind that is taken, in a section for files and links."""

    file = _file("File", f"{PICTURES},{DOCUMENTS}", FILE_HINT)
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
