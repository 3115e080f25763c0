"""What people enter when they join customers, or erase one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from cxm.customers.models import Customer, Identity
from cxm.customers.selectors.subjects import customers_called
from cxm.customers.services.joining import LONGEST_REASON

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

LONGEST_ASKED = 300
# What people have at hand of somebody, in the order in which it is looked up.
_ASKED_KINDS = (Identity.Kind.EXTERNAL, Identity.Kind.EMAIL, Identity.Kind.PHONE)
THIS, OTHER = "this", "other"


class OtherCustomerForm(forms.Form):
    """The other customer of a pair: by address of their page, or by an identifier."""

    other = forms.CharField(
        label="Who else is this?",
        max_length=LONGEST_ASKED,
        help_text="Their customer number, e-mail address or phone number, or the link to "
        "their page.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "Name the other customer."},
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tenant = tenant

    def clean_other(self) -> UUID:
        """Find the one customer who is meant, as the row that stands for them."""
        asked: str = self.cleaned_data["other"].replace("\0", "").strip()
        roots = _linked(self._tenant, asked) or _called(self._tenant, asked)
        if not roots:
            message = "No customer has this number or address. Look it up in the list of customers."
            raise forms.ValidationError(message)
        if len(roots) > 1:
            message = "Several customers have this number. Use the link to the page of one of them."
            raise forms.ValidationError(message)
        [root] = roots
        return root


class JoinForm(forms.Form):
    """How two customers are joined: who is shown, why, and that two numbers are meant."""

    stays = forms.ChoiceField(label="Shown as", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why they are one",
        required=False,
        max_length=LONGEST_REASON,
        help_text="Kept with the merge, for whoever asks later.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    confirm = forms.BooleanField(
        label="They are one, although each has a customer number of their own", required=False
    )

    def __init__(
        self, *args: Any, this: str, other: str, must_confirm: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        stays = self.fields["stays"]
        stays.choices = [(THIS, this), (OTHER, other)]  # type: ignore[attr-defined]  # a ChoiceField
        stays.initial = THIS
        if not must_confirm:
            del self.fields["confirm"]


class EraseForm(forms.Form):
    """The words that confirm an erasure."""

    confirmation = forms.CharField(
        label="Confirmation",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wanted = wanted
        field = self.fields["confirmation"]
        field.label = f"Type “{wanted}” to confirm"
        field.error_messages["required"] = f"Type “{wanted}” to confirm."

    def clean_confirmation(self) -> str:
        """Require the very words, whatever their case."""
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip().casefold() != self._wanted.casefold():
            message = f"Type “{self._wanted}” to confirm."
            raise forms.ValidationError(message)
        return typed


def _linked(tenant: Tenant, asked: str) -> list[UUID]:
    """Find the customer whose id is the last part of a link that holds one, or all of *asked*."""
    for part in reversed(asked.split("/")):
        try:
            wanted = UUID(part)
        except ValueError:
            continue
        rows = Customer.objects.for_tenant(tenant).filter(pk=wanted)
        return list(rows.values_list("root_id", flat=True))
    return []


def _called(tenant: Tenant, asked: str) -> list[UUID]:
    for kind in _ASKED_KINDS:
        found = customers_called(tenant, kind, asked)
        if found:
            return list(found)
    return []
