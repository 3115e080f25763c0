"""Input about a list of people to be asked: a file, or rows that were copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.kernel.sheets import SheetsRefusedError, is_workbook, read_rows, read_workbook
from feedback.rules.distribution.list_rows import ListRefusedError, read_people

if TYPE_CHECKING:
    from feedback.rules.distribution.list_rows import Listed

MOST_BYTES = 5_000_000
PASTED = "Pasted rows"


class AskListForm(forms.Form):
    """Who is asked: `people` are read once the form is valid, `title` says where they come from."""

    file = forms.FileField(
        label="A file",
        required=False,
        max_length=200,
        help_text="CSV or XLSX of at most 5 MB. The first row names the columns.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    pasted = forms.CharField(
        label="Or rows copied from a sheet",
        required=False,
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 8,
                "spellcheck": "false",
                "placeholder": "email\tname\tlanguage\torder\nana@example.com\tAna\tpt\tA-1024",
            }
        ),
    )

    people: list[Listed]
    title: str

    def clean(self) -> dict[str, Any]:
        """Read the people, from the file where there is one."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        file, pasted = values.get("file"), values.get("pasted") or ""
        if self.errors:
            return values
        if file is None and not pasted.strip():
            self.add_error("pasted", "Choose a file, or paste the rows.")
            return values
        name = "file" if file else "pasted"
        self.title = file.name if file else PASTED
        try:
            self.people = read_people(_rows(file) if file else _pasted(pasted))
        except (ListRefusedError, SheetsRefusedError) as error:
            self.add_error(name, str(error))
        return values

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 5 MB: split it.")
        return file


def _rows(file: Any) -> list[list[str]]:
    content = file.read()
    sheets = read_workbook(content) if is_workbook(content) else read_rows(content, "rows")
    return next(iter(sheets.rows.values()), [])


def _pasted(text: str) -> list[list[str]]:
    return next(iter(read_rows(text.encode(), "rows").rows.values()), [])
