"""The file with contracts that somebody brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.customers.rules.contracts import FIELDS
from cxm.kernel.sheets import SheetsRefusedError, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

LARGEST_BYTES = 5_000_000
SOURCE = "file"
LINE, BEYOND = "line of the file", "more cells than columns"


class ContractFileForm(forms.Form):
    """A CSV file whose heads are the names of the fields; `rows` are its lines by head."""

    file = forms.FileField(
        label="CSV file",
        max_length=1_000,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty. Choose another one.",
        },
    )
    source = forms.CharField(
        label="Whose numbers are these?",
        max_length=40,
        initial=SOURCE,
        help_text="The same number from the same source is the same contract: it is corrected.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_file(self) -> list[dict[str, Any]]:
        """Read the lines by head, in their order; what stands beyond the heads is named so."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST_BYTES:
            raise forms.ValidationError("This page takes files up to 5 MB. Split the file.")
        try:
            [lines] = read_rows(file.read(), "contracts").rows.values()
        except SheetsRefusedError as error:
            raise forms.ValidationError(str(error)) from error
        heads = [one.strip().lower() for one in lines[0]] if lines else []
        if unknown := [one for one in heads if one not in FIELDS]:
            words = f"“{unknown[0]}” is no column of contracts. Use: {', '.join(FIELDS)}."
            raise forms.ValidationError(words)
        if not heads or len(set(heads)) < len(heads):
            raise forms.ValidationError("The first line has to name the columns, each once.")
        return [
            {**dict(zip(heads, line, strict=False)), LINE: number, **_beyond(line[len(heads) :])}
            for number, line in enumerate(lines[1:], 2)
            if any(cell.strip() for cell in line)
        ]


def _beyond(cells: Sequence[str]) -> dict[str, str]:
    """Keep what more a line holds than there are columns, as by a comma within an amount."""
    more = " ".join(cell.strip() for cell in cells if cell.strip())
    return {BEYOND: more} if more else {}
