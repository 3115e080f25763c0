"""What is asked for about figures of a step, and what is promised of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.metrics.models import Metric
from cxm.touchpoints.models import Touchpoint
from journeys.models import MetricBinding
from journeys.rules.promises import Direction
from journeys.services.bindings import MOST_DAYS, MOST_LEAST, USUAL_DAYS, USUAL_LEAST
from journeys.services.targets import LONGEST_WORDS, Promised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Tenant

_DAY = forms.DateInput(attrs={"type": "date"})
_AREA = forms.Textarea(attrs={"rows": 3})


class BindingChangeForm(forms.Form):
    """Which answers a bound figure counts."""

    touchpoint = forms.ModelChoiceField(
        Touchpoint.objects.none(),
        label="Answers at",
        required=False,
        empty_label="All touchpoints of the step",
    )
    window_days = forms.IntegerField(
        label="Days counted", min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )
    min_n = forms.IntegerField(
        label="Answers needed",
        min_value=1,
        max_value=MOST_LEAST,
        initial=USUAL_LEAST,
        help_text="With fewer the figure is shown hollow, and no verdict is given.",
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Touchpoint.objects.for_tenant(tenant).filter(archived_at=None)
        _choose(self, "touchpoint", rows.order_by("title", "pk"))


class BindingForm(BindingChangeForm):
    """A figure for a step."""

    metric = forms.ModelChoiceField(Metric.objects.none(), label="Metric", empty_label=None)
    field_order = ("metric",)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, tenant=tenant, **kwargs)
        rows = Metric.objects.for_tenant(tenant).filter(archived_at=None)
        _choose(self, "metric", rows.order_by("ord", "pk"))


class TargetChangeForm(forms.Form):
    """What is promised of a figure."""

    direction = forms.ChoiceField(
        label="Which way",
        choices=[
            (Direction.UP.value, "Up to a value"),
            (Direction.DOWN.value, "Down to a value"),
            (Direction.HOLD.value, "Hold as it is"),
        ],
    )
    value = forms.FloatField(label="Value", widget=forms.NumberInput(attrs={"step": "any"}))
    margin = forms.FloatField(
        label="Margin",
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="How far it may move and still hold. Only for a figure that is to hold.",
    )
    due = forms.DateField(label="By", widget=_DAY)
    note = forms.CharField(
        label="Note", required=False, max_length=LONGEST_WORDS, widget=_AREA, strip=True
    )
    reason = forms.CharField(
        label="Why it changes",
        max_length=LONGEST_WORDS,
        widget=_AREA,
        strip=True,
        help_text="This map is published: the first promise stays visible beside the new one.",
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]

    def promised(self) -> Promised:
        """Give what was entered; the form is valid."""
        told = self.cleaned_data
        direction = Direction(told["direction"])
        return Promised(direction, told["value"], told["due"], told["margin"], told["note"])

    def why(self) -> str:
        """Give why, where that was asked for; the form is valid."""
        said: str = self.cleaned_data.get("reason", "")
        return said


class _BindingField(forms.ModelChoiceField):  # type: ignore[type-arg]  # plain when it runs
    def label_from_instance(self, obj: MetricBinding) -> str:
        """Name a figure as the step does."""
        return binding_words(obj)


class TargetForm(TargetChangeForm):
    """A promise about one of the figures of a step."""

    binding = _BindingField(MetricBinding.objects.none(), label="Figure", empty_label=None)
    field_order = ("binding",)

    def __init__(self, *args: Any, bindings: Sequence[MetricBinding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["binding"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy
        ids = [one.pk for one in bindings]
        found = MetricBinding.objects.none()
        if bindings:
            rows = MetricBinding.objects.for_tenant(bindings[0].tenant_id).filter(pk__in=ids)
            found = rows.select_related("metric", "touchpoint", "journey").order_by("key", "pk")
        field.queryset = found


class RemovalForm(forms.Form):
    """Why a promise of a published map is taken back."""

    reason = forms.CharField(
        label="Why", max_length=LONGEST_WORDS, widget=_AREA, strip=True, required=False
    )


def binding_words(binding: MetricBinding) -> str:
    """Name a bound figure: its metric, and its touchpoint where it has one of its own."""
    own = binding.touchpoint
    return f"{binding.metric.title}, {own.title}" if own else binding.metric.title


def _choose(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy
    field.queryset = rows
