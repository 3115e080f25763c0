"""Whom to let into a journey, as what and until when."""

from __future__ import annotations

from typing import Any

from django import forms

from journeys.rules.reviews import GrantRole

ROLES = {
    GrantRole.VIEWER: "Viewer: reads",
    GrantRole.COMMENTER: "Commenter: reads and comments",
    GrantRole.CONTRIBUTOR: "Contributor: changes drafts and takes files out, too",
}


class GrantForm(forms.Form):
    """What somebody gets who was let in already."""

    role = forms.TypedChoiceField(
        label="As", choices=list(ROLES.items()), coerce=GrantRole, initial=GrantRole.VIEWER
    )
    expires_on = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The last day. Members may be let in without one, guests for a year at most.",
    )

    def refuse(self, field: str, words: str) -> None:
        """Say at the field that asked for it what a service refused."""
        self.add_error(field if field in self.fields else None, words)


class LetInForm(GrantForm):
    """Somebody who is to be let in."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="Of a member, or of somebody from outside, who is invited as a guest.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "ann@example.com"}),
    )
    field_order = ("email", "role", "expires_on")


def first_fault(form: forms.Form) -> str:
    """Give in words the first thing that is wrong with *form*, naming its field."""
    name, faults = next(iter(form.errors.items()))
    field: Any = form.fields.get(name)
    return f"{field.label}: {faults[0]}" if field else str(faults[0])
