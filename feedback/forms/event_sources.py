"""Input about event sources and write keys."""

from __future__ import annotations

from typing import Any

from django import forms

from cxm.kernel.zones import zone_names
from feedback.rules.senders import SENDERS, SenderKind
from feedback.rules.write_keys import Grace

LONGEST_TITLE = 120


class EventSourceForm(forms.Form):
    """What sends events, and how its events are read; *zone* is the workspace's own."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="What sends the events?",
        widget=forms.TextInput(attrs={"placeholder": "Web shop", "autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        required=False,
        label="Time zone",
        help_text="For times that come without one. Almost all clients send one.",
    )
    keeps_pages = forms.BooleanField(
        required=False,
        label="Keep page views",
        help_text="Most are noise on a customer’s timeline, so they are left out unless you ask.",
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, name.replace("_", " ")) for name in zone_names()]
        own = ("", f"That of the workspace ({zone.replace('_', ' ')})")
        self.fields["time_zone"].choices = [own, *named]  # type: ignore[attr-defined]


class NewSourceForm(EventSourceForm):
    """A source to be made; what sends decides how it is connected."""

    kind = forms.ChoiceField(
        label="How does it send?",
        choices=[
            (SenderKind.CLIENT.value, "With a key: your website, app or server"),
            ("Webhook of", [(kind.value, kind.label) for kind in SENDERS]),
        ],
        help_text="A webhook gets an address to paste into the other tool, in place of a key.",
    )
    field_order = ("title", "kind", "time_zone", "keeps_pages")

    def clean_kind(self) -> SenderKind:
        """Give the kind itself."""
        return SenderKind(self.cleaned_data["kind"])


class RotateForm(forms.Form):
    """How long the old key still works."""

    grace = forms.ChoiceField(
        label="When does the old key end?",
        choices=[(grace.value, grace.label) for grace in Grace],
        initial=Grace.DAY.value,
        widget=forms.RadioSelect,
    )

    def clean_grace(self) -> Grace:
        """Give the grace itself."""
        return Grace(self.cleaned_data["grace"])
