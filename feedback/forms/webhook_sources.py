"""Input about webhook sources: their secrets, where answers belong, what questions give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.touchpoints.models import Channel, Touchpoint
from feedback.forms.event_sources import EventSourceForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cxm.metrics.models import Metric
    from cxm.tenants.models import Tenant
    from feedback.models import EventSource, SurveyQuestion

MOST_SECRET = 300
_NOT_SCORED = ("", "No score")


class SecretForm(forms.Form):
    """What a sender signs with; never filled in again."""

    secret = forms.CharField(
        max_length=MOST_SECRET,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept encrypted, and never shown again.",
    )


class WebhookForm(EventSourceForm):
    """What a webhook is called, and where its answers belong."""

    touchpoint = forms.ChoiceField(
        required=False,
        help_text="For answers that name none themselves.",
    )
    channel = forms.ChoiceField(
        required=False,
        help_text="For answers that name none themselves.",
    )
    customer_field = forms.CharField(
        required=False,
        max_length=80,
        label="Hidden field with your customer number",
        help_text="Such as user_id. E-mail addresses are found by themselves.",
    )

    def __init__(self, *args: Any, source: EventSource, **kwargs: Any) -> None:
        tenant = source.tenant
        before = {"title": source.title, "time_zone": source.time_zone, **source.mapping}
        super().__init__(*args, zone=tenant.time_zone, initial=before, **kwargs)
        del self.fields["keeps_pages"]
        self.fields["title"].label = "Name"
        for name, model in (("touchpoint", Touchpoint), ("channel", Channel)):
            field: Any = self.fields[name]
            field.choices = _registered(tenant, model, before.get(name, ""))
        if source.kind != "typeform":
            del self.fields["customer_field"]

    def changes(self) -> dict[str, Any]:
        """Give what `change_source` takes."""
        said = dict(self.cleaned_data)
        own = {name: said.pop(name) for name in ("title", "time_zone")}
        return {**own, "mapping": {name: value for name, value in said.items() if value}}


def _registered(
    tenant: Tenant, model: type[Touchpoint | Channel], chosen: str
) -> list[tuple[str, str]]:
    """List what can be chosen by key, with what was chosen before, archived or gone."""
    rows = model.objects.for_tenant(tenant).live().order_by("title", "pk")
    listed = list(rows.values_list("key", "title"))
    gone = [(chosen, f"{chosen} (no longer in use)")]
    is_there = not chosen or any(key == chosen for key, _ in listed)
    return [("", "None"), *listed, *([] if is_there else gone)]


class QuestionsForm(forms.Form):
    """Which metric each question of a source's surveys gives."""

    def __init__(
        self,
        sent: Mapping[str, Any] | None = None,
        *,
        questions: Iterable[SurveyQuestion],
        metrics: Sequence[Metric],
    ) -> None:
        super().__init__(sent)
        self._questions = {f"question-{q.pk}": q for q in questions}
        self._metrics = {str(metric.pk): metric for metric in metrics}
        for name, question in self._questions.items():
            metric_id = str(question.metric_id or "")
            self.fields[name] = forms.ChoiceField(
                required=False,
                label=question.text,
                help_text=question.key,
                initial=metric_id,
                choices=[
                    _NOT_SCORED,
                    *((pk, _named(one)) for pk, one in self._choosable(metric_id)),
                ],
            )

    def chosen(self) -> dict[SurveyQuestion, Metric | None]:
        """Give the metric of every question, None for those that are no score."""
        return {
            question: self._metrics.get(self.cleaned_data[name])
            for name, question in self._questions.items()
        }

    def _choosable(self, metric_id: str) -> list[tuple[str, Metric]]:
        """List the metrics in use, and the one that was chosen before."""
        return [
            (pk, metric)
            for pk, metric in self._metrics.items()
            if metric.archived_at is None or pk == metric_id
        ]


def _named(metric: Metric) -> str:
    return f"{metric.title} ({metric.scale_min} to {metric.scale_max})"
