"""Input about the contact policy: its rules, and addresses that are written to no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from feedback.rules.distribution.words import Medium, RuleKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedback.models import ContactRule

_PER = [("person", "Each person"), ("company", "All of a company together")]


class ContactRuleForm(forms.Form):
    """One rule of the contact policy, of the kind *kind*: its fields are what the kind asks."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        kind: RuleKind,
        purposes: list[tuple[str, str]],
        row: ContactRule | None = None,
    ) -> None:
        """Take *row* to change one."""
        initial = {**row.params, "medium": row.medium, "purpose": row.purpose} if row else {}
        if "domains" in initial:
            initial["domains"] = ", ".join(initial["domains"])
        super().__init__(data, initial=initial)
        self.fields |= _PARAMS[kind]()
        self._params = tuple(_PARAMS[kind]())
        media = [(one.value, one.words) for one in (Medium.EMAIL, Medium.SMS)]
        self.fields["medium"] = forms.ChoiceField(
            label="For", required=False, choices=[("", "Every way of asking"), *media]
        )
        self.fields["purpose"] = forms.ChoiceField(
            label="Of", required=False, choices=[("", "Every kind of survey"), *purposes]
        )

    @property
    def values(self) -> dict[str, Any]:
        """Give the fields of the rule, as services take them; the form is valid."""
        told = dict(self.cleaned_data)
        if "domains" in told:
            parts = told["domains"].replace("\n", ",").lower().split(",")
            told["domains"] = sorted({one.strip().lstrip("@") for one in parts if one.strip()})
        for name in ("from", "to"):
            if name in told:
                told[name] = told[name].strftime("%H:%M")
        return {
            "medium": told["medium"],
            "purpose": told["purpose"],
            "params": {name: told[name] for name in self._params},
        }


def _days() -> forms.IntegerField:
    return forms.IntegerField(label="Days", min_value=1, max_value=3_650)


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}))


_PARAMS: dict[RuleKind, Any] = {
    RuleKind.CONSENT: dict,
    RuleKind.AGE: lambda: {
        "years": forms.IntegerField(label="At least this many years", min_value=1, max_value=120),
        "attribute": forms.SlugField(
            label="Attribute with the date of birth", max_length=60, initial="birth_date"
        ),
    },
    RuleKind.TEST: lambda: {
        "attribute": forms.SlugField(label="Attribute that marks test customers", max_length=60),
        "value": forms.CharField(label="Its value", max_length=100, initial="true"),
    },
    RuleKind.EMPLOYEES: lambda: {
        "domains": forms.CharField(
            label="Our mail domains",
            max_length=1_000,
            help_text="With commas between, such as harbour.example.",
        )
    },
    RuleKind.QUIET_PERIOD: lambda: {"days": _days()},
    RuleKind.CAP: lambda: {
        "times": forms.IntegerField(
            label="At most this many invitations", min_value=1, max_value=1_000
        ),
        "days": _days(),
        "per": forms.ChoiceField(label="Counted for", choices=_PER),
    },
    RuleKind.HOURS: lambda: {"from": _time("Quiet from"), "to": _time("Quiet until")},
    RuleKind.RATE: lambda: {
        "per_minute": forms.IntegerField(label="Messages a minute", min_value=1, max_value=100_000)
    },
}


class SuppressionForm(forms.Form):
    """An address to write to no more, or again, with the reason."""

    address = forms.CharField(label="E-mail address or phone number", max_length=254)
    why = forms.CharField(label="Why", max_length=200)
