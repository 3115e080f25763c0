"""What somebody outside enters to see what a link shows."""

from __future__ import annotations

from django import forms

from cxm.collaboration.rules.links import LONGEST_PASSWORD


class PasswordForm(forms.Form):
    """The password of a link."""

    password = forms.CharField(
        label="Password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "Enter the password that came with the link."},
    )
