"""A file from the desktop for a card: a picture with what it shows, or any file that is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.collaboration.forms.files import (
    DOCUMENTS,
    FILE_HINT,
    PICTURE_HINT,
    PICTURES,
    decorative_field,
    file_field,
    picture_words_field,
)
from cxm.collaboration.services.assets import LONGEST_ALT
from journeys.rules.kinds import LaneKind

if TYPE_CHECKING:
    from collections.abc import Mapping


class CardFileForm(forms.Form):
    """A file for a card in a lane of files."""

    file = file_field("File", f"{PICTURES},{DOCUMENTS}", FILE_HINT)

    def words(self) -> dict[str, Any]:
        """Give what is said about it; nothing of a file."""
        return {}


class CardPictureForm(CardFileForm):
    """A picture for a card in a lane of pictures."""

    file = file_field("Picture", PICTURES, PICTURE_HINT)
    alt = picture_words_field(LONGEST_ALT)
    is_decorative = decorative_field()

    def words(self) -> dict[str, Any]:
        """Give what the picture shows, or that it needs no words; the form is valid."""
        return {name: self.cleaned_data[name] for name in ("alt", "is_decorative")}


FORMS: Mapping[str, type[CardFileForm]] = {
    LaneKind.IMAGE: CardPictureForm,
    LaneKind.FILE: CardFileForm,
}
