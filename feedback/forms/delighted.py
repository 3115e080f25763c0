"""Input about Delighted: keys for programs that were written for it, accounts to bring over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms

from feedback.models import EventSource, Survey
from feedback.rules.delighted_account import Period
from feedback.rules.senders import SenderKind
from feedback.rules.survey_words import SurveyStatus

if TYPE_CHECKING:
    from datetime import date

    from cxm.tenants.models import Tenant

_DAY = forms.DateInput(attrs={"type": "date"})


class ProjectForm(forms.Form):
    """Which survey a new key speaks to."""

    survey = forms.ModelChoiceField(
        Survey.objects.none(),
        empty_label="Choose a survey",
        help_text="Its first score is what programs send and read.",
    )

    def __init__(self, data: Any, *, tenant: Tenant) -> None:
        """Offer the open surveys of *tenant*."""
        super().__init__(data)
        surveys: Any = self.fields["survey"]
        rows = Survey.objects.for_tenant(tenant).filter(
            status=SurveyStatus.LIVE, archived_at__isnull=True
        )
        surveys.queryset = rows.select_related("tenant").order_by("title", "pk")


class AutopilotForm(forms.Form):
    """Whether people on the autopilot are asked, and how often."""

    prefix = "autopilot"
    is_on = forms.BooleanField(label="Autopilot on", required=False)
    days = forms.IntegerField(label="Ask every so many days", min_value=1, max_value=3_650)


class AccountForm(forms.Form):
    """Which account of Delighted is brought over, with which key."""

    key = forms.CharField(
        label="API key of the Delighted project",
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept encrypted until all is there, and never shown again.",
    )
    source = forms.ModelChoiceField(
        EventSource.objects.none(),
        label="Where it belongs",
        required=False,
        empty_label="A new event source",
        help_text="The one of this project’s webhooks, if there is one: nothing comes twice.",
    )
    title = forms.CharField(
        label="What is the new one called?", max_length=120, required=False, initial="Delighted"
    )
    since = forms.DateField(required=False, label="From", widget=_DAY)
    until = forms.DateField(
        required=False, label="To", widget=_DAY, help_text="Leave both empty to fetch all."
    )
    keeps_key = forms.BooleanField(
        required=False, label="Keep the key, to fetch again what is new later"
    )

    def __init__(self, data: Any, *, tenant: Tenant) -> None:
        """Offer the sources of *tenant* for Delighted's webhooks."""
        super().__init__(data)
        self._zone = ZoneInfo(tenant.time_zone)
        rows = EventSource.objects.for_tenant(tenant).filter(
            kind=SenderKind.DELIGHTED, archived_at__isnull=True
        )
        sources: Any = self.fields["source"]
        sources.queryset = rows.select_related("tenant").order_by("title", "pk")

    def clean(self) -> dict[str, Any]:
        """Want a name for a new source, and a period that does not end before it begins."""
        values = super().clean() or {}
        if not values.get("source") and not values.get("title"):
            self.add_error("title", "Say what it is called.")
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "Choose a day that is not before the first one.")
        return values

    @property
    def wishes(self) -> dict[str, Any]:
        """Give what was asked for as `prepare` takes it; the last day counts whole."""
        told = self.cleaned_data
        until = told["until"] + timedelta(days=1) if told["until"] else None
        return {
            "key": told["key"],
            "source": told["source"] or told["title"],
            "keeps_key": told["keeps_key"],
            "period": Period(self._begins(told["since"]), self._begins(until)),
        }

    def _begins(self, day: date | None) -> datetime | None:
        return datetime.combine(day, time.min, self._zone) if day else None
