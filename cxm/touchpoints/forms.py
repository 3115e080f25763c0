"""Input about channels and touchpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from cxm.touchpoints.models import Channel, Medium, Touchpoint
from cxm.touchpoints.rules import LONGEST_KEY
from cxm.touchpoints.selectors import channel_choices, merge_targets

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

LONGEST_TITLE = 120
MOST_AT_ONCE = 200
KEY_WORDS = (
    "Files and the API use it, and it stays the same for good. Leave it empty to have one made "
    "from the title."
)


class RegisteredForm(forms.Form):
    """What channels and touchpoints share: a title, and a key that is chosen once."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    key = forms.SlugField(max_length=LONGEST_KEY, required=False, help_text=KEY_WORDS)

    def __init__(
        self, *args: Any, tenant: Tenant, row: Channel | Touchpoint | None = None, **kwargs: Any
    ) -> None:
        """Take *row* to change one: its values are filled in, its key is not asked."""
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        if row is not None:
            del self.fields["key"]
            for name in self.fields:
                self.initial.setdefault(name, getattr(row, name))


class ChannelForm(RegisteredForm):
    """A channel."""

    medium = forms.ChoiceField(choices=Medium.choices, initial=Medium.OTHER)
    ownership = forms.ChoiceField(
        choices=Channel.Ownership.choices,
        initial=Channel.Ownership.OWNED,
        help_text="Owned: yours. Earned: what others say about you. Paid: what you buy.",
    )


class TouchpointForm(RegisteredForm):
    """A touchpoint."""

    channel = forms.ModelChoiceField(
        Channel.objects.none(), required=False, empty_label="No channel", blank=True
    )
    interaction = forms.ChoiceField(
        label="What happens",
        choices=Touchpoint.Kind.choices,
        initial=Touchpoint.Kind.ACTION,
        help_text="Communication: something is said. Action: something is done.",
    )
    initiator = forms.ChoiceField(
        label="Who begins",
        choices=Touchpoint.Initiator.choices,
        initial=Touchpoint.Initiator.CUSTOMER,
    )
    description = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the customer meets here, in a sentence.",
    )

    def __init__(self, *args: Any, row: Touchpoint | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        also = row.channel if row else None
        self.fields["channel"].queryset = channel_choices(self.tenant, also=also)  # type: ignore[attr-defined]  # a ModelChoiceField


class TouchpointTitlesForm(forms.Form):
    """Many touchpoints at once, one title a line; cleaned to a list without repetitions."""

    titles = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=f"One title a line, at most {MOST_AT_ONCE}. What is there already is left alone.",
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(), required=False, empty_label="No channel", blank=True
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = channel_choices(tenant)  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_titles(self) -> list[str]:
        """Give the titles in the order they were written, each in its first spelling."""
        spellings: dict[str, str] = {}
        for line in self.cleaned_data["titles"].splitlines():
            title = " ".join(line.split())
            spellings.setdefault(title.casefold(), title)
        titles = [title for title in spellings.values() if title]
        if len(titles) > MOST_AT_ONCE:
            message = f"These are {len(titles)} titles: add at most {MOST_AT_ONCE} at once."
            raise ValidationError(message)
        for title in titles:
            if len(title) > LONGEST_TITLE:
                message = f"“{title[:40]}…” is longer than {LONGEST_TITLE} characters."
                raise ValidationError(message)
        return titles


class MergeForm(forms.Form):
    """What to merge a channel or touchpoint into: first chosen, then confirmed unseen."""

    into = forms.ModelChoiceField(
        Channel.objects.none(), label="Merge into", empty_label="Choose one"
    )

    def __init__(self, *args: Any, row: Channel | Touchpoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = merge_targets(row)  # type: ignore[attr-defined]  # a ModelChoiceField

    def hide_choice(self) -> None:
        """Ask no more: what was chosen is what will be merged into."""
        self.fields["into"].widget = forms.HiddenInput()
