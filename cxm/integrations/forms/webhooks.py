"""What people enter about webhooks, and which deliveries they ask for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from cxm.integrations.rules.addresses import LONGEST_URL
from cxm.integrations.rules.kinds import DeliveryState, Form, Grace
from cxm.kernel.announcing import newsroom
from cxm.metrics.rules.days import day_start

LONGEST_TITLE = 120


def kind_choices() -> list[tuple[str, str]]:
    """Give every kind of event, those of one app together, as (name, words)."""
    kinds = sorted(newsroom.kinds.values(), key=lambda one: (one.group, one.name))
    return [(one.name, f"{one.title} ({one.name})") for one in kinds]


class WebhookForm(forms.Form):
    """Where events are sent, which, and in what shape."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="What is it for?",
        widget=forms.TextInput(attrs={"placeholder": "CRM", "autocomplete": "off"}),
    )
    url = forms.CharField(
        max_length=LONGEST_URL,
        label="Address",
        help_text="Begins with https:// and can be reached from the internet.",
        widget=forms.URLInput(
            attrs={"placeholder": "https://crm.example/hooks/wayfare", "autocomplete": "off"}
        ),
    )
    kinds = forms.MultipleChoiceField(
        label="Which events?",
        choices=kind_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of event."},
    )
    form = forms.ChoiceField(
        label="Shape",
        choices=[(one.value, one.words) for one in Form],
        initial=Form.STANDARD.value,
        help_text="The second is for receivers that were written for Delighted.",
        widget=forms.RadioSelect,
    )
    is_thin = forms.BooleanField(
        required=False,
        label="Send ids only",
        help_text="The receiver then asks the API for the rest: no names or texts leave with it.",
    )


class RotateForm(forms.Form):
    """How long the old secret still signs."""

    grace = forms.ChoiceField(
        label="When does the old secret end?",
        choices=[(one.value, one.words) for one in Grace],
        initial=Grace.DAY.value,
        widget=forms.RadioSelect,
    )

    def clean_grace(self) -> Grace:
        """Give the grace itself."""
        return Grace(self.cleaned_data["grace"])


class LogFilter(forms.Form):
    """Which deliveries to list; what cannot be read filters nothing."""

    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[("", "All"), *((one.value, one.words) for one in DeliveryState)],
    )
    kind = forms.CharField(required=False, label="Kind", max_length=60)

    def asked(self) -> dict[str, str]:
        """Give `state` and `kind`, "" for all."""
        valid = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {"state": valid.get("state", ""), "kind": valid.get("kind", "")}


class ReplayForm(forms.Form):
    """Which days to send again, in the workspace's time zone."""

    first_on = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_on = forms.DateField(
        label="Last day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    is_dead_only = forms.BooleanField(required=False, initial=True, label="Only what was given up")

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(time_zone)

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first, and the end of the calendar."""
        values: dict[str, Any] = self.cleaned_data
        first, last = values.get("first_on"), values.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", "Choose a day that is not before the first.")
        if last == date.max:
            self.add_error("last_on", "Choose an earlier day.")
        return values

    def period(self) -> tuple[datetime, datetime]:
        """Give the moments that the days begin and end at."""
        after = self.cleaned_data["last_on"] + timedelta(days=1)
        return day_start(self.cleaned_data["first_on"], self._zone), day_start(after, self._zone)
