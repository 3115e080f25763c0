"""Input about how a survey of ours is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Model

from cxm.metrics.rules.small_cells import LOWEST_K
from feedback.models import Survey
from feedback.rules.survey_shapes import LONGEST_HELP
from feedback.rules.survey_words import Anonymity, PageLayout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from feedback.models import SurveyDraft

MOST_HOURS, MOST_ANSWERS = 24 * 90, 10_000_000
MOST_SHOWN = 1_000
_MINUTES = "%Y-%m-%dT%H:%M"
_WORDS = ("layout", "has_progress", "thanks", "closed")
_CHOSEN = ("owner", "touchpoint", "channel", "theme")


@dataclass(frozen=True, slots=True)
class Offered:
    """The rows that can be chosen, by column; *answered* counts the complete responses so far."""

    rows: Mapping[str, Sequence[Model]]
    answered: int


class SurveySettingsForm(forms.Form):
    """What a survey is for, whose it is, when it closes, and what stands around its questions."""

    purpose = forms.ChoiceField(
        choices=Survey.Purpose.choices, help_text="Why people are asked; it explains the numbers."
    )
    anonymity = forms.ChoiceField(
        label="Who can be known behind an answer",
        choices=Anonymity.choices(),
        required=False,
        help_text="Once somebody has answered it can be hidden further, but never shown more, and "
        "no survey with answers becomes anonymous.",
    )
    least_shown = forms.IntegerField(
        label="Anonymous answers are shown from",
        min_value=LOWEST_K,
        max_value=MOST_SHOWN,
        required=False,
        help_text="So many people have to answer first. For anonymous surveys only.",
    )
    owner = forms.ChoiceField(required=False)
    touchpoint = forms.ChoiceField(
        required=False, help_text="What its answers are about, where a question names nothing else."
    )
    channel = forms.ChoiceField(required=False)
    theme = forms.ChoiceField(label="Theme", required=False, help_text="How its public pages look.")
    layout = forms.ChoiceField(label="Pages", choices=PageLayout.choices())
    has_progress = forms.BooleanField(label="Show how far one is", required=False)
    thanks = forms.CharField(
        label="Words after the last question",
        max_length=LONGEST_HELP,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    closed = forms.CharField(
        label="Words when it takes no answers",
        max_length=LONGEST_HELP,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    closes_at = forms.DateTimeField(
        label="Closes at",
        required=False,
        input_formats=[_MINUTES, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES),
        error_messages={"invalid": "Choose a day and a time, or leave it empty."},
    )
    closes_after = forms.IntegerField(
        label="Closes after so many complete responses",
        required=False,
        min_value=1,
        max_value=MOST_ANSWERS,
    )
    edit_hours = forms.IntegerField(
        label="Hours in which answers can be changed",
        min_value=0,
        max_value=MOST_HOURS,
        help_text="After the last page; 0 is never.",
    )

    def __init__(
        self,
        sent: Mapping[str, Any] | None = None,
        *,
        survey: Survey,
        draft: SurveyDraft,
        offered: Offered,
        now: datetime,
    ) -> None:
        self._zone, self._survey, self._now = ZoneInfo(survey.tenant.time_zone), survey, now
        self._offered = offered
        closes = survey.closes_at and survey.closes_at.astimezone(self._zone)
        initial: dict[str, Any] = {name: getattr(draft, name) for name in _WORDS}
        initial |= {name: getattr(survey, f"{name}_id") or "" for name in _CHOSEN}
        initial |= {
            name: getattr(survey, name)
            for name in ("purpose", "closes_after", "edit_hours", "anonymity", "least_shown")
        }
        initial["closes_at"] = closes and closes.strftime(_MINUTES)
        super().__init__(sent, initial=initial)
        for name in _CHOSEN:
            rows = offered.rows[name]
            field = cast("forms.ChoiceField", self.fields[name])
            field.choices = [("", _NONE[name]), *((str(one.pk), _named(one)) for one in rows)]

    def clean_closes_at(self) -> datetime | None:
        """Read the clock of the workspace; refuse a moment that is over, unless it stood there."""
        told: datetime | None = self.cleaned_data["closes_at"]
        if told is None:
            return None
        moment = told.replace(tzinfo=self._zone)
        was = self._survey.closes_at
        if was and was.replace(second=0, microsecond=0) == moment:
            return was
        if moment <= self._now:
            message = "This moment is over: choose a later one, or close the survey by its button."
            raise forms.ValidationError(message)
        return moment

    def clean_closes_after(self) -> int | None:
        """Refuse a number that is reached already, unless it stood there."""
        most: int | None = self.cleaned_data["closes_after"]
        answered = self._offered.answered
        if most and most <= answered and most != self._survey.closes_after:
            message = f"It has {answered:,} complete responses already: choose a larger number."
            raise forms.ValidationError(message)
        return most

    def clean(self) -> None:
        """Refuse to close an anonymous survey before its answers could be shown to anybody."""
        super().clean()
        told, survey = self.cleaned_data, self._survey
        most = told.get("closes_after")
        least = told.get("least_shown") or survey.least_shown
        is_nameless = (told.get("anonymity") or survey.anonymity) == Anonymity.ANONYMOUS
        if is_nameless and most and most < least:
            message = (
                f"Anonymous answers are shown from {least:,}: choose that many or more, or nobody "
                "ever sees them."
            )
            self.add_error("closes_after", message)

    @property
    def columns(self) -> dict[str, Any]:
        """Give what was entered for the survey itself, rows for what was chosen."""
        told = {name: self.cleaned_data[name] for name in ("purpose", "closes_at", "closes_after")}
        told["edit_hours"] = self.cleaned_data["edit_hours"]
        for name in ("anonymity", "least_shown"):
            told[name] = self.cleaned_data[name] or getattr(self._survey, name)
        for name in _CHOSEN:
            rows = {str(one.pk): one for one in self._offered.rows[name]}
            told[name] = rows.get(self.cleaned_data[name])
        return told

    @property
    def words(self) -> dict[str, Any]:
        """Give what was entered for its draft."""
        return {name: self.cleaned_data[name] for name in _WORDS}


_NONE = {
    "owner": "Nobody",
    "touchpoint": "No touchpoint",
    "channel": "No channel",
    "theme": "The theme of the workspace",
}


def _named(row: Any) -> str:
    return str(row.user.name_or_address()) if hasattr(row, "user") else str(row)
