"""What people enter about the evidence of a statement."""

from __future__ import annotations

from typing import Any

from django import forms

from cxm.collaboration.rules.kinds import Grade

BY_EVIDENCE = "evidence"


class GradeForm(forms.Form):
    """The grade of a statement: by its evidence, or by hand."""

    grade = forms.ChoiceField(
        label="Grade",
        choices=[
            (BY_EVIDENCE, "By its evidence"),
            *((grade.value, f"{grade.words}, by hand") for grade in Grade),
        ],
    )

    def clean_grade(self) -> Grade | None:
        """Give the grade; None to let the evidence speak."""
        chosen: Any = self.cleaned_data["grade"]
        return None if chosen == BY_EVIDENCE else Grade(chosen)


class CiteForm(forms.Form):
    """Evidence that is there already, to be cited."""

    evidence = forms.UUIDField()


class TakeOffForm(forms.Form):
    """A citation to take off."""

    citation = forms.UUIDField()
