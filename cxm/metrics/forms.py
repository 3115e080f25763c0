"""Input about metric definitions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cxm.metrics.models import POSITIONS, Metric, MetricVersion
from cxm.metrics.selectors import scale_values

LOWEST, HIGHEST = -100, 100
MOST_DECIMALS = 4


class ScaleForm(forms.Form):
    """The scale of a new metric, asked first: it never changes."""

    scale_min = forms.IntegerField(
        label="Lowest value", initial=0, min_value=LOWEST, max_value=HIGHEST
    )
    scale_max = forms.IntegerField(
        label="Highest value",
        initial=10,
        min_value=LOWEST,
        max_value=HIGHEST,
        help_text=f"At most {POSITIONS} whole numbers. The scale stays the same for good.",
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a scale that is empty or too long."""
        cleaned = super().clean() or {}
        low, high = cleaned.get("scale_min"), cleaned.get("scale_max")
        if low is not None and high is not None and not low < high < low + POSITIONS:
            message = f"Use a number from {low + 1} to {low + POSITIONS - 1}."
            self.add_error("scale_max", ValidationError(message))
        return cleaned


class MeaningForm(forms.Form):
    """What the values of a metric mean: everything that a new version may change."""

    title = forms.CharField(max_length=120)
    favourable = forms.TypedMultipleChoiceField(
        label="Favourable values",
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "positions"}),
        help_text="The answers you hope for.",
    )
    unfavourable = forms.TypedMultipleChoiceField(
        label="Unfavourable values",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "positions"}),
        help_text="All others are neutral.",
    )
    statistic = forms.ChoiceField(label="What is made of them", choices=MetricVersion.Statistic)
    unit = forms.CharField(
        max_length=20, required=False, help_text="Written behind the number, such as % or of 5."
    )
    decimals = forms.IntegerField(min_value=0, max_value=MOST_DECIMALS, initial=0)
    description = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="In words",
        help_text="What the number says, for people who never met it.",
    )

    def __init__(self, *args: Any, scale: tuple[int, int], **kwargs: Any) -> None:
        """Take *scale*, its lowest and highest value."""
        super().__init__(*args, **kwargs)
        choices = [(value, str(value)) for value in scale_values(*scale)]
        for name in ("favourable", "unfavourable"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """Refuse values that are both favourable and unfavourable."""
        cleaned = super().clean() or {}
        both = set(cleaned.get("favourable", [])) & set(cleaned.get("unfavourable", []))
        if both:
            listed = ", ".join(str(value) for value in sorted(both))
            message = f"{listed}: favourable and unfavourable at once. Choose one."
            self.add_error("unfavourable", ValidationError(message))
        return cleaned


class MetricForm(MeaningForm):
    """A new metric on a scale that was chosen before."""

    key = forms.SlugField(
        max_length=60,
        required=False,
        help_text="Files and the API use it, and it stays the same for good. Leave it empty to "
        "have one made from the title.",
    )
    kind = forms.ChoiceField(label="Family", choices=Metric.Kind, initial=Metric.Kind.RATING)
    direction = forms.ChoiceField(label="Good end", choices=Metric.Direction)
    scale_min = forms.IntegerField(widget=forms.HiddenInput)
    scale_max = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["title", "key", "kind", "direction"]

    def __init__(self, *args: Any, scale: tuple[int, int], **kwargs: Any) -> None:
        super().__init__(*args, scale=scale, **kwargs)
        self.initial.update(scale_min=scale[0], scale_max=scale[1])
