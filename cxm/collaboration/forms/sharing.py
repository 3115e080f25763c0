"""What a new link for people outside is to be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from cxm.collaboration.rules.links import (
    LONGEST_LABEL,
    LONGEST_PASSWORD,
    MOST_DAYS,
    SHORTEST_PASSWORD,
    USUAL_DAYS,
    Terms,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.collaboration.selectors.shareable import Shareable

LIVE, FROZEN = "live", "frozen"
_DAYS = (
    (7, "a week"),
    (30, "30 days"),
    (USUAL_DAYS, f"{USUAL_DAYS} days"),
    (180, "half a year"),
    (MOST_DAYS, "a year"),
)


class LinkForm(forms.Form):
    """A link to *of*: what it is for and shows, for how long, and the password it may have."""

    label = forms.CharField(
        label="Who is it for?",
        required=False,
        max_length=LONGEST_LABEL,
        help_text="Only you and your colleagues see this.",
        widget=forms.TextInput(attrs={"placeholder": "The agency", "autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one or more: a link that shows nothing is no use."},
    )
    state = forms.ChoiceField(
        label="Which state does it show?",
        widget=forms.RadioSelect,
        choices=[
            (LIVE, "What holds when it is opened"),
            (FROZEN, "What holds now, whatever is changed later"),
        ],
        initial=LIVE,
    )
    days = forms.TypedChoiceField(
        label="It works for", coerce=int, choices=_DAYS, initial=USUAL_DAYS
    )
    password = forms.CharField(
        required=False,
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=(
            f"{SHORTEST_PASSWORD} characters or more. It is kept as a hash: "
            "note it down, and send it another way than the link."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, of: Shareable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        kinds: Any = self.fields["kinds"]
        kinds.label, kinds.help_text = of.asks, of.hint
        kinds.choices, kinds.initial = of.kinds, of.usual

    def chosen(self) -> Shareable:
        """Give what is shared, as it was chosen."""
        return self.of

    def terms(self, now: datetime) -> Terms:
        """Give what was entered; the time runs from *now*."""
        told = self.cleaned_data
        return Terms(
            kinds=tuple(told["kinds"]),
            expires_at=now + timedelta(days=told["days"]),
            label=told["label"],
            password=told["password"],
            freeze_seq=self.of.document.head_seq if told.get("state") == FROZEN else None,
        )

    def refuse(self, field: str, words: str) -> None:
        """Say at the field that asked for it what a service refused."""
        named = {"expires_at": "days", "freeze_seq": "state"}.get(field, field)
        self.add_error(named if named in self.fields else None, words)
