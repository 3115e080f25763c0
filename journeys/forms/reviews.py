"""What is entered about reviews of maps, and about publishing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from journeys.rules.approvals import MOST_NEEDED
from journeys.rules.reviews import Verdict
from journeys.services.maps import LONGEST_NOTE
from journeys.services.reviews import LONGEST_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Membership


def _words(label: str, help_text: str = "", longest: int = LONGEST_WORDS) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(forms.Form):
    """Whom to ask for a review, among *readers*, and what to look at."""

    reviewers = forms.TypedMultipleChoiceField(
        label="Who is asked?",
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one or more people."},
    )
    message = _words("What should they look at?")

    def __init__(self, *args: Any, readers: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["reviewers"]
        people.choices = [(one.pk, one.user.get_full_name()) for one in readers]


class VerdictForm(forms.Form):
    """What a reviewer says."""

    verdict = forms.ChoiceField(
        label="What do you say?",
        widget=forms.RadioSelect,
        choices=[
            (Verdict.APPROVE.value, "I approve it"),
            (Verdict.CHANGES.value, "I ask for changes"),
        ],
    )
    note = _words("Why?", "Needed where you ask for changes.")


class PublishForm(forms.Form):
    """Why a map is published."""

    note = _words(
        "What was decided, and why?",
        "Stands with the map in its history, for those who ask later.",
        LONGEST_NOTE,
    )


class RulesForm(forms.Form):
    """What a workspace demands of reviews."""

    approvals_needed = forms.IntegerField(
        label="Approvals that a map needs before it is published",
        min_value=0,
        max_value=MOST_NEEDED,
        help_text="0 leaves it to who publishes.",
    )
    falls_when_changed = forms.BooleanField(
        label="An approval holds only for the map as it was looked at",
        required=False,
        help_text="Changed since, the map is to be approved again.",
    )
    viewers_export = forms.BooleanField(label="Viewers may take maps out as files", required=False)
