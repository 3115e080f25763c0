"""What people enter on a customer's page: notes, promises; and about panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms

from cxm.customers.services.serving import LONGEST_NOTE, LONGEST_PROMISE

if TYPE_CHECKING:
    from datetime import datetime

_MINUTES = "%Y-%m-%dT%H:%M"


class NoteForm(forms.Form):
    """A note about a customer."""

    text = forms.CharField(
        label="Note",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": "What should the next colleague know?"}
        ),
        error_messages={"required": "Write the note: it is empty."},
    )


class PromiseForm(forms.Form):
    """A promise and its moment, on the clock of *time_zone*; the moment is offered, never empty."""

    text = forms.CharField(
        label="Promise",
        max_length=LONGEST_PROMISE,
        widget=forms.TextInput(
            attrs={"placeholder": "Call back about the refund", "autocomplete": "off"}
        ),
        error_messages={"required": "Write the promise: it is empty."},
    )
    due_at = forms.DateTimeField(
        label="Due",
        input_formats=[_MINUTES, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES),
        error_messages={"required": "Say by when.", "invalid": "Choose a day and a time."},
    )

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(time_zone)

    def clean_due_at(self) -> datetime:
        """Read the clock of the tenant: Django has read it in UTC."""
        due_at: datetime = self.cleaned_data["due_at"]
        return due_at.replace(tzinfo=self._zone)


class PanelForm(forms.Form):
    """A helpdesk: what it is called, and the addresses of its pages, one a line."""

    title = forms.CharField(
        label="Which helpdesk?",
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": "Zendesk", "autocomplete": "off"}),
    )
    origins = forms.CharField(
        label="Addresses of its pages",
        max_length=6_000,
        help_text="One a line, such as https://acme.zendesk.com. No other page can show the panel.",
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": "https://acme.zendesk.com", "spellcheck": "false"}
        ),
    )

    def clean_origins(self) -> list[str]:
        """Give the lines that hold something."""
        lines: str = self.cleaned_data["origins"]
        return [line.strip() for line in lines.splitlines() if line.strip()]
