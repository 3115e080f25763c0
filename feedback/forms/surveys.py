"""Input about surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from feedback.models import Survey
from feedback.rules.languages import NAMES
from feedback.rules.survey_templates import TEMPLATES
from feedback.rules.survey_words import SurveyStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TITLE = 200


class SurveyForm(forms.Form):
    """What may be changed of a survey; the title of one of ours is written in its builder."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    purpose = forms.ChoiceField(
        choices=Survey.Purpose.choices, help_text="Why people are asked; it explains the numbers."
    )

    def __init__(self, sent: Mapping[str, Any] | None = None, *, survey: Survey) -> None:
        super().__init__(sent, initial={"title": survey.title, "purpose": survey.purpose})
        if survey.status != SurveyStatus.IMPORTED:
            del self.fields["title"]


class NewSurveyForm(forms.Form):
    """A survey to be made; *template* is what it begins with."""

    template = forms.ChoiceField(
        label="Begin with",
        choices=[("", "No questions"), *((one.key, one.title) for one in TEMPLATES)],
        required=False,
        help_text="Questions in English that you can change.",
    )
    title = forms.CharField(max_length=LONGEST_TITLE)
    purpose = forms.ChoiceField(
        choices=Survey.Purpose.choices, help_text="Why people are asked; it explains the numbers."
    )
    language = forms.ChoiceField(
        choices=list(NAMES.items()), initial="en", help_text="What you write the questions in."
    )


class PublishForm(forms.Form):
    """What is new about a version, for those who compare it with others later."""

    note = forms.CharField(
        label="What is new",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
