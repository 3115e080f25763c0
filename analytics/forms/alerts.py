"""Input about rules of alerts, one form for each kind, and the note that closes an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms

from analytics.forms.figures import LABELS
from analytics.rules.alerts import PLACES, AlertKind, Side
from analytics.selectors.histograms import By
from analytics.selectors.names import measures, read_names
from cxm.collaboration.selectors.talk import people_of
from cxm.metrics.models import Metric, MetricVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.models import AlertRule
    from cxm.kernel.errors import DomainError
    from cxm.tenants.models import Tenant


class AlertRuleForm(forms.Form):
    """A rule: its title, metric, condition, where it counts and who is told."""

    title = forms.CharField(
        max_length=120,
        label="What do you call it?",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    metric = forms.ChoiceField(label="Which metric?")
    side = forms.ChoiceField(
        label="When does it ring?", choices=Side.choices, widget=forms.RadioSelect
    )
    target: forms.Field = forms.FloatField(
        label="Target", widget=forms.NumberInput(attrs={"step": "any"})
    )
    target_words: ClassVar[str] = (
        "A fixed number: a goal, or the value of a time that you trust. Answers given before "
        "tomorrow never count towards it."
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        """Offer the live metrics, places and members of *tenant*."""
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        self._metric_field().choices = [
            (one.metric.key, one.metric.title)
            for one in measures(tenant)
            if self.may_watch(one.version)
        ]
        self.fields["target"].help_text = self.target_words
        add_places(self, tenant)
        self.fields["listeners"] = forms.MultipleChoiceField(
            label="Who is told?",
            required=False,
            choices=[(str(one.pk), one.user.get_full_name()) for one in people_of(tenant)],
            widget=forms.CheckboxSelectMultiple,
            help_text="In the product, and by e-mail where they want that.",
        )

    @classmethod
    def may_watch(cls, version: MetricVersion) -> bool:
        """Say whether the rule can be about a metric: a median has no limits to look at."""
        return version.statistic != MetricVersion.Statistic.MEDIAN

    @classmethod
    def initial_of(
        cls, rule: AlertRule, config: Mapping[str, Any], listeners: Sequence[UUID]
    ) -> dict[str, Any]:
        """Give what the form shows of a rule."""
        return {
            "title": rule.title,
            "metric": rule.metric.key,
            **config,
            "listeners": [str(one) for one in listeners],
        }

    def fix_metric(self, metric: Metric) -> None:
        """Let the rule stay with its metric: another metric is another rule."""
        self._metric_field().choices = [(metric.key, metric.title)]
        self.fields["metric"].help_text = "A rule stays with its metric."

    def chosen_metric(self) -> Metric:
        """Give the chosen metric."""
        rows = Metric.objects.for_tenant(self.tenant).select_related("tenant")
        return rows.get(key=self.cleaned_data["metric"])

    def config(self) -> dict[str, Any]:
        """Give the condition as the service wants it."""
        chosen = {name: self.cleaned_data.get(name, []) for name in PLACES}
        told = ("side", "target")
        return {
            **{name: self.cleaned_data[name] for name in told if name in self.fields},
            **{name: keys for name, keys in chosen.items() if keys},
        }

    def listener_ids(self) -> list[UUID]:
        """Give the ids of those who are told."""
        return [UUID(one) for one in self.cleaned_data["listeners"]]

    def refuse(self, error: DomainError) -> None:
        """Show at its field what the service refused."""
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def _metric_field(self) -> forms.ChoiceField:
        field = self.fields["metric"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        return field


def add_places(form: forms.Form, tenant: Tenant) -> None:
    """Let *form* choose where answers come from, among the places that *tenant* has."""
    names = read_names(tenant)
    for name in PLACES:
        options = [(one.key, one.title) for one in names.options(By(name))]
        if options:
            form.fields[name] = forms.MultipleChoiceField(
                label=f"Only these {LABELS[name].lower()}",
                required=False,
                choices=options,
                widget=forms.SelectMultiple(attrs={"size": min(len(options), 5)}),
            )


class LevelForm(AlertRuleForm):
    """The level of a metric on one side of a target."""


class AnswerForm(AlertRuleForm):
    """A single answer on one side of a value."""

    side = forms.ChoiceField(
        label="Which answers ring?",
        choices=[("below", "This score or less"), ("above", "This score or more")],
        widget=forms.RadioSelect,
    )
    target: forms.Field = forms.IntegerField(label="Score")
    target_words: ClassVar[str] = (
        "Each such answer rings at once. Beyond ten in an hour, one alert stands for the rest."
    )

    @classmethod
    def may_watch(cls, version: MetricVersion) -> bool:
        """Say whether the rule can be about a metric: any has single answers."""
        return bool(version.pk)


class VolumeForm(AlertRuleForm):
    """A day with fewer or more answers than usual."""

    side = forms.ChoiceField(
        label="When does it ring?",
        choices=[
            (Side.BELOW.value, "A day brings fewer answers than usual"),
            (Side.ABOVE.value, "It brings more"),
            (Side.EITHER.value, "Either"),
        ],
        help_text="Usual is what the same weekday brought in the twelve weeks before. About once "
        "a year such a rule rings by chance.",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        """Offer what the other forms do; what is usual is the target."""
        super().__init__(*args, tenant=tenant, **kwargs)
        del self.fields["target"]

    @classmethod
    def may_watch(cls, version: MetricVersion) -> bool:
        """Say whether the rule can be about a metric: any has answers."""
        return bool(version.pk)


FORMS: dict[AlertKind, type[AlertRuleForm]] = {
    AlertKind.LEVEL: LevelForm,
    AlertKind.ANSWER: AnswerForm,
    AlertKind.VOLUME: VolumeForm,
}
