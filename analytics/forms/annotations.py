"""Input about annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from analytics.rules.annotations import (
    LONGEST_LINK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    AnnotationKind,
)
from analytics.selectors.names import measures

if TYPE_CHECKING:
    from cxm.kernel.errors import DomainError
    from cxm.metrics.models import Metric
    from cxm.tenants.models import Tenant


class AnnotationForm(forms.Form):
    """What happened, when, and beside which metric it stands."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="What happened?",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label="Kind", choices=AnnotationKind.choices(), initial=AnnotationKind.NOTE.value
    )
    day = forms.DateField(
        label="On", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_on = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Its last day, where it lasted longer than one.",
    )
    metric = forms.ChoiceField(label="Beside", required=False)
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        label="More about it",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    link = forms.CharField(
        max_length=LONGEST_LINK,
        required=False,
        label="Link",
        help_text="To the release notes, the ticket, the post.",
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url"}),
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        """Offer the metrics of *tenant*."""
        super().__init__(*args, **kwargs)
        self._metrics = {one.metric.key: one.metric for one in measures(tenant)}
        field = self.fields["metric"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = [
            ("", "All metrics"),
            *((key, metric.title) for key, metric in self._metrics.items()),
        ]

    def values(self) -> dict[str, Any]:
        """Give what was typed as `write_annotation` takes it."""
        told = dict(self.cleaned_data)
        told["metric"] = self._metric(told["metric"])
        told["kind"] = AnnotationKind(told["kind"])
        return told

    def refuse(self, error: DomainError) -> None:
        """Show at its field what the service refused."""
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def _metric(self, key: str) -> Metric | None:
        return self._metrics.get(key)
