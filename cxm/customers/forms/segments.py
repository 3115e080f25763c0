"""Input about segments, their rules aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.touchpoints.rules.keys import LONGEST_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cxm.customers.models import Segment

MOST_OTHERS = 5
KEY_WORDS = (
    "Filters and the API use it, and it stays the same for good. Leave it empty to have one made "
    "from the title."
)


class SegmentForm(forms.Form):
    """What a segment is called."""

    title = forms.CharField(max_length=120)
    key = forms.SlugField(max_length=LONGEST_KEY, required=False, help_text=KEY_WORDS)
    description = forms.CharField(
        max_length=500, required=False, help_text="Who these people are, and what it is for."
    )

    def __init__(self, *args: Any, segment: Segment | None = None, **kwargs: Any) -> None:
        """Take *segment* to change one: its values are filled in, its key is not asked."""
        super().__init__(*args, **kwargs)
        if segment is not None:
            del self.fields["key"]
            for name in self.fields:
                self.initial.setdefault(name, getattr(segment, name))


class LookForm(forms.Form):
    """How to look at the members of a segment: on which day, beside which other segments."""

    on = forms.DateField(
        label="Members on the day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    other = forms.MultipleChoiceField(label="Overlap with", required=False)

    def __init__(
        self, data: Mapping[str, Any], *, today: date, others: Sequence[tuple[str, str]]
    ) -> None:
        """Take *today*, the last day that can be looked at, and the *others* by key and title."""
        super().__init__(data, label_suffix="")
        self.today = today
        self.fields["other"].choices = [("", ""), *others]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> date | None:
        """Refuse a day that has not come; today is now."""
        on: date | None = self.cleaned_data["on"]
        if on and on > self.today:
            raise forms.ValidationError("Choose today or an earlier day.")
        return None if on == self.today else on

    def clean_other(self) -> list[str]:
        """Refuse too many; each counts once, and none chosen is an empty list."""
        keys = [key for key in dict.fromkeys(self.cleaned_data["other"]) if key]
        if len(keys) > MOST_OTHERS:
            raise forms.ValidationError(f"Choose at most {MOST_OTHERS} other segments.")
        return keys

    def offered(self) -> list[tuple[str, str]]:
        """List what can still be chosen beside what was, by key and title; read after cleaning."""
        chosen = self.cleaned_data.get("other", [])
        if len(chosen) == MOST_OTHERS:
            return []
        options = self.fields["other"].choices  # type: ignore[attr-defined]  # a ChoiceField
        return [(key, title) for key, title in options if key and key not in chosen]
