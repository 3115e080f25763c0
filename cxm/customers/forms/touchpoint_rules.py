"""Input about which events belong to which touchpoint."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from cxm.touchpoints.models import Touchpoint
from cxm.touchpoints.selectors import touchpoint_choices

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.tenants.models import Tenant

CREATE, SEND = "create", "send"


class PeriodForm(forms.Form):
    """The days to apply rules to, both ends inclusive and either left open."""

    first_on = forms.DateField(
        label="First day",
        required=False,
        help_text="Empty: from the first event.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="Empty: to the latest event.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = values.get("first_on"), values.get("last_on")
        if last == date.max:
            self.add_error("last_on", "Choose an earlier day, or none.")
        if first and last and last < first:
            self.add_error("last_on", "Choose the first day or a later one.")
        return values

    def period(self) -> tuple[date | None, date | None]:
        """Give the days as half-open: the first one, and the one after the last."""
        first, last = self.cleaned_data["first_on"], self.cleaned_data["last_on"]
        return first, last + timedelta(days=1) if last else None


class _IdsField(forms.MultipleChoiceField):
    """Ticked boxes whose values are ids; whether there is such a row is asked elsewhere."""

    def to_python(self, value: Any) -> list[Any]:
        return [forms.UUIDField().clean(one) for one in super().to_python(value)]

    def validate(self, value: Any) -> None:
        """Take any ids."""


class EventNamesForm(forms.Form):
    """Event names that were ticked, or the *only* one whose own button was pressed."""

    names = _IdsField(required=False)
    only = forms.UUIDField(required=False)
    deed = forms.ChoiceField(choices=[(CREATE, "Make touchpoints"), (SEND, "Send")], required=False)
    touchpoint = forms.ModelChoiceField(
        Touchpoint.objects.none(), required=False, empty_label="Choose a touchpoint"
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, tenant: Tenant) -> None:
        super().__init__(data)
        self.fields["touchpoint"].queryset = touchpoint_choices(tenant)  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """Refuse to send events nowhere."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        has_trouble = "touchpoint" in self.errors
        if values.get("deed") == SEND and not values.get("touchpoint") and not has_trouble:
            self.add_error("touchpoint", "Choose the touchpoint to send them to.")
        return values

    def ids(self) -> list[UUID]:
        """Give the ids of the names that were chosen; the form is valid."""
        only: UUID | None = self.cleaned_data["only"]
        ticked: list[UUID] = self.cleaned_data["names"]
        return [only] if only else ticked
