"""What is asked for about the key of an element, and about what is taken out of its history."""

from __future__ import annotations

from typing import Any

from django import forms

from journeys.rules.taking_out import fields_of
from journeys.services.rekeying import LONGEST_KEY
from journeys.services.taking_out import LONGEST_REASON


class KeyForm(forms.Form):
    """The key by which files name an element."""

    key = forms.CharField(
        label="Key",
        max_length=LONGEST_KEY,
        help_text="Small letters and digits, joined by hyphens.",
    )


class TakeOutForm(forms.Form):
    """Which field is taken out of the history of an element of *kind*, why, and how far."""

    field = forms.ChoiceField(label="What was written in")
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        help_text="Kept in the audit log. Do not repeat here what is taken out.",
    )
    is_emptied = forms.BooleanField(
        label="Also empty it on drafts now",
        required=False,
        help_text="Otherwise what stands on the maps now stays there.",
    )

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["field"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared
        field.choices = list(fields_of(kind).items())

    def told(self) -> dict[str, Any]:
        """Give what was cleaned as `take_out` takes it."""
        return {name: self.cleaned_data[name] for name in ("field", "reason", "is_emptied")}
