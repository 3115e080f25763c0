"""Input about goals of metrics: set, and moved with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from analytics.forms.alerts import add_places
from analytics.rules.alerts import PLACES
from analytics.rules.goals import BASELINE_DAYS, LONGEST_REASON, LONGEST_TITLE
from analytics.selectors.names import measures
from cxm.collaboration.selectors.talk import people_of
from cxm.metrics.models import Metric, MetricVersion

if TYPE_CHECKING:
    from cxm.kernel.errors import DomainError
    from cxm.tenants.models import Membership, Tenant

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class GoalForm(forms.Form):
    """What every goal has: its title, target, day and owner."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="What do you call it?",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    target = forms.FloatField(
        label="Target",
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text="Which way is better comes from the metric.",
    )
    due_on = forms.DateField(
        label="Due", widget=_DAY, help_text="The verdict falls when this day is over."
    )
    owner = forms.ChoiceField(label="Who answers for it?", required=False)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        """Offer the members of *tenant*."""
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        self._people = {str(one.pk): one for one in people_of(tenant)}
        self._choices("owner").choices = [
            ("", "Nobody by name"),
            *((pk, one.user.get_full_name()) for pk, one in self._people.items()),
        ]

    def owner_chosen(self) -> Membership | None:
        """Give the member who answers for it; None for nobody."""
        return self._people.get(self.cleaned_data["owner"])

    def refuse(self, error: DomainError) -> None:
        """Show at its field what the service refused."""
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        return field


class NewGoalForm(GoalForm):
    """A goal that is set: of which metric, where and since when."""

    metric = forms.ChoiceField(label="Which metric?")
    from_on = forms.DateField(
        label="From",
        widget=_DAY,
        help_text=f"It is compared with the {BASELINE_DAYS} days before.",
    )
    field_order = ("title", "metric", "target", "from_on", "due_on", "owner")

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        """Offer the live metrics with an interval, and the places of *tenant*."""
        super().__init__(*args, tenant=tenant, **kwargs)
        self._choices("metric").choices = [
            (one.metric.key, one.metric.title)
            for one in measures(tenant)
            if one.version.statistic != MetricVersion.Statistic.MEDIAN
        ]
        add_places(self, tenant)

    def metric_chosen(self) -> Metric:
        """Give the chosen metric."""
        rows = Metric.objects.for_tenant(self.tenant).select_related("tenant")
        return rows.get(key=self.cleaned_data["metric"])

    def places(self) -> dict[str, list[str]]:
        """Give where answers count, by kind."""
        return {name: self.cleaned_data.get(name, []) for name in PLACES}


class GoalMoveForm(GoalForm):
    """A goal that is changed; a move of its target or day says why."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        required=False,
        label="Why does the target or the day move?",
        help_text="Needed only for a move. It is kept with who moved it and when.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
