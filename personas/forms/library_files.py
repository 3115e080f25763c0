"""What people choose for a library file, and the file they bring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from personas.rules.cxmap_import import Choice

LARGEST_BYTES = 5_000_000
LOOK, APPLY = "look", "apply"


class ExportForm(forms.Form):
    """Which personas and maps are taken out, whether the register is, and in which format."""

    persona = forms.CharField(required=False)
    map = forms.CharField(required=False)
    register = forms.BooleanField(required=False)
    everything = forms.BooleanField(required=False)
    format = forms.ChoiceField(choices=[("yaml", "YAML"), ("json", "JSON")], required=False)

    def ids(self, name: str) -> list[UUID]:
        """Give the ids chosen as *name*, also many; raises ValueError for what is none."""
        values: list[str] = self.data.getlist(name) if hasattr(self.data, "getlist") else []
        return [UUID(value) for value in values if value]


class ImportForm(forms.Form):
    """A file, or its text; then what is to become of what is in it."""

    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json", "data-file": ""}),
        max_length=1000,
    )
    text = forms.CharField(label="Or its text", required=False, strip=False)
    seen = forms.CharField(required=False, max_length=64)

    def clean(self) -> dict[str, Any]:
        """Give `content`, the bytes of the file or of the text that was pasted."""
        told: dict[str, Any] = super().clean() or {}
        file = told.get("file")
        if file is not None and file.size > LARGEST_BYTES:
            words = f"This page takes files up to {LARGEST_BYTES // 1_000_000} MB. Split the file."
            self.add_error("file", words)
            return told
        content = file.read() if file is not None else told.get("text", "").encode()
        if len(content) > LARGEST_BYTES:
            self.add_error("text", f"This is longer than {LARGEST_BYTES // 1_000_000} MB.")
        elif not content.strip():
            self.add_error("file", "Choose a file, or paste its text.")
        told["content"] = content
        return told

    @property
    def choices(self) -> dict[str, str]:
        """Give what was chosen for the parts of the file, as `persona.<key>` to a Choice."""
        found = set(Choice)
        return {
            name.removeprefix("choice."): value
            for name, value in self.data.items()
            if name.startswith("choice.") and value in found
        }
