"""The form behind the filter button; what it sends is read by `analytics.selectors.filters`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django import forms

from analytics.rules.periods import CUSTOM, Compare
from analytics.selectors.names import FILTERED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.selectors.filters import Filter
    from analytics.selectors.names import Names

LABELS = {
    "touchpoint": "Touchpoints",
    "channel": "Channels",
    "survey": "Surveys",
    "segment": "Segments",
}


class FilterForm(forms.Form):
    """Days, touchpoints, channels, surveys and segments; everything may stay empty."""

    @classmethod
    def showing(cls, chosen: Filter, names: Names, *, extra: Mapping[str, str]) -> Self:
        """Make the form with what is chosen now; *extra* goes along hidden."""
        form = cls(auto_id="filter-%s")
        is_custom = chosen.period.name == CUSTOM
        ends = (
            ("from", "First day", chosen.period.start_on),
            ("to", "Last day", chosen.period.last_on),
        )
        for name, label, on in ends:
            form.fields[name] = forms.DateField(
                label=label,
                required=False,
                initial=on if is_custom else None,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        for by in FILTERED:
            options = [(one.key, one.title) for one in names.options(by)]
            if options:
                form.fields[by.value] = forms.MultipleChoiceField(
                    label=LABELS[by.value],
                    required=False,
                    choices=options,
                    initial=list(chosen.keys(by)),
                    widget=forms.SelectMultiple(attrs={"size": min(len(options), 6)}),
                )
        for name, value in {**_hidden(chosen), **extra}.items():
            form.fields[name] = forms.CharField(initial=value, widget=forms.HiddenInput)
        return form


def _hidden(chosen: Filter) -> dict[str, str]:
    """Give what the form keeps without showing it; chosen days replace a named period."""
    kept = {}
    if chosen.period.name != CUSTOM:
        kept["period"] = chosen.period.name
    if chosen.compare is not Compare.PREVIOUS:
        kept["compare"] = chosen.compare.value
    if chosen.is_weighted:
        kept["weighted"] = "1"
    return kept
