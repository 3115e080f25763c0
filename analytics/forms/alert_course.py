"""Input about an alert that rang: whose it is, how long it can wait, and what was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from analytics.rules.alert_states import LONGEST_REASON
from cxm.collaboration.selectors.talk import people_of
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from analytics.models import Alert
    from analytics.rules.alert_states import SnoozeError
    from cxm.tenants.models import Tenant

UNTIL = "until"
_DAYS = ((1, "a day"), (3, "3 days"), (7, "a week"), (14, "2 weeks"), (30, "30 days"))


class OwnerForm(forms.Form):
    """The member who sees to an alert."""

    owner = forms.ChoiceField(label="Owner", required=False)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        """Offer the members of *tenant* who read answers."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        people = [one for one in people_of(tenant) if may(one.role, Right.SEE_RESPONSES)]
        named = ((str(one.pk), one.user.get_full_name()) for one in people)
        field.choices = [("", "Nobody by name"), *named]

    @classmethod
    def of(cls, alert: Alert, *, tenant: Tenant) -> OwnerForm:
        """Give the form as *alert* stands."""
        return cls(tenant=tenant, initial={"owner": str(alert.owner_id or "")})

    def owner_id(self) -> UUID | None:
        """Give the id of the member who was chosen; None for nobody."""
        chosen = self.cleaned_data["owner"]
        return UUID(chosen) if chosen else None


class SnoozeForm(forms.Form):
    """How long an alert can wait, and why."""

    days = forms.ChoiceField(
        label="It can wait",
        choices=[*((str(days), words) for days, words in _DAYS), (UNTIL, "until a day")],
        initial="7",
    )
    until = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Only where it waits until a day.",
    )
    reason = forms.CharField(
        label="Why can it wait?",
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def values(self) -> dict[str, Any]:
        """Give what was chosen, as the service takes it."""
        told = self.cleaned_data
        if told["days"] == UNTIL:
            return {"until": told["until"], "reason": told["reason"]}
        return {"days": int(told["days"]), "reason": told["reason"]}

    def refuse(self, error: SnoozeError) -> None:
        """Show at its field what the service refused."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class ClosingForm(forms.Form):
    """What was done about an alert."""

    note = forms.CharField(
        label="What was done about it?",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
