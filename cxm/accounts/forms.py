"""The forms of django-allauth, in the words of this product."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm

ADDRESS_LABEL = "E-mail"


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self.fields, address="login")


class NewPasswordForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """The address to which the link to a new password goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _use_our_words(self.fields, address="email")


def _use_our_words(fields: dict[str, Any], *, address: str) -> None:
    """Name the address as everywhere else; take away placeholders, which only repeat labels."""
    fields[address].label = ADDRESS_LABEL
    for field in fields.values():
        field.widget.attrs.pop("placeholder", None)
