"""Input about surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from feedback.models import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TITLE = 200


class SurveyForm(forms.Form):
    """What may be changed of a survey."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    purpose = forms.ChoiceField(
        choices=Survey.Purpose.choices, help_text="Why people are asked; it explains the numbers."
    )

    def __init__(self, sent: Mapping[str, Any] | None = None, *, survey: Survey) -> None:
        super().__init__(sent, initial={"title": survey.title, "purpose": survey.purpose})
