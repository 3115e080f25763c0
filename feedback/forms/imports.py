"""The smaller forms of the import wizard: file, way of writing, recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from feedback.adapters.dialect import Choices
from feedback.adapters.errors import MappingError
from feedback.adapters.event_mapping import FileMapping, read_mapping
from feedback.models import ImportRecipe

if TYPE_CHECKING:
    from collections.abc import Sequence

ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8 with a mark"),
    ("windows-1252", "Windows-1252 (Western)"),
    ("iso-8859-1", "Latin-1"),
    ("iso-8859-15", "Latin-9"),
    ("cp850", "CP850 (DOS)"),
    ("windows-1250", "Windows-1250 (Central European)"),
    ("windows-1251", "Windows-1251 (Cyrillic)"),
    ("mac-roman", "Mac Roman"),
    ("utf-16", "UTF-16"),
    ("shift_jis", "Shift JIS"),
    ("gb18030", "GB 18030"),
)
DELIMITERS = ((",", "Comma ,"), (";", "Semicolon ;"), ("\t", "Tab"), ("|", "Bar |"))
LARGEST_MAPPING = 2_000_000


class UploadForm(forms.Form):
    """A file of any kind of lines."""

    file = forms.FileField(
        label="File",
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty. Choose a file with rows in it.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx", "data-file": ""}),
        max_length=1000,
    )


class DialectForm(forms.Form):
    """How the file is written, where detection was wrong."""

    encoding = forms.ChoiceField(label="Encoding")
    delimiter = forms.ChoiceField(label="Between cells")
    sheet = forms.CharField(label="Sheet", max_length=100, required=False)
    skip_rows = forms.IntegerField(label="Rows above the heads", min_value=0, max_value=1000)
    head_rows = forms.IntegerField(label="Head rows", min_value=0, max_value=3)
    footer_rows = forms.IntegerField(label="Rows below the answers", min_value=0, max_value=1000)

    def __init__(self, data: Any = None, *, dialect: dict[str, Any]) -> None:
        super().__init__(data, initial=dialect)
        if dialect["kind"] == "xlsx":
            for name in ("encoding", "delimiter"):
                del self.fields[name]
            return
        del self.fields["sheet"]
        _offer(self.fields["encoding"], ENCODINGS, dialect["encoding"])
        _offer(self.fields["delimiter"], DELIMITERS, dialect["delimiter"])

    def choices(self) -> Choices:
        """Give what was decided; only of a valid form."""
        decided: dict[str, Any] = dict(self.cleaned_data)
        if decided["head_rows"] == 0:
            decided["heads"] = "positions"
        elif self.initial["heads"] == "positions":
            decided["heads"] = "first"
        return Choices(**decided)


class MappingForm(forms.Form):
    """A mapping that was made before: a recipe, or a mapping file."""

    recipe: forms.ModelChoiceField[ImportRecipe] = forms.ModelChoiceField(
        label="Recipe", queryset=None, required=False, empty_label="Choose a recipe"
    )
    mapping = forms.FileField(
        label="or a mapping file (JSON)",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, recipes: Any) -> None:
        super().__init__(data, files)
        self.fields["recipe"].queryset = recipes  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """Read the mapping of the file, or take the recipe's; refuse neither and nonsense."""
        cleaned = super().clean() or self.cleaned_data
        file, recipe = cleaned.get("mapping"), cleaned.get("recipe")
        if file is not None:
            cleaned["read"] = _mapping_in(file)
        elif recipe is None and not self.errors:
            raise forms.ValidationError("Choose a recipe or a mapping file.")
        return cleaned


class RecipeForm(forms.Form):
    """A name for a mapping that is kept."""

    name = forms.CharField(label="Name of the recipe", max_length=120)


class RecipeFileForm(RecipeForm):
    """A mapping file that becomes a recipe."""

    mapping = forms.FileField(
        label="Mapping file (JSON)", widget=forms.FileInput(attrs={"accept": ".json"})
    )

    def clean_mapping(self) -> FileMapping:
        """Read the mapping; words of what is wrong with it name its field."""
        return _mapping_in(self.cleaned_data["mapping"])


def _mapping_in(file: Any) -> FileMapping:
    if file.size > LARGEST_MAPPING:
        raise forms.ValidationError("A mapping file is smaller than 2 MB: this is another file.")
    try:
        return read_mapping(file.read())
    except MappingError as error:
        raise forms.ValidationError(str(error)) from error


def _offer(field: forms.Field, options: Sequence[tuple[str, str]], found: str) -> None:
    """Offer *options*, and what was found where it is none of them."""
    extra = [] if found in dict(options) else [(found, found)]
    field.choices = [*extra, *options]  # type: ignore[attr-defined]  # a ChoiceField
