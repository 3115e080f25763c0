"""What people enter about a piece of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.collaboration.models import Asset, Evidence
from cxm.collaboration.rules.evidence import (
    LONGEST_EXCERPT,
    LONGEST_SOURCE,
    LONGEST_URL,
    MOST_SUBJECTS,
    WRITTEN,
    day_fault,
    url_fault,
)
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.selectors.evidence import asset_choices
from cxm.collaboration.services.evidence import Observation

if TYPE_CHECKING:
    from datetime import date

    from cxm.tenants.models import Tenant

POLARITY_WORDS = [
    (Polarity.SUPPORTS.value, "Speaks for it"),
    (Polarity.CONTRADICTS.value, "Speaks against it"),
]


class EvidenceForm(forms.Form):
    """One observation, written down by hand; *today* is the day where the tenant is."""

    # What is needed depends on the kind, which the browser does not know.
    use_required_attribute = False

    kind = forms.ChoiceField(choices=[(kind.value, kind.words) for kind in WRITTEN])
    excerpt = forms.CharField(
        label="What was said or seen",
        max_length=LONGEST_EXCERPT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Leave out names and addresses: this is read by colleagues.",
    )
    url = forms.CharField(
        label="Address of the page",
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    asset = forms.ChoiceField(label="File", help_text="Files that were added to a persona.")
    source_label = forms.CharField(
        label="Source",
        max_length=LONGEST_SOURCE,
        widget=forms.TextInput(
            attrs={"placeholder": "Interviews in Kiel, spring", "autocomplete": "off"}
        ),
    )
    observed_on = forms.DateField(
        label="Observed on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    subjects = forms.IntegerField(
        label="How many people", min_value=1, max_value=MOST_SUBJECTS, initial=1
    )
    polarity = forms.ChoiceField(
        label="What it says of the statement",
        choices=POLARITY_WORDS,
        initial=Polarity.SUPPORTS.value,
    )

    def __init__(
        self,
        *args: Any,
        tenant: Tenant,
        today: date,
        row: Evidence | None = None,
        **kwargs: Any,
    ) -> None:
        """Take *row* to change one: its kind stays."""
        super().__init__(*args, **kwargs)
        self._tenant, self._today = tenant, today
        if self.is_bound:
            self._need_by(self.data.get(self.add_prefix("kind"), ""))
        files: Any = self.fields["asset"]
        files.choices = [("", "Choose a file"), *asset_choices(tenant)]
        day: Any = self.fields["observed_on"].widget
        day.attrs["max"] = today.isoformat()
        if row is not None:
            kind: Any = self.fields["kind"]
            kind.choices = [(row.kind, EvidenceKind(row.kind).words)]
            told = {name: getattr(row, name) for name in self.fields if name != "asset"}
            self.initial = {**told, "asset": str(row.asset_id or ""), **self.initial}

    def clean_observed_on(self) -> date:
        """Give the day, which is not still to come."""
        day: date = self.cleaned_data["observed_on"]
        if fault := day_fault(day, self._today):
            raise forms.ValidationError(fault)
        return day

    def clean_url(self) -> str:
        """Give the address."""
        url: str = self.cleaned_data["url"]
        if url and self.data.get(self.add_prefix("kind")) == EvidenceKind.URL:
            fault = url_fault(url)
            if fault:
                raise forms.ValidationError(fault)
        return url

    def observation(self) -> Observation:
        """Give what a valid form says; what belongs to another kind is left out."""
        told = self.cleaned_data
        kind = EvidenceKind(told["kind"])
        is_file = kind is EvidenceKind.FILE and told["asset"]
        files = Asset.objects.for_tenant(self._tenant)
        return Observation(
            kind=kind,
            polarity=Polarity(told["polarity"]),
            source_label=told["source_label"],
            observed_on=told["observed_on"],
            excerpt=told["excerpt"],
            subjects=told["subjects"],
            url=told["url"] if kind is EvidenceKind.URL else "",
            asset=files.get(pk=told["asset"]) if is_file else None,
        )

    def _need_by(self, kind: str) -> None:
        is_thing = kind in {EvidenceKind.URL, EvidenceKind.FILE}
        self.fields["excerpt"].required = not is_thing
        self.fields["url"].required = kind == EvidenceKind.URL
        self.fields["asset"].required = kind == EvidenceKind.FILE
