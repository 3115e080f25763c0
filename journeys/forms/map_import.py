"""The file with maps that somebody brings, and what is chosen about it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from typing import Any

from django import forms

from cxm.collaboration.forms.imports import ImportForm
from cxm.kernel.sheets import DELIMITERS, ENCODINGS, Reading
from personas.rules.cxmap_import import Choice


class MapImportForm(ImportForm):
    """A file with maps, or its text; then what is to become of what is in it.

    *packed* carries a file that is no text from the preview to the import.
    """

    known = frozenset(Choice)

    packed = forms.CharField(required=False)
    name = forms.CharField(required=False, max_length=1000)
    encoding = forms.ChoiceField(
        label="Encoding", required=False, choices=[(one, one) for one in ENCODINGS]
    )
    delimiter = forms.ChoiceField(
        label="Delimiter", required=False, choices=[(one, one) for one in DELIMITERS.values()]
    )
    onto = forms.UUIDField(required=False)
    journey = forms.UUIDField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".yaml,.yml,.json,.zip,.xlsx,.csv,.mmd"

    @property
    def carried(self) -> dict[str, str]:
        """Give what hands the file on to the next form: `text`, or `packed` where it is none."""
        content: bytes = self.cleaned_data["content"]
        try:
            return {"text": content.decode()}
        except UnicodeDecodeError:
            return {"packed": b64encode(content).decode()}

    @property
    def reading(self) -> Reading:
        """Give how rows of text are to be read; what is not chosen is found out."""
        signs = {words: sign for sign, words in DELIMITERS.items()}
        told = self.cleaned_data
        return Reading(told["encoding"], signs.get(told["delimiter"], ""))

    def pasted(self, told: dict[str, Any]) -> bytes:
        """Give the text, or what was packed."""
        text = super().pasted(told)
        if text.strip():
            return text
        try:
            return b64decode(told.get("packed", ""), validate=True)
        except (Error, ValueError):
            self.add_error("file", "Choose the file again: it did not arrive whole.")
            return b""
