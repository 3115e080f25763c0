"""A file on its way in: chosen or pasted, looked at, and what becomes of each of its parts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

LARGEST_BYTES = 5_000_000
APPLY = "apply"
_MOST = f"{LARGEST_BYTES // 1_000_000} MB"
_CHOICE = "choice."


class ImportForm(forms.Form):
    """A file, or its text; then what is to become of what is in it.

    *known* are the choices that there are for a part; `seen` says which preview was looked at.
    """

    known: ClassVar[frozenset[str]] = frozenset()

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
            self.add_error("file", f"This page takes files up to {_MOST}. Split the file.")
            return told
        content = file.read() if file is not None else self.pasted(told)
        if len(content) > LARGEST_BYTES:
            self.add_error("text", f"This is longer than {_MOST}. Split it.")
        elif not content.strip() and not self.errors:
            self.add_error("file", "Choose a file, or paste its text.")
        told["content"] = content
        return told

    def pasted(self, told: dict[str, Any]) -> bytes:
        """Give what came without a file, of what was *told*."""
        text: str = told.get("text", "")
        return text.encode()

    @property
    def choices(self) -> dict[str, str]:
        """Give what was chosen for the parts of the file, as `persona.<key>` to a choice."""
        return {
            name.removeprefix(_CHOICE): value
            for name, value in self.data.items()
            if name.startswith(_CHOICE) and value in self.known
        }
