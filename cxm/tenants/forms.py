"""What people enter about members, invitations, keys and the audit list."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.password_validation import validate_password

from cxm.accounts.models import User
from cxm.accounts.rules import NAMELESS, is_address_in, seen_name
from cxm.tenants.rules import MEANINGS, RIGHT_MEANINGS, Right, Role, may_give
from cxm.tenants.selectors import audit_actions, members

if TYPE_CHECKING:
    from collections.abc import Collection

    from cxm.tenants.models import Tenant


class MemberForm(forms.Form):
    """What a member is from now on."""

    role = forms.ChoiceField(choices=[(role.value, role.value.title()) for role in Role])
    is_active = forms.BooleanField(required=False)

    def clean_role(self) -> Role:
        """Give the role itself."""
        return Role(self.cleaned_data["role"])


class InvitationForm(forms.Form):
    """Whom to invite, and as what; offers the roles that *giver* may hand out."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "ann@example.com"}),
    )
    role = forms.ChoiceField(widget=forms.RadioSelect, initial=Role.VIEWER.value)

    def __init__(self, *args: Any, giver: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{role.value.title()}: {MEANINGS[role]}")
            for role in Role
            if may_give(giver, role)
        ]

    def clean_role(self) -> Role:
        """Give the role itself."""
        return Role(self.cleaned_data["role"])


class JoinForm(forms.Form):
    """The name and password of a new person, for the address of their invitation."""

    name = forms.CharField(
        label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        max_length=128,
        strip=False,
        help_text="Ten characters or more; a few words in a row are easy to remember.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules, knowing name and address."""
        values = self.cleaned_data
        if "password" in values:
            person = User(email=self._email, name=values.get("name", ""))
            try:
                validate_password(values["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class OwnNameForm(forms.Form):
    """What a person wants to be called."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        required=False,
        help_text=f"Left empty, you are called “{NAMELESS}”.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """Give the name with single spaces; refuse an address, which is not for everybody."""
        name = seen_name(self.cleaned_data["name"])
        if is_address_in(name):
            raise forms.ValidationError("Leave the e-mail address out: others would not see it.")
        return name


class KeyForm(forms.Form):
    """A new key: offers the rights that its maker has; its last day is one in *time_zone*."""

    name = forms.CharField(
        max_length=100,
        label="What is it for?",
        widget=forms.TextInput(attrs={"placeholder": "Nightly export", "autocomplete": "off"}),
    )
    rights = forms.MultipleChoiceField(label="What may it do?", widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="Left empty, it works until it is revoked.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, rights: Collection[Right], time_zone: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(time_zone)
        self.fields["rights"].choices = [  # type: ignore[attr-defined]
            (right.value, RIGHT_MEANINGS[right]) for right in rights
        ]

    def clean_rights(self) -> list[Right]:
        """Give the rights themselves."""
        return [Right(right) for right in self.cleaned_data["rights"]]

    def clean_expires_on(self) -> date | None:
        """Refuse the last day of the calendar, after which no moment comes."""
        last: date | None = self.cleaned_data["expires_on"]
        if last == date.max:
            raise forms.ValidationError("Choose an earlier day, or none for a key without end.")
        return last

    def expires_at(self) -> datetime | None:
        """Give the moment after the last day, or None for a key without end."""
        last = self.cleaned_data["expires_on"]
        if last is None:
            return None
        return datetime.combine(last + timedelta(days=1), time.min, tzinfo=self._zone)


class AuditFilterForm(forms.Form):
    """Which deeds to list: of one kind, of one member (by id)."""

    action = forms.ChoiceField(label="What", required=False)
    person = forms.TypedChoiceField(label="Who", required=False, coerce=UUID, empty_value=None)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deeds = [(name, name.replace("-", " ").capitalize()) for name in audit_actions(tenant)]
        people = [(str(member.pk), member.user.name_or_address()) for member in members(tenant)]
        self.fields["action"].choices = [("", "Everything"), *deeds]  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", "Everybody"), *people]  # type: ignore[attr-defined]
