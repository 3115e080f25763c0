"""Fields for a file that is sent in: which kinds are taken, and what a picture shows in words."""

from __future__ import annotations

from django import forms

PICTURES = "image/png,image/jpeg,image/webp,image/gif"
DOCUMENTS = ".pdf,.txt,.csv,.docx,.xlsx,.pptx"
PICTURE_HINT = (
    "PNG, JPEG, WebP or GIF, up to 20 MB. An SVG may hold scripts and is not taken: save it as "
    "PNG. What a camera writes beside a picture is not kept."
)
FILE_HINT = "PDF, text, CSV, Word, Excel, PowerPoint or a picture, up to 20 MB; an SVG only as PNG."


def file_field(label: str, accept: str, help_text: str) -> forms.FileField:
    """Give a field for one file; *accept* is what the browser offers, the bytes decide."""
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


def picture_words_field(most: int) -> forms.CharField:
    """Give a field for what a picture shows, in up to *most* characters."""
    return forms.CharField(
        label="In words",
        max_length=most,
        required=False,
        help_text="What it shows, for people who cannot see it.",
    )


def decorative_field() -> forms.BooleanField:
    """Give a field for a picture that needs no words."""
    return forms.BooleanField(label="For decoration only: it says nothing new", required=False)
