"""What is asked for about a step that becomes real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.tenants.models import Membership
from journeys.rules.promises import Realisation

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RealisationForm(forms.Form):
    """How far a step is, who sees to it, until when, and since when it is live."""

    state = forms.TypedChoiceField(
        label="How far", choices=Realisation.choices(), coerce=Realisation
    )
    owner = forms.ModelChoiceField(
        label="Who sees to it",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="Nobody yet",
    )
    due = forms.DateField(
        label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    live_on = forms.DateField(
        label="Live since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="For a step that is live; left empty, it is today.",
    )
    note = forms.CharField(
        label="Note", required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, among: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = among
