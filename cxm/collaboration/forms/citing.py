"""What people enter about the evidence that is cited for one subject."""

from __future__ import annotations

from typing import Any

from django import forms

from cxm.collaboration.rules.kinds import Grade

BY_EVIDENCE = "evidence"


LONGEST_REASON = 500


class GradeForm(forms.Form):
    """The grade of a subject: by its evidence, or by hand; why, where *keeps_reason* says so."""

    grade = forms.ChoiceField(
        label="Grade",
        choices=[
            (BY_EVIDENCE, "By its evidence"),
            *((grade.value, f"{grade.words}, by hand") for grade in Grade),
        ],
    )
    reason = forms.CharField(
        label="Why, when set by hand",
        max_length=LONGEST_REASON,
        required=False,
        help_text="What do you know that the evidence does not say?",
    )

    def __init__(self, *args: Any, keeps_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not keeps_reason:
            del self.fields["reason"]

    def clean_grade(self) -> Grade | None:
        """Give the grade; None to let the evidence speak."""
        chosen: Any = self.cleaned_data["grade"]
        return None if chosen == BY_EVIDENCE else Grade(chosen)

    def clean_reason(self) -> str:
        """Give the reason in one line; "" where the evidence speaks. One by hand needs it."""
        if self.cleaned_data.get("grade") is None:
            return ""
        told = " ".join(self.cleaned_data["reason"].split())
        if not told:
            message = "Write why, in a sentence: others will ask."
            raise forms.ValidationError(message)
        return told


class NamedRowForm(forms.Form):
    """The id of a row that is there already."""

    row = forms.UUIDField()
